"""The mail is addressed to its own sender, or to nobody."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.LOW, weight=8)
def to_self(case: Case) -> Iterator[Hit]:
    """To repeats the From address: the real recipients are hidden, or the sender pretends to have your mailbox."""
    author = case.author
    boxes = case.recipients.to
    if author and author.address and boxes and all(box.address.lower() == author.address.lower() for box in boxes):
        yield Hit(
            "From and To are the same address",
            "差出人（From）と宛先（To）が同じアドレスです",
            Grade.SELF_DECLARED,
            tuple(cite.field(field) for field in (*case.all("from"), *case.all("to"))),
        )
