"""The mail speaks of a parcel that could not be delivered."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_IDS = frozenset({"parcel_undelivered", "customs_fee"})


@check(severity=Severity.LOW, weight=12, family="claim")
def parcel(case: Case) -> Iterator[Hit]:
    """It claims that a parcel waits, was not delivered, or needs a fee."""
    found = [phrase for phrase in case.lure.claims if phrase.id in _IDS]
    if found:
        yield Hit(
            f"it speaks of a waiting parcel: “{found[0].text}”",
            f"荷物を届けられなかったと告げています（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
        )
