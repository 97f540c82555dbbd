"""Where mails come from: files, directories, standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from sabaki.mail.sniff import looks_like_mail

STDIN = "-"


class Input(msgspec.Struct, frozen=True):
    """One mail to read: its name for people, and where it is (None: standard input)."""

    name: str
    path: Path | None


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
    found: list[Path] = []
    for root, folders, names in os.walk(directory):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found.extend(Path(root) / name for name in sorted(names) if not name.startswith("."))
    return [path for path in found if path.is_file()]


def read(source: Input, largest: int) -> bytes:
    """The bytes of a mail, at most one byte more than `largest`. Raises Unreadable where there is none."""
    try:
        if source.path is None:
            raw = sys.stdin.buffer.read(largest + 1)
        else:
            with source.path.open("rb") as file:
                raw = file.read(largest + 1)
    except OSError as error:
        raise Unreadable(f"{source.name}: cannot be read ({error.strerror})") from error
    if not raw.strip():
        raise Unreadable(
            f"{source.name}: is empty; save the whole mail with its header (“show original”) and try again"
        )
    if not looks_like_mail(raw):
        raise Unreadable(
            f"{source.name}: is not a mail (no header field found); "
            "save the mail with its header as .eml (“show original”, “save as”) and try again"
        )
    return raw
