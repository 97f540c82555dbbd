"""Words in the text are broken up by characters that nobody sees, or written with look-alikes."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, lookalikes
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.MEDIUM, weight=22, references=("UTS 39",))
def disguised_text(case: Case) -> Iterator[Hit]:
    """The visible text mixes alphabets within words or hides zero-width characters in them, to get past filters."""
    disguise = lookalikes.disguised_words(case.text[:20_000])
    if disguise:
        yield Hit(
            f"words in the text are disguised with look-alike or invisible characters: {disguise[0]!a}",
            "本文の単語が、似た文字や見えない文字で偽装されています",
            Grade.VERIFIED,
            tuple(cite.text(word, producer="facts.lookalikes", grade=Grade.VERIFIED) for word in disguise[:5]),
        )
