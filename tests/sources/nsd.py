"""Debian's NSD on a high port of loopback, with zones that the test writes. Needs no root, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

UNPACKED = Path(__file__).parents[2] / ".venv" / "servers" / "root"
_SECONDS = 10.0
_CONF = """\
server:
    ip-address: 127.0.0.1@{port}
    ip-address: ::1@{port}
    server-count: 1
    username: ""
    chroot: ""
    database: ""
    zonesdir: "{at}"
    zonelistfile: "{at}/zone.list"
    xfrdfile: "{at}/xfrd.state"
    xfrdir: "{at}"
    pidfile: "{at}/nsd.pid"
    rrl-ratelimit: 0
    minimal-responses: no
remote-control:
    control-enable: no
"""


def program() -> tuple[str, dict[str, str]] | None:
    """NSD and the environment that it needs: the installed one, else the one unpacked for the live test."""
    installed = shutil.which("nsd", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if installed:
        return installed, {}
    unpacked = UNPACKED / "usr" / "sbin" / "nsd"
    libraries = ":".join(str(path) for path in (UNPACKED / "usr" / "lib").glob("*-linux-gnu"))
    return (str(unpacked), {"LD_LIBRARY_PATH": libraries}) if unpacked.exists() else None


def free_port() -> int:
    """A port that is free for TCP and UDP on both loopback addresses, a moment ago at least."""
    for _ in range(50):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            udp.bind(("127.0.0.1", 0))
            port: int = udp.getsockname()[1]
            try:
                tcp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port")


@contextmanager
def serving(zones: Mapping[str, str], at: Path, port: int = 0) -> Iterator[int]:
    """The port on which NSD serves the zones (name to zone file), for as long as the context lasts: the one given, or any."""
    found = program()
    assert found is not None
    command, environment = found
    port = port or free_port()
    text = _CONF.format(port=port, at=at)
    for number, (name, zone) in enumerate(zones.items()):
        (at / f"zone{number}").write_text(zone, "utf-8")
        text += f'zone:\n    name: "{name}"\n    zonefile: "zone{number}"\n'
    (at / "nsd.conf").write_text(text)
    with (at / "nsd.log").open("wb") as log:
        running = subprocess.Popen(
            [command, "-d", "-c", str(at / "nsd.conf")],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **environment},
        )
    try:
        _await(port, running, at)
        yield port
    finally:
        running.terminate()
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def _await(port: int, running: subprocess.Popen[bytes], at: Path) -> None:
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until and running.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nsd did not start: {(at / 'nsd.log').read_text('utf-8', 'replace')}")
