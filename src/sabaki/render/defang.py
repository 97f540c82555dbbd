"""Links and hosts written so that no program makes them clickable and no reader copies them by accident: hxxp, [.]."""

from __future__ import annotations

import re

from sabaki.mail import urls

_LEFT = re.compile(r"(?i)http(s?)://")
_SCHEMES = {"http": "hxxp", "https": "hxxps", "ftp": "fxp"}


def host(text: str) -> str:
    """A host name or address: every dot in brackets. What is in brackets already stays."""
    return text.replace("[.]", ".").replace(".", "[.]")


def url(text: str) -> str:
    """A URL: its scheme defused, the dots of its authority in brackets; path and query stay legible."""
    scheme, colon, rest = text.partition(":")
    if not colon or not rest.startswith("//"):
        return _without_slashes(text)
    scheme = _SCHEMES.get(scheme.lower(), scheme)
    end = min((at for mark in "/?#\\" if (at := rest.find(mark, 2)) >= 0), default=len(rest))
    return f"{scheme}://{host(rest[2:end])}{inner(rest[end:])}"


def _without_slashes(text: str) -> str:
    scheme, colon, rest = text.partition(":")
    if colon and scheme.isalpha():
        # data:, javascript:, mailto: and the like: the bracket keeps it from being taken for a link.
        return f"{_SCHEMES.get(scheme.lower(), scheme)}[:]{inner(rest)}"
    end = text.find("/")
    return host(text) if end < 0 else f"{host(text[:end])}{inner(text[end:])}"


def inner(text: str) -> str:
    """The part of a URL after its authority: a URL inside it is defused as well."""
    return text.replace("://", "[:]//") if "://" in text else text


def prose(text: str) -> str:
    """Running text: every URL in it defanged, all else left alone. What is defanged already stays as it is."""
    if not any(mark in text for mark in "/\\.／．。｡"):
        return text
    pieces, at = [], 0
    for found in urls.find(text):
        if found.start >= at:
            pieces += [text[at : found.start], url(text[found.start : found.end])]
            at = found.end
    # What looks like a link without being one ("http:///x", a URL that was cut) would be made one by other programs.
    return _LEFT.sub(r"hxxp\1://", "".join([*pieces, text[at:]]))
