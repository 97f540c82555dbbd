"""A name or subject is written with look-alike or invisible characters."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import brands, cite, lookalikes
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_JAPANESE = {
    "zero-width characters inside words": "語の途中の見えない文字",
    "mixed alphabets inside a word": "一つの語に混ざった異なる文字体系",
    "styled letters": "数学用・囲みなどの飾り文字",
    "reversed direction": "文字の並びを逆にする制御文字",
}


@check(severity=Severity.HIGH, weight=35, references=("UTS 39",))
def disguised_name(case: Case) -> Iterator[Hit]:
    """From or Subject mixes alphabets inside a word, hides zero-width characters in it, or turns its direction.

    So does a brand's name in Japanese characters that only look like its own (力 for カ, ソ for ン).
    """
    for field in (*case.all("from"), *case.all("subject")):
        disguise = lookalikes.has_disguise(field.value)
        posing = None if disguise else brands.disguised(field.value)
        if disguise:
            yield Hit(
                f"{field.name} is written to deceive filters or eyes: {disguise}",
                f"{field.name} に、目や検査を欺くための文字が使われています（{_JAPANESE.get(disguise, disguise)}）",
                Grade.VERIFIED,
                (cite.field(field),),
            )
        elif posing:
            brand, written = posing
            yield Hit(
                f"{field.name} says “{written}”, which only looks like {brand.name_ja or brand.name}",
                f"{field.name} の「{written}」は、「{brand.name_ja or brand.name}」に見えるように別の文字で書かれています",
                Grade.VERIFIED,
                (cite.field(field),),
            )
