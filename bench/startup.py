"""How long `sabaki --help` takes beside a Python that does nothing: medians of fifteen runs each, in turn."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

_RUNS = 15


def seconds(command: list[str]) -> float:
    """The wall-clock time of one run, in seconds."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def medians(commands: dict[str, list[str]]) -> dict[str, float]:
    """The median time of each command, the runs interleaved so that a busy machine slows them alike."""
    for command in commands.values():
        seconds(command)
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(_RUNS):
        for name, command in commands.items():
            times[name].append(seconds(command))
    return {name: statistics.median(runs) for name, runs in times.items()}


def main() -> None:
    """Print both medians and their ratio."""
    found = medians(
        {
            "sabaki --help": [str(Path(sys.executable).parent / "sabaki"), "--help"],
            "python -c pass": [sys.executable, "-c", "pass"],
        }
    )
    for name, median in found.items():
        print(f"{name:<16} {1000 * median:6.1f} ms")
    print(f"ratio            {found['sabaki --help'] / found['python -c pass']:6.2f}")


if __name__ == "__main__":
    main()
