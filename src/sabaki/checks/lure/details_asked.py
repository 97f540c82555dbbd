"""The mail asks for personal details."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_IDS = frozenset({"personal_details"})


@check(severity=Severity.LOW, weight=6, family="ask")
def details_asked(case: Case) -> Iterator[Hit]:
    """It asks the reader to confirm or send personal details."""
    found = [phrase for phrase in case.lure.asks if phrase.id in _IDS]
    if found:
        yield Hit(
            f"it asks for personal details: “{found[0].text}”",
            f"個人情報を求めています（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
        )
