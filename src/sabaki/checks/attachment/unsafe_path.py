"""An archive wants to write outside its folder."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import carried
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=35, references=("CWE-22",))
def unsafe_path(case: Case) -> Iterator[Hit]:
    """A file in an archive is named so that it lands outside the folder it is unpacked to."""
    found = list(carried.traits(case, "unsafe_path"))
    if found:
        en, ja = carried.place(case, found[0][0])
        yield Hit(
            f"{en} holds a file whose name leads out of the folder: {found[0][1].detail[:80]!a}",
            f"{ja} に、展開先の外へ書き込もうとする名前のファイルがあります",
            Grade.VERIFIED,
            tuple(carried.evidence(case, file, trait) for file, trait in found[:5]),
            "Unpacked by a careless program it overwrites files elsewhere.",
            "不用意に展開すると、別の場所のファイルが書き換えられるおそれがあります。",
        )
