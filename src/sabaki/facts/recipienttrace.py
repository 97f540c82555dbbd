"""The recipient's address inside a URL, plain or in one of the encodings that senders use for it."""

from __future__ import annotations

import base64
import codecs
import hashlib
from functools import lru_cache
from urllib.parse import quote, unquote

import msgspec

from sabaki.model.observable import Url, UrlTrait

_MOST_ADDRESSES = 8
_BOUNDED = frozenset({"plain", "percent", "verp"})
_SHORTEST_BASE64 = 8


class _Trace(msgspec.Struct, frozen=True):
    """One spelling of an address: how it is encoded and the characters to look for."""

    how: str
    needle: str
    domain: str = ""


class _Needles(msgspec.Struct, frozen=True):
    """What to look for: in lower-cased text, and, for base64, in text as it stands."""

    folded: tuple[_Trace, ...]
    exact: tuple[_Trace, ...]
    in_host: tuple[_Trace, ...]


def find(url: Url, addresses: tuple[str, ...]) -> UrlTrait | None:
    """The trait `recipient_in_url` where a URL carries one of the addresses.

    `detail` says how it is written ("plain", "percent", "base64", "hex", "reversed", "rot13", "md5", "sha1", "sha256",
    "host"), `where` in which component. The address itself is not repeated.
    """
    if not addresses:
        return None
    needles = _needles(addresses[:_MOST_ADDRESSES])
    for trace in needles.in_host:
        if trace.needle in url.host and not url.host.endswith(trace.domain):
            return UrlTrait("recipient_in_url", trace.how, "host")
    rest = url.value
    forms = _forms(rest)
    for depth, form in enumerate(forms):
        found = _first(needles, form)
        if found:
            how = "percent" if depth and found.how == "plain" else found.how
            return UrlTrait("recipient_in_url", how, _component(url, found, depth))
    return None


def _forms(text: str) -> list[str]:
    """The text, and what percent-decoding once and twice makes of it."""
    forms = [text]
    while len(forms) < 3 and "%" in forms[-1]:
        decoded = unquote(forms[-1], errors="replace")
        if decoded == forms[-1]:
            break
        forms.append(decoded)
    return forms


def _first(needles: _Needles, text: str) -> _Trace | None:
    for trace in needles.exact:
        if trace.needle in text:
            return trace
    folded = text.lower()
    for trace in needles.folded:
        if trace.needle in folded and (trace.how not in _BOUNDED or _stands_alone(folded, trace.needle)):
            return trace
    return None


def _stands_alone(text: str, needle: str) -> bool:
    """Whether an address is not the tail or head of a longer one ("1-mail@..." in a Message-ID is not "mail@...")."""
    start = text.find(needle)
    before, after = text[max(0, start - 3) : start], text[start + len(needle) : start + len(needle) + 1]
    opened = not (before[-1:].isalnum() or before[-1:] in ("-", "_", ".")) or before in ("%3d", "%2f", "%26", "%3a")
    return opened and not (after.isalnum() or after == "-")


def _component(url: Url, trace: _Trace, depth: int) -> str:
    components = {"userinfo": url.userinfo, "path": url.path, "query": url.query, "fragment": url.fragment}
    for name, text in components.items():
        for _ in range(depth):
            text = unquote(text, errors="replace")
        if trace.needle in text or trace.needle in text.lower():
            return name
    return "host" if trace.needle in url.host else "path"


@lru_cache(maxsize=256)
def _needles(addresses: tuple[str, ...]) -> _Needles:
    folded: list[_Trace] = []
    exact: list[_Trace] = []
    in_host: list[_Trace] = []
    for address in dict.fromkeys(addresses):
        local, at, domain = address.rpartition("@")
        if not at or not local or not domain:
            continue
        lowered = address.lower()
        folded.extend(_plain_forms(lowered, local.lower(), domain.lower()))
        for spelling in dict.fromkeys((address, lowered)):
            exact.extend(_Trace("base64", needle) for needle in _base64_needles(spelling))
        host_form = f"{local}.{domain}".lower()
        if len(local) >= 3:
            in_host.extend(_Trace("host", form, domain.lower()) for form in (host_form, host_form.replace(".", "-")))
    return _Needles(tuple(folded), tuple(exact), tuple(in_host))


def _plain_forms(address: str, local: str, domain: str) -> list[_Trace]:
    raw = address.encode()
    forms = [
        _Trace("plain", address),
        _Trace("percent", quote(address, safe="").lower()),
        _Trace("verp", f"{local}={domain}"),
        _Trace("hex", raw.hex()),
        _Trace("reversed", address[::-1]),
        _Trace("rot13", codecs.encode(address, "rot13")),
    ]
    digests = ("md5", "sha1", "sha256")
    return forms + [_Trace(name, hashlib.new(name, raw, usedforsecurity=False).hexdigest()) for name in digests]


def _base64_needles(address: str) -> list[str]:
    """The characters of base64 that depend on the address alone, at each of the three alignments, in both alphabets."""
    raw = address.encode()
    needles = []
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + raw)
        # Characters at the rim also hold bits of the neighbours: leave them out.
        start = (0, 2, 3)[offset]
        whole = (len(raw) + offset) * 8 // 6
        core = encoded[start:whole].decode("ascii")
        if len(core) >= _SHORTEST_BASE64:
            needles.append(core)
            needles.append(core.replace("+", "-").replace("/", "_"))
    return list(dict.fromkeys(needles))
