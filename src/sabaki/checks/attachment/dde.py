"""A document starts a program by a field."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import carried
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=50, references=("MITRE ATT&CK T1559.002",))
def dde(case: Case) -> Iterator[Hit]:
    """A document holds a DDE field or formula, which starts a program when it is updated."""
    found = list(carried.traits(case, "dde"))
    if found:
        en, ja = carried.place(case, found[0][0])
        yield Hit(
            f"the document {en} holds a field that starts a program: {found[0][1].detail[:120]}",
            f"文書 {ja} に、プログラムを起動させるフィールド（{found[0][1].detail[:120]}）があります",
            Grade.VERIFIED,
            tuple(carried.evidence(case, file, trait) for file, trait in found[:5]),
            "Do not allow the document to update links.",
            "リンクの更新を求められても許可しないでください。",
        )
