"""Runs the targets, each in a process of its own for its share of the time, and prints a table. See `--help`.

What crashes, hangs (10 s) or grows (2 GB) is kept under .fuzz/crashes/TARGET/ with the command that shows it again.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import re
import subprocess
import sys
import time
from pathlib import Path

from fuzz import seeds
from fuzz.targets import TARGETS, Target

_PROJECT = Path(__file__).resolve().parent.parent
_WORK = _PROJECT / ".fuzz"
_SECONDS_AN_INPUT = 10
_MEGABYTES = 2_048
_GRACE = 60
"""Seconds of the clock beyond its share that a target may take to load and to end."""
_ROUNDS = 3
"""A target that crashes starts again, so often, with what time is left."""


@dataclasses.dataclass
class Outcome:
    """What became of a target."""

    name: str
    executions: int = 0
    seconds: float = 0.0
    edges: int = 0
    features: int = 0
    lines: float = 0.0
    crashes: list[Path] = dataclasses.field(default_factory=list)
    skipped: str = ""


def reason_to_skip(target: Target) -> str:
    """Why a target cannot run here, "" if it can."""
    command = [sys.executable, "-c", f"from fuzz.one import target; target({target.name!r}).load()"]
    done = subprocess.run(command, cwd=_PROJECT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["did not load"])[-1]


def arguments(target: Target, seconds: int, corpus: Path, crashes: Path) -> list[str]:
    """libFuzzer's arguments."""
    return [
        str(corpus),
        f"-max_total_time={seconds}",
        f"-timeout={_SECONDS_AN_INPUT}",
        f"-rss_limit_mb={_MEGABYTES}",
        "-max_len=20000",
        "-print_final_stats=1",
        f"-dict={_PROJECT / 'fuzz' / 'dictionaries' / target.dictionary}.dict",
        f"-artifact_prefix={crashes}/",
    ]


def read_log(log: str, outcome: Outcome) -> None:
    """Take the numbers out of what libFuzzer printed."""
    for match in re.finditer(r"^#(\d+)\s.*?cov: (\d+) ft: (\d+)", log, re.MULTILINE):
        outcome.edges, outcome.features = int(match[2]), int(match[3])
        ran = int(match[1])
    total = re.search(r"stat::number_of_executed_units:\s*(\d+)", log)
    if total:
        outcome.executions += int(total[1])
    elif outcome.edges:
        outcome.executions += ran


def fuzz(target: Target, seconds: int) -> Outcome:
    """Fuzz one target; crashes are kept and the time that is left is used."""
    outcome = Outcome(target.name, skipped=reason_to_skip(target))
    if outcome.skipped:
        return outcome
    corpus, crashes = _WORK / "corpus" / target.name, _WORK / "crashes" / target.name
    crashes.mkdir(parents=True, exist_ok=True)
    seeds.write(_WORK / "corpus", {target.name})
    before = set(crashes.iterdir())
    start = time.monotonic()
    for round_ in range(_ROUNDS):
        left = int(seconds - (time.monotonic() - start))
        if left < 1:
            break
        command = [sys.executable, "-m", "fuzz.one", target.name, *arguments(target, left, corpus, crashes)]
        log = crashes / f"log-{round_}.txt"
        ended = _run(command, left + _GRACE, log)
        read_log(log.read_text("utf-8", "replace"), outcome)
        if ended == 0:
            log.unlink()
            break
    outcome.seconds = time.monotonic() - start
    outcome.crashes = sorted(path for path in set(crashes.iterdir()) - before if path.suffix != ".txt")
    if not outcome.crashes and list(crashes.glob("log-*.txt")):
        # It died without leaving its input: out of memory, or killed.
        outcome.crashes = sorted(crashes.glob("log-*.txt"))
    outcome.lines = _replay(target, corpus)
    return outcome


def _run(command: list[str], seconds: float, log: Path) -> int:
    with log.open("wb") as stream:
        try:
            return subprocess.run(
                command, cwd=_PROJECT, stdout=stream, stderr=stream, check=False, timeout=seconds
            ).returncode
        except subprocess.TimeoutExpired:
            return -1


def _replay(target: Target, corpus: Path) -> float:
    command = [sys.executable, "-m", "fuzz.one", target.name, "--replay", str(corpus)]
    try:
        done = subprocess.run(command, cwd=_PROJECT, capture_output=True, check=False, timeout=300)
        return float(json.loads(done.stdout.splitlines()[-1]))
    except (subprocess.TimeoutExpired, ValueError, IndexError):
        return 0.0


def table(outcomes: list[Outcome]) -> str:
    """A line a target."""
    rows = [("target", "executions", "exec/s", "edges", "features", "lines", "crashes")]
    for one in outcomes:
        if one.skipped:
            rows.append((one.name, "skipped", "-", "-", "-", "-", one.skipped[:80]))
            continue
        rate = f"{one.executions / one.seconds:.0f}" if one.seconds else "-"
        numbers = (str(one.executions), rate, str(one.edges), str(one.features), f"{one.lines:.0f}%")
        rows.append((one.name, *numbers, str(len(one.crashes))))
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(row[n].rjust(widths[n]) for n in range(1, 6)), row[6]]
        lines.append("  ".join(cells).rstrip())
    for one in outcomes:
        for crash in one.crashes:
            path = crash.relative_to(_PROJECT)
            lines.append(
                f"\n{one.name}: {path}\n    again: PYTHONPATH=src .venv-fuzz/bin/python -m fuzz.one {one.name} {path}"
            )
    return "\n".join(lines)


def main(given: list[str] | None = None) -> int:
    """Run. 1 when anything crashed."""
    parser = argparse.ArgumentParser(prog="fuzz", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=600, metavar="N", help="for all targets together (600)")
    parser.add_argument("--targets", default="", metavar="A,B", help="only these")
    parser.add_argument("--list", action="store_true", help="print the names of the targets")
    options = parser.parse_args(given)
    names = [target.name for target in TARGETS]
    if options.list:
        print("\n".join(names))
        return 0
    wanted = options.targets.split(",") if options.targets else names
    if unknown := sorted(set(wanted) - set(names)):
        parser.error(f"no such target: {', '.join(unknown)}")
    chosen = [target for target in TARGETS if target.name in wanted]
    share = max(5, options.seconds // len(chosen))
    outcomes = []
    for target in chosen:
        print(f"{target.name}: {share} s ...", file=sys.stderr)
        outcomes.append(fuzz(target, share))
    print(table(outcomes))
    return int(any(one.crashes for one in outcomes))


if __name__ == "__main__":
    sys.exit(main())
