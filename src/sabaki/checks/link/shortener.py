"""A link is shortened."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.LOW, weight=12, family="indirect")
def shortener(case: Case) -> Iterator[Hit]:
    """A link goes through a public shortener, which hides where it leads."""
    found = cite.traits(case, "shortener")
    if found:
        url, _ = found[0]
        yield Hit(
            f"a link goes through a shortener ({url.host}), which hides its target",
            f"短縮URL（{url.host}）で行き先が隠されています",
            Grade.VERIFIED,
            cite.traited(found),
        )
