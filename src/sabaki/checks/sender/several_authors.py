"""More than one From."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.mail import authors
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=25, family="author", references=("RFC 5322 section 3.6",))
def several_authors(case: Case) -> Iterator[Hit]:
    """The header has several From fields: a filter may check one while the mail program shows the other.

    Also counted is what only some programs take for From: a name with a space, a line end or a stray octet before its colon.
    """
    fields = [field for field, _ in authors.from_bodies(case.fields)]
    if len(fields) < 2:
        return
    spaced = {each.location for each in case.defects if each.id == "space_before_colon"}
    hidden = any(field.key != "from" or field.location in spaced for field in fields)
    yield Hit(
        f"the header has {len(fields)} From fields" + (", one of which some programs do not see" if hidden else ""),
        f"Fromフィールドが{len(fields)}個あります" + ("（一部のソフトには見えないものを含みます）" if hidden else ""),
        Grade.VERIFIED,
        tuple(cite.field(field) for field in fields),
        "The standard allows exactly one. Programs differ in which one they show and which one they check.",
        "規格では1個だけです。どれを表示し、どれを検査するかはソフトによって異なります。",
    )
