"""Who is asked about a mail: nobody, the world (`--online`), or an earlier report (`--replay`). And the sources behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import click
import msgspec

from sabaki._version import VERSION
from sabaki.model.knowledge import Knowledge, Subject
from sabaki.model.report import Report
from sabaki.pipeline import Gather, Go
from sabaki.protocols.resolver import Offline, Recorded, Resolver
from sabaki.settings import Settings

_MASK = "*****"
_MAKE_ONE = "write one with: sabaki dissect MAIL --online --json > REPORT.json"


class Asked(msgspec.Struct, frozen=True):
    """Who answers for one mail: `resolver` the DNS, `gather` everything else; `visit` is what earlier visits saw (None: nobody went)."""

    resolver: Resolver
    gather: Gather
    visit: Go | None = None


class Answers(Protocol):
    """Where the answers for each mail come from."""

    def for_mail(self, raw: bytes, name: str) -> Asked:
        """Who answers for one mail; `name` is what people call it."""
        ...  # pragma: no cover

    @property
    def told(self) -> str:
        """What the reader should know when all is done; "" for nothing."""
        ...  # pragma: no cover


def choose(
    chosen: Settings, dns: Sequence[str], replay: Path | None, *, online: bool
) -> AbstractContextManager[Answers]:
    """What the options ask for. Raises click.UsageError with a way out."""
    if online and replay:
        raise click.UsageError("--online and --replay exclude each other: ask today, or take the answers of then")
    if replay:
        return nullcontext(_Replay(replay))
    if online:
        return _online(chosen, dns)
    return _nobody(chosen, "--dns says whom to ask with --online; without it nobody was asked" if dns else "")


@contextmanager
def inside(chosen: Settings) -> Iterator[Any]:
    """A Gatherer of what lies on this machine: nothing leaves, and nothing is loaded that could send."""
    from sabaki.sources.gather import Gatherer
    from sabaki.sources.inside import Inside
    from sabaki.sources.source import local

    with Gatherer(Inside(chosen), _wanted(local(), chosen)) as gatherer:
        yield gatherer


@contextmanager
def outside(chosen: Settings, dns: Sequence[str], *, fresh: bool = False) -> Iterator[Any]:
    """A Gatherer that asks the world too, as far as the settings allow; with `fresh` it asks anew what is kept from earlier.

    Raises click.UsageError with a way out.
    """
    from sabaki.sources import dns as live
    from sabaki.sources.gather import Gatherer
    from sabaki.sources.inside import cache_file
    from sabaki.sources.outside import Outside
    from sabaki.sources.source import registered
    from sabaki.store.cache import Cache

    if chosen.tlp == "red":
        raise click.UsageError(
            "the settings say TLP:RED: nothing leaves; do without --online, or change the setting tlp"
        )
    named = servers(chosen, dns)
    if "name" in chosen.leaving:
        try:
            live.Live(named, timeout=chosen.dns_timeout).check()
        except live.NoServer as error:
            raise click.UsageError(str(error)) from error
    cache = Cache(cache_file(), fresh=fresh)
    try:
        with Gatherer(Outside(chosen, named), _wanted(registered(), chosen), cache) as gatherer:
            yield gatherer
    finally:
        cache.close()


def servers(chosen: Settings, dns: Sequence[str]) -> Any:
    """The DNS servers to ask: those named, else the settings', else the system's. Raises click.UsageError."""
    from sabaki.sources import dns as live

    try:
        return [live.server(text) for text in (dns or chosen.dns_servers)] or live.of_the_system()
    except live.NoServer as error:
        raise click.UsageError(str(error)) from error


def _wanted(sources: dict[str, Any], chosen: Settings) -> dict[str, Any]:
    return {id: each for id, each in sources.items() if is_asked(each, chosen)}


def is_asked(source: Any, chosen: Settings) -> bool:
    """Whether the settings let a source be asked: those that are off by default only where their setting is given."""
    if source.id in chosen.not_asked:
        return False
    return source.default or bool(source.needs and getattr(chosen, source.needs, None))


class _Nobody(msgspec.Struct, frozen=True):
    """Nothing leaves."""

    gather: Gather
    told: str = ""

    def for_mail(self, raw: bytes, name: str) -> Asked:
        return Asked(Offline(), self.gather)


@contextmanager
def _nobody(chosen: Settings, told: str) -> Iterator[Answers]:
    with inside(chosen) as gatherer:
        yield _Nobody(gatherer.gather, told)


class Online:
    """Asks the world, through one Gatherer for all mails."""

    def __init__(self, gatherer: Any, names: str, *, dns: bool) -> None:
        from sabaki.sources.dns import OneMail

        self._gatherer = gatherer
        self._names = names
        self._one_mail = OneMail if dns else None

    def for_mail(self, raw: bytes, name: str) -> Asked:
        """Who answers for one mail: a resolver within its own seconds and questions, and the sources that all mails share."""
        resolver = self._one_mail(self._gatherer) if self._one_mail else Offline()
        return Asked(resolver, self._gatherer.gather)

    @property
    def told(self) -> str:
        """How much was asked, and of whom."""
        sent = self._gatherer.questions
        others = sum(count for id, count in self._gatherer.asked.items() if id != "names")
        return (
            f"{sent} question{'s'[: sent != 1]} sent to {self._names}, {others} to other sources; "
            "each report lists its own with the answers (verification.lookups, knowledge)"
        )


@contextmanager
def _online(chosen: Settings, dns: Sequence[str]) -> Iterator[Answers]:
    with outside(chosen, dns) as gatherer:
        names = ", ".join(map(str, servers(chosen, dns)))
        yield Online(gatherer, names, dns="name" in chosen.leaving)


class _Replay:
    """Takes the answers out of reports, one JSON document or one a line."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._reports: dict[str, Report] = {}
        self._others: set[str] = set()
        for report in read(file, "--replay"):
            if report.tool.version != VERSION:
                self._others.add(report.tool.version)
            # A mail that was passed on inside another one is found by the one that was handed over, too.
            for digest in (report.source.sha256, *(holder.sha256 for holder in report.source.holders)):
                self._reports.setdefault(digest, report)

    def for_mail(self, raw: bytes, name: str) -> Asked:
        digest = sha256(raw).hexdigest()
        if digest not in self._reports:
            raise click.UsageError(
                f"--replay {self._file}: holds no report of {name} (sha256 {digest[:16]}...); "
                f"name the report of this very mail, or {_MAKE_ONE}"
            )
        report = self._reports[digest]

        def recorded(_: tuple[Subject, ...]) -> tuple[Knowledge, ...]:
            return report.knowledge

        return Asked(
            Recorded(report.verification.lookups), recorded, (lambda _: report.visits) if report.visits else None
        )

    @property
    def told(self) -> str:
        if not self._others:
            return ""
        return f"the report was written by sabaki {', '.join(sorted(self._others))}: this one may conclude otherwise"


def read(file: Path, named: str) -> list[Report]:
    """The reports in a file, one JSON document or one a line. Raises click.UsageError, the file called as `named`."""
    try:
        text = file.read_bytes()
    except OSError as error:
        raise click.UsageError(f"{named} {file}: cannot be read ({error.strerror}); {_MAKE_ONE}") from error
    with suppress(msgspec.DecodeError):
        return [_whole(Report.from_json(text), file, named)]
    try:
        return [_whole(Report.from_json(line), file, named) for line in text.splitlines() if line.strip()]
    except msgspec.DecodeError as error:
        raise click.UsageError(
            f"{named} {file}: is no report that this version can read ({error}); {_MAKE_ONE}"
        ) from error


def _whole(report: Report, file: Path, named: str) -> Report:
    masked = any(_MASK in text for each in report.verification.lookups for text in (each.name, *each.records))
    masked = masked or any(_MASK in each.subject.value for each in report.knowledge)
    if masked:
        raise click.UsageError(f"{named} {file}: was masked, and with that its answers; write it without --redact")
    return report
