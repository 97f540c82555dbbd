"""The cell: a process apart, in which files are opened. It has no network, little memory and little time, and can be killed.

The caller talks to a server inside the cell through a pair of pipes; for each request the server forks a worker, which
alone touches hostile bytes. A worker that dies takes nothing with it: what it had read is already on its way, and the
outcome says what stopped it. Bubblewrap shuts the cell where it is installed (own user, network, process and mount
namespaces, the file system read-only and reduced to Python's own folders); where it is not, the cell cuts itself off
from the network if the kernel lets it, and `Cell.shut` says which of these holds.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

from sabaki.files.unpack import Passed, Unpacked
from sabaki.files.walk import Read
from sabaki.mail.limits import Budget, Limits
from sabaki.model.file import File
from sabaki.model.finding import State
from sabaki.model.message import LimitReached

HEAD = struct.Struct("!I")
OUT_OF_MEMORY = 77
"""The exit code of a worker that ran out of memory."""
_REMEMBERED = 512
_GRACE = 5.0
"""Seconds of the clock that a worker may take beyond its seconds of CPU."""


class Request(msgspec.Struct, frozen=True):
    """What the server is asked: to "open" a file and all inside it, or to "unpack" the mails that an input holds."""

    task: str
    content: bytes
    name: str
    limits: Limits
    seconds: float
    file: File | None = None
    passwords: tuple[str, ...] = ()
    spent: dict[str, float] = {}
    rules: str = ""


class Ended(msgspec.Struct, frozen=True, tag=True):
    """The end of an answer: the CPU seconds it took, what was spent, which limits were reached, and what stopped it.

    `stopped` is "" (nothing), "seconds", "memory" or "crash".
    """

    seconds: float = 0.0
    spent: dict[str, float] = {}
    reached: tuple[LimitReached, ...] = ()
    stopped: str = ""


class Told(msgspec.Struct, frozen=True, tag=True):
    """The last word of a worker that came to its end."""

    spent: dict[str, float]
    reached: tuple[LimitReached, ...]


Answer = Read | Unpacked | Passed | Told | Ended
_decode = msgspec.msgpack.Decoder(Answer).decode


class Cell:
    """Opens files and unpacks inputs in a process apart, started when it is first needed. Close it, or use `with`.

    `rules` names a directory of YARA rules, "" for none.
    """

    def __init__(self, limits: Limits | None = None, rules: str = "") -> None:
        self.limits = limits or Limits()
        self.rules = rules
        self._server: subprocess.Popen[bytes] | None = None
        self._seen: dict[str, Read] = {}
        self._used = False

    def __enter__(self) -> Cell:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def shut(self) -> str:
        """How the cell is shut: "bubblewrap", or "limits" where bubblewrap is not installed or not allowed to work."""
        return "bubblewrap" if _works(shutil.which("bwrap") or "") else "limits"

    @property
    def used(self) -> bool:
        """Whether anything was opened in it."""
        return self._used

    def open(self, file: File, content: bytes, passwords: tuple[str, ...], budget: Budget) -> Iterator[Read | Ended]:
        """Everything that is read out of a file, and at the end an `Ended`; nothing raises, whatever the file does."""
        seen = self._seen.get(file.sha256)
        if seen is not None and budget.spend("pictures", where=file.name):
            yield Read(_renamed(seen.file, file), seen.links)
            yield Ended()
            return
        yield from self._opened(file, content, passwords, budget)

    def _opened(self, file: File, content: bytes, passwords: tuple[str, ...], budget: Budget) -> Iterator[Read | Ended]:
        reads: list[Read] = []
        seconds = self.limits.cell_seconds - budget.spent("cell_seconds")
        request = Request(
            "open", content, file.name, self.limits, seconds, file, passwords, budget.all_spent, self.rules
        )
        for answer in self._ask(request):
            if isinstance(answer, Ended):
                budget.absorb(answer.reached)
                budget.settle({**answer.spent, "cell_seconds": budget.spent("cell_seconds") + answer.seconds})
            if isinstance(answer, Read):
                reads.append(answer)
            elif isinstance(answer, Ended) and not answer.stopped and not answer.reached:
                self._remember(reads)
            if isinstance(answer, Read | Ended):
                yield answer

    def _remember(self, reads: list[Read]) -> None:
        """Keep what was read in a picture that is one file and no more: the same logo comes with mail after mail."""
        if len(reads) == 1 and reads[0].file.family == "picture" and reads[0].file.state is State.RAN:
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen[reads[0].file.sha256] = reads[0]

    def unpack(self, content: bytes, name: str) -> Iterator[Unpacked | Passed | Ended]:
        """The mails inside an input, as they are found; the cell does nothing else meanwhile."""
        request = Request("unpack", content, name, self.limits, float(self.limits.cell_seconds))
        for answer in self._ask(request):
            if not isinstance(answer, Read | Told):
                yield answer

    def close(self) -> None:
        """End the process."""
        if self._server is None:
            return
        self._server.kill()
        self._server.wait()
        for pipe in (self._server.stdin, self._server.stdout):
            if pipe is not None:
                pipe.close()
        self._server = None

    # -- talking to the server

    def _ask(self, request: Request) -> Iterator[Answer]:
        """The answers to one request. Whatever goes wrong, and also where the caller stops listening, the server is new for the next."""
        finished = False
        patience = None if request.task == "unpack" else 2 * request.seconds + 3 * _GRACE
        try:
            if request.seconds <= 0:
                finished = True
                yield Ended(stopped="seconds", reached=(self._reached("cell_seconds", request.name),))
                return
            server = self._started()
            if not _send(server, msgspec.msgpack.encode(request), 2 * _GRACE + len(request.content) / 1e6):
                yield Ended(stopped="crash")
                return
            for answer in _answers(server, patience):
                finished = isinstance(answer, Ended)
                yield answer
                if finished:
                    return
            yield Ended(stopped="crash")
        finally:
            if not finished:
                self.close()

    def _reached(self, name: str, where: str) -> LimitReached:
        return LimitReached(name, getattr(self.limits, name), where[:200])

    def _started(self) -> subprocess.Popen[bytes]:
        self._used = True
        if self._server is None or self._server.poll() is not None:
            self.close()
            self._server = subprocess.Popen(  # noqa: S603  # our own interpreter and module, in bubblewrap
                command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "1"},
                close_fds=True,
                start_new_session=True,
            )
        return self._server


def _renamed(seen: File, file: File) -> File:
    """What was read in the same bytes before, under the name and at the place that they have now."""
    return msgspec.structs.replace(
        seen, path=file.path, part=file.part, name=file.name, inside=file.inside, declared=file.declared
    )


def command() -> list[str]:
    """The command line that starts the server, shut in by bubblewrap where it is installed."""
    server = [sys.executable, "-I", "-S", "-c", _BOOT.format(path=[path for path in sys.path if path])]
    bubblewrap = shutil.which("bwrap") or ""
    return [*_walls(bubblewrap), *server] if _works(bubblewrap) else server


@cache
def _works(bubblewrap: str) -> bool:
    """Whether bubblewrap can do its work here: in many containers it is installed and may make no namespaces."""
    if not bubblewrap:
        return False
    done = subprocess.run([*_walls(bubblewrap), sys.executable, "-I", "-S", "-c", ""], capture_output=True, check=False)  # noqa: S603
    return done.returncode == 0


def _walls(bubblewrap: str) -> list[str]:
    binds = [argument for path in _folders() for argument in ("--ro-bind-try", path, path)]
    return [
        bubblewrap,
        *("--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL"),
        *("--die-with-parent", "--new-session", "--dev", "/dev", "--proc", "/proc", "--chdir", "/"),
        *binds,
        *("--remount-ro", "/"),
        "--",
    ]


_BOOT = "import sys; sys.path[:] = {path!r}; from sabaki.files import server; server.main()"


def _folders() -> list[str]:
    """What Python needs to see: its own folders, the libraries' and ours."""
    python = [sys.prefix, sys.base_prefix, sys.exec_prefix, str(Path(sys.executable).resolve().parent.parent)]
    ours = str(Path(__file__).resolve().parent.parent)
    system = ["/usr", "/lib", "/lib64", "/lib32", "/bin", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d"]
    folders = [*system, *python, *(path for path in sys.path if path and Path(path).exists()), ours]
    return list(dict.fromkeys(folder for folder in folders if folder != "/"))


def _send(server: subprocess.Popen[bytes], document: bytes, patience: float) -> bool:
    """Write a request; False when the server takes no more of it."""
    assert server.stdin is not None, "the server was started with pipes"
    out = server.stdin.fileno()
    os.set_blocking(out, False)
    view = memoryview(HEAD.pack(len(document)) + document)
    until = time.monotonic() + patience
    while view:
        _, ready, _ = select.select([], [out], [], max(0.0, until - time.monotonic()))
        if not ready:
            return False
        try:
            view = view[os.write(out, view[:1_048_576]) :]
        except BlockingIOError:
            continue
        except OSError:
            return False
    return True


def _answers(server: subprocess.Popen[bytes], patience: float | None) -> Iterator[Answer]:
    """The frames that the server sends, until it ends, garbles its words or takes longer than `patience` seconds."""
    assert server.stdout is not None, "the server was started with pipes"
    source = server.stdout.fileno()
    until = None if patience is None else time.monotonic() + patience
    while True:
        head = _receive(source, HEAD.size, until)
        document = _receive(source, HEAD.unpack(head)[0], until) if head else b""
        if not document:
            return
        try:
            yield _decode(document)
        except msgspec.DecodeError:
            return


def _receive(source: int, size: int, until: float | None) -> bytes:
    pieces: list[bytes] = []
    while size:
        left = None if until is None else max(0.0, until - time.monotonic())
        ready, _, _ = select.select([source], [], [], left)
        piece = os.read(source, min(size, 1_048_576)) if ready else b""
        if not piece:
            return b""
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def stopped_by(status: int) -> str:
    """What ended a worker, from its wait status: "", "seconds", "memory" or "crash"."""
    if os.WIFSIGNALED(status):
        by = os.WTERMSIG(status)
        if by in (signal.SIGXCPU, signal.SIGALRM):
            return "seconds"
        return "memory" if by == signal.SIGKILL else "crash"
    return {0: "", OUT_OF_MEMORY: "memory"}.get(os.WEXITSTATUS(status), "crash")
