"""What each hop is in the mail's way: submission, relay, mailing list, forwarder, delivery ...

A hop's own words tell most of it: the protocol (RFC 3848, RFC 6409), how it was handed in, whom it was for. The fields around
it tell the rest: a server adds on top of what it got, so what stands between two Received fields was added by the server of
the lower one. Mailing lists are known by their address (RFC 2369, RFC 2919), for they put their fields anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from sabaki.facts import fieldwords, ours
from sabaki.facts.networks import is_exchange_online, is_inside
from sabaki.model.case import Hop, Role
from sabaki.model.message import Field, Message

_MOST = 20
"""Fields of one name that are looked at: a sender can write thousands."""
_LIST_ADDRESSES = ("list-post", "x-beenthere", "x-mailing-list", "mailing-list", "resent-from", "x-original-to-list")
_FORWARDED = frozenset(
    "x-forwarded-to x-forwarded-for x-forwarded-encrypted x-forwarding-service x-forward-email-version resent-to "
    "x-simplelogin-type x-ms-exchange-inbox-rules-loop x-autoforward x-autoforwarded x-forwarded-by".split()
)
"""What forwarding services put on top. Resent-To is a person's own doing (RFC 5322 section 3.6.6)."""
_REWRITTEN = ("srs0=", "srs0+", "srs0-", "srs1=", "srs1+", "srs1-", "prvs=srs0=")
"""A forwarder's envelope sender (SRS): the peer that used it had the mail for somebody else."""
_WEBMAIL = ("squirrelmail", "horde", "roundcube", "imp", "webmail", "rainloop", "nocc", "zimbra")


class _List(msgspec.Struct, frozen=True):
    """The mailing lists that a mail went through: their addresses in lower case, the organizations of their hosts."""

    addresses: frozenset[str]
    organizations: frozenset[str]


def assign(hops: tuple[Hop, ...], message: Message) -> tuple[Hop, ...]:
    """Give every hop its role. Trust is not changed: a role below the line is as much a claim as the hop itself."""
    lists = _lists(message)
    list_hops = _list_hops(hops, lists)
    added = _forwarded(hops, message.fields)
    placed = []
    for place, hop in enumerate(hops):
        above = hops[place - 1] if place else None
        role = _own_role(hop, lowest=place == len(hops) - 1)
        if role in (Role.RELAY, Role.INTERNAL, Role.SUBMISSION, Role.LOCAL):
            if place in list_hops:
                role = Role.LIST
            elif role is not Role.SUBMISSION and (place in added or _passes_on(hop, above, lists)):
                role = Role.FORWARD
        placed.append(replace(hop, role=role))
    return tuple(placed)


def _own_role(hop: Hop, *, lowest: bool) -> Role:
    """By the hop's own words alone."""
    kind = hop.protocol.lower()
    if ours.is_fetched(hop):
        return Role.FETCH
    if ours.is_lmtp(hop) or (hop.dialect == "exchange" and kind == "https"):  # Exchange Online's mailbox servers
        return Role.DELIVERY
    if kind.startswith("http") or hop.via.lower().startswith("http") or _by_webmail(hop):
        # Who came by an API names no peer, and the server itself by its name; Gmail's web page writes an address there.
        browser = _by_webmail(hop) or hop.ip or (hop.by_ip and not hop.by)
        return Role.WEBMAIL if browser and kind != "httprest" else Role.SUBMISSION
    if hop.dialect == "exchange" and kind.startswith("mapi"):
        return Role.SUBMISSION
    if ours.is_by_local_program(hop):
        return Role.LOCAL if lowest else Role.INTERNAL
    if hop.auth_account or (hop.auth_method and "ident" not in hop.auth_method):
        return Role.SUBMISSION
    if not (hop.by or hop.by_ip or hop.ip or hop.helo or hop.via or kind):
        return Role.UNKNOWN
    if not (hop.ip and is_inside(hop.ip)) and not hop.internal:
        return Role.INTERNAL if _within_one_organization(hop) else Role.RELAY
    if lowest and hop.ip:
        return Role.LOCAL if hop.internal else Role.SUBMISSION
    return Role.INTERNAL


