"""The mail was delivered to a mailbox that its header does not name."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.INFO, weight=2, references=("RFC 5322 section 3.6.3",))
def not_addressed(case: Case) -> Iterator[Hit]:
    """None of the mailboxes that it was delivered to stands in To or Cc. Blind copies and aliases do the same, so it weighs little."""
    to = case.recipients
    named = {box.address.lower() for box in (*to.to, *to.cc)}
    delivered = [box for box in to.delivered_to if "@" in box.address]
    if delivered and not case.sender.list_id and not named & {box.address.lower() for box in delivered}:
        yield Hit(
            f"delivered to {delivered[0].address}, which To and Cc do not name",
            f"実際の配送先 {delivered[0].address} は、ToにもCcにも書かれていません",
            Grade.SELF_DECLARED if case.trust.basis == "none" else Grade.INFERRED,
            tuple(cite.field(field) for key in ("delivered-to", "x-original-to", "to") for field in case.all(key)),
        )
