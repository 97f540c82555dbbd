"""The mail asks for a one-time code."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_IDS = frozenset({"one_time_code"})


@check(severity=Severity.LOW, weight=8, family="ask")
def code_asked(case: Case) -> Iterator[Hit]:
    """It asks for a one-time code, PIN or recovery phrase. Mail that brings you a code that you asked for does not."""
    found = [phrase for phrase in case.lure.asks if phrase.id in _IDS]
    if found:
        yield Hit(
            f"it asks for a one-time code or secret phrase: “{found[0].text}”",
            f"認証コードや暗証番号を求めています（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
        )
