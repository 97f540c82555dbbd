"""A link leads into the innards of a site's software."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.LOW, weight=10, family="indirect")
def cms_path(case: Case) -> Iterator[Hit]:
    """The path is one where a content system keeps its files: visitors have no business there, intruders do."""
    found = cite.traits(case, "cms_path")
    if found:
        _, trait = found[0]
        yield Hit(
            f"the link leads into a site's inner folders ({trait.detail}), as on sites that were broken into",
            f"サイトの内部フォルダ（{trait.detail}）へのリンクです。侵入されたサイトに多い形です",
            Grade.INFERRED,
            cite.traited(found),
        )
