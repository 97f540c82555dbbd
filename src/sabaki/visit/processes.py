"""The processes of a running visit, as the kernel sees them from outside: which sandbox each is in, read from /proc."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

_PROC = Path("/proc")
_MOST = 5_000


class Process(msgspec.Struct, frozen=True):
    """A process. `kind` is Chromium's word ("renderer", "gpu-process", "utility", "zygote"), "" for all that have none.

    `seccomp` is 0 (none), 1 or 2 (filter), `filters` how many of them; `depth` is how many PID namespaces it is in; `capabilities` are the
    effective ones; `uid` is the user outside; `memory` is resident, in bytes,
    without the files that are mapped: the browser's own 170 MB would count once for each of its processes.
    """

    pid: int
    kind: str
    seccomp: int
    no_new_privs: bool
    capabilities: int
    uid: int
    threads: int
    memory: int
    filters: int = 0
    depth: int = 1

    @property
    def locked(self) -> bool:
        """Whether it can neither make system calls as it likes nor gain rights."""
        return self.seccomp == 2 and self.no_new_privs and self.capabilities == 0 and self.uid != 0


def sandboxed(found: Sequence[Process]) -> bool:
    """Whether Chromium's own sandbox holds: each renderer is locked, with a filter and a PID namespace more than the browser has.

    The walls put a filter around all of them, so one filter proves nothing. False where there is no renderer, and where the kernel is
    older than 5.9 and does not count filters.
    """
    outer = [each for each in found if not each.kind]
    filters, depth = max((each.filters for each in outer), default=0), max((each.depth for each in outer), default=0)
    renderers = [each for each in found if each.kind == "renderer"]
    return bool(renderers) and all(each.locked and each.filters > filters and each.depth > depth for each in renderers)


def below(pid: int) -> tuple[Process, ...]:
    """All that descend from a process, without itself, in the order of their numbers; those that end meanwhile are left out."""
    children: dict[int, list[int]] = {}
    for each, parent in _parents():
        children.setdefault(parent, []).append(each)
    found: list[int] = []
    waiting = [pid]
    while waiting and len(found) < _MOST:
        next_ones = children.pop(waiting.pop(), [])
        found += next_ones
        waiting += next_ones
    return tuple(process for each in sorted(found) if (process := _read(each)) is not None)


def _parents() -> Iterator[tuple[int, int]]:
    for folder in _PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            # The name in brackets is the process's own choice and may hold anything.
            rest = (folder / "stat").read_bytes().rpartition(b")")[2].split()
            yield int(folder.name), int(rest[1])
        except (OSError, IndexError, ValueError):
            continue


def _read(pid: int) -> Process | None:
    try:
        status = (_PROC / str(pid) / "status").read_bytes()
        arguments = (_PROC / str(pid) / "cmdline").read_bytes()[:65_536].replace(b"\0", b" ").split(b" ")
        fields = {name: value.split() for name, _, value in (line.partition(b":") for line in status.splitlines())}
        kind = next((each[7:] for each in arguments if each.startswith(b"--type=")), b"")
        return Process(
            pid,
            kind.decode("ascii", "replace"),
            int(fields[b"Seccomp"][0]),
            fields[b"NoNewPrivs"][0] == b"1",
            int(fields[b"CapEff"][0], 16),
            int(fields[b"Uid"][1]),
            int(fields[b"Threads"][0]),
            sum(int(fields.get(name, [b"0"])[0]) for name in (b"RssAnon", b"RssShmem")) * 1_024,
            int(fields.get(b"Seccomp_filters", [b"0"])[0]),
            len(fields.get(b"NSpid", [b"1"])),
        )
    except (OSError, KeyError, IndexError, ValueError):
        return None
