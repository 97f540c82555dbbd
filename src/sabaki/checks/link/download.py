"""A link leads to a file to run or unpack."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_RUNS = frozenset(
    "exe scr com pif bat cmd msi msix jar js jse vbs vbe wsf wsh hta ps1 lnk iso img vhd apk dmg pkg xll chm cpl reg".split()
)


@check(severity=Severity.MEDIUM, weight=18, family="payload")
def download(case: Case) -> Iterator[Hit]:
    """The link's path ends in a program, script, disk image or archive."""
    found = cite.traits(case, "download")
    if found:
        _, trait = found[0]
        yield Hit(
            f"a link leads to a file to run or unpack ({trait.detail})",
            f"実行ファイルや書庫ファイル（{trait.detail}）へのリンクです",
            Grade.VERIFIED,
            cite.traited(found),
            weight=None if trait.detail.lower().lstrip(".") in _RUNS else 5,
        )
