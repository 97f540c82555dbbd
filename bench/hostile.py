"""Dissects inputs made to break readers, each in a fresh process, and prints what it cost and what came back.

`python -m bench.hostile [WORD ...]` runs those whose name holds one of the words. The contract: whatever the input, at
most 20 s of CPU and 1 GB of memory, children included, and a report at the end. 1 is the exit code where one breaks it.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from bench.hostile_inputs import INPUTS

MOST_SECONDS = 20.0
MOST_MEGABYTES = 1_000.0
_PROJECT = Path(__file__).resolve().parent.parent
_PATIENCE = 240
"""Seconds of the clock after which a process is stopped: the machine may be busy."""
_POLL = 0.02


class Cost(msgspec.Struct):
    """What one input cost (seconds of the clock and of CPU, megabytes at most), and what came back, or what broke."""

    name: str
    size: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    megabytes: float = 0.0
    found: str = ""
    verdict: str = ""
    limits: tuple[str, ...] = ()
    broken: str = ""

    @property
    def kept(self) -> bool:
        """Whether the contract was kept."""
        return not self.broken and self.cpu <= MOST_SECONDS and self.megabytes <= MOST_MEGABYTES


class _Watch:
    """Looks at a process and all its descendants, again and again."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._ticks: dict[int, int] = {}
        self.megabytes = 0.0

    def look(self) -> None:
        """Note what they use now. What a process used up to its end is known only as of the last look."""
        shared = 0
        for pid in _with_descendants(self._root):
            try:
                words = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
                memory = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
            except OSError:
                continue
            self._ticks[pid] = int(words[11]) + int(words[12])
            # The proportional share: what the kernel shares between parent and child counts once.
            shared += sum(int(line.split()[1]) for line in memory.splitlines() if line.startswith("Pss:"))
        self.megabytes = max(self.megabytes, shared / 1024)

    @property
    def cpu(self) -> float:
        """Seconds of CPU of all that was seen."""
        return sum(self._ticks.values()) / os.sysconf("SC_CLK_TCK")


def _with_descendants(root: int) -> list[int]:
    found, position = [root], 0
    while position < len(found):
        try:
            for thread in list(Path(f"/proc/{found[position]}/task").iterdir()):
                found += map(int, (thread / "children").read_text("ascii").split())
        except OSError:
            pass
        position += 1
    return found


def measure(name: str) -> Cost:
    """Dissect one input in a process of its own, and watch it."""
    python = [sys.executable, "-m", "bench.hostile"]
    with tempfile.TemporaryFile() as made, tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        subprocess.run([*python, "--make", name], cwd=_PROJECT, stdout=made, check=True)
        made.seek(0)
        start = time.monotonic()
        child = subprocess.Popen(
            [*python, "--one", name], cwd=_PROJECT, stdin=made, stdout=said, stderr=complained, start_new_session=True
        )
        watch = _Watch(child.pid)
        while child.poll() is None and time.monotonic() - start < _PATIENCE:
            watch.look()
            time.sleep(_POLL)
        took = time.monotonic() - start
        if child.poll() is None:
            child.kill()
            child.wait()
            return Cost(name, seconds=took, cpu=watch.cpu, megabytes=watch.megabytes, broken="never came back")
        said.seek(0)
        complained.seek(0)
        if child.returncode != 0:
            why = complained.read().decode("utf-8", "replace").strip().splitlines() or [
                f"ended with {child.returncode}"
            ]
            return Cost(name, seconds=took, cpu=watch.cpu, megabytes=watch.megabytes, broken=why[-1][:100])
        cost = msgspec.json.decode(said.read(), type=Cost)
    cost.megabytes, cost.cpu = max(cost.megabytes, watch.megabytes), max(cost.cpu, watch.cpu)
    return cost


def one(name: str, raw: bytes) -> Cost:
    """Dissect one input in this process."""
    import sabaki

    start = time.monotonic()
    report = sabaki.dissect(raw, name="hostile.eml")
    seconds = time.monotonic() - start
    document = report.to_json()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    urls = f"{len(report.urls)} urls" + (f" ({report.urls[0].host})" if len(report.urls) == 1 else "")
    counts = f"{len(report.fields)} fields, {len(report.parts)} parts, {urls}, {len(report.files)} files"
    failed = [outcome.step for outcome in report.outcomes if outcome.state == "permerror" and "check" in outcome.step]
    limits = tuple(limit.name for limit in report.limits)
    found = f"{counts}, {len(document) / 1e6:.1f} MB JSON"
    why = f"failed: {', '.join(failed[:3])}" if failed else ""
    return Cost(name, len(raw), seconds, _cpu(), peak, found, str(report.verdict.label), limits, why)


def _cpu() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def row(cost: Cost) -> str:
    """A line of the table."""
    mark = "  " if cost.kept else "! "
    numbers = f"{cost.size / 1e6:8.2f} {cost.seconds:7.1f} {cost.cpu:7.1f} {cost.megabytes:8.0f}"
    came = cost.broken or f"{cost.verdict:12} {cost.found}"
    limits = f"; limits: {', '.join(cost.limits)}" if cost.limits else ""
    return f"{mark}{cost.name:32.32} {numbers}  {came}{limits}"


def main(arguments: list[str]) -> int:
    """Run. 1 when the contract was broken."""
    if arguments[:1] == ["--one"]:
        print(json.dumps(msgspec.to_builtins(one(arguments[1], sys.stdin.buffer.read()))))
        return 0
    if arguments[:1] == ["--make"]:
        sys.stdout.buffer.write(INPUTS[arguments[1]]())
        return 0
    names = [name for name in INPUTS if not arguments or any(word in name for word in arguments)]
    print(f"  {'input':32} {'MB':>8} {'seconds':>7} {'CPU':>7} {'peak MB':>8}  what came back")
    costs = []
    for name in names:
        costs.append(measure(name))
        print(row(costs[-1]), flush=True)
    broken = [cost.name for cost in costs if not cost.kept]
    print(f"\n{len(costs)} inputs, {len(costs) - len(broken)} within {MOST_SECONDS:.0f} s of CPU and 1 GB")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
