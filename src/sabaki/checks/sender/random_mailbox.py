"""The sender's mailbox looks machine-made."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, lookalikes
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.LOW, weight=8, family="machine-made")
def random_mailbox(case: Case) -> Iterator[Hit]:
    """The local part of the author's address is a jumble of letters. Bounce and reply addresses with tokens are not looked at."""
    author = case.author
    if not author or case.sender.bulk or "+" in author.local or "=" in author.local:
        return
    pieces = author.local.replace("_", ".").replace("-", ".").split(".")
    jumble = next((piece for piece in pieces if piece.isalpha() and lookalikes.looks_random(piece)), "")
    if jumble:
        yield Hit(
            f"the sender's mailbox {author.local}@ looks machine-made",
            f"差出人のメールボックス名 {author.local}@ は機械的に作られたものに見えます",
            Grade.INFERRED,
            tuple(cite.field(field) for field in case.all("from")),
        )
