"""Domain names: the public suffix, who owns a name, and its two spellings (A-labels and U-labels)."""

from __future__ import annotations

import ipaddress
from functools import cache, lru_cache

import can_ada
import idna
from publicsuffixlist import PublicSuffixList

_LONGEST = 1_000
"""Names longer than this are not looked at: DNS allows 253 octets (RFC 1035 section 2.3.4)."""


@cache
def _all_rules() -> PublicSuffixList:
    return PublicSuffixList()


@cache
def _icann_rules() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)


def _cleaned(host: str) -> str:
    """The host in lower case without its root dot; "" for an address, an empty label or something over-long."""
    name = host.strip().lower()
    name = name.removesuffix(".")
    if not name or len(name) > _LONGEST or ".." in name or name[0] in ".[" or as_ip(name):
        return ""
    return name


def registrable_domain(host: str) -> str | None:
    """The public suffix plus one label, as a browser draws the line between sites: who controls this name.

    The list's private section counts: a page on `evil.web.app` belongs to whoever made `evil`, not to web.app.
    For the name that WHOIS knows, see `organizational_domain`. The spelling (A-labels or U-labels) stays that of
    `host`, in lower case. None for an IP address, a bare suffix, or something that is no name. An unknown
    top-level domain counts as a public suffix (the list's default rule "*").
    """
    return _registrable(host) if len(host) <= _LONGEST else None


@lru_cache(maxsize=16_384)
def _registrable(host: str) -> str | None:
    name = _cleaned(host)
    return _all_rules().privatesuffix(name) if name else None


def public_suffix(host: str) -> str:
    """The longest public suffix of a host, the private section of the list included; "" where there is none."""
    return _suffix(host) if len(host) <= _LONGEST else ""


@lru_cache(maxsize=16_384)
def _suffix(host: str) -> str:
    name = _cleaned(host)
    return (_all_rules().publicsuffix(name) or "") if name else ""


def organizational_domain(host: str) -> str | None:
    """The name as a registry sold it: only the ICANN section of the list counts (`web.app` for `evil.web.app`).

    This is the name to ask WHOIS about and the provider to report abuse to.
    """
    return _organizational(host) if len(host) <= _LONGEST else None


@lru_cache(maxsize=16_384)
def _organizational(host: str) -> str | None:
    name = _cleaned(host)
    return _icann_rules().privatesuffix(name) if name else None


@lru_cache(maxsize=4_096)
def has_known_suffix(host: str) -> bool:
    """Whether the last label is a top-level domain of the list; the default rule "*" does not count."""
    name = _cleaned(host)
    return bool(name) and _all_rules().publicsuffix(name.rpartition(".")[2], accept_unknown=False) is not None


def is_private_suffix(suffix: str) -> bool:
    """Whether a public suffix stands in the private section: a provider that gives names to anyone (github.io)."""
    return "." in suffix and organizational_domain(suffix) is not None


def to_ascii(host: str) -> str:
    """The host as A-labels in lower case, or "" where there is none (UTS 46, as browsers do it)."""
    if host.isascii():
        return host.lower()
    try:
        return str(can_ada.idna_encode(host), "ascii")
    except (UnicodeError, ValueError):
        return ""


@lru_cache(maxsize=4_096)
def to_unicode(host: str) -> str:
    """The host as a person sees it (U-labels). A label that no standard decodes stays as it is."""
    if "xn--" not in host:
        return host
    return ".".join(_label_to_unicode(label) for label in host.split("."))


def _label_to_unicode(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return idna.ulabel(label)
    except (idna.IDNAError, UnicodeError):
        pass
    # QUIRK: browsers show labels that IDNA 2008 forbids (emoji, symbols); the bare decoding is still what they are.
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label
    return label if decoded.isascii() else decoded


def as_ip(host: str) -> str:
    """The address that a host spells ("[::ffff:192.0.2.1]" gives "192.0.2.1"), or "" for a name.

    IPv4 addresses mapped into IPv6 (RFC 4291 section 2.5.5.2) or behind NAT64's own prefix (RFC 6052) are unwrapped.
    """
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not bare or not (bare[-1].isdigit() or ":" in bare) or len(bare) > 64:
        return ""
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        if address in _NAT64:
            return str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return str(address)


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
