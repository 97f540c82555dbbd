"""Inside the cell: takes requests, forks a worker for each, passes on what the worker says, tells how it ended."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from sabaki.files import walk
from sabaki.files.cell import HEAD, OUT_OF_MEMORY, Ended, Request, Told, stopped_by
from sabaki.files.unpack import Unpacked, mails
from sabaki.mail.limits import Budget
from sabaki.model.file import Trait
from sabaki.model.message import LimitReached

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_NO_NEW_PRIVS, _PR_SET_DUMPABLE = 38, 4
_SHARED_LIBRARIES = 1_500_000_000
"""Address space that the interpreter and its libraries map without using it."""
_A_MAIL = 1
"""Seconds of CPU that each mail found in an input adds to what unpacking it may take."""
_GRACE = 5
_encode = msgspec.msgpack.encode


def main() -> None:
    """Serve until standard input ends."""
    _cut_off()
    _preload()
    # What is loaded stays: workers need not look at it, so that its pages stay shared with them.
    gc.collect()
    gc.freeze()
    rules: dict[str, Callable[[bytes], list[Trait]] | None] = {}
    while request := _request():
        if request.rules not in rules:
            rules[request.rules] = _rules(request.rules)
        _serve(request, rules[request.rules])


def _cut_off() -> None:
    """No new privileges; and no network, where bubblewrap has not seen to it already and the kernel lets us."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if libc.unshare(_CLONE_NEWNET) != 0:
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _preload() -> None:
    """Load every reader once, so that a worker need not."""
    for module in sorted(set(walk.READERS.values())):
        # A reader that does not load is told of when a file asks for it; the others are served.
        with contextlib.suppress(Exception):
            importlib.import_module(module)


def _rules(directory: str) -> Callable[[bytes], list[Trait]] | None:
    if not directory:
        return None
    # Whoever names the directory has compiled it before, and was told what is wrong with it.
    with contextlib.suppress(ImportError, OSError, ValueError):
        rules = importlib.import_module("sabaki.files.rules")
        match: Callable[[bytes], list[Trait]] = rules.compile(Path(directory)).match
        return match
    return None


def _request() -> Request | None:
    head = sys.stdin.buffer.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    document = sys.stdin.buffer.read(HEAD.unpack(head)[0])
    return msgspec.msgpack.decode(document, type=Request)


def _serve(request: Request, rules: Callable[[bytes], list[Trait]] | None, to: int = 1) -> None:
    source, out = os.pipe()
    worker = os.fork()
    if worker == 0:
        os.close(source)
        _work(request, out, rules)
    os.close(out)
    told = _relay(source, to)
    os.close(source)
    _, status, usage = os.wait4(worker, 0)
    stopped = stopped_by(status)
    reached = told.reached if told else ()
    if stopped in ("seconds", "memory"):
        name = f"cell_{stopped}"
        reached = (*reached, LimitReached(name, getattr(request.limits, name), request.name[:200]))
    seconds = usage.ru_utime + usage.ru_stime
    _say(to, _encode(Ended(seconds, told.spent if told else {}, reached, stopped)))


def _relay(source: int, to: int) -> Told | None:
    """Pass on whole frames only: a worker may die in the middle of one. Its last word is kept back and returned."""
    waiting = bytearray()
    last: bytes | None = None
    while piece := os.read(source, 1_048_576):
        waiting += piece
        start = 0
        while len(waiting) - start >= HEAD.size:
            end = start + HEAD.size + HEAD.unpack_from(waiting, start)[0]
            if len(waiting) < end:
                break
            if last is not None:
                _say(to, last)
            last = bytes(waiting[start + HEAD.size : end])
            start = end
        del waiting[:start]
    if last is None:
        return None
    try:
        return msgspec.msgpack.decode(last, type=Told)
    except msgspec.ValidationError:
        _say(to, last)
        return None


def _say(out: int, document: bytes) -> None:
    view = memoryview(HEAD.pack(len(document)) + document)
    while view:
        view = view[os.write(out, view) :]


def _work(request: Request, out: int, rules: Callable[[bytes], list[Trait]] | None) -> None:
    """Do what was asked, and end this process, whatever happens."""
    code = 1
    try:
        _limit(request)
        budget = Budget(request.limits)
        budget.settle(request.spent)
        answers = _unpacked(request, budget) if request.task == "unpack" else _opened(request, budget, rules, out)
        for answer in answers:
            _say(out, _encode(answer))
        _say(out, _encode(Told(budget.all_spent, budget.reached)))
        code = 0
    except MemoryError:
        code = OUT_OF_MEMORY
    finally:
        os._exit(code)


def _opened(
    request: Request, budget: Budget, rules: Callable[[bytes], list[Trait]] | None, out: int
) -> Iterator[walk.Read]:
    assert request.file is not None, "a request to open names the file"
    return walk.walk(
        request.file, request.content, request.passwords, budget, rules, lambda read: _say(out, _encode(read))
    )


def _unpacked(request: Request, budget: Budget) -> Iterator[object]:
    """Each mail is paid for by itself: an input may hold a million of them."""
    seconds = int(request.seconds) + 1
    for found in mails(request.content, request.name, budget):
        if isinstance(found, Unpacked):
            seconds += _A_MAIL
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
        yield found


def _limit(request: Request) -> None:
    """Bound what this process may take. SIGXCPU and SIGALRM, left at their default, end it."""
    memory = request.limits.cell_memory
    for which, most in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_AS, memory + _SHARED_LIBRARIES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(which, (most, most))
    seconds = int(request.seconds) + 1
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    if request.task == "unpack":
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
    else:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))  # at the hard limit it would be SIGKILL
        signal.setitimer(signal.ITIMER_REAL, 2 * seconds + _GRACE)
