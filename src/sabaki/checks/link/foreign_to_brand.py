"""Among links to a brand stands one that leads to somebody else, and that is the one to click."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import brands, cite, identity
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.LOW, weight=10, family="brand-link")
def foreign_to_brand(case: Case) -> Iterator[Hit]:
    """The mail shows pictures or links of a brand, while the links to click are neither the brand's nor the author's."""
    shown = {
        owner.id: owner
        for url in case.urls
        if not url.clickable
        and (owner := brands.owner_of(url.registrable_domain or url.host))
        and owner.sector != "cloud"
    }
    clicks = [url for url in case.urls if url.clickable and url.host]
    author = case.author
    if len(shown) != 1 or not clicks or not (case.lure.asks or case.lure.claims):
        return
    (brand,) = shown.values()
    if any(brands.owner_of(url.registrable_domain or url.host) for url in clicks):
        return
    if author and any(identity.related(url.host, author.domain) for url in clicks):
        return
    yield Hit(
        f"its pictures come from {brand.name}, its links lead elsewhere",
        f"画像は「{brand.name_ja or brand.name}」から借りていますが、リンク先は別の場所です",
        Grade.INFERRED,
        tuple(cite.url(url) for url in clicks[:3]),
    )
