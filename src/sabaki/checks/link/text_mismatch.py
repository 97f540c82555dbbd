"""A link shows one address and leads to another."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import brands, cite, identity
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=28, family="text-mismatch")
def text_mismatch(case: Case) -> Iterator[Hit]:
    """The text of a link is an address of another organisation than the one that it leads to."""
    found = cite.traits(case, "text_mismatch")
    direct = [(url, trait) for url, trait in found if trait.where != "tracker"]
    if not direct:
        return
    url, trait = direct[0]
    author = case.author
    # A bulk sender's own click counter stands under its own domain: the mail is honest about who sends it.
    own = bool(author and author.domain and identity.related(url.host, author.domain))
    posing = brands.owner_of(trait.detail) or identity.own(case, trait.detail) or case.lure.claims
    weak = own or not posing
    yield Hit(
        f"a link shows {trait.detail} but leads to {url.host}",
        f"リンクの見た目は {trait.detail} ですが、実際の行き先は {url.host} です",
        Grade.VERIFIED,
        cite.traited(direct),
        severity=Severity.LOW if weak else None,
        weight=10 if weak else None,
    )
