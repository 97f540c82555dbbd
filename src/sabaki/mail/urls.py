"""URLs, read as a browser reads them (WHATWG URL Standard). Finding them in text is `find`; reading one is `parse`."""

from __future__ import annotations

import re

import can_ada
import idna
import msgspec

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

_SURROGATE = re.compile("[\ud800-\udfff]")
_HOST_PART = re.compile(
    r"(?i)(?:https?|ftp|wss?):[/\\]{0,9}(?:[^/?#\\@]{0,500}@)?([^/?#\\@:\[\]%]{1,500})(?=[/?#\\:]|\Z)"
)
_MASK = "xq0q"
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
    written = raw[:LONGEST] if raw.isascii() else _whole(raw[:LONGEST])
    absolute = _absolute(written, _whole(base[:LONGEST]))
    if absolute is None:
        return None
    seen = _seen(absolute)
    if seen is None and not absolute.isascii():
        seen = _seen(absolute.translate(_DOT_LIKE))
    if seen is None and (lenient := _lenient(absolute)) is not None:
        return _unmasked(_read(lenient, written, source, text, clickable=clickable, location=location))
    if seen is None:
        scheme = absolute.partition(":")[0].lower()
        return Url(written, "", source, scheme=scheme, text=text, clickable=False, location=location)
    return _read(seen, written, source, text, clickable=clickable, location=location)


def _seen(absolute: str) -> can_ada.URL | None:
    try:
        return can_ada.parse(absolute)
    except (ValueError, UnicodeError):
        return None


def _lenient(absolute: str) -> can_ada.URL | None:
    """A name with an A-label that no standard decodes: browsers look it up as it stands (WHATWG, "domain to ASCII").

    Our parser refuses it, and names in letters younger than its tables; so these labels are masked while it reads.
    """
    match = _HOST_PART.match(absolute)
    if match is None or _MASK in absolute:
        return None
    host = match[1]
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True, std3_rules=False).decode("ascii")
        except (idna.IDNAError, UnicodeError, ValueError, IndexError):
            return None
    if "xn--" not in host.lower():
        return None
    masked = host.lower().replace("xn--", _MASK)
    return _seen(absolute[: match.start(1)] + masked + absolute[match.end(1) :])


def _unmasked(url: Url | None) -> Url | None:
    if url is None:
        return None
    host = url.host.replace(_MASK, "xn--")
    return msgspec.structs.replace(
        url,
        value=url.value.replace(_MASK, "xn--"),
        host=host,
        host_unicode=to_unicode(host),
        registrable_domain=registrable_domain(host),
        public_suffix=public_suffix(host),
    )


def _whole(text: str) -> str:
    """Surrogates (left by a script's or a broken decoder's hand) paired where they fit, else U+FFFD."""
    if _SURROGATE.search(text) is None:
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _read(
    seen: can_ada.URL, raw: str, source: str, text: str, *, clickable: bool, location: Location | None
) -> Url | None:
    scheme = seen.protocol.removesuffix(":")
    if scheme not in _KEPT_SCHEMES and (not seen.host or "." in scheme):
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
    if head.startswith(("hxxp", "hxtp", "httx", "fxp:")) or "[.]" in target or "[:" in head[:12]:
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
    if target[:1] >= "\uff01" or any(mark in target[:10] for mark in "\uff1a\uff0f\uff3c"):
        return target.translate(_WIDE)
    return target


_DROPPED = dict.fromkeys((0x09, 0x0A, 0x0D))
_DOT_LIKE = {0x2024: ".", 0xFE52: "."}
"""Dots to a browser since Unicode 16 made them so without condition (UTS 46); our parser's tables are older."""
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
