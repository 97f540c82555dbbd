"""What a program can do behind the walls that has taken the browser's place, and what the same program can do outside of them.

Runs as the caller (root or a plain user). It makes things that are worth getting at, tries each of them inside and outside, and prints both as JSON.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sabaki.visit import walls

INSIDE = r"""
import ctypes, json, os, socket, sys, resource, fcntl, struct
facts = json.loads(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
def need(value):
    if value < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return value
def unix(path):
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(3)
        s.connect(path)
def tcp(port):
    with socket.create_connection(("127.0.0.1", port), 3):
        pass
def udp(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(2)
        s.sendto(b"x", ("127.0.0.1", port))
        if not s.recv(9):
            raise OSError("no answer")
def read(path):
    with open(path, "rb") as f:
        f.read(10)
def write(path):
    with open(path, "ab") as f:
        f.write(b"x")
def keyring():
    found = need(libc.syscall(facts["keyctl"], 10, ctypes.c_int(-3), b"user", facts["key"].encode(), 0))
    need(libc.syscall(facts["keyctl"], 11, found, 0, 0))
def own_namespace(then):
    child = os.fork()
    if not child:
        try:
            uid = os.getuid()
            need(libc.unshare(0x10000000 | 0x00020000 | 0x20000000))
            open("/proc/self/uid_map", "w").write("0 %d 1" % uid)
            child2 = os.fork()
            if not child2:
                try:
                    then()
                    os._exit(0)
                except BaseException:
                    os._exit(1)
            os._exit(os.waitpid(child2, 0)[1] >> 8)
        except BaseException:
            os._exit(1)
    if os.waitpid(child, 0)[1]:
        raise OSError("not even in a namespace of its own")
def mount(source, target, kind, flags):
    need(libc.mount(source, target, kind, flags, None))
def fill(path):
    size = 0
    with open(path, "wb") as f:
        while size < 3_000_000_000:
            size += f.write(b"\0" * 8_000_000)
            f.flush()
def memfd():
    with os.fdopen(os.memfd_create("x"), "wb") as f:
        f.seek(2_000_000_000)
        f.write(b"x")
        f.flush()
def threads():
    import _thread
    _thread.stack_size(65_536)
    gate = _thread.allocate_lock()
    gate.acquire()
    def wait():
        with gate:
            pass
    try:
        for _ in range(6_000):
            _thread.start_new_thread(wait, ())
    finally:
        gate.release()
TRIES = {
    "abstract Unix socket": lambda: unix("\0" + facts["abstract"]),
    "Unix socket in the file system": lambda: unix(facts["socket"]),
    "TCP to the machine": lambda: tcp(facts["tcp"]),
    "UDP to the machine": lambda: udp(facts["udp"]),
    "secret file": lambda: read(facts["secret"]),
    "the project's files": lambda: read(facts["project"]),
    "/etc/passwd": lambda: read("/etc/passwd"),
    "/etc/hostname": lambda: read("/etc/hostname"),
    "environment of another process": lambda: read("/proc/%d/environ" % facts["pid"]),
    "signal to another process": lambda: os.kill(facts["pid"], 0),
    "another process's command line": lambda: read("/proc/%d/cmdline" % facts["pid"]) if facts["pid"] > 30 else os.kill(facts["pid"], 0),
    "key in the session's keyring": keyring,
    "own home": lambda: os.listdir(facts["home"]),
    "write beside the secret": lambda: write(facts["secret"]),
}
ALWAYS = {
    "ptrace": lambda: need(libc.ptrace(16, facts["pid"], 0, 0)),
    "mount": lambda: mount(b"x", b"/tmp", b"tmpfs", 0),
    "a namespace of its own": lambda: own_namespace(lambda: None),
    "mount in a namespace of its own": lambda: own_namespace(lambda: mount(b"x", b"/tmp", b"tmpfs", 0)),
    "/proc anew in a namespace of its own": lambda: own_namespace(lambda: mount(b"x", b"/tmp", b"proc", 0)),
    "/usr writable in a namespace of its own": lambda: own_namespace(lambda: mount(None, b"/usr", None, 32 | 4096)),
    "raw socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
    "packet socket": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
    "/etc/shadow": lambda: read("/etc/shadow"),
    "/root": lambda: os.listdir("/root"),
    "/home": lambda: os.listdir("/home"),
    "/sys": lambda: os.listdir("/sys/kernel"),
    "/dev/kmsg": lambda: read("/dev/kmsg"),
    "/dev/mem": lambda: read("/dev/mem"),
    "kernel's memory": lambda: read("/proc/kcore"),
    "write to /usr": lambda: write("/usr/lib/x"),
    "write to /": lambda: write("/x"),
    "write to /etc": lambda: write("/etc/x"),
    "write to /dev": lambda: write("/dev/x"),
    "write to a switch of the kernel": lambda: write("/proc/sys/kernel/core_pattern"),
    "host name": lambda: socket.sethostname("x"),
    "become root": lambda: os.setuid(0),
    "terminal of the caller": lambda: fcntl.ioctl(0, 0x5412, b"x"),
    "kernel's log": lambda: need(libc.klogctl(3, ctypes.create_string_buffer(99), 99)),
    "io_uring": lambda: need(libc.syscall(425, 8, ctypes.create_string_buffer(120))),
    "bpf": lambda: need(libc.syscall(facts["bpf"], 0, ctypes.create_string_buffer(b"\x02\0\0\0\x04\0\0\0\x04\0\0\0\x01\0\0\0", 64), 16)),
    "userfaultfd": lambda: need(libc.syscall(facts["userfaultfd"], 1)),
    "fill the profile": lambda: fill("/profile/x"),
    "fill the downloads": lambda: fill("/downloads/x"),
    "fill shared memory": lambda: fill("/dev/shm/x"),
    "a large file in memory": memfd,
    "more limits": lambda: resource.setrlimit(resource.RLIMIT_NPROC, (9_999, 9_999)),
    "six thousand threads": threads,
}
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
result = {}
for name, attempt in {**TRIES, **(ALWAYS if facts["inside"] else {})}.items():
    try:
        attempt()
        result[name] = "got through"
    except BaseException as error:
        result[name] = "%s: %s" % (type(error).__name__, error)
sys.stdout.write(json.dumps(result))
"""
_KEYCTL = {"x86_64": (250, 248, 321, 323), "aarch64": (219, 217, 280, 282)}


@contextlib.contextmanager
def things(folder: Path) -> Iterator[dict[str, Any]]:
    """What is worth getting at: sockets, a file, a process with something in its environment, a key."""
    name = secrets.token_hex(8)
    secret = folder / "secret"
    secret.write_text("x")
    sleeper = subprocess.Popen(["/usr/bin/sleep", "600"], env={"SECRET": name})
    keyctl, add_key, bpf, userfaultfd = _KEYCTL[os.uname().machine]
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall(keyctl, 1, None)
    libc.syscall(add_key, b"user", name.encode(), b"secret", 6, ctypes.c_int(-3))
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(socket.socket(family)) for family in (socket.AF_UNIX, socket.AF_UNIX)]
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))
        for listener, path in zip(opened, ("\0" + name, str(folder / "socket")), strict=True):
            listener.bind(path)
            listener.listen()
        echo = subprocess.Popen(
            [sys.executable, "-c", _ECHO, str(udp.fileno())], pass_fds=(udp.fileno(),), stdin=subprocess.DEVNULL
        )
        try:
            yield {
                "abstract": name,
                "socket": str(folder / "socket"),
                "tcp": tcp.getsockname()[1],
                "udp": udp.getsockname()[1],
                "secret": str(secret),
                "project": str(Path(__file__).resolve()),
                "pid": sleeper.pid,
                "key": name,
                "home": str(folder),
                "keyctl": keyctl,
                "bpf": bpf,
                "userfaultfd": userfaultfd,
            }
        finally:
            for process in (sleeper, echo):
                process.kill()
                process.wait()


_ECHO = "import socket,sys\ns=socket.socket(fileno=int(sys.argv[1]))\nwhile True:\n    said,who=s.recvfrom(9)\n    s.sendto(said,who)"


def attempts(facts: dict[str, Any], *, inside: bool) -> dict[str, str]:
    """Make them all, and say what came of each."""
    probe = walls.probe(INSIDE)
    program = [*probe, json.dumps({**facts, "inside": inside})]
    command = walls.command(program, Path("/dev/null"), pipes=(0, 1)) if inside else program
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120)
    found: dict[str, str] = json.loads(done.stdout) if done.stdout else {"": done.stderr}
    return found


def main() -> None:
    """Print what came of all attempts, inside and outside."""
    with tempfile.TemporaryDirectory(prefix="probe-", dir="/tmp") as name, things(Path(name)) as facts:
        time.sleep(0.2)
        result = {"outside": attempts(facts, inside=False), "inside": attempts(facts, inside=True)}
    print(json.dumps(result))  # noqa: T201


if __name__ == "__main__":
    main()
