"""The mail gives an order as a superior or colleague would."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_IDS = frozenset({"payroll_change", "ceo_request"})


@check(severity=Severity.MEDIUM, weight=20, family="fraud")
def office_fraud(case: Case) -> Iterator[Hit]:
    """It asks for gift cards, a bank change or an urgent favour in the name of a superior or colleague."""
    found = [phrase for phrase in case.lure.claims if phrase.id in _IDS]
    if found:
        yield Hit(
            f"it gives an order in a superior's or colleague's name: “{found[0].text}”",
            f"上司や同僚の名で指示しています（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
            "Ask back by telephone or in person before you do anything.",
            "実行する前に、電話か対面で本人に確かめてください。",
        )
