"""A document starts a program."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import carried
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=50, references=("MITRE ATT&CK T1204.002",))
def launch(case: Case) -> Iterator[Hit]:
    """A PDF asks the viewer to start a program or to open another file."""
    found = list(carried.traits(case, "launch"))
    if found:
        en, ja = carried.place(case, found[0][0])
        yield Hit(
            f"{en} asks the viewer to start a program: {found[0][1].detail[:120]}",
            f"{ja} は、閲覧ソフトにプログラムを起動させようとします（{found[0][1].detail[:120]}）",
            Grade.VERIFIED,
            tuple(carried.evidence(case, file, trait) for file, trait in found[:5]),
            "Do not open it.",
            "開かないでください。",
        )
