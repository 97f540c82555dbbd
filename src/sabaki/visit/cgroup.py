"""Limits on all processes of a visit together, held by the kernel: a cgroup of its own, where one may be made (versions 1 and 2).

Unlike the watchdog it also counts what lies in memory without being any process's: files in /tmp, in shared memory, without a name.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from sabaki.visit.limits import VisitLimits

ROOT = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/cgroup")
_SECONDS = 2.0
_OLD = 600.0
THREADS_A_PROCESS = 30
"""The kernel counts threads; Chromium's processes have some twenty each."""
_FILES = {
    "memory": ("memory.max", "memory.limit_in_bytes"),
    "processes": ("pids.max", "pids.max"),
}
"""Limit to the file that sets it, in version 2 and in version 1."""
_CONTROLLERS = {"memory": "memory", "processes": "pids"}


class Cgroup:
    """Cgroups that were made for one visit. `holds` are the limits that they keep ("memory", "processes"); empty where none could be made.

    Whoever is to be held writes itself into `folders`. Remove it, or use `with`.
    """

    def __init__(self, limits: VisitLimits) -> None:
        self.folders: tuple[Path, ...] = ()
        self.holds: frozenset[str] = frozenset()
        for limit, most in (("memory", limits.memory), ("processes", limits.processes * THREADS_A_PROCESS)):
            self._hold(limit, most)

    def __enter__(self) -> Cgroup:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    @property
    def reached(self) -> tuple[str, ...]:
        """The limits at which the kernel stopped somebody."""
        found = []
        for folder in self.folders:
            if _counted(folder / "memory.events", "oom_kill") or _counted(folder / "memory.oom_control", "oom_kill"):
                found.append("memory")
            if _counted(folder / "pids.events", "max"):
                found.append("processes")
        return tuple(dict.fromkeys(found))

    def remove(self) -> None:
        """Remove them; who is still in is killed."""
        until = time.monotonic() + _SECONDS
        for folder in self.folders:
            while folder.exists() and time.monotonic() < until:
                _kill(folder)
                with contextlib.suppress(OSError):
                    folder.rmdir()
                    break
                time.sleep(0.02)
        self.folders, self.holds = (), frozenset()

    def _hold(self, limit: str, most: int) -> None:
        """Set a limit in a cgroup that is there already, or in a new one."""
        for folder in self.folders:
            if _set(folder / _FILES[limit][0], most):
                self.holds |= {limit}
                return
        for parent, version in _parents(_CONTROLLERS[limit]):
            _sweep(parent)
            folder = parent / f"sabaki-{secrets.token_hex(6)}"
            with contextlib.suppress(OSError):
                folder.mkdir()
                if _set(folder / _FILES[limit][version == 1], most):
                    for name, value in (("memory.swap.max", 0), ("memory.oom.group", 1)):
                        _set(folder / name, value)
                    self.folders += (folder,)
                    self.holds |= {limit}
                    return
                folder.rmdir()


def joining(folders: tuple[Path, ...]) -> list[str]:
    """What stands before a command line so that it starts in these cgroups; it fails where it cannot join one."""
    if not folders:
        return []
    script = 'while [ "$1" != -- ]; do echo 0 > "$1/cgroup.procs" || exit 1; shift; done; shift; exec "$@"'
    return ["/bin/sh", "-c", script, "sh", *map(str, folders), "--"]


def _parents(controller: str) -> Iterator[tuple[Path, int]]:
    """Where a cgroup with this controller may be made: ours and those above it, and the version of each."""
    with contextlib.suppress(OSError):
        for line in _OWN.read_text().splitlines():
            number, controllers, path = line.split(":", 2)
            version = 2 if number == "0" else 1
            if version == 1 and controller not in controllers.split(","):
                continue
            top = ROOT if version == 2 else ROOT / controllers
            own = top / path.lstrip("/")
            for folder in (own, *own.parents):
                handed_on = version == 1 or controller in _read(folder / "cgroup.subtree_control").split()
                if handed_on and os.access(folder, os.W_OK) and (folder / "cgroup.procs").exists():
                    yield folder, version
                if folder == top:
                    break


def _sweep(parent: Path) -> None:
    """Remove what runs that were killed have left: old ones that nobody is in; the kernel keeps those with somebody in them."""
    for folder in parent.glob("sabaki-*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > _OLD:
                folder.rmdir()


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""


def _set(file: Path, value: int) -> bool:
    try:
        if not file.exists():
            return False
        file.write_text(str(value))
    except OSError:
        return False
    return True


def _counted(file: Path, name: str) -> bool:
    """Whether a file of counts has more than none of this one."""
    return any(line.split()[0] == name and line.split()[1] != "0" for line in _read(file).splitlines() if " " in line)


def _kill(folder: Path) -> None:
    for pid in _read(folder / "cgroup.procs").split():
        with contextlib.suppress(OSError, ValueError):
            os.kill(int(pid), 9)
