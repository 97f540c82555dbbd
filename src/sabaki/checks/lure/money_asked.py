"""The mail asks for money."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_IDS = frozenset({"money"})


@check(severity=Severity.LOW, weight=8, family="ask")
def money_asked(case: Case) -> Iterator[Hit]:
    """It asks for a transfer, gift cards or coins."""
    found = [phrase for phrase in case.lure.asks if phrase.id in _IDS]
    if found:
        yield Hit(
            f"it asks for money: “{found[0].text}”",
            f"送金やギフトカードを求めています（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
        )
