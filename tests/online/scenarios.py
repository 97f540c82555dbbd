"""The worlds: everything as it should be, or one server gone wrong in one way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tests.online import behaviours, oddnames, places, servers
from tests.online.places import Zones
from tests.online.servers import Authority, Serve, listen, over
from tests.sources import nsd

_TRAP_PORTS = (43, 80, 443, 4321, 8080, 8443)
_JSON, _PROTOBUF = "application/rdap+json", "application/x-protobuf"
_END = b"\r\n\r\n"
DOWN = "down"
_MISNAMED, _UNTRUSTED = "lying: another's certificate", "lying: a certificate of nobody's"
PLAIN = "plain"


class Scenario(msgspec.Struct, frozen=True):
    """Which server goes wrong ("dns", "rdap", "whois", "safe_browsing"; "" for none), and how."""

    server: str = ""
    behaviour: str = ""

    @property
    def name(self) -> str:
        """For a folder."""
        kept = "".join(letter if letter.isalnum() else "-" for letter in f"{self.server} {self.behaviour}".lower())
        return kept.strip("-") or PLAIN


def _every_server(value: str, type: str = "A") -> Zones:
    return places.zones(dict.fromkeys(places.SERVERS, value), type)


def _nowhere() -> Zones:
    """The servers are strangers, and the reverse name of the link's host does not lead back."""
    zones = _every_server(places.STRANGER)
    return zones | {".": zones["."].replace(f"\n{places.REVERSE}. A", "\nelsewhere.example. A")}


_ZONES: dict[str, Callable[[], Zones]] = {
    "lying: every server is a stranger": _nowhere,
    "lying: nothing exists": lambda: {".": places.zones({})["."].partition("ns.example. A")[0]},
    "every server on loopback": lambda: _every_server(places.LOOPBACK),
    "every server at the cloud's metadata": lambda: _every_server(places.METADATA),
    "every server on a private address": lambda: _every_server(places.PRIVATE),
    "every server on IPv6 loopback": lambda: _every_server(places.LOOPBACK6, "AAAA"),
    "every server here and on loopback": lambda: places.zones(
        {name: f"{at}\n{name}. A {places.LOOPBACK}" for name, at in places.SERVERS.items()}
    ),
    "every server an alias of the inside": lambda: _every_server("loop.example.", "CNAME"),
}


def _behaviours(server: str) -> list[str]:
    if server == "dns":
        return [DOWN, *oddnames.ODD, *_ZONES]
    if server == "whois":
        return [DOWN, *behaviours.WHOIS]
    lies = behaviours.RDAP_LIES if server == "rdap" else behaviours.SAFE_BROWSING_LIES
    return [DOWN, *behaviours.over_http(_JSON), *behaviours.BELOW_TLS, *lies, _MISNAMED, _UNTRUSTED]


GONE_WRONG = tuple(
    Scenario(server, each) for server in ("dns", "rdap", "whois", "safe_browsing") for each in _behaviours(server)
)


@contextmanager
def world(scenario: Scenario, folder: Path, authority: Authority) -> Iterator[None]:
    """All servers, started; each waits for connections when this begins."""
    _traps()
    dns = scenario.behaviour if scenario.server == "dns" else ""
    _https(places.RDAP, scenario, "rdap", authority)
    _https(places.SAFE_BROWSING, scenario, "safe_browsing", authority)
    if scenario.server != "whois":
        _whois(servers.whois)
    elif scenario.behaviour != DOWN:
        _whois(behaviours.WHOIS[scenario.behaviour])
    if dns in oddnames.ODD:
        oddnames.start(*oddnames.ODD[dns])
    if dns == DOWN or dns in oddnames.ODD:
        yield
        return
    files = folder / "dns"
    files.mkdir()
    with nsd.serving(_ZONES[dns]() if dns in _ZONES else places.zones(), files, 53):
        yield


def _traps() -> None:
    for address in (places.LOOPBACK, places.LOOPBACK6, places.METADATA, places.PRIVATE, *places.NEVER):
        servers.trap(address, _TRAP_PORTS)


def _https(hosts: dict[str, str], scenario: Scenario, server: str, authority: Authority) -> None:
    """A web service at its addresses, well or not. With WHOIS in question RDAP is down, so that it is asked."""
    behaviour = scenario.behaviour if scenario.server == server else ""
    if behaviour == DOWN or (server == "rdap" and scenario.server == "whois"):
        return
    good = servers.rdap if server == "rdap" else servers.safe_browsing()
    kind = _JSON if server == "rdap" else _PROTOBUF
    lies = behaviours.RDAP_LIES if server == "rdap" else behaviours.SAFE_BROWSING_LIES
    tls = {_MISNAMED: authority.misnamed, _UNTRUSTED: authority.untrusted}.get(behaviour, authority.good)
    if behaviour in behaviours.BELOW_TLS:
        serve: Serve = behaviours.BELOW_TLS[behaviour]
    elif behaviour in lies:
        serve = over(tls, lies[behaviour])
    elif behaviour in (acts := behaviours.over_http(kind)):
        serve = over(tls, behaviours.after(_END, acts[behaviour]))
    else:
        serve = over(tls, good)
    for address in hosts.values():
        listen(address, 443, serve)
    if server == "rdap":
        listen(places.STRANGER, 443, over(authority.misnamed, servers.rdap))


def _whois(serve: Serve) -> None:
    for address in (*places.WHOIS.values(), places.STRANGER):
        listen(address, 43, serve)


_SHOWN = {
    "dns": (
        DOWN,
        "slow: never answers",
        "lying: every server is a stranger",
        "every server on loopback",
        "1 GB by TCP",
    ),
    "rdap": (
        *(DOWN, "slow: never answers", "lying: about others", "lying: nonsense of the right types"),
        *("redirecting to loopback", "1 GB, gzip", "garbage as the body", "lying: a registrar on loopback"),
    ),
    "whois": (DOWN, "slow: never answers", "lying: about others", "referring to loopback", "1 GB", "garbage"),
    "safe_browsing": (
        *(DOWN, "slow: never answers", "lying: nothing is listed", "lying: another's certificate"),
        *("redirecting to the cloud's metadata", "1 GB, chunked", "garbage as the body"),
    ),
}
SOME = tuple(each for each in GONE_WRONG if each.behaviour in _SHOWN[each.server])
"""One of each kind for each server; `make online` has all."""
