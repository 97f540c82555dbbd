"""Which addresses may be connected to: globally routable ones, whatever they are wrapped in."""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Address, IPv6Address

_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
"""RFC 6052 and RFC 8215: the last 32 bits are an IPv4 address."""
_TRANSLATED = ipaddress.IPv6Network("::ffff:0:0:0/96")
"""RFC 2765 IPv4-translated addresses."""
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All of IPv6 that is given out for use across the Internet (RFC 4291, 2.4); site-local fec0::/10, for one, is outside of it."""
_LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")
"""RFC 8215: a translator of the own network, which may keep the IPv4 address in other bits than the last."""


def unwrapped(address: IPv4Address | IPv6Address) -> tuple[IPv4Address | IPv6Address, ...]:
    """The address and every IPv4 address that is inside it: mapped, 6to4, Teredo, NAT64, translated, compatible."""
    if isinstance(address, IPv4Address):
        return (address,)
    inner: list[IPv4Address | IPv6Address] = [address]
    if address.ipv4_mapped:
        inner.append(address.ipv4_mapped)
    if address.sixtofour:
        inner.append(address.sixtofour)
    if address.teredo:
        inner.extend(address.teredo)
    if any(address in network for network in (*_NAT64, _TRANSLATED, _COMPATIBLE)):
        inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(inner)


def refusal(text: str) -> str:
    """Why an address may not be connected to; "" where it may. What is no address is refused too."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return f"{text[:60]!r} is no address"
    if address in _LOCAL_NAT64:
        return f"{text} is not globally routable"
    for each in unwrapped(address):
        # A wrapped form is itself never global (RFC 4291, RFC 3056): what counts is what it leads to.
        if each is address and len(unwrapped(address)) > 1:
            continue
        inside = isinstance(each, IPv4Address) or each in _UNICAST
        if not inside or not each.is_global or each.is_multicast or each.is_reserved:
            return f"{text} is not globally routable"
    return ""
