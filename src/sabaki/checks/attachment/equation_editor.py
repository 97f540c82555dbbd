"""A document calls the old equation editor."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import carried
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.CRITICAL, weight=60, references=("CVE-2017-11882",))
def equation_editor(case: Case) -> Iterator[Hit]:
    """A document holds an object for the old equation editor, whose holes (CVE-2017-11882, CVE-2018-0802) are attacked to this day."""
    found = list(carried.traits(case, "equation_editor"))
    if found:
        en, ja = carried.place(case, found[0][0])
        yield Hit(
            f"{en} holds an object for the old equation editor",
            f"{ja} に、旧式の数式エディターを呼び出す部品が埋め込まれています",
            Grade.VERIFIED,
            tuple(carried.evidence(case, file, trait) for file, trait in found[:5]),
            "Attackers use it to run programs when the document is opened; new documents have no need of it.",
            "開くだけでプログラムを動かす攻撃に使われるもので、いまの文書に必要なものではありません。",
        )
