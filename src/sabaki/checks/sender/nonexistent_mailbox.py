"""The mail is addressed to a mailbox that does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.MEDIUM, weight=15)
def nonexistent_mailbox(case: Case) -> Iterator[Hit]:
    """A recipient in the reader's domain is none of the mailboxes that the reader says exist: somebody is guessing."""
    if case.vantage.mailboxes is None:
        return
    known = frozenset(case.vantage.mailboxes)
    for box in dict.fromkeys((*case.recipients.to, *case.recipients.cc)):
        address = box.address.lower()
        if identity.own(case, box.domain) and address not in known and box.local.lower() not in known:
            yield Hit(
                f"addressed to {address}, a mailbox that does not exist",
                f"存在しないメールボックス {address} に宛てられています",
                Grade.VERIFIED,
                tuple(cite.field(field) for field in case.all("to")),
                "Senders who guess addresses send to admin, info and the like in every domain they find.",
                "手当たり次第に送る者は、見つけたドメインのadminやinfoなどに宛てて送ってきます。",
            )
            return
