"""Where mails come from: files, directories, Maildirs, standard input, and the containers that hold mails."""

from __future__ import annotations

import mmap
import os
import sys
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import msgspec

from sabaki.files.cell import Cell
from sabaki.files.unpack import Passed, Unpacked
from sabaki.mail import mbox, pasted
from sabaki.mail.limits import Limits
from sabaki.model.case import Holder

STDIN = "-"
_MAILDIR = ("cur", "new", "tmp")
_HEAD = 65_536
_STOPPED = {
    "seconds": "unpacking it took too long and was stopped",
    "memory": "unpacking it needed too much memory and was stopped",
    "crash": "unpacking it came to an unexpected end",
}
_SAVE = "save the mail with its header as .eml (“show original”, “save as”) and try again"


class Input(msgspec.Struct, frozen=True):
    """One input: its name for people, and where it is (None: standard input)."""

    name: str
    path: Path | None


class Mail(msgspec.Struct, frozen=True):
    """A mail to dissect: its bytes, its name for people, and what it was taken out of."""

    raw: bytes
    name: str
    holders: tuple[Holder, ...] = ()
    converted: bool = False


class Unreadable(Exception):
    """An input that gives no mail. The message says what, why and what to do."""


def collect(arguments: Iterable[str]) -> Iterator[Input]:
    """The inputs behind the arguments, in order; a directory gives its files, sorted. Raises Unreadable."""
    for argument in arguments:
        if argument == STDIN:
            yield Input("(standard input)", None)
            continue
        path = Path(argument)
        if path.is_dir():
            yield from (Input(file.relative_to(path).as_posix(), file) for file in _files(path))
        elif path.exists():
            yield Input(path.name, path)
        else:
            raise Unreadable(
                f"{argument}: there is no such file or directory; check the path, or use - for standard input"
            )


def _files(directory: Path) -> list[Path]:
    """The files below a directory, hidden ones left out; of a Maildir those that were delivered whole."""
    found: list[Path] = []
    for root, folders, names in os.walk(directory):
        if set(_MAILDIR) <= set(folders):
            folders.remove("tmp")
            # Maildir++ keeps its folders in hidden directories.
            folders[:] = sorted(name for name in folders if name != "..")
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found.extend(Path(root) / name for name in sorted(names) if not name.startswith("."))
    return [path for path in found if path.is_file()]


def mails(source: Input, cell: Cell, limits: Limits) -> Iterator[Mail | Passed]:
    """The mails of one input: itself, or those in an mbox, an archive, an Outlook message ... one at a time.

    What was looked at and is no mail comes as `Passed`. Raises Unreadable where nothing at all can be had.
    """
    content = _read(source, limits)
    if not content[:_HEAD].strip() and not content[:1_000_000].strip():
        raise Unreadable(
            f"{source.name}: is empty; save the whole mail with its header (“show original”) and try again"
        )
    if mbox.looks_like_mbox(content):
        yield from _split(content, source.name, limits)
    elif pasted.is_mail(content[:_HEAD]):
        yield Mail(content[: limits.message_size + 1], source.name)
    else:
        yield from _unpacked(content[: limits.container_size], source.name, cell)


def _read(source: Input, limits: Limits) -> bytes:
    """The bytes of an input: all of an ordinary file, without copying it; of a stream as much as is looked at."""
    try:
        if source.path is None:
            return sys.stdin.buffer.read(limits.container_size)
        with source.path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > limits.message_size:
                # It behaves as bytes do in all that is asked of it: find, slices, length.
                return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # type: ignore[return-value]
            return file.read(limits.container_size)
    except OSError as error:
        raise Unreadable(f"{source.name}: cannot be read ({error.strerror})") from error


def _split(content: bytes, name: str, limits: Limits) -> Iterator[Mail]:
    digest = sha256(content).hexdigest()
    for number, (start, end) in enumerate(mbox.split(content), 1):
        holder = Holder("mbox", name, f"message {number}", digest, len(content))
        yield Mail(content[start : min(end, start + limits.message_size + 1)], f"{name}#{number}", (holder,))


def _unpacked(content: bytes, name: str, cell: Cell) -> Iterator[Mail | Passed]:
    found = False
    passed: list[Passed] = []
    for item in cell.unpack(content, name):
        if isinstance(item, Unpacked):
            found = True
            yield Mail(item.raw, item.name, item.holders, item.converted)
        elif isinstance(item, Passed):
            passed.append(item)
        elif item.stopped:
            raise Unreadable(f"{name}: {_STOPPED[item.stopped]}; what was found before is above")
    if not found:
        why = "; ".join(item.reason for item in passed[:3]) or "empty"
        raise Unreadable(f"{name}: is not a mail (no header field found) and holds none ({why}); {_SAVE}")
    yield from passed
