"""The mail promises a prize, a reward or points."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_IDS = frozenset({"prize_or_gift", "survey_reward", "points_expiring"})


@check(severity=Severity.MEDIUM, weight=14, family="claim")
def prize(case: Case) -> Iterator[Hit]:
    """It promises a prize or reward, or threatens that points expire."""
    found = [phrase for phrase in case.lure.claims if phrase.id in _IDS]
    if found:
        yield Hit(
            f"it promises something for nothing: “{found[0].text}”",
            f"賞品やポイントなどで気を引いています（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
            weight=22 if any(phrase.where != "body" for phrase in found) else None,
        )
