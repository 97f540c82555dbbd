"""The test's own network and file system, from within: only loopback, only this DNS, and the unpacked servers in their places.

Runs as process 1 of a PID namespace: whatever was started here ends when this process does, whatever ends it.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.live.places import ADDRESSES, WORK

USERS = ("postfix", "postdrop", "opendkim", "nsd", "policyd-spf", "yuubin")
FIRST_UID = 60_001
_PLAIN = {
    "resolv.conf": "nameserver 127.0.0.1\noptions timeout:2 attempts:1\n",
    "hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n",
    "mailname": "localhost\n",
}


class CannotRun(Exception):
    """This machine does not let us make what the test needs; the message says what."""


def run(*command: str, given: str = "") -> None:
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=30)
    if done.returncode:
        raise CannotRun(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip() or done.returncode}")


def settle(unpacked: Path, addresses: Iterable[str] = ADDRESSES) -> None:
    """Put the servers into /usr, our users and our DNS into /etc, and the addresses onto loopback."""
    run("mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", WORK)
    work = Path(WORK)
    servers, etc = work / "servers", work / "etc"
    servers.mkdir()
    etc.mkdir()
    run("mount", "--bind", str(unpacked), str(servers))
    for name, text in _PLAIN.items():
        (etc / name).write_text(text)
    _users(etc)
    run("mount", "-t", "overlay", "-o", f"ro,lowerdir={etc}:{servers}/etc:/etc", "overlay", "/etc")
    run("mount", "-t", "overlay", "-o", f"ro,lowerdir={servers}/usr:/usr", "overlay", "/usr")
    run("ip", "link", "set", "lo", "up")
    batch = (f"address add {address}/{128 if ':' in address else 32} dev lo" for address in addresses)
    run("ip", "-batch", "-", given="\n".join(batch))


def _users(etc: Path) -> None:
    """What is there, and the servers' own: each with a group of its name."""
    passwd = [line for line in Path("/etc/passwd").read_text().splitlines() if line.split(":")[0] not in USERS]
    group = [line for line in Path("/etc/group").read_text().splitlines() if line.split(":")[0] not in USERS]
    for uid, name in enumerate(USERS, FIRST_UID):
        passwd.append(f"{name}:x:{uid}:{uid}::/nonexistent:/usr/sbin/nologin")
        group.append(f"{name}:x:{uid}:")
    (etc / "passwd").write_text("\n".join(passwd) + "\n")
    (etc / "group").write_text("\n".join(group) + "\n")


def start(command: Iterable[str], log: Path) -> subprocess.Popen[bytes]:
    """Start a server in the foreground; what it says goes to its log."""
    with log.open("ab") as sink:
        return subprocess.Popen(list(command), stdin=subprocess.DEVNULL, stdout=sink, stderr=sink)
