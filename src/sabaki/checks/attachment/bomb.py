"""An archive is built to overwhelm who unpacks it."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import carried
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.MEDIUM, weight=30, references=("CWE-409",))
def bomb(case: Case) -> Iterator[Hit]:
    """An archive unpacks to absurdly much, or its members overlap: it is built to overwhelm what looks inside."""
    found = list(carried.traits(case, "bomb", "overlapping"))
    if found:
        en, ja = carried.place(case, found[0][0])
        yield Hit(
            f"{en} is built to overwhelm what unpacks it ({found[0][1].detail[:60]})",
            f"{ja} は、展開する側を行き詰まらせるように作られています",
            Grade.VERIFIED,
            tuple(carried.evidence(case, file, trait) for file, trait in found[:5]),
            "Nothing that a person wants to send looks like this.",
            "まともな用途でこのような書庫ができることはありません。",
        )
