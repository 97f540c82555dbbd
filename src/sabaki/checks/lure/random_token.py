"""The subject carries a meaningless token."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, lookalikes
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_HEX = frozenset("0123456789abcdefABCDEF")


def _meaningless(word: str) -> bool:
    word = word.strip("[](){}<>#:,.!?-–_")
    if not 8 <= len(word) <= 40 or not word.isascii() or not word.isalnum() or _HEX.issuperset(word):
        return False
    mixed = any(c.islower() for c in word) and sum(c.isupper() for c in word[1:]) >= 3
    return (mixed or any(c.isdigit() for c in word)) and lookalikes.looks_random(word)


@check(severity=Severity.LOW, weight=10, family="machine-made")
def random_token(case: Case) -> Iterator[Hit]:
    """The subject ends or begins in a jumble of letters and digits: it makes every copy different, to get past filters."""
    words = case.subject.text.split()
    ends = (words[0], words[-1]) if len(words) > 1 else ()
    token = next((word for word in ends if _meaningless(word)), "")
    if token:
        yield Hit(
            f"the subject carries a meaningless token: {token}",
            f"件名に意味のない文字列（{token}）が付いています",
            Grade.INFERRED,
            tuple(cite.field(field) for field in case.all("subject")),
        )
