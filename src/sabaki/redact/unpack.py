"""Runs of text that may carry something packed: base64, base32, hexadecimal, character codes, letters set apart."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator

import msgspec

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{6,}(?:=?\r?\n[ \t]?[A-Za-z0-9+/_-]+)*")
_WORDS = re.compile(r"[A-Za-z0-9+_-]+")
_HEX = re.compile(r"(?:0[xX])?[0-9a-fA-F]{2}(?:(?:0[xX]|[ :,.-]|, ?0[xX])?[0-9a-fA-F]{2}){3,}[0-9a-fA-F]?")
_CODES = re.compile(r"[0-9]{2,3}(?:[,; ] ?[0-9]{2,3}){3,}")
_SPACED = re.compile(r"(?:[^\s] ){4,}[^\s]")
_BASE32 = re.compile(r"[A-Z2-7]{8,}")
_SHORTEST_PIECE = 6
_LEGIBLE = re.compile(rb"[\x20-\x7e]{4}")
_UTF8 = re.compile(rb"(?:[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf][\x80-\xbf]){2}")
_HEX_DIGITS = frozenset("0123456789abcdefABCDEF")


class Run(msgspec.Struct):
    """A run that may carry something: where it stands, and every text that comes out of it."""

    start: int
    end: int
    unpacked: list[str]


def runs(text: str) -> Iterator[Run]:
    """The runs of a text that hold something legible, in no order; the pieces of a path beside the whole."""
    found = list(_base64(text))
    for pattern, unpack in _KINDS:
        found += [Run(match.start(), match.end(), list(unpack(match.group()))) for match in pattern.finditer(text)]
    return (run for run in found if run.unpacked)


def _base64(text: str) -> Iterator[Run]:
    for match in _BASE64.finditer(text):
        run = match.group()
        if "/" in run and "\n" not in run:
            # In a path the slash divides: mask the piece that carries something and leave the rest legible.
            for piece in _WORDS.finditer(run):
                if len(piece.group()) >= _SHORTEST_PIECE:
                    start = match.start() + piece.start()
                    yield Run(start, start + len(piece.group()), list(_from_base64(piece.group())))
        yield Run(match.start(), match.end(), list(_from_base64("".join(run.replace("=", "").split()))))


def _from_base64(run: str) -> Iterator[str]:
    for order in (run, run[::-1]):
        coded = order.replace("-", "+").replace("_", "/")
        for shift in range(4):
            piece = coded[shift:]
            piece += "A" * (-len(piece) % 4)
            try:
                yield from _texts(base64.b64decode(piece))
            except binascii.Error:
                continue


def _hex(run: str) -> Iterator[str]:
    digits = "".join(char for char in run.replace("0x", "").replace("0X", "") if char in _HEX_DIGITS)
    for shift in range(2):
        piece = digits[shift:]
        yield from _texts(bytes.fromhex(piece[: len(piece) // 2 * 2]))


def _codes(run: str) -> Iterator[str]:
    numbers = [int(number) for number in re.split(r"[,; ]+", run) if number]
    yield "".join(chr(number) for number in numbers if number < 256)


def _base32(run: str) -> Iterator[str]:
    for shift in range(8):
        piece = run[shift:]
        piece = piece[: len(piece) // 8 * 8] + (f"{piece[len(piece) // 8 * 8 :]:A<8}" if len(piece) % 8 else "")
        yield from _texts(base64.b32decode(piece))


def _texts(data: bytes) -> Iterator[str]:
    """The bytes as text, where they look like text at all: Latin-1, which keeps ASCII as it is, and UTF-8."""
    if b"\0" in data:
        data = data.replace(b"\0", b"")  # UTF-16 puts them between
    if _LEGIBLE.search(data):
        yield data.decode("latin-1")
    if _UTF8.search(data):
        yield data.decode("utf-8", "ignore")


_KINDS: tuple[tuple[re.Pattern[str], Callable[[str], Iterator[str]]], ...] = (
    (_HEX, _hex),
    (_CODES, _codes),
    (_BASE32, _base32),
    (_SPACED, lambda run: iter((run.replace(" ", ""),))),
)
