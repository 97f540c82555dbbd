"""How entries of lists are compared with what a mail has: one key each for a URL, a host name, an address and a network."""

from __future__ import annotations

import ipaddress
import re
from enum import StrEnum

import can_ada

from sabaki.mail.domains import as_ip, to_ascii
from sabaki.mail.urls import refang

_LONGEST = 4_000
"""Characters of a URL that are compared: a longer one is no entry."""
_NAME = re.compile(r"(?:[a-z0-9_][a-z0-9_-]{0,62}\.)+(?:xn--[a-z0-9-]{1,59}|[a-z][a-z0-9-]{0,61}[a-z0-9])")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_MAPPED = 0xFFFF << 32


class Kind(StrEnum):
    """What a key stands for: a URL, a host alone, a host with all below it, a host with a listed page on it, addresses."""

    URL = "u"
    HOST = "h"
    BELOW = "b"
    PAGE = "p"
    NETWORK = "n"


def url_key(text: str) -> str:
    """A URL without what makes no difference: scheme, case of the host, default ports, user, fragment, final slashes. "" for none.

    "HTTP://Example.JP:80/a/?q#x" gives "example.jp/a/?q". Path and query keep their case; escapes that need not be are undone (RFC 3986
    section 6.2.2.2).
    """
    if len(text) > _LONGEST:
        return ""
    try:
        seen = can_ada.parse(text)
    except (ValueError, TypeError):  # TypeError: a lone surrogate
        return ""
    host = seen.hostname
    if not host or seen.protocol not in ("http:", "https:", "ftp:"):
        return ""
    if host[-1] == ".":
        host = host[:-1]
    if (port := seen.port) and port not in ("80", "443"):
        host = f"{host}:{port}"
    path = seen.pathname
    # The slash stays as the mark of a URL: a host alone has none.
    key = f"{host}{path.rstrip('/')}/{seen.search}"
    return _ESCAPE.sub(_unescaped, key) if "%" in key else key


def _unescaped(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def key_host(key: str) -> str:
    """The host in a URL's key, without its port; an IPv6 address in its brackets."""
    host = key.partition("/")[0]
    return f"{host.partition(']')[0]}]" if host[:1] == "[" else host.partition(":")[0]


def host_key(text: str) -> str:
    """A host name in A-labels, lower case, without the final dot; "" for what is none (an address included)."""
    try:
        name = to_ascii(text.strip().removesuffix("."))
    except TypeError:  # a lone surrogate
        return ""
    return name if len(name) <= 253 and _NAME.fullmatch(name) else ""


def network_key(text: str) -> str:
    """An address or a network in CIDR, as it is written ("192.0.2.1", "2001:db8::/32"); "" for what is neither.

    A network that is everything ("0.0.0.0/0") is none: a list with it in would say nothing.
    """
    try:
        if "/" not in text:
            return as_ip(text.strip("[]")) if len(text) < 60 else ""
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return ""
    return str(network) if network.prefixlen else ""


def packed(key: str) -> tuple[int, int]:
    """Where a network begins, as 128 bits, and its length; IPv4 is at ::ffff:0:0. Raises ValueError."""
    text, slash, length = key.partition("/")
    quads = text.split(".")
    if len(quads) == 4 and text.replace(".", "").isdecimal() and text.isascii():
        first, second, third, fourth = map(int, quads)
        if max(first, second, third, fourth) < 256:
            value = _MAPPED | first << 24 | second << 16 | third << 8 | fourth
            return value, 96 + int(length) if slash else 128
    address = ipaddress.ip_address(text)
    if address.version == 4:
        return _MAPPED | int(address), 96 + int(length) if slash else 128
    return int(address), int(length) if slash else 128


def entry(text: str) -> tuple[Kind, str] | None:
    """What one word of a plain list means, defanged spellings included; None for what is no entry.

    A name covers what is below it, as the keepers of such lists mean it; "name:port" and "name/path" are URLs.
    """
    word = refang(text) if "[" in text or text[:2] in ("hx", "HX") else text
    if "://" in word[:12]:
        key = url_key(word)
        return (Kind.URL, key) if key else None
    if key := network_key(word):
        return Kind.NETWORK, key
    if key := host_key(word.removeprefix("*.").removeprefix(".")):
        return Kind.BELOW, key
    host, colon, port = word.partition(":")
    if colon and port.isdecimal() and (key := network_key(host)):
        return Kind.NETWORK, key
    if ("/" in word or ":" in word) and "." in word.partition("/")[0] and " " not in word:
        key = url_key(f"http://{word}")
        return (Kind.URL, key) if key else None
    return None
