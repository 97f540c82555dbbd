"""Addresses that only mean something inside a network of one's own, and addresses that belong together."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

# Python's `is_private` also says yes to the documentation ranges, which stand for public addresses in examples.
_INSIDE = tuple(
    ipaddress.ip_network(network)
    for network in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "127.0.0.0/8",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
_EXCHANGE_ONLINE = ipaddress.ip_network("2603:1080::/25")
"""What Exchange Online uses between its own servers (2603:1096 to 2603:10d6); the cloud's customers are elsewhere."""
_NEAR = {4: 24, 6: 48}
_LONGEST_HOST = 253


@lru_cache(maxsize=4_096)
def is_inside(ip: str) -> bool:
    """Whether an address is of a private, shared, link-local or loopback range (RFC 1918, 4193, 6598)."""
    address = ipaddress.ip_address(ip)
    return any(address in network for network in _INSIDE if network.version == address.version)


@lru_cache(maxsize=4_096)
def is_same_machine(ip: str) -> bool:
    """Whether an address never leaves its machine or its cable: loopback or link-local."""
    address = ipaddress.ip_address(ip)
    return address.is_loopback or address.is_link_local


@lru_cache(maxsize=4_096)
def is_exchange_online(ip: str) -> bool:
    """Whether only a mail server of Exchange Online can have this address."""
    return ":" in ip and ipaddress.ip_address(ip) in _EXCHANGE_ONLINE


@lru_cache(maxsize=4_096)
def are_near(first: str, second: str) -> bool:
    """Whether two addresses are of one site: the same /24 of IPv4, the same /48 of IPv6."""
    one, other = ipaddress.ip_address(first), ipaddress.ip_address(second)
    return other in ipaddress.ip_network(f"{first}/{_NEAR[one.version]}", strict=False)


def is_line_name(name: str, ip: str) -> bool:
    """Whether a host name spells its own address (`p203-0-113-7.tokyo.isp.example`): a customer's line, no mail server."""
    return _is_line_name(name[:_LONGEST_HOST], ip)


@lru_cache(maxsize=4_096)
def _is_line_name(name: str, ip: str) -> bool:
    numbers: list[str] = []
    digits = ""
    for character in f"{name} ":
        if character.isdecimal():
            digits += character
        elif digits:
            numbers.append(digits)
            digits = ""
    octets = ip.split(".")
    if len(octets) != 4:
        return False
    together = "".join(f"{int(octet):03}" for octet in octets)
    if together in numbers or "".join(f"{int(octet):02x}" for octet in octets) in name.lower():
        return True
    spelled = [str(int(number)) for number in numbers if len(number) <= 3]
    return sum(octet in spelled for octet in octets) >= 3
