"""The mail asks for card details."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_IDS = frozenset({"card"})


@check(severity=Severity.LOW, weight=8, family="ask")
def card_asked(case: Case) -> Iterator[Hit]:
    """It asks the reader to enter or update card or payment details."""
    found = [phrase for phrase in case.lure.asks if phrase.id in _IDS]
    if found:
        yield Hit(
            f"it asks for card or payment details: “{found[0].text}”",
            f"カード情報や支払い情報を求めています（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
        )
