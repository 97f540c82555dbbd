"""The From field is put together carelessly, as sending kits do it."""

from __future__ import annotations

from collections.abc import Iterator

import re2

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_UNTIDY = re2.compile(r'(?:[^>\s][,;_]["\s]*<|[^\s"]\s{3,}[^\s<]|[^<]\s{3,}<|^[\s",]+[,"])')


@check(severity=Severity.LOW, weight=8, references=("RFC 5322 section 3.4",))
def untidy_name(case: Case) -> Iterator[Hit]:
    """The name in From ends in a stray comma or underscore, or is padded with blanks: left over from a template."""
    for field in case.all("from"):
        if _UNTIDY.search(field.value[:500]):
            yield Hit(
                "the sender's name is left untidy, as by a template",
                "差出人の名前に、ひな型の消し忘れのような余分な記号や空白があります",
                Grade.VERIFIED,
                (cite.field(field),),
            )
            return
