"""The mail threatens with the law."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_IDS = frozenset({"law_threat"})


@check(severity=Severity.LOW, weight=10, family="claim")
def legal_threat(case: Case) -> Iterator[Hit]:
    """It claims that a court, an authority or a lawyer will act."""
    found = [phrase for phrase in case.lure.claims if phrase.id in _IDS]
    if found:
        yield Hit(
            f"it threatens with the law: “{found[0].text}”",
            f"法的な措置をちらつかせています（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
        )
