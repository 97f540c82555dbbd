"""Enriches many mails against servers that take 100 ms for every answer: time, questions, what was shared, and the bound of physics.

All servers are this program's own, on loopback, in a process of their own: a DNS server that knows every name, RDAP, Safe Browsing.
Every question costs the same, so that the figures say how well waiting is shared, not how quick anybody's server is.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset

from bench.corpora import corpora
from sabaki.cli import lookups
from sabaki.cli.bench import Bench
from sabaki.cli.inputs import Mail
from sabaki.settings import Settings
from sabaki.sources import bootstrap, whois
from sabaki.sources import dns as live
from sabaki.sources.gather import Gatherer
from sabaki.sources.outside import Outside
from sabaki.sources.source import registered
from sabaki.store.cache import Cache

_PROJECT = Path(__file__).resolve().parent.parent
_AT_ONCE = 32
_PER_SOURCE, _DNS = 16, 32
"""Questions that a source is asked at once (sources/gather.py), and the DNS (sources/outside.py)."""
_HERE = frozenset({"names", "place", "network", "feeds"})
"""Sources that only ask the DNS, or nobody."""
_NOT_LISTED = b"\x12\x03\x08\xac\x02"
"""Safe Browsing v5: no hash is listed, which holds for 300 seconds."""
_GLOBAL = "93.184.215.14"
_KINDS = {"dns": ["com"], "ipv4": ["0.0.0.0/0"], "ipv6": ["::/0"], "asn": ["1-4294967295"]}


def _answers(query: dns.message.Message) -> bytes:
    """An address for every name but our servers', which are here; nothing else exists."""
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.RA
    question = query.question[0]
    if question.rdtype == dns.rdatatype.A:
        here = str(question.name).endswith("bench.example.")
        answer.answer.append(dns.rrset.from_text(question.name, 300, "IN", "A", "127.0.0.1" if here else _GLOBAL))
    return answer.to_wire()


class _Dns(asyncio.DatagramProtocol):
    def __init__(self, latency: float) -> None:
        self._latency = latency

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, address: Any) -> None:
        wire = _answers(dns.message.from_wire(data))
        asyncio.get_running_loop().call_later(self._latency, self._transport.sendto, wire, address)


def _reply(head: str) -> tuple[str, bytes]:
    if "/v5/" in head:
        return "application/x-protobuf", _NOT_LISTED
    kind = "domain" if "/domain/" in head else "ip network" if "/ip/" in head else "autnum"
    name = head.split()[1].rpartition("/")[2]
    document = {"objectClassName": kind, "ldhName": name, "handle": name, "country": "JP", "status": ["active"]}
    if kind == "ip network":
        document |= {"startAddress": name, "endAddress": name, "ipVersion": "v6" if ":" in name else "v4"}
    events = [{"eventAction": "registration", "eventDate": "2020-01-01T00:00:00Z"}]
    return "application/rdap+json", json.dumps(document | {"events": events, "entities": []}).encode()


async def _serve(latency: float, told: Any) -> None:
    async def http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
            length = next(
                (int(line[15:]) for line in head.lower().split("\r\n") if line.startswith("content-length:")), 0
            )
            await reader.readexactly(length)
            await asyncio.sleep(latency)
            media_type, body = _reply(head)
            writer.write(
                f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
            )

    async def quietly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await http(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Dns(latency), ("127.0.0.1", 0))
    server = await asyncio.start_server(quietly, "127.0.0.1", 0, backlog=512)
    told.send((transport.get_extra_info("sockname")[1], server.sockets[0].getsockname()[1]))
    await asyncio.Event().wait()


def _servers(latency: float, told: Any) -> None:
    asyncio.run(_serve(latency, told))


@contextmanager
def _serving(latency: float) -> Iterator[tuple[int, int]]:
    """The ports of the DNS and of the HTTP servers."""
    near, far = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_servers, args=(latency, far), daemon=True)
    process.start()
    try:
        yield near.recv()
    finally:
        process.terminate()
        process.join()


def _mails(count: int) -> list[Mail]:
    """Mails of all folders in turn, the same ones again only where there are too few."""
    folders = [
        sorted(path for path in folder.rglob("*") if path.is_file())
        for folder in sorted(corpora().iterdir())
        if folder.is_dir()
    ]
    longest = max(map(len, folders))
    mixed = chain.from_iterable(chain.from_iterable(folder[at : at + 1] for folder in folders) for at in range(longest))
    return [Mail(path.read_bytes(), path.name) for path in islice(mixed, count)]


def _top_level() -> Iterator[str]:
    """Every top-level domain of the bundled tables, and those of countries that have no RDAP."""
    for kind in ("dns", "unlisted"):
        yield from bootstrap.registry(kind).names
    yield from whois.servers().domains


