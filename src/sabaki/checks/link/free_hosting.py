"""A link leads to free hosting."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.LOW, weight=14, family="indirect")
def free_hosting(case: Case) -> Iterator[Hit]:
    """A link leads to a service at which anyone can put up pages or files at once: the domain vouches for nobody."""
    found = cite.traits(case, "free_hosting")
    if found:
        url, _ = found[0]
        yield Hit(
            f"a link leads to a service where anyone can put up a page ({url.host})",
            f"リンク先は、誰でもすぐにページを公開できるサービス（{url.host}）です",
            Grade.VERIFIED,
            cite.traited(found),
        )
