"""The mail was delivered to a mailbox that its header does not name."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import addressing, cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.INFO, weight=2, references=("RFC 5322 section 3.6.3", "RFC 6376 section 8.6"))
def not_addressed(case: Case) -> Iterator[Hit]:
    """None of the mailboxes that it was delivered to stands in To or Cc. Blind copies and aliases do the same, so it weighs little.

    It weighs more where the author's domain did sign the mail and a stranger's machine brought it: whoever once got a signed mail
    can send it to anybody.
    """
    delivered = addressing.not_named(case)
    if delivered and not case.sender.list_id:
        sent_on = addressing.sent_on(case)
        yield Hit(
            f"delivered to {delivered.address}, which To and Cc do not name"
            + (": a signed mail, sent on by a machine that is not its author's" if sent_on else ""),
            f"実際の配送先 {delivered.address} は、ToにもCcにも書かれていません"
            + ("。署名されたメールが、差出人のものではないサーバーから送り直されています" if sent_on else ""),
            Grade.SELF_DECLARED if case.trust.basis == "none" else Grade.INFERRED,
            tuple(cite.field(field) for key in ("delivered-to", "x-original-to", "to") for field in case.all(key)),
            "A signature does not say to whom a mail was sent. Forwarders do this too." if sent_on else "",
            "署名は、誰に宛てて送られたかまでは示しません。転送でもこうなります。" if sent_on else "",
            severity=Severity.LOW if sent_on else None,
            weight=12 if sent_on else None,
        )
