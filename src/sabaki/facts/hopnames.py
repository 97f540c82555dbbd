"""Addresses that cannot be, and names that contradict them, in Received fields below the trust line.

The ranges kept for documentation (RFC 5737, RFC 3849) are none of these: examples are written with them.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from functools import lru_cache

from sabaki.facts.networks import are_near, is_inside, is_line_name
from sabaki.mail.domains import has_known_suffix, organizational_domain
from sabaki.mail.peers import address
from sabaki.model.case import Hop, Role, Sign

_NOBODY = tuple(ipaddress.ip_network(network) for network in ("0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "ff00::/8"))
"""No host on the Internet has one of these (RFC 1122, RFC 5771, RFC 4291)."""
_CLASS_E = ipaddress.ip_network("240.0.0.0/4")
"""Large clouds use it inside all the same."""
_QUAD = re.compile(r"\[(\d{1,4}(?:\.\d{1,4}){3})\]\)|\((\d{1,4}(?:\.\d{1,4}){3})\)")
"""Where a server puts the peer's address: in a comment, with or without brackets."""
_FOUR_NUMBERS = re.compile(r"(?<!\d)(\d{1,3})([-.])(\d{1,3})\2(\d{1,3})\2(\d{1,3})(?!\d)")
_PROVIDERS = {
    "google.com": "google", "gmail.com": "google", "googlemail.com": "google", "1e100.net": "google",
    "outlook.com": "microsoft", "hotmail.com": "microsoft", "live.com": "microsoft", "msn.com": "microsoft",
    "office365.com": "microsoft", "exchangelabs.com": "microsoft", "microsoft.com": "microsoft", "outlook.jp": "microsoft", "amazonses.com": "amazon",
    "amazonaws.com": "amazon", "amazon.com": "amazon", "yahoo.com": "yahoo", "yahoodns.net": "yahoo", "aol.com": "yahoo",
    "yahoo.co.jp": "yahoo.co.jp", "icloud.com": "apple", "apple.com": "apple", "me.com": "apple", "mac.com": "apple",
    "sendgrid.net": "sendgrid", "docomo.ne.jp": "docomo", "ezweb.ne.jp": "kddi", "qq.com": "tencent", "163.com": "netease",
}  # fmt: skip
"""Who greets with a name under these has an address under the same owner's."""
_HAND_OVER_THEMSELVES = frozenset({"google", "microsoft", "yahoo", "apple"})
_EXAMPLE = ".example"
"""RFC 2606: stands for a public name in examples."""
_ROUNDABOUT = (Role.LIST, Role.FORWARD, Role.FETCH, Role.LOCAL, Role.INTERNAL, Role.DELIVERY)


def signs(hop: Hop) -> Iterator[Sign]:
    """What does not fit between the peer's address, its greeting and its looked-up name."""
    yield from _impossible(hop)
    if not hop.ip or hop.internal:
        return
    literal = address(hop.helo)
    if literal and literal != hop.ip and not is_inside(literal) and not is_inside(hop.ip) and _far(literal, hop.ip):
        yield Sign("helo_literal", f"{hop.helo} / {hop.ip}")
    greeted = _PROVIDERS.get(organizational_domain(hop.helo) or "")
    looked_up = organizational_domain(hop.reverse_name)
    if greeted and looked_up and _PROVIDERS.get(looked_up) != greeted:
        yield Sign("provider_elsewhere", f"{hop.helo} / {hop.reverse_name}")
    if (
        _spells_address(hop.reverse_name)
        and not is_inside(hop.ip)
        and hop.ip.count(".") == 3
        and not is_line_name(hop.reverse_name, hop.ip)
    ):
        yield Sign("name_spells_another", f"{hop.reverse_name} / {hop.ip}")
    # A private address that the server has a name for is of its own network.
    if is_inside(hop.ip) and not hop.reverse_name and hop.role not in _ROUNDABOUT and _are_apart(hop.helo, hop.by):
        yield Sign("private_across", f"{hop.helo} [{hop.ip}]")


def _impossible(hop: Hop) -> Iterator[Sign]:
    before = hop.text.partition(" by ")[0][:1000] if hop.text[:5].lower() == "from " else ""
    for match in _QUAD.finditer(before):
        text = match.group(1) or match.group(2)
        if any(int(number) > 255 for number in text.split(".")):
            yield Sign("address_impossible", text, strong=True)
            return
    if hop.ip and hop.ip != "0.0.0.0" and _is_nobodys(hop.ip):  # noqa: S104  # what some programs write for "none"
        yield Sign("address_impossible", hop.ip, strong=ipaddress.ip_address(hop.ip) not in _CLASS_E)


@lru_cache(maxsize=4_096)
def _is_nobodys(ip: str) -> bool:
    address = ipaddress.ip_address(ip)
    return any(address in network for network in _NOBODY if network.version == address.version)


def _far(first: str, second: str) -> bool:
    return first.count(".") == second.count(".") and not are_near(first, second)


def _spells_address(name: str) -> bool:
    """Whether a host name spells an address with four numbers in a row (`p203-0-113-7.isp.example`)."""
    match = _FOUR_NUMBERS.search(name)
    return match is not None and all(int(number) < 256 for number in match.groups() if number.isdecimal())


def _owner(name: str) -> str:
    """Whose a host name is, as far as names tell; "" where it is no name of the public DNS."""
    public = has_known_suffix(name) or name.endswith(_EXAMPLE)
    if "." not in name or address(name) or not public:
        return ""
    organization = organizational_domain(name) or ""
    return _PROVIDERS.get(organization, organization)


def _are_apart(first: str, second: str) -> bool:
    """Whether two full host names are of different organisations; `shop.example` and `shop.test` may well be one."""
    one, other = _owner(first.lower()), _owner(second.lower())
    return bool(one and other) and one.partition(".")[0] != other.partition(".")[0]


def broken(hop: Hop, above: Hop) -> Iterator[Sign]:
    """Nothing of the peer that the hop above saw has to do with the server that this hop is by.

    Weak: names inside a network, address translation and hosters' relays bring it about every day. Not so for the largest
    providers, whose servers hand over themselves, under names of their own.
    """
    passed = above.internal or above.role in _ROUNDABOUT or not above.ip or is_inside(above.ip) or above.ip == hop.by_ip
    provider = _owner(hop.by) in _HAND_OVER_THEMSELVES
    if passed or (hop.internal and not provider):
        return
    names = [name for name in (above.helo, above.reverse_name) if _owner(name.lower())]
    if names and hop.by and all(_are_apart(name, hop.by) for name in names) and _owner(above.by) != _owner(hop.by):
        yield Sign("provider_not_left" if provider else "chain_broken", f"{names[-1]} / {hop.by}")
