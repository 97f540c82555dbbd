"""A link is under a top-level domain that is often abused."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.LOW, weight=8, family="machine-made")
def risky_tld(case: Case) -> Iterator[Hit]:
    """The top-level domain is one of those that cost next to nothing and are abused out of proportion."""
    found = cite.traits(case, "risky_tld")
    if found:
        _, trait = found[0]
        yield Hit(
            f"the link is under .{trait.detail}, a top-level domain that is abused out of proportion",
            f".{trait.detail} は悪用の割合が高いトップレベルドメインです",
            Grade.INFERRED,
            cite.traited(found),
        )
