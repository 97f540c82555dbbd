"""Who answers questions to the DNS: nobody, the servers that the reader named (`--online`), or an earlier report (`--replay`)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import click
import msgspec

from sabaki._version import VERSION
from sabaki.model.lookup import Lookup
from sabaki.model.report import Report
from sabaki.protocols.resolver import Offline, Recorded, Resolver
from sabaki.settings import Settings

_MASK = "*****"
_MAKE_ONE = "write one with: sabaki dissect MAIL --online --json > REPORT.json"


class Answers(Protocol):
    """Where the answers for each mail come from."""

    def for_mail(self, raw: bytes, name: str) -> Resolver:
        """The Resolver for one mail; `name` is what people call it."""
        ...  # pragma: no cover

    @property
    def told(self) -> str:
        """What the reader should know when all is done; "" for nothing."""
        ...  # pragma: no cover


def choose(chosen: Settings, dns: Sequence[str], replay: Path | None, *, online: bool) -> Answers:
    """What the options ask for. Raises click.UsageError with a way out."""
    if online and replay:
        raise click.UsageError("--online and --replay exclude each other: ask today, or take the answers of then")
    if replay:
        return _Replay(replay)
    if online:
        return _Online(chosen, dns or chosen.dns_servers)
    return _Nobody(told="--dns says whom to ask with --online; without it nobody was asked" if dns else "")


class _Nobody(msgspec.Struct, frozen=True):
    """Nothing leaves."""

    told: str = ""

    def for_mail(self, raw: bytes, name: str) -> Resolver:
        return Offline()


class _Online:
    """Asks; the module that can is loaded only now."""

    def __init__(self, chosen: Settings, servers: Sequence[str]) -> None:
        from sabaki.sources import dns

        try:
            named = [dns.server(text) for text in servers] or dns.of_the_system()
            self._live = dns.Live(named, timeout=chosen.dns_timeout)
            self._live.check()
        except dns.NoServer as error:
            raise click.UsageError(str(error)) from error
        self._names = ", ".join(map(str, named))

    def for_mail(self, raw: bytes, name: str) -> Resolver:
        return self._live.for_mail()

    @property
    def told(self) -> str:
        sent = self._live.sent
        return (
            f"{sent} question{'s'[: sent != 1]} sent to {self._names}; "
            "each report lists its own with the answers (verification.lookups)"
        )


class _Replay:
    """Takes the answers out of reports, one JSON document or one a line."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._answers: dict[str, tuple[Lookup, ...]] = {}
        self._others: set[str] = set()
        for report in _reports(file):
            if report.tool.version != VERSION:
                self._others.add(report.tool.version)
            # A mail that was passed on inside another one is found by the one that was handed over, too.
            for digest in (report.source.sha256, *(holder.sha256 for holder in report.source.holders)):
                self._answers.setdefault(digest, report.verification.lookups)

    def for_mail(self, raw: bytes, name: str) -> Resolver:
        digest = sha256(raw).hexdigest()
        if digest not in self._answers:
            raise click.UsageError(
                f"--replay {self._file}: holds no report of {name} (sha256 {digest[:16]}...); "
                f"name the report of this very mail, or {_MAKE_ONE}"
            )
        return Recorded(self._answers[digest])

    @property
    def told(self) -> str:
        if not self._others:
            return ""
        return f"the report was written by sabaki {', '.join(sorted(self._others))}: this one may conclude otherwise"


def _reports(file: Path) -> list[Report]:
    try:
        text = file.read_bytes()
    except OSError as error:
        raise click.UsageError(f"--replay {file}: cannot be read ({error.strerror}); {_MAKE_ONE}") from error
    with suppress(msgspec.DecodeError):
        return [_whole(Report.from_json(text), file)]
    try:
        return [_whole(Report.from_json(line), file) for line in text.splitlines() if line.strip()]
    except msgspec.DecodeError as error:
        raise click.UsageError(
            f"--replay {file}: is no report that this version can read ({error}); {_MAKE_ONE}"
        ) from error


def _whole(report: Report, file: Path) -> Report:
    masked = any(_MASK in text for each in report.verification.lookups for text in (each.name, *each.records))
    if masked:
        raise click.UsageError(f"--replay {file}: was masked, and with that its answers; write it without --redact")
    return report
