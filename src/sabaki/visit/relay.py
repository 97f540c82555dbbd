"""Runs inside the walls: starts the browser, and carries what it sends to 127.0.0.1:PORT to the proxy's socket. Nothing else leads out.

Its text is handed to a bare interpreter (`walls.command`), so it uses the standard library alone and knows nothing of Sabaki.
Before anything hostile runs it gives up what neither it nor Chromium needs of the kernel, for itself and all that it starts: the
keyrings first of all, which no namespace shuts off, and the newer calls that kernels were most often broken by.
Arguments: the descriptors that become the browser's 3 and 4, the limits as NAME=NUMBER, "--", and the browser's command line.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import fcntl
import os
import resource
import struct
import subprocess
import sys
from collections.abc import Sequence

PORT = 3128
SOCKET = "/run/proxy"
_CHUNK = 65_536
_BACKLOG = 64

_CALLS: tuple[tuple[str, int, int], ...] = (
    # name, number on x86_64 and on aarch64
    ("keyctl", 250, 219),
    ("add_key", 248, 217),
    ("request_key", 249, 218),
    ("bpf", 321, 280),
    ("perf_event_open", 298, 241),
    ("userfaultfd", 323, 282),
    ("io_uring_setup", 425, 425),
    ("io_uring_enter", 426, 426),
    ("io_uring_register", 427, 427),
    ("ptrace", 101, 117),
    ("process_vm_readv", 310, 270),
    ("process_vm_writev", 311, 271),
    ("pidfd_getfd", 438, 438),
    ("kcmp", 312, 272),
    ("mount", 165, 40),
    ("umount2", 166, 39),
    ("pivot_root", 155, 41),
    ("open_tree", 428, 428),
    ("move_mount", 429, 429),
    ("fsopen", 430, 430),
    ("fsconfig", 431, 431),
    ("fsmount", 432, 432),
    ("fspick", 433, 433),
    ("mount_setattr", 442, 442),
    ("setns", 308, 268),
    ("name_to_handle_at", 303, 264),
    ("open_by_handle_at", 304, 265),
    ("syslog", 103, 116),
    ("acct", 163, 89),
    ("quotactl", 179, 60),
    ("swapon", 167, 224),
    ("reboot", 169, 142),
    ("kexec_load", 246, 104),
    ("init_module", 175, 105),
    ("finit_module", 313, 273),
    ("delete_module", 176, 106),
)
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""Which of the numbers in _CALLS and AUDIT_ARCH of each."""
_OTHER_CALLS = 0x40000000
"""From here on x86_64 has its second set of calls (x32), which would get around the numbers."""
_DENIED = 0x00050000 | 1  # SECCOMP_RET_ERRNO, EPERM
_ALLOWED = 0x7FFF0000
_KILLED = 0x80000000


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One direction, to its end; the other may still be talking (RFC 9112, 9.6)."""
    while chunk := await reader.read(_CHUNK):
        writer.write(chunk)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


async def _connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, socket: str) -> None:
    """One connection of the browser."""
    try:
        far_reader, far_writer = await asyncio.open_unix_connection(socket)
    except OSError:
        writer.close()
        return
    ways = [asyncio.ensure_future(_carry(reader, far_writer)), asyncio.ensure_future(_carry(far_reader, writer))]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for each in (writer, far_writer):
            with contextlib.suppress(OSError, RuntimeError):
                each.close()


async def listen(port: int, socket: str) -> asyncio.AbstractServer:
    """Listen on 127.0.0.1 and carry each connection to `socket`."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _connected(reader, writer, socket)

    return await asyncio.start_server(connected, "127.0.0.1", port, backlog=_BACKLOG)


def _bound(limits: Sequence[str]) -> None:
    """Set limits of the kernel: "RLIMIT_CORE=0". What is inherited and lower stays."""
    for limit in limits:
        name, _, number = limit.partition("=")
        which, wanted = getattr(resource, name), int(number)
        hard = resource.getrlimit(which)[1]
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(which, (most, most))


def seccomp_filter(machine: str) -> bytes:
    """The filter, as the kernel's struct sock_filter[]. Raises KeyError for a machine whose calls are not known."""
    column, architecture = _MACHINES[machine]
    numbers = [(x86_64, aarch64)[column] for _, x86_64, aarch64 in _CALLS]
    load, equal, at_least, end = 0x20, 0x15, 0x35, 0x06
    count = len(numbers)
    program = [(load, 0, 0, 4), (equal, 1, 0, architecture), (end, 0, 0, _KILLED), (load, 0, 0, 0)]
    program.append((at_least, count + 1, 0, _OTHER_CALLS))
    program += [(equal, count - index, 0, number) for index, number in enumerate(numbers)]
    program += [(end, 0, 0, _ALLOWED), (end, 0, 0, _DENIED)]
    return b"".join(struct.pack("=HBBI", *each) for each in program)


def _give_up() -> None:
    """Load the filter; bubblewrap has set no_new_privs. Raises OSError or KeyError, and then nothing is started."""
    code = seccomp_filter(os.uname().machine)
    text = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("@HP", len(code) // 8, ctypes.addressof(text))
    libc = ctypes.CDLL(None, use_errno=True)
    if (
        libc.prctl(22, 2, ctypes.create_string_buffer(program, len(program)), 0, 0) != 0
    ):  # PR_SET_SECCOMP, its filter mode
        raise OSError(ctypes.get_errno(), "no filter for system calls")


def _place(pipes: tuple[int, int]) -> None:
    """Make the pipes descriptors 3 and 4, which Chromium's --remote-debugging-pipe reads and writes."""
    high = [fcntl.fcntl(pipe, fcntl.F_DUPFD, 10) for pipe in pipes]  # out of the way of 3 and 4 themselves
    for target, source in zip((3, 4), high, strict=True):
        os.dup2(source, target)
        os.close(source)


async def run(browser: Sequence[str], port: int = PORT, socket: str = SOCKET) -> int:
    """Listen, run the browser to its end, and give its exit code."""
    server = await listen(port, socket)
    started = await asyncio.create_subprocess_exec(*browser, stdin=subprocess.DEVNULL, pass_fds=(3, 4))
    os.closerange(3, 5)
    code = await started.wait()
    server.close()
    return code if code >= 0 else 128 - code


def main(arguments: Sequence[str]) -> int:
    """See the module."""
    cut = list(arguments).index("--")
    _bound(arguments[2:cut])
    _place((int(arguments[0]), int(arguments[1])))
    _give_up()
    return asyncio.run(run(arguments[cut + 1 :]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
