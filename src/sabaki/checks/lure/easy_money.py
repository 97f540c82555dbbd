"""The mail offers a share of somebody's money."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_IDS = frozenset({"inheritance", "advance_fee", "loan_offer", "investment"})


@check(severity=Severity.HIGH, weight=30, family="fraud")
def easy_money(case: Case) -> Iterator[Hit]:
    """It offers an inheritance, a commission, a loan or an investment from a stranger: advance-fee fraud."""
    found = [phrase for phrase in case.lure.claims if phrase.id in _IDS]
    if found:
        yield Hit(
            f"a stranger offers money: “{found[0].text}”",
            f"見知らぬ相手が大金の話を持ちかけています（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
            "Those who answer are asked for fees, again and again.",
            "返事をすると、手数料の名目で何度も支払いを求められます。",
        )
