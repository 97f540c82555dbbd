"""A file is padded to be too large to be scanned."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import carried
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=40, references=("MITRE ATT&CK T1027.001",))
def absurd_padding(case: Case) -> Iterator[Hit]:
    """A file is blown up with filler, as scanners leave out what is too large."""
    found = list(carried.traits(case, "absurd_padding"))
    if found:
        en, ja = carried.place(case, found[0][0])
        yield Hit(
            f"{en} is padded with filler ({found[0][1].detail[:80]})",
            f"{ja} は、無意味なデータで水増しされています（{found[0][1].detail[:80]}）",
            Grade.VERIFIED,
            tuple(carried.evidence(case, file, trait) for file, trait in found[:5]),
            "Scanners leave out files that are too large; that is what the filler is for.",
            "大きすぎるファイルは検査から外されることが多く、それを狙った水増しです。",
        )
