"""Networks and AS numbers in WHOIS: the objects of RIPE, APNIC and AFRINIC (RPSL: RFC 2622), those of LACNIC, and ARIN's form."""

from __future__ import annotations

import ipaddress
import re
from ipaddress import IPv4Address, IPv6Address

from sabaki.model.knowledge import Contact, Registration
from sabaki.sources import whoisdates, whoislabels, whoisparty
from sabaki.sources.whoistext import lines

_RANGES = ("inetnum", "inet6num", "netrange")
_NUMBERS = ("aut-num", "asnumber", "asblock")
_PEOPLE = ("role", "person", "irt", "organisation", "org", "nic-hdl", "nic-hdl-br", "orgabusehandle", "orgname")
_ABUSE = re.compile(r"^% Abuse contact for '[^']{1,100}' is '([^']{1,200})'")
_WORLD = 2**31
"""Addresses: a block as large as this is a placeholder of the registry for what is not its own."""

Block = dict[str, list[str]]


def read(text: str, kind: str, value: str) -> tuple[Registration, Block] | None:
    """The smallest network in the answer that holds the address (or the AS number), and its object. None where there is none."""
    found = _objects(text)
    marked = [(size, block) for block in found if (size := _holds(block, kind, value))]
    if not marked:
        return None
    block = min(marked, key=lambda each: each[0])[1]
    return _registration(block, found), block


def _objects(text: str) -> list[Block]:
    """The objects, each its values by label. ARIN's organisation stands in a block of its own behind its network."""
    found: list[Block] = [{}]
    for line in lines(text):
        bare = line.strip()
        label, value = whoislabels.split(bare.lstrip("%# "), 120)
        if not bare and found[-1]:
            found.append({})
        elif abuse := _ABUSE.search(bare):
            found[-1].setdefault("abuse contact", []).append(abuse[1])
        elif bare and bare[0] not in "%#" and label and value:
            found[-1].setdefault(label, []).append(value)
    return found


def _holds(block: Block, kind: str, value: str) -> int:
    """How many addresses (or numbers) the block's network has if it holds what was asked for; 0 if not."""
    if kind == "asn":
        numbers = [each for label in _NUMBERS for each in block.get(label, ())]
        return int(any(each.upper().removeprefix("AS").split("-")[0].strip() == value for each in numbers))
    address = ipaddress.ip_address(value)
    for label in _RANGES:
        for written in block.get(label, ()):
            first, last = _range(written)
            if first is not None and last is not None and first.version == address.version:
                size = int(last) - int(first) + 1
                if int(first) <= int(address) <= int(last) and (address.version == 6 or size < _WORLD):
                    return size
    return 0


def covers(network: str, address: str) -> bool:
    """Whether a network as a registry writes it holds an address."""
    return _holds({"inetnum": [network]}, "ip", address) > 0


def _range(written: str) -> tuple[IPv4Address | IPv6Address | None, IPv4Address | IPv6Address | None]:
    """First and last address of "192.0.2.0 - 192.0.2.255" or "192.0.2.0/24"; LACNIC leaves zeros out ("198.51.100/24")."""
    try:
        if "/" in written:
            base, _, length = written.partition("/")
            if ":" not in base:
                base += ".0" * (3 - base.count("."))
            network = ipaddress.ip_network(f"{base}/{int(length)}", strict=False)
            return network[0], network[-1]
        first, _, last = written.partition("-")
        return ipaddress.ip_address(first.strip()), ipaddress.ip_address(last.strip())
    except ValueError:
        return None, None


def _registration(block: Block, found: list[Block]) -> Registration:
    people = [each for each in found if each is not block and any(label in each for label in _PEOPLE)]
    named = _organization(block, people)

    def value(*labels: str, of: Block = block) -> str:
        return next((whoisparty.clean(each) for label in labels for each in of.get(label, ())), "")

    country = value("country") or (value("country", of=named) if named else "")
    return Registration(
        handle=value("nethandle", "ashandle", "ownerid"),
        holder=value("org-name", "orgname", "custname", of=named) if named else value("owner", "descr"),
        country=whoisparty.country(country),
        region=value("stateprov", of=named) if named else "",
        city=value("city", of=named) if named else "",
        created=whoisdates.parse(value("created", "regdate")),
        updated=whoisdates.parse(value("last-modified", "updated", "changed")),
        status=tuple(block.get("status", block.get("nettype", ())))[:5],
        name_servers=tuple(each.split()[0].lower() for each in block.get("nserver", ()))[:30],
        contacts=_abuse(block, found),
        network=value(*_RANGES, *_NUMBERS),
        network_name=value("netname", "as-name", "asname"),
        protocol="whois",
    )


def _organization(block: Block, people: list[Block]) -> Block | None:
    """The organisation that the network's object refers to (RPSL "org:"), or that follows it (ARIN)."""
    referred = {each.upper() for each in block.get("org", ())}
    for each in people:
        if referred & {name.upper() for name in each.get("organisation", ())}:
            return each
    return next((each for each in people if "orgname" in each or "custname" in each), None)


def _abuse(block: Block, found: list[Block]) -> tuple[Contact, ...]:
    labels = ("abuse contact", "abuse-mailbox", "orgabuseemail", "rabuseemail", "abuse-c email")
    written = [value for each in (block, *found) for label in labels for value in each.get(label, ())]
    # LACNIC names the abuse contact by a handle, and the mailbox stands in its object.
    handles = set(block.get("abuse-c", ()))
    for each in found:
        if handles & {*each.get("nic-hdl", ()), *each.get("nic-hdl-br", ())}:
            written += each.get("e-mail", [])
    return tuple(Contact(role="abuse", email=each) for each in dict.fromkeys(written) if "@" in each)[:5]
