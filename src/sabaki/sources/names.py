"""The DNS itself: a host's addresses and the way there, a domain's mail and name servers, an address's name and whether it leads back."""

from __future__ import annotations

import asyncio
import ipaddress

from sabaki.model.evidence import Grade
from sabaki.model.finding import State
from sabaki.model.knowledge import Known, Names, Subject
from sabaki.model.lookup import Answer, Lookup
from sabaki.protocols import resolver
from sabaki.sources.source import Failed, World, source

_TYPES = {"host": ("A", "AAAA"), "domain": ("NS", "MX", "TXT")}
_MOST_NAMES = 4


@source(
    accepts=("host", "domain", "ip"),
    sends="name",
    to="the DNS resolver of the settings, and through it the name servers of the domain",
    to_ja="設定されたDNSリゾルバー、およびそれを通じて対象ドメインのネームサーバー",
    grade=Grade.VERIFIED,
    keeps=3_600,
)
async def ask(subject: Subject, world: World) -> tuple[Known, ...]:
    """DNS: addresses with their time to live, mail and name servers, reverse names and whether they are confirmed."""
    if subject.kind == "ip":
        return (await _reverse(subject.value, world),)
    lookups = await asyncio.gather(*(world.lookup(subject.value, type) for type in _TYPES[subject.kind]))
    _answered(*lookups)
    addresses = tuple(record for each in lookups if each.type in ("A", "AAAA") for record in each.records)
    canonical = next((each.canonical_name for each in lookups if each.canonical_name), "")
    return (Names(lookups=tuple(lookups), addresses=addresses, canonical_name=canonical),)


def _answered(*lookups: Lookup) -> None:
    """Raises Failed where nothing was found and not all was answered: "nothing" would be more than is known."""
    silent = next((each for each in lookups if not each.known), None)
    if silent is None or any(each.records for each in lookups):
        return
    state = State.TEMPERROR if silent.status is Answer.TEMPERROR else State.SKIPPED
    reason, reason_ja = resolver.why(silent)
    raise Failed(
        state, f"{silent.name} could not be looked up: {reason}", f"{silent.name} を調べられませんでした（{reason_ja}）"
    )


async def _reverse(ip: str, world: World) -> Names:
    """The names of an address (RFC 1035 section 3.5, RFC 3596 section 2.5), and the first that leads back to it."""
    address = ipaddress.ip_address(ip)
    pointer = await world.lookup(address.reverse_pointer, "PTR")
    _answered(pointer)
    names = pointer.records[:_MOST_NAMES]
    type = "A" if address.version == 4 else "AAAA"
    forward = await asyncio.gather(*(world.lookup(name, type) for name in names))
    confirmed = next((each.name for each in forward if _holds(each, address)), "")
    return Names(lookups=(pointer, *forward), reverse_names=names, confirmed_name=confirmed)


def _holds(lookup: Lookup, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(ipaddress.ip_address(record) == address for record in lookup.records)
