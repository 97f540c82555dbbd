"""The sender's domain carries a known brand's name that is not the brand's."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import brands, cite, identity
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=30, family="brand")
def brand_in_address(case: Case) -> Iterator[Hit]:
    """The author's domain holds a brand's name as a label or part of one, but is not the brand's domain."""
    author = case.author
    if not author or not author.domain or identity.own(case, author.domain):
        return
    brand = brands.in_host(author.domain)
    if brand:
        yield Hit(
            f"the sender's domain {author.domain} carries the name of {brand.name}, whose domain it is not",
            f"差出人のドメイン {author.domain} は「{brand.name_ja or brand.name}」の名を含みますが、同社のドメインではありません",
            Grade.INFERRED,
            tuple(cite.field(field) for field in case.all("from")),
        )
