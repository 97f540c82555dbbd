"""Where to ask about a name, an address or an AS number: IANA's bootstrap registries for RDAP (RFC 9224).

A snapshot is bundled; `refresh` fetches the present one, which lies in the data directory under `rdap/` and is used where it is newer.
Servers that registries run without having told IANA are in a table of their own, which IANA's goes before.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from importlib.resources import files
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

import msgspec

from sabaki.model.finding import State
from sabaki.model.knowledge import Subject
from sabaki.sources.source import Failed, World

KINDS = ("dns", "ipv4", "ipv6", "asn")
"""IANA's registries: each is a file KIND.json."""
_AT = "https://data.iana.org/rdap/"
_MOST = 2_000_000
_Urls = tuple[str, ...]


class _File(msgspec.Struct):
    """RFC 9224 section 3. A service is a list of entries and a list of URLs; where it is longer the URLs are last (RFC 8521)."""

    publication: str
    services: tuple[tuple[tuple[str, ...], ...], ...]


class Registry(msgspec.Struct, frozen=True):
    """One bootstrap registry. `publication` is RFC 3339. Only what it is a registry of is filled.

    `names` has the labels in lower case; `networks` the longest prefixes first; `numbers` first and last AS number.
    """

    publication: str
    names: dict[str, _Urls]
    networks: tuple[tuple[IPv4Network | IPv6Network, _Urls], ...]
    numbers: tuple[tuple[int, int, _Urls], ...]

    def __len__(self) -> int:
        return len(self.names) + len(self.networks) + len(self.numbers)


def read(kind: str, raw: bytes) -> Registry:
    """A registry's file. Raises ValueError where it is not one."""
    file = msgspec.json.decode(raw, type=_File)
    names: dict[str, _Urls] = {}
    networks: list[tuple[IPv4Network | IPv6Network, _Urls]] = []
    numbers: list[tuple[int, int, _Urls]] = []
    for service in file.services:
        if len(service) < 2:
            raise ValueError("a service without addresses")
        urls = tuple(url if url.endswith("/") else f"{url}/" for url in service[-1] if _is_address(url))
        for entry in service[-2] if urls else ():
            if kind == "dns":
                names[entry.strip(".").lower()] = urls
            elif kind == "asn":
                first, _, last = entry.partition("-")
                numbers.append((int(first), int(last or first), urls))
            else:
                networks.append((ipaddress.ip_network(entry), urls))
    networks.sort(key=lambda item: -item[0].prefixlen)
    return Registry(file.publication, names, tuple(networks), tuple(numbers))


def _is_address(url: str) -> bool:
    return url.startswith(("https://", "http://"))


@lru_cache(maxsize=16)
def _bundled(kind: str) -> Registry:
    raw = files("sabaki.data").joinpath("rdap", f"{kind}.json").read_bytes()
    return read("dns" if kind == "unlisted" else kind, raw)


@lru_cache(maxsize=32)
def _fetched(path: Path, kind: str, stamp: int) -> Registry | None:
    """A registry in the data directory; None where it cannot be used: the bundled one is always there."""
    del stamp  # part of the key: a file that was replaced is read again
    try:
        return read(kind, path.read_bytes())
    except (OSError, ValueError):
        return None


def registry(kind: str, data: Path | None = None) -> Registry:
    """The registry of a kind ("dns", "ipv4", "ipv6", "asn"): the newer one of the bundled and the one in `data`."""
    bundled = _bundled(kind)
    if data is None:
        return bundled
    path = data / "rdap" / f"{kind}.json"
    try:
        stamp = path.stat().st_mtime_ns
    except OSError:
        return bundled
    fetched = _fetched(path, kind, stamp)
    return fetched if fetched is not None and fetched.publication >= bundled.publication else bundled


def service(subject: Subject, data: Path | None = None) -> str:
    """The base URL of the RDAP server for a "domain", "ip" or "asn", ending in "/"; "" where there is none, or the value is none."""
    try:
        if subject.kind == "domain":
            urls = _by_name(subject.value, data)
        elif subject.kind == "ip":
            urls = _by_address(subject.value, data)
        elif subject.kind == "asn":
            urls = _by_number(int(subject.value), data)
        else:
            urls = ()
    except ValueError:
        urls = ()
    # RFC 9224 section 3: HTTPS goes before HTTP. A few registries have HTTP only.
    return next((url for url in urls if url.startswith("https:")), urls[0] if urls else "")


def _by_name(name: str, data: Path | None) -> _Urls:
    """The longest matching entry, whole labels (RFC 9224 section 4). A server that IANA lists goes before one that it does not."""
    labels = name.lower().rstrip(".").split(".")[-10:]
    suffixes = [".".join(labels[start:]) for start in range(len(labels))]
    for names in (registry("dns", data).names, _bundled("unlisted").names):
        found = next((names[suffix] for suffix in suffixes if suffix in names), ())
        if found:
            return found
    return ()


def _by_address(text: str, data: Path | None) -> _Urls:
    address = ipaddress.ip_address(text)
    networks = registry(f"ipv{address.version}", data).networks
    return next((urls for network, urls in networks if address in network), ())


def _by_number(number: int, data: Path | None) -> _Urls:
    """The narrowest range with the number in it."""
    matching = [each for each in registry("asn", data).numbers if each[0] <= number <= each[1]]
    return min(matching, key=lambda each: each[1] - each[0])[2] if matching else ()


async def refresh(world: World, at: str = _AT) -> dict[str, bytes]:
    """Fetch IANA's registries: file names under the data directory (`rdap/dns.json`) and their content, checked.

    Raises Failed where one cannot be had, is no such registry, is older than the bundled one, or has lost half of its entries: then
    none is to be replaced.
    """
    found: dict[str, bytes] = {}
    for kind in KINDS:
        response = await world.egress.fetch(f"{at}{kind}.json", headers={"Accept": "application/json"}, most=_MOST)
        fault = _fault(kind, response.status, response.body)
        if fault:
            raise Failed(
                State.PERMERROR,
                f"IANA's RDAP registry {kind}.json is not used: {fault}",
                f"IANAのRDAP登録簿 {kind}.json は使えません（{fault}）",
            )
        found[f"rdap/{kind}.json"] = response.body
    return found


def _fault(kind: str, status: int, body: bytes) -> str:
    if status != 200:
        return f"HTTP {status}"
    try:
        fetched = read(kind, body)
    except ValueError as error:
        return f"not in the form of RFC 9224 ({error})"[:200]
    bundled = _bundled(kind)
    if fetched.publication < bundled.publication:
        return f"published {fetched.publication[:30]}, before the bundled one of {bundled.publication}"
    if len(fetched) * 2 < len(bundled):
        return f"only {len(fetched)} entries where {len(bundled)} were"
    return ""
