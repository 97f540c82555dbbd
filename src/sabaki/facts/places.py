"""Where in the raw message a link stands."""

from __future__ import annotations

from msgspec.structs import replace

from sabaki.model.evidence import Location
from sabaki.model.message import Message, Part
from sabaki.model.observable import Url

_MOST = 200
_LOOK = 1_000_000
_HEAD = 24
"""Characters of a link to look for: the rest may be broken over lines or escaped."""


def _find(message: Message, part: Part, head: bytes) -> Location | None:
    start = part.body.start
    at = message.raw.find(head, start, min(part.body.end, start + _LOOK))
    return Location(at, at + len(head), part.path) if at >= 0 else None


def locate(urls: tuple[Url, ...], message: Message) -> tuple[Url, ...]:
    """Give each link its place: the bytes where it begins, or, under a transfer encoding, the part that carries it.

    Looks for the first 200 links in the first megabyte of each part; the others have the place of their part.
    """
    carriers = [part for part in message.parts if part.path in message.contents and part.size]
    texts = [part for part in carriers if part.content_type.startswith("text/")] or carriers
    if not texts:
        return urls
    return tuple(
        replace(url, location=_place(url, message, texts) if place < _MOST else texts[0].body)
        for place, url in enumerate(urls)
    )


def _place(url: Url, message: Message, texts: list[Part]) -> Location:
    head = url.raw[:_HEAD].encode("utf-8", "ignore")
    for part in texts:
        found = _find(message, part, head) if head else None
        if found:
            return found
    inside = next((part for part in texts if head in message.contents[part.path][:_LOOK]), texts[0])
    return inside.body
