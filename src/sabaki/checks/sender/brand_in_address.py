"""The sender's domain carries a known brand's name that is not the brand's."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import brands, cite, freemail, identity, mailers
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.model.observable import EmailAddr
from sabaki.registry import Hit, check

_SLIP = 20.0


def _boxes(case: Case) -> Iterator[tuple[str, EmailAddr, str, str, float | None]]:
    """Every mailbox that the mail is from, answers to and bounces to; each but the author's weighs less."""
    for author in (case.author, *case.sender.author[1:]):
        if author:
            yield "from", author, "the sender's domain", "差出人のドメイン", None
    for box in case.sender.reply_to:
        yield "reply-to", box, "the domain that answers go to,", "返信先のドメイン", 20
    if case.sender.return_path:
        yield "return-path", case.sender.return_path, "the envelope sender's domain", "配送上の送信者のドメイン", 10


@check(severity=Severity.HIGH, weight=30, family="brand")
def brand_in_address(case: Case) -> Iterator[Hit]:
    """The domain of From, Reply-To or Return-Path holds a brand's name as a label or part of one, or looks like one of its domains,
    but is not the brand's."""
    free = freemail.domains()
    for key, box, what, what_ja, weight in _boxes(case):
        if not box.domain or identity.own(case, box.domain) or box.domain in free:
            continue
        if mailers.owner_of(box.domain):
            continue
        brand, slip = brands.in_host(box.domain), False
        if brand is None:
            brand, slip = brands.misspelt(box.domain), True
        if brand and _is_new(case, key, brand):
            yield Hit(
                f"{what} {box.domain} "
                + (
                    f"is one letter off {brand.name}'s own"
                    if slip
                    else f"carries the name of {brand.name}, whose domain it is not"
                ),
                f"{what_ja} {box.domain} は「{brand.name_ja or brand.name}」の"
                + ("ドメインと1文字だけ違います" if slip else "名を含みますが、同社のドメインではありません"),
                Grade.INFERRED,
                tuple(cite.field(field) for field in case.all(key)),
                weight=min(weight or _SLIP, _SLIP) if slip else weight,
            )
            return


def _is_new(case: Case, key: str, brand: brands.Brand) -> bool:
    """A brand's own mail may well bounce to, or be answered at, a name made for it elsewhere."""
    author = case.author
    owner = brands.owner_of(author.domain) if author else None
    return key == "from" or owner is None or owner.id != brand.id