def _bootstrap(data: Path, port: int) -> None:
    """RDAP for every top-level domain leads to our server."""
    tlds = sorted({name.rpartition(".")[2] for name in _top_level()})
    (data / "rdap").mkdir(parents=True)
    databases = _PROJECT / ".venv" / "data" / "sabaki"
    for file in databases.iterdir() if databases.is_dir() else ():
        (data / file.name).symlink_to(file)
    for kind, entries in _KINDS.items():
        named = tlds if kind == "dns" else entries
        document = {
            "version": "1.0",
            "publication": "2099-01-01T00:00:00Z",
            "services": [[named, [f"http://rdap.bench.example:{port}/"]]],
        }
        (data / "rdap" / f"{kind}.json").write_text(json.dumps(document))


def _settings(data: Path, port: int) -> Settings:
    return Settings(
        data=str(data),
        safe_browsing_key="key",
        safe_browsing_url=f"http://sb.bench.example:{port}",
        not_asked=("whois",),
    )


def _run(mails: list[Mail], chosen: Settings, port: int, cache: Path) -> dict[str, Any]:
    world = Outside(chosen, [live.Server("127.0.0.1", port)], allow=("127.0.0.1",), ports=None)
    kept = Cache(cache)
    sources = {id: each for id, each in registered().items() if lookups.is_asked(each, chosen)}
    began = time.perf_counter()
    used = time.process_time()
    with Gatherer(world, sources, kept) as gatherer:
        answers = lookups.Online(gatherer, "the bench", dns=True)
        with Bench(chosen, answers, "auto", at_once=_AT_ONCE) as bench:
            reports = [report for _, report in bench.dissect(iter(mails))]
        asked, questions = dict(gatherer.asked), gatherer.questions
    kept.close()
    wanted = Counter(known.source for report in reports for known in report.knowledge if known.source in asked)
    distinct = {known.subject for report in reports for known in report.knowledge}
    return {
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - used,
        "asked": asked,
        "wanted": wanted,
        "dns": questions,
        "subjects": len(distinct),
        "failed": Counter(
            f"{known.source}: {known.reason[:100]}"
            for report in reports
            for known in report.knowledge
            if known.state != "ran"
        ),
    }


def _offline(mails: list[Mail], chosen: Settings) -> float:
    began = time.perf_counter()
    with lookups.choose(chosen, (), None, online=False) as answers, Bench(chosen, answers, "auto") as bench:
        for _ in bench.dissect(iter(mails)):
            pass
    return time.perf_counter() - began


def _told(name: str, found: dict[str, Any], latency: float, offline: float) -> None:
    sources = {id: count for id, count in sorted(found["asked"].items()) if count}
    others = max((count for id, count in sources.items() if id not in _HERE), default=0)
    waiting = max(found["dns"] * latency / _DNS, others * latency / _PER_SOURCE)
    bound = max(offline, waiting)
    print(f"\n{name}: {found['seconds']:.1f} s, of them {found['cpu']:.1f} s of our own processor time")
    print(
        f"  bound: {bound:.1f} s: the larger of {offline:.1f} s without any network, and {waiting:.1f} s of waiting at best"
    )
    print(f"  wall time over bound: {found['seconds'] / bound:.2f}")
    print(
        f"  {found['subjects']:,} distinct subjects; {found['dns']:,} questions to the DNS; {found['failed'].total():,} answers missing"
    )
    print(f"  {'source':14} {'wanted':>8} {'asked':>8} {'shared or kept':>15}")
    for id in sorted({*sources, *found["wanted"]} - {"feeds"}):
        wanted, asked = found["wanted"].get(id, 0), found["asked"].get(id, 0)
        print(f"  {id:14} {wanted:8,} {asked:8,} {wanted - asked:15,}")


def _missing(found: dict[str, Any]) -> None:
    for reason, count in found["failed"].most_common(5):
        print(f"  missing {count:6,}  {reason}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=1_000)
    parser.add_argument("--latency", type=float, default=0.1, help="seconds for every answer")
    options = parser.parse_args()
    mails = _mails(options.mails)
    with tempfile.TemporaryDirectory() as folder, _serving(options.latency) as (dns_port, http_port):
        data = Path(folder) / "data"
        _bootstrap(data, http_port)
        chosen = _settings(data, http_port)
        offline = _offline(mails, chosen)
        print(f"{len(mails):,} mails, {options.latency * 1000:.0f} ms for every answer, {_AT_ONCE} mails at once")
        for name in ("first run", "again, answers kept"):
            found = _run(mails, chosen, dns_port, Path(folder) / "answers.sqlite")
            _told(name, found, options.latency, offline)
            _missing(found)


if __name__ == "__main__":
    main()
