"""The mail presses for time."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.LOW, weight=6, family="pressure")
def pressure(case: Case) -> Iterator[Hit]:
    """It sets a deadline of hours or days, or says that something is closed, lost or sued for otherwise."""
    found = list(case.lure.pressure)
    if found:
        yield Hit(
            f"it presses for time: “{found[0].text}”",
            f"急がせています（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
        )
