"""A host name carries a brand that does not own it."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.model.observable import Url
from sabaki.registry import Hit, check


def _spoken_for(case: Case, url: Url, name: str) -> bool:
    """The name or subject speaks for that brand too, and the host is not the author's own: no reseller, no fan page."""
    author = case.author
    if author and identity.related(url.host, author.domain):
        return False
    return any(brand.name == name and brand.where in ("display_name", "subject") for brand in case.lure.brands)


@check(severity=Severity.HIGH, weight=32, family="brand-link")
def brand_in_host(case: Case) -> Iterator[Hit]:
    """A label of the host holds a known brand's name, but the domain is neither the brand's nor the reader's."""
    found = [(url, trait) for url, trait in cite.traits(case, "brand_in_host") if not identity.own(case, url.host)]
    if found:
        url, trait = found[0]
        yield Hit(
            f"the link's host {url.host_unicode} carries the name of {trait.detail}, whose domain it is not",
            f"リンク先 {url.host_unicode} は「{trait.detail}」の名を含みますが、同社のドメインではありません",
            Grade.INFERRED,
            cite.traited(found),
            weight=38 if _spoken_for(case, url, trait.detail) else None,
        )
