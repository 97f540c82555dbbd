"""The mail threatens in order to be paid."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_IDS = frozenset({"extortion"})


@check(severity=Severity.HIGH, weight=40)
def extortion(case: Case) -> Iterator[Hit]:
    """It claims to have compromising material or access, and demands money."""
    found = [phrase for phrase in case.lure.claims if phrase.id in _IDS]
    if found:
        yield Hit(
            f"it threatens and demands money: “{found[0].text}”",
            f"脅して金銭を要求しています（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
            "Such mail is sent in bulk; the claims are made up.",
            "同じ文面が大量に送られています。書かれている内容は作り話です。",
        )
