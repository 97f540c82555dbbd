"""URLs, read as a browser reads them (WHATWG URL Standard). Finding them in text is `find`; reading one is `parse`."""

from __future__ import annotations

import can_ada

from sabaki.mail.domains import (
    as_ip,
    has_known_suffix,
    organizational_domain,
    public_suffix,
    registrable_domain,
    to_unicode,
)
from sabaki.mail.urlfind import Found, find
from sabaki.model.evidence import Location
from sabaki.model.observable import Url

__all__ = [
    "LONGEST",
    "Found",
    "find",
    "organizational_domain",
    "parse",
    "public_suffix",
    "registrable_domain",
    "resolve",
]

LONGEST = 8_192
"""URLs are interpreted up to this many characters; what is longer is cut, and `raw` keeps as much."""

_NO_PAGE = ("mailto:", "tel:", "sms:", "cid:", "mid:", "about:", "callto:", "fax:", "geo:", "maps:", "x-apple-data")
_KEPT_SCHEMES = frozenset({"http", "https", "ftp", "data", "javascript", "vbscript", "file", "blob", "ws", "wss"})
_TRIMMED = "".join(map(chr, range(0x21)))
_DEFANGED = (("[.]", "."), ("(.)", "."), ("[dot]", "."), ("[:]", ":"), ("[://]", "://"))


def parse(
    raw: str,
    source: str,
    text: str = "",
    *,
    clickable: bool = True,
    base: str = "",
    location: Location | None = None,
) -> Url | None:
    """Read a URL as a browser would: tabs, backslashes, odd spellings of IPv4 and full-width letters all resolved.

    `base` is what a relative one starts from. None for what leads nowhere: an empty string, a mere fragment, a
    relative path without a base, a scheme that opens no page (mailto, tel, cid). A URL that a browser refuses to open
    keeps `raw` and an empty `value`. Never raises.
    """
    written = raw[:LONGEST]
    absolute = _absolute(written, base[:LONGEST])
    if absolute is None:
        return None
    try:
        seen = can_ada.parse(absolute)
    except (ValueError, UnicodeError):
        scheme = absolute.partition(":")[0].lower()
        return Url(written, "", source, scheme=scheme, text=text, clickable=False, location=location)
    return _read(seen, written, source, text, clickable=clickable, location=location)


def _read(
    seen: can_ada.URL, raw: str, source: str, text: str, *, clickable: bool, location: Location | None
) -> Url | None:
    scheme = seen.protocol.removesuffix(":")
    if scheme not in _KEPT_SCHEMES and not seen.host:
        return None
    host = seen.hostname
    ip = as_ip(host)
    return Url(
        raw=raw,
        value=seen.href,
        source=source,
        scheme=scheme,
        host=host,
        host_unicode=to_unicode(host),
        port=int(seen.port) if seen.port else None,
        path=seen.pathname,
        query=seen.search.removeprefix("?"),
        fragment=seen.hash.removeprefix("#"),
        userinfo=f"{seen.username}:{seen.password}" if seen.password else seen.username,
        registrable_domain=None if ip else registrable_domain(host),
        public_suffix="" if ip else public_suffix(host),
        ip=ip,
        text=text,
        clickable=clickable,
        location=location,
    )


def _absolute(written: str, base: str) -> str | None:
    """The URL with its scheme, or None where there is nothing to open."""
    target = written.strip(_TRIMMED)
    if target.startswith(("https://", "http://")) and "[.]" not in target:
        return target
    # Browsers drop tabs and line ends anywhere, so a scheme may hide behind them.
    head = target[:40].translate(_DROPPED).lower()
    if not target or target.startswith("#") or head.startswith(_NO_PAGE):
        return None
    if not target.isascii():
        target = unwiden(target)
        head = target[:40].translate(_DROPPED).lower()
    if head.startswith(("hxxp", "hxtp", "httx", "fxp:")) or "[.]" in target:
        return refang(target)
    scheme, colon, _ = head.partition(":")
    if colon and scheme and _is_scheme(scheme) and not base:
        return target
    return resolve(target, base)


def resolve(target: str, base: str) -> str | None:
    """A relative URL made absolute. Without a base, mail programs take `//host` and a bare host name as web links."""
    if base:
        try:
            return (can_ada.parse(base) + target).href
        except (ValueError, UnicodeError):
            if "://" in target[:10]:
                return target
    if target.startswith(("//", "\\\\")):
        return "https:" + target
    host = target
    for end in "/?#\\":
        host = host.partition(end)[0]
    name, _, port = host.partition(":")
    if "." not in name or "@" in name or not (port == "" or port.isdigit()):
        return None
    if name[:4].lower() == "www." or has_known_suffix(name):
        return "http://" + target
    return None


def _is_scheme(scheme: str) -> bool:
    # "www.example.jp:8080/x" is a host with a port: no scheme in use has a dot.
    return scheme[0].isalpha() and all(character.isalnum() or character in "+-" for character in scheme)


def refang(target: str) -> str:
    """A defanged URL ("hxxp://example[.]jp") as it was before."""
    for written, meant in _DEFANGED:
        target = target.replace(written, meant)
    scheme, colon, rest = target.partition(":")
    lowered = scheme.lower()
    if colon and lowered in ("hxxp", "hxtp", "httx"):
        scheme = "http"
    elif colon and lowered in ("hxxps", "hxtps", "httxs"):
        scheme = "https"
    return scheme + colon + rest


def unwiden(target: str) -> str:
    """Full-width ASCII in the scheme and separators as plain ASCII ("ｈｔｔｐ：／／"), the rest as it was."""
    # A wide letter behind a plain scheme is for the browser's own rules (UTS 46).
    if target[:1] >= "\uff01" or "\uff1a" in target[:6]:
        return target.translate(_WIDE)
    return target


_DROPPED = dict.fromkeys((0x09, 0x0A, 0x0D))
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
