"""Who holds a lease: this process, named so that another one on the same machine can tell whether it still runs."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

_PROC = Path("/proc")


def me() -> str:
    """A token for this process, a new one each time. Where the system does not say enough, one that nobody can say anything about."""
    machine = _machine()
    begun = _begun(os.getpid())
    return f"{machine} {os.getpid()} {begun} {uuid4().hex}" if machine and begun else uuid4().hex


def is_gone(token: str) -> bool:
    """Whether the process of a token has ended for certain. Of another machine, or another PID namespace, nothing is certain."""
    parts = token.split(" ")
    if len(parts) != 4 or parts[0] != _machine() or not (parts[1].isascii() and parts[1].isdigit()):
        return False
    return _begun(int(parts[1])) != parts[2]


def _machine() -> str:
    """This boot of this machine, and the PID namespace in which its numbers mean something."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{(_PROC / 'self/ns/pid').readlink()}"
    except OSError:
        return ""


def _begun(process: int) -> str:
    """When a process began, in ticks since the boot (proc(5), stat, field 22); "" where there is none, or only its remains."""
    try:
        state, *fields = (_PROC / str(process) / "stat").read_text().rpartition(") ")[2].split()
    except (OSError, ValueError):
        return ""
    return "" if state in ("Z", "X") or len(fields) < 19 else fields[18]
