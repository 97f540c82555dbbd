"""The display name is a known brand's, the address is not."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from sabaki.facts import brands, cite, freemail, identity
from sabaki.model.case import BrandMention, Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.model.observable import EmailAddr
from sabaki.registry import Hit, check

_MOST = 10
_BY_LIST = 12.0


@check(severity=Severity.HIGH, weight=35, family="brand", references=("MITRE ATT&CK T1656",))
def brand_in_name(case: Case) -> Iterator[Hit]:
    """The From display name is that of a known brand whose mail does not come from the domain of the address.

    Where From names several, any of them counts.
    """
    author = case.author
    mention = next((brand for brand in case.lure.brands if brand.where == "display_name"), None)
    if author and mention:
        found = _hit(case, author, mention)
        if found:
            yield found
            return
    # What a list says of the author is the list's word: the name that it writes from counts as well, but less.
    listed = case.sender.via_list is not None
    for other in case.sender.author[0 if listed else 1 : _MOST]:
        for named in brands.mentions(other.display_name, "display_name")[:1]:
            found = _hit(case, other, named)
            if found:
                yield structs.replace(found, weight=_BY_LIST) if listed else found
                return


def _hit(case: Case, author: EmailAddr, mention: BrandMention) -> Hit | None:
    if not author.domain:
        return None
    # Whoever has a mailbox at gmail.com is not Google.
    free = author.domain in freemail.domains()
    owner = None if author.domain in freemail.mailboxes_only() else brands.owner_of(author.domain)
    if owner and (owner.id == mention.id or owner.sector == mention.sector):
        return None
    if author.domain not in freemail.mailboxes_only() and identity.organizational(author.domain) in mention.domains:
        return None
    institute = brands.of_local_institute(author.domain, mention.id)
    if institute and identity.vouched(case):
        return None
    return Hit(
        f"the sender calls itself {mention.name}, but writes from {author.domain}",
        f"差出人は「{mention.name_ja or mention.name}」を名乗っていますが、アドレスは {author.domain} です",
        Grade.INFERRED,
        (*(cite.field(field) for field in case.all("from")), cite.brand(mention)),
        "A display name is free text. The domain is not one that we know to be this brand's.",
        "表示名は自由に書けます。このドメインは、このブランドのものとして知られていません。",
        weight=10 if institute else 40 if free else None,
    )
