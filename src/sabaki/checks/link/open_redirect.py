"""A link borrows a well-known host to lead elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.MEDIUM, weight=15, family="indirect")
def open_redirect(case: Case) -> Iterator[Hit]:
    """A link goes to a well-known site's redirector and from there to somewhere else."""
    found = cite.traits(case, "open_redirect")
    if found:
        url, trait = found[0]
        yield Hit(
            f"a link uses {url.host} as a springboard ({trait.detail})",
            f"{url.host} を踏み台にして別の場所へ転送するリンクです（{trait.detail}）",
            Grade.VERIFIED,
            cite.traited(found),
        )
