"""Enriches many mails against servers that take 100 ms for every answer: time, questions, what was shared, and the bound of physics.

The mails are those of the corpora, or the samples under other names where there are none. The servers are in bench/slowservers.py, on
loopback: wherever a name leads, what is connected to is this machine. Every question costs the same, so that the figures say how well
waiting is shared, not how quick anybody's server is.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

import msgspec

from bench import slowservers
from bench.corpora import corpora
from bench.slowservers import Ports
from sabaki.cli import lookups
from sabaki.cli.bench import Bench
from sabaki.cli.dissect import AT_ONCE
from sabaki.cli.inputs import Mail
from sabaki.model.finding import State
from sabaki.settings import Settings
from sabaki.sources import bootstrap, gather, outside, whois
from sabaki.sources import dns as live
from sabaki.sources.egress import Egress, Guard
from sabaki.sources.source import registered
from sabaki.store.cache import Cache

_PROJECT = Path(__file__).resolve().parent.parent
_DATABASES = _PROJECT / ".venv" / "data" / "sabaki"
_OUR_NAMES = re.compile(rb"([a-z0-9-]+)\.example\b")
_ENTRIES = {"ipv4": ["0.0.0.0/0"], "ipv6": ["::/0"], "asn": ["1-4294967295"]}


class Run(msgspec.Struct, frozen=True):
    """One run over all mails: seconds, seconds of our processor time (not that of the cells that open files), what was asked."""

    seconds: float
    cpu: float
    asked: dict[str, int] = {}
    wanted: dict[str, int] = {}
    dns: int = 0
    subjects: int = 0
    missing: dict[str, int] = {}


class _Here(Guard):
    """Checks as ever, and then leads to this machine, whatever the name."""

    async def address(self, host: str, port: int) -> str:
        await super().address(host, port)
        return "127.0.0.1"


class _NearBy(Egress):
    """WHOIS is on a port of its own here: the real one is for root alone."""

    def __init__(self, guard: Guard, whois_port: int) -> None:
        super().__init__(guard)
        self._whois_port = whois_port

    async def exchange(self, host: str, port: int, request: bytes, **bounds: Any) -> bytes:
        return await super().exchange(host, self._whois_port, request, **bounds)


class _World(outside.Outside):
    def __init__(self, chosen: Settings, ports: Ports) -> None:
        super().__init__(chosen, [live.Server("127.0.0.1", ports.dns)])
        self.egress = _NearBy(_Here(self.addresses, ("127.0.0.1",), None), ports.whois)


def mails(count_: int) -> list[Mail]:
    """So many mails: of all folders of the corpora in turn, or the samples again and again, each time under other names."""
    root = corpora()
    if root.is_dir():
        folders = [sorted(path for path in each.rglob("*") if path.is_file()) for each in sorted(root.iterdir())]
        rounds = (chain.from_iterable(each[at : at + 1] for each in folders) for at in range(max(map(len, folders))))
        return [Mail(path.read_bytes(), path.name) for path in islice(chain.from_iterable(rounds), count_)]
    samples = [path.read_bytes() for path in sorted((_PROJECT / "samples").glob("*.eml"))]
    other = (_OUR_NAMES.sub(rb"\1-%d.example" % number, raw) for number in count() for raw in samples)
    return [Mail(raw, f"{number}.eml") for number, raw in enumerate(islice(other, count_))]


def settings(data: Path, ports: Ports) -> Settings:
    """Settings with which all is asked that needs no other key, and a directory where RDAP for every name leads to our server."""
    names = {*bootstrap.registry("dns").names, *bootstrap.registry("unlisted").names, "example"}
    tops = {name.rpartition(".")[2] for name in (*names, *whois.servers().domains)} - {"jp"}
    (data / "rdap").mkdir(parents=True)
    for file in _DATABASES.iterdir() if _DATABASES.is_dir() else ():
        (data / file.name).symlink_to(file)
    for kind, entries in {"dns": sorted(tops), **_ENTRIES}.items():
        services = [[entries, [f"http://rdap.{slowservers.HOST}:{ports.http}/"]]]
        document = {"version": "1.0", "publication": "2099-01-01T00:00:00Z", "services": services}
        (data / "rdap" / f"{kind}.json").write_text(json.dumps(document))
    at = f"http://sb.{slowservers.HOST}:{ports.http}"
    return Settings(data=str(data), safe_browsing_key="key", safe_browsing_url=at, not_asked=("web_risk",))


def offline(given: list[Mail], chosen: Settings) -> Run:
    """The same mails one after the other, nobody asked."""
    began, used = time.perf_counter(), time.process_time()
    with lookups.choose(chosen, (), None, online=False) as answers, Bench(chosen, answers, "auto") as bench:
        for _ in bench.dissect(iter(given)):
            pass
    return Run(time.perf_counter() - began, time.process_time() - used)


def online(given: list[Mail], chosen: Settings, ports: Ports, cache: Path) -> Run:
    """As `sabaki dissect --online` does it."""
    began, used = time.perf_counter(), time.process_time()
    sources = {id: each for id, each in registered().items() if lookups.is_asked(each, chosen)}
    with closing(Cache(cache)) as kept, gather.Gatherer(_World(chosen, ports), sources, kept) as gatherer:
        answers = lookups.Online(gatherer, "the bench", dns=True)
        with Bench(chosen, answers, "auto", at_once=AT_ONCE) as bench:
            known = [each for _, report in bench.dissect(iter(given)) for each in report.knowledge]
        asked, questions = dict(gatherer.asked), gatherer.questions
    silent = Counter(f"{each.source}: {each.reason[:100]}" for each in known if each.state is not State.RAN)
    wanted, subjects = Counter(each.source for each in known), len({each.subject for each in known})
    spent = time.perf_counter() - began, time.process_time() - used
    return Run(*spent, asked, wanted, questions, subjects, silent)


def bounds(run: Run, alone: Run, latency: float) -> dict[str, float]:
    """Seconds that no order of things can do without, by what they are spent on."""
    far = max(
        (count for id, count in run.asked.items() if registered()[id].sends not in ("nothing", "name")), default=0
    )
    return {
        "our processor time offline: Python runs one thread at a time": alone.cpu,
        f"questions to the DNS, {outside.ASKERS} at once": run.dns * latency / outside.ASKERS,
        f"the source that is asked most, {gather.AT_ONCE} at once": far * latency / gather.AT_ONCE,
    }


def _told(run: Run, alone: Run, latency: float) -> Iterator[str]:
    yield f"{run.seconds:.1f} s, of them {run.cpu:.1f} s of our processor time"
    least = bounds(run, alone, latency)
    for name, seconds in least.items():
        yield f"  bound: {seconds:6.1f} s  {name}"
    yield (
        f"  over the largest bound: {run.seconds / max(least.values()):.2f} times; over offline: {run.seconds / alone.seconds:.2f} times; "
        f"not hidden behind work: {max(0.0, run.seconds - run.cpu):.1f} s"
    )
    yield f"  {run.subjects:,} distinct subjects; {run.dns:,} questions to the DNS, those of SPF, DKIM and DMARC among them"
    yield f"  {'source':14} {'wanted':>8} {'asked':>8} {'shared or kept':>15}"
    for id, wanted in sorted(run.wanted.items()):
        asked = run.asked.get(id, 0)
        yield f"  {id:14} {wanted:8,} {asked:8,} {wanted - asked:15,}"
    yield f"  {sum(run.missing.values()):,} answers missing"
    for reason, number in Counter(run.missing).most_common(5):
        yield f"  {number:8,}  {reason}"


def _load() -> str:
    return f"load of the machine {os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} cores"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="bench.online", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--mails", type=int, default=1_000, metavar="N")
    parser.add_argument("--latency", type=float, default=0.1, metavar="SECONDS", help="for every answer")
    options = parser.parse_args(arguments)
    given = mails(options.mails)
    with tempfile.TemporaryDirectory() as folder, slowservers.serving(options.latency) as ports:
        chosen = settings(Path(folder) / "data", ports)
        print(
            f"{len(given):,} mails, {options.latency * 1000:.0f} ms for every answer, {AT_ONCE} mails at once; {_load()}"
        )
        alone = offline(given, chosen)
        print(f"\noffline, one after the other: {alone.seconds:.1f} s, of them {alone.cpu:.1f} s of our processor time")
        for name in ("nothing known", "again, answers kept"):
            run = online(given, chosen, ports, Path(folder) / "answers.sqlite")
            print(f"\n{name}: " + "\n".join(_told(run, alone, options.latency)))
        print(f"\n{_load()}")


if __name__ == "__main__":
    main()
