"""The packets beside the report: whom the machine talked to, what it said, and what the report and `sabaki sources` say of that."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import msgspec

from sabaki.model.knowledge import Names, Registration
from sabaki.model.report import Report
from sabaki.sources import bootstrap, urlhash, whois
from tests.online import places
from tests.online.outside import World
from tests.online.servers import Heard, host_at, target


class Sides(msgspec.Struct, frozen=True):
    """The same thing from two sides: as the wire had it, and as the report tells it."""

    what: str
    wire: frozenset[str]
    told: frozenset[str]


def sides(world: World, name: str = "online") -> tuple[Sides, ...]:
    """Servers, questions to each, questions to the DNS."""
    run = world.run(name)
    (report,) = world.reports(name)
    heard = [(host_at(each.address), each) for each in run.heard]
    return (
        Sides("connections", frozenset(map(_named, run.record.connections)), frozenset(_connections(report))),
        Sides("names asked of the DNS", frozenset(run.record.names), frozenset(_names(report))),
        *(
            Sides(
                f"questions to {source}",
                frozenset(_question(each) for host, each in heard if host in hosts),
                frozenset(_sent(report, source)),
            )
            for source, hosts in (
                ("rdap", places.RDAP),
                ("whois", places.WHOIS),
                ("safe_browsing", places.SAFE_BROWSING),
            )
        ),
    )


def _named(connection: str) -> str:
    address, _, port = connection.rpartition(":")
    return f"{host_at(address) or address}:{port}"


def _question(heard: Heard) -> str:
    """What a server was asked, without how."""
    if heard.port == 43:
        return heard.text.removesuffix("\r\n")
    _, path = target(heard.text.replace("\r\n", "\n").replace("\n", "\r\n").encode("latin-1"))
    parts = urlsplit(path)
    if "hashPrefixes" not in parts.query:
        return path.rpartition("/")[2]
    query = parse_qs(parts.query)
    assert set(query) == {"hashPrefixes", "alt"}
    return " ".join(sorted(urlsafe_b64decode(each).hex() for each in query["hashPrefixes"]))


def _sent(report: Report, source: str) -> Iterator[str]:
    for each in report.knowledge:
        if each.source == source and each.sent == "hash-prefix":
            yield " ".join(sorted({found.prefix.hex() for found in urlhash.expressions(each.subject.value)}))
        elif each.source == source and each.sent:
            yield each.sent


def _servers(report: Report) -> Iterator[tuple[str, int]]:
    """Who must have been connected to, by what the report says was sent."""
    for each in report.knowledge:
        if not each.sent:
            continue
        if each.source == "rdap":
            yield urlsplit(bootstrap.service(each.subject)).hostname or "", 443
        elif each.source == "whois":
            yield whois.servers().domains[each.subject.value.rpartition(".")[2]], 43
        elif each.source == "safe_browsing":
            yield places.GOOGLE, 443
        for known in each.known:
            if isinstance(known, Registration):
                yield known.server, 43 if known.protocol == "whois" else 443


def _connections(report: Report) -> Iterator[str]:
    for host, port in _servers(report):
        yield f"{host}:{port}"


def _names(report: Report) -> Iterator[str]:
    asked = [*report.verification.lookups]
    asked += (
        one for each in report.knowledge for known in each.known if isinstance(known, Names) for one in known.lookups
    )
    yield ". NS"  # whether the server is there at all
    for each in asked:
        yield f"{each.name} {each.type}"
    for host, _ in _servers(report):
        yield from (f"{host} A", f"{host} AAAA")


def unannounced(world: World, report: Report) -> tuple[str, ...]:
    """Whoever was sent something and is not who `sabaki sources` names, or is not said to be asked."""
    rows = {row["id"]: row for row in json.loads(world.printed("sources"))}
    return tuple(
        f"{each.source}: {each.to}"
        for each in report.knowledge
        if each.sent and (each.to != rows[each.source]["to"] or rows[each.source]["state"] != "with --online")
    )
