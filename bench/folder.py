"""Dissects every mail of one folder in this process and prints what came out as one JSON document.

One process for each folder, so that its peak memory is its own: python -m bench.folder FOLDER [PREFIX ...]
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

import sabaki
from sabaki import pipeline
from sabaki.files.cell import Cell

_WARM_UP = (
    b"From: <a@sender.example>\r\nTo: <b@reader.example>\r\nSubject: warm-up\r\n\r\nhttps://www.sender.example/\r\n"
)


class Fired(msgspec.Struct, frozen=True):
    """One check on one mail: what the judge counted for it, in points, and its title."""

    id: str
    counted: float
    title: str


class Judged(msgspec.Struct, frozen=True):
    """One mail. `seconds` is the dissection alone; `labels` holds the label by left-out prefix, "" for none."""

    name: str
    labels: dict[str, str]
    score: float
    seconds: float
    fired: tuple[Fired, ...]


class Raised(msgspec.Struct, frozen=True):
    """A mail whose dissection raised, which it never should."""

    name: str
    error: str


class Folder(msgspec.Struct, frozen=True):
    """What came out of a folder. `peak_kib` is the highest resident memory of the process, in KiB."""

    name: str
    mails: tuple[Judged, ...]
    raised: tuple[Raised, ...]
    faulty_checks: dict[str, int]
    peak_kib: int

    @property
    def seconds(self) -> float:
        """The time of all dissections together, in seconds."""
        return sum(mail.seconds for mail in self.mails)


def mails_in(folder: Path) -> list[Path]:
    """The mails of a folder, in the order of their names."""
    return sorted(path for path in folder.iterdir() if path.is_file())


def one_core() -> None:
    """Keep this process to one core, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def peak_kib() -> int:
    """The highest resident memory of this process, in KiB (Linux counts in KiB, macOS in bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak


def _fired(report: sabaki.Report) -> Iterator[Fired]:
    titles = {finding.id: finding.title for finding in report.findings}
    counted: dict[str, float] = dict.fromkeys(titles, 0.0)
    for contribution in report.verdict.contributions:
        counted[contribution.finding] += contribution.counted
    for check, points in counted.items():
        yield Fired(check, round(points, 2), titles[check])


def _without(report: sabaki.Report, prefix: str) -> str:
    kept = tuple(finding for finding in report.findings if not finding.id.startswith(prefix))
    return pipeline.rejudge(report, kept).verdict.label.value


def _judge(path: Path, left_out: list[str], faulty: dict[str, int], cell: Cell) -> Judged:
    raw = path.read_bytes()
    start = time.perf_counter()
    report = sabaki.dissect(raw, name=path.name, cell=cell)
    seconds = time.perf_counter() - start
    for outcome in report.outcomes:
        if outcome.state.value in ("permerror", "temperror"):
            faulty[outcome.step] = faulty.get(outcome.step, 0) + 1
    labels = {"": report.verdict.label.value, **{prefix: _without(report, prefix) for prefix in left_out}}
    return Judged(path.name, labels, report.verdict.score, seconds, tuple(_fired(report)))


def judge(folder: Path, left_out: list[str]) -> Folder:
    """Dissect every mail of the folder. What raises is noted and counted, and the rest goes on."""
    mails, raised = [], []
    faulty: dict[str, int] = {}
    with Cell() as cell:
        sabaki.dissect(_WARM_UP, cell=cell)
        for path in mails_in(folder):
            try:
                mails.append(_judge(path, left_out, faulty, cell))
            except Exception as error:  # noqa: BLE001  # an exception is a result here: it is counted and shown
                raised.append(Raised(path.name, f"{type(error).__name__}: {error}"))
    return Folder(folder.name, tuple(mails), tuple(raised), faulty, peak_kib())


if __name__ == "__main__":
    one_core()
    sys.stdout.buffer.write(msgspec.json.encode(judge(Path(sys.argv[1]), sys.argv[2:])))