def _by_webmail(hop: Hop) -> bool:
    """Whether a webmail program wrote the field, which it says where the method of sign-in stands."""
    method = hop.auth_method.lower()
    return "authenticated user" in method and method.startswith(_WEBMAIL)


def _within_one_organization(hop: Hop) -> bool:
    """Whether a server's looked-up peer, or Exchange Online's, is of its own organization."""
    if hop.dialect == "exchange" and hop.ip and is_exchange_online(hop.ip) and ours.is_cloud_exchange(hop.by):
        return True
    here = ours.organization_of(hop.by)
    return bool(here) and not set(here).isdisjoint(ours.organization_of(hop.reverse_name))


def _lists(message: Message) -> _List:
    found: set[str] = set()
    hosts: set[str] = set()
    for key in _LIST_ADDRESSES:
        for field in message.all(key)[:_MOST]:
            found.update(box.lower() for box in fieldwords.mailboxes(field.raw_value)[:1])
    for field in message.all("list-id")[:_MOST]:
        names = [token.text for token in fieldwords.tokens(field.raw_value) if "." in token.text]
        hosts.update(names[-1:])
    if message.first("list-id") is None and message.first("list-post") is None:
        found.clear()  # Resent-From without a list is a person who passed the mail on
    hosts.update(box.rpartition("@")[2] for box in found)
    return _List(frozenset(found), frozenset(name for host in hosts for name in ours.organization_of(host.lower())))


def _list_hops(hops: tuple[Hop, ...], lists: _List) -> frozenset[int]:
    """The hops at which a list took the mail in: those for its address, else the lowest of its hosts' first run of hops."""
    by_address = [place for place, hop in enumerate(hops) if hop.recipient.lower() in lists.addresses]
    if by_address:
        return frozenset(_entrances(hops, by_address))
    run: list[int] = []
    for place, hop in enumerate(hops):
        if not lists.organizations.isdisjoint(ours.organization_of(hop.by)):
            run.append(place)
        elif run and "." in hop.by:
            break
    return frozenset(run[-1:])


def _entrances(hops: tuple[Hop, ...], places: list[int]) -> Iterator[int]:
    """Of each run of hops for a list's address the one where it came in: the sender's own hops below are for it as well."""
    last, inside, known = -2, False, frozenset(places)
    for place in places:
        if place == last + 1 and not inside:
            last = place
            continue
        hop = hops[place]
        inside = hop.internal or bool(hop.ip and is_inside(hop.ip)) or _within_one_organization(hop)
        last = place
        if not inside or place + 1 not in known:
            yield place


def _forwarded(hops: tuple[Hop, ...], fields: tuple[Field, ...]) -> frozenset[int]:
    """The hops on top of whose field, and below the next, a forwarder's field stands."""
    found: set[int] = set()
    place = 0
    for field in fields:
        while place < len(hops) and (hops[place].location.field or 0) < field.index:
            place += 1
        if place == len(hops):
            break
        if field.key in _FORWARDED:
            found.add(place)
    return frozenset(found)


def _passes_on(hop: Hop, above: Hop | None, lists: _List) -> bool:
    """Whether the next hop shows that this one's recipient had the mail passed on: another recipient, a rewritten sender."""
    if above is None:
        return False
    if above.envelope_from.lower().startswith(_REWRITTEN) and not hop.internal:
        return True
    mine, next_one = hop.recipient.lower(), above.recipient.lower()
    if not mine or not next_one or mine == next_one or mine in lists.addresses:
        return False
    # Inside one host an alias is resolved: another name of the same mailbox. A forwarder hands over to others.
    here, there = ours.organization_of(mine.rpartition("@")[2]), ours.organization_of(next_one.rpartition("@")[2])
    return bool(here and there) and set(here).isdisjoint(there)
