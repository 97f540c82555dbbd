"""What happens to a worker happens to it alone."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from sabaki.files import server
from sabaki.files.cell import HEAD, Ended, Request
from sabaki.files.walk import Read
from sabaki.mail.limits import Limits
from sabaki.model.file import File

FILE = File(path="2", part="2", name="strange.bin")
_decode = msgspec.msgpack.Decoder(Read | Ended).decode


def served(monkeypatch: pytest.MonkeyPatch, behave: Callable[[], None], limits: Limits | None = None) -> list[Any]:
    """The answers of a worker that gives out one file and then behaves so."""

    def opened(*_: object) -> Iterator[Read]:
        yield Read(FILE)
        behave()
        yield Read(msgspec.structs.replace(FILE, path="2/1"))

    monkeypatch.setattr(server, "_opened", opened)
    limits = limits or Limits(cell_seconds=1)
    request = Request("open", b"", "strange.bin", limits, float(limits.cell_seconds), FILE)
    source, out = os.pipe()
    server._serve(request, None, out)
    os.close(out)
    with os.fdopen(source, "rb") as stream:
        said = stream.read()
    answers = []
    while said:
        size = HEAD.unpack_from(said)[0]
        answers.append(_decode(said[HEAD.size : HEAD.size + size]))
        said = said[HEAD.size + size :]
    return answers


def loop() -> None:
    while True:
        pass


def devour() -> None:
    pieces = []
    while True:
        pieces.append(bytearray(10_000_000))


def die() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def fail() -> None:
    raise ValueError("a reader's own fault")


def test_a_worker_that_comes_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, end = served(monkeypatch, lambda: None)
    assert (first.file.path, second.file.path) == ("2", "2/1")
    assert isinstance(end, Ended)
    assert end.stopped == ""


@pytest.mark.parametrize(
    ("behave", "stopped", "limit"),
    [(loop, "seconds", "cell_seconds"), (devour, "memory", "cell_memory"), (die, "crash", ""), (fail, "crash", "")],
)
def test_what_was_read_before_is_kept_and_the_end_is_said(
    monkeypatch: pytest.MonkeyPatch, behave: Callable[[], None], stopped: str, limit: str
) -> None:
    first, end = served(monkeypatch, behave)
    assert first.file.path == "2"
    assert end.stopped == stopped
    assert [reached.name for reached in end.reached] == ([limit] if limit else [])


def test_a_worker_cannot_write_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    def write() -> None:
        (tmp_path / "left").write_bytes(b"x" * 10)

    *_, end = served(monkeypatch, write)
    assert end.stopped == "crash"
    assert not (tmp_path / "left").exists() or (tmp_path / "left").stat().st_size == 0
