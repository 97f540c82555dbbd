"""A page builds a file on the reader's own computer."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import carried
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=48, references=("MITRE ATT&CK T1027.006",))
def smuggling(case: Case) -> Iterator[Hit]:
    """An attached page puts a file together by script, so that no scanner on the way sees it."""
    found = list(carried.traits(case, "smuggling"))
    if found:
        en, ja = carried.place(case, found[0][0])
        yield Hit(
            f"the page {en} builds a file by script ({found[0][1].detail[:80]})",
            f"ページ {ja} は、スクリプトでファイルを組み立てます（{found[0][1].detail[:80]}）",
            Grade.VERIFIED,
            tuple(carried.evidence(case, file, trait) for file, trait in found[:5]),
            "The file comes into being only in the browser: what checks mail on its way never sees it.",
            "ファイルはブラウザーの中で初めて作られるため、配送途中の検査をすり抜けます。",
        )
