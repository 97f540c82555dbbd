"""A whole page of a document is one link."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import carried
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.MEDIUM, weight=24, references=("MITRE ATT&CK T1204.001",))
def page_link(case: Case) -> Iterator[Hit]:
    """A PDF page is covered by one link: whoever clicks anywhere is led on."""
    found = list(carried.traits(case, "page_link"))
    if found:
        en, ja = carried.place(case, found[0][0])
        yield Hit(
            f"a page of {en} is one large link to {found[0][1].detail[:120]}",
            f"{ja} は、ページ全体が1つのリンク（{found[0][1].detail[:120]}）になっています",
            Grade.VERIFIED,
            tuple(carried.evidence(case, file, trait) for file, trait in found[:5]),
            "A document that shows a button or a blurred picture and leads on wherever it is clicked is a lure.",
            "ボタンやぼかした画像だけを見せ、どこを押しても別のサイトへ移る文書は、誘導のための囮です。",
        )
