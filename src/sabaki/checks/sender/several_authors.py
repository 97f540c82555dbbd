"""More than one From."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=25, references=("RFC 5322 section 3.6",))
def several_authors(case: Case) -> Iterator[Hit]:
    """The header has several From fields: a filter may check one while the mail program shows the other."""
    fields = case.all("from")
    if len(fields) > 1:
        yield Hit(
            f"the header has {len(fields)} From fields",
            f"Fromフィールドが{len(fields)}個あります",
            Grade.VERIFIED,
            tuple(cite.field(field) for field in fields),
            "The standard allows exactly one. Programs differ in which one they show and which one they check.",
            "規格では1個だけです。どれを表示し、どれを検査するかはソフトによって異なります。",
        )
