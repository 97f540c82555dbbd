from __future__ import annotations

import asyncio
import os
import resource
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from sabaki.visit import relay

SOURCE = Path(relay.__file__)


def carried(request: bytes, answer: bytes, folder: Path) -> tuple[bytes, bytes]:
    """What arrives at the socket and what comes back, through the relay."""

    async def run() -> tuple[bytes, bytes]:
        got = bytearray()

        async def far(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            got.extend(await reader.read(-1))
            writer.write(answer)
            await writer.drain()
            writer.close()

        behind = await asyncio.start_unix_server(far, folder / "s")
        server = await relay.listen(0, str(folder / "s"))
        reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
        writer.write(request)
        writer.write_eof()
        said = await reader.read(-1)
        writer.close()
        server.close()
        behind.close()
        return bytes(got), said

    return asyncio.run(run())


def test_bytes_go_both_ways_and_one_side_may_end_first(tmp_path: Path) -> None:
    large = os.urandom(1_000_000)
    assert carried(large, large[::-1], tmp_path) == (large, large[::-1])


def test_without_a_proxy_the_connection_ends(tmp_path: Path) -> None:
    async def run() -> bytes:
        server = await relay.listen(0, str(tmp_path / "missing"))
        reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
        said = await reader.read(-1)
        writer.close()
        server.close()
        return said

    assert asyncio.run(run()) == b""


def test_the_text_needs_the_standard_library_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.argv = ['x']; __name__ = 'relay'\n{SOURCE.read_text()}"],
        capture_output=True,
        check=False,
    )
    assert done.returncode != 0  # without arguments it does nothing
    assert b"ModuleNotFoundError" not in done.stderr


def launched(code: str, *limits: str) -> subprocess.CompletedProcess[bytes]:
    """Run the relay as it is run behind the walls, with a script in the browser's place. It needs no_new_privs for its filter."""
    inward, ours = os.pipe()
    os.write(ours, b"in")
    os.close(ours)
    answers, outward = os.pipe()
    command = [sys.executable, "-I", "-S", "-c", SOURCE.read_text().replace("PORT = 3128", "PORT = 0")]
    done = subprocess.run(
        ["setpriv", "--no-new-privs", *command, str(inward), str(outward), *limits, "--", sys.executable, "-c", code],
        pass_fds=(inward, outward),
        capture_output=True,
        check=False,
    )
    os.close(outward)
    done.stdout += os.read(answers, 100)
    for each in (inward, answers):
        os.close(each)
    return done


def test_the_browser_gets_its_pipes_as_3_and_4_and_its_end_is_ours() -> None:
    done = launched("import os, sys; os.write(4, os.read(3, 9)[::-1]); sys.exit(7)")
    assert (done.stdout, done.returncode) == (b"ni", 7)


def test_a_browser_that_was_killed() -> None:
    assert launched("import os; os.kill(os.getpid(), 9)").returncode == 137


def test_limits_are_set_and_never_raised() -> None:
    code = "import os, resource; os.write(4, repr([resource.getrlimit(each) for each in (resource.RLIMIT_CORE, resource.RLIMIT_NOFILE)]).encode())"
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    done = launched(code, "RLIMIT_CORE=0", f"RLIMIT_NOFILE={hard + 1 if hard > 0 else 100}")
    assert done.stdout.startswith(b"[(0, 0), (")
    if hard > 0:
        assert f"({hard}, {hard})]".encode() in done.stdout


def test_what_is_given_up_of_the_kernel() -> None:
    code = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
calls = [libc.syscall(number, 0, 0, 0, 0, 0) for number in (425, 321 if os.uname().machine == "x86_64" else 280)]
status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
os.write(4, repr((calls, ctypes.get_errno(), status["Seccomp"].strip(), os.getpid() > 0)).encode())
"""
    done = launched(code)
    assert done.stdout == b"([-1, -1], 1, '2', True)", done.stderr


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_is_a_program_that_ends_everywhere(machine: str) -> None:
    """Run it by hand: each listed call is denied, all others are allowed, another machine's are killed."""
    code = relay.seccomp_filter(machine)
    program = [struct.unpack("=HBBI", code[at : at + 8]) for at in range(0, len(code), 8)]
    column, architecture = relay._MACHINES[machine]

    def run(number: int, arch: int) -> int:
        at, held = 0, 0
        while True:
            kind, yes, no, value = program[at]
            if kind == 0x06:
                return value
            if kind == 0x20:
                held = {0: number, 4: arch}[value]
                at += 1
            else:
                at += 1 + (yes if (held == value if kind == 0x15 else held >= value) else no)

    denied = {call[1 + column] for call in relay._CALLS}
    assert {number for number in range(600) if run(number, architecture) == relay._DENIED} == denied
    assert run(57, architecture) == relay._ALLOWED
    assert run(0x40000000 + 57, architecture) == relay._DENIED
    assert run(57, 1) == relay._KILLED


def test_a_machine_whose_calls_are_not_known_starts_nothing() -> None:
    with pytest.raises(KeyError):
        relay.seccomp_filter("vax")
