"""Whether the mail, true or forged, leads its reader nowhere but to the known brand whose address it bears."""

from __future__ import annotations

from sabaki.facts import brands
from sabaki.facts.brands import Brand
from sabaki.model.case import Case
from sabaki.model.observable import Url

_DETOURS = ("open_redirect", "userinfo", "odd_syntax", "data_uri")


def _ends_at(url: Url, brand: Brand) -> bool:
    """Whether a click ends at the brand: its host, and nothing in the link that sends the reader on."""
    owner = brands.owner_of(url.host)
    return owner is not None and owner.id == brand.id and not any(url.trait(id) for id in _DETOURS)


def leads_home(case: Case) -> Brand | None:
    """The brand of the author's domain if every link to click, every form and every answer goes to it, else None.

    None too where there is nothing to click, where something is attached, and on a mailing list, which others write to.
    """
    author = case.author
    brand = brands.owner_of(author.domain) if author and author.domain else None
    clicks = [url for url in case.urls if url.clickable and url.host]
    if not brand or not clicks or case.sender.list_id or not all(_ends_at(url, brand) for url in clicks):
        return None
    if any(brands.owner_of(box.domain) != brand for box in case.sender.reply_to if box.domain):
        return None
    attached = any(part.disposition == "attachment" for part in case.parts)
    return None if attached or any(body.forms for body in case.bodies) else brand
