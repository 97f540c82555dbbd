"""The mail speaks for a brand, its links lead to somebody else."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import brands, cite, identity
from sabaki.model.case import BrandMention, Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.model.observable import Url
from sabaki.registry import Hit, check

_STRONG = ("display_name", "subject")


def _spoken_for(case: Case) -> BrandMention | None:
    return next((brand for brand in case.lure.brands if brand.where in _STRONG), None)


def _the_brands(url: Url, mention: BrandMention) -> bool:
    owner = brands.owner_of(url.registrable_domain or url.host)
    return owner is not None and (owner.id == mention.id or owner.sector == mention.sector)


def _counted_by_its_mailer(case: Case, mention: BrandMention, links: list[Url]) -> bool:
    """The brand's own domain stands behind the mail, and its bulk mailer counts the clicks: most brands mail like that."""
    owner = brands.owner_of(case.author.domain) if case.author else None
    author = case.author.domain if case.author else ""
    institute = brands.of_local_institute(author, mention.id)
    if not (institute or (owner and owner.id == mention.id)) or not identity.vouched(case):
        return False
    return all(url.trait("tracker") or identity.related(url.host, author) for url in links)


@check(severity=Severity.MEDIUM, weight=22, family="brand-link")
def brand_elsewhere(case: Case) -> Iterator[Hit]:
    """Name or subject speak for a brand and the mail asks for something, but not one link leads to the brand."""
    mention = _spoken_for(case)
    links = [url for url in case.urls if url.clickable and url.host]
    if not mention or not links or not (case.lure.asks or case.lure.claims):
        return
    if any(_the_brands(url, mention) for url in links):
        return
    if _counted_by_its_mailer(case, mention, links):
        return
    # A newsletter's subject may well be about a brand; only who speaks in its name owes links that lead there.
    about = mention.where == "subject" and not case.lure.claims
    yield Hit(
        f"it speaks for {mention.name}, but not one of its links leads there",
        f"「{mention.name_ja or mention.name}」の名で語りかけますが、リンク先はいずれも同社のものではありません",
        Grade.INFERRED,
        (cite.brand(mention), *(cite.url(url) for url in links[:3])),
        severity=Severity.LOW if about else None,
        weight=6 if about else None,
    )
