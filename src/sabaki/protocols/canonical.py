"""Canonicalisation (RFC 6376 section 3.4): the form of fields and bodies in which they are signed.

Line ends: a file that was saved with bare LF is read as if it had CRLF, the form in which mail travels; a bare CR is kept.
All of it is linear, and no large body is held twice.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

import msgspec

SIMPLE, RELAXED = "simple", "relaxed"

_WINDOW = 1_000_000
_SMALL = 200_000
_TAIL = 16_000
"""Octets at the end of a body among which the end of what was signed is looked for."""
_LINE_ENDS = b"\r\n" * 100_000
_TAB_TO_SPACE = bytes.maketrans(b"\t", b" ")
# Mailbox files (mboxrd) put ">" before every line that begins with "From ", quoted ones included.
_QUOTED = re.compile(rb"^>(?=>*+From )", re.MULTILINE)


def _single_spaces(text: bytes) -> bytes:
    """Runs of blanks as one space; the passes halve the longest run, so that they are few."""
    text = text.translate(_TAB_TO_SPACE)
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    return text


def field(octets: bytes, how: str) -> bytes:
    """A header field as it is signed (sections 3.4.1 and 3.4.2), its CRLF included."""
    unix = octets.replace(b"\r\n", b"\n")
    if how == SIMPLE:
        return unix.replace(b"\n", b"\r\n") + b"\r\n"
    name, _, value = unix.replace(b"\n", b"").partition(b":")
    return name.rstrip(b" \t").lower() + b":" + _single_spaces(value).strip(b" ") + b"\r\n"


class Digest(msgspec.Struct, frozen=True):
    """The hash of a canonicalised body. `size` is its length in octets, `covered` how many of them were hashed."""

    octets: bytes
    size: int
    covered: int


class Body:
    """A message's body, hashed as each signature wants it; each way of hashing is done once."""

    def __init__(self, raw: bytes, start: int, end: int) -> None:
        self._raw, self._start, self._end = raw, start, end
        self._digests: dict[tuple[str, str, int | None, bool], Digest] = {}
        self._pieces_of: dict[tuple[str, bool], tuple[bytes, ...]] = {}
        self._beginnings: dict[tuple[str, str], dict[bytes, int]] = {}
        self.may_be_quoted = raw.find(b">From ", start, end) >= 0

    def digest(self, how: str, algorithm: str, length: int | None = None, *, unquoted: bool = False) -> Digest:
        """Hash the body, or its first `length` octets; `unquoted` undoes the ">From " of mailbox files first."""
        asked = how, algorithm, length, unquoted
        if asked not in self._digests:
            self._digests[asked] = self._hash(*asked)
        return self._digests[asked]

    def signed_part(self, how: str, algorithm: str, wanted: bytes) -> int | None:
        """How many octets of the canonicalised body have that hash, where it is all but some lines at its end; else None."""
        asked = how, algorithm
        if asked not in self._beginnings:
            self._beginnings[asked] = self._hash_beginnings(*asked)
        return self._beginnings[asked].get(wanted)

    def _hash_beginnings(self, how: str, algorithm: str) -> dict[bytes, int]:
        """The hash of the body up to each of the lines at its end, and how many octets that is."""
        whole = self.digest(how, algorithm)
        hasher = hashlib.new(algorithm, usedforsecurity=False)
        size, held = 0, b""
        for piece in self._canonical(how, unquoted=False):
            held += piece
            ready = min(len(held), whole.size - _TAIL - size)
            if ready > 0:
                hasher.update(held[:ready])
                size, held = size + ready, held[ready:]
        found: dict[bytes, int] = {}
        for line in held.split(b"\r\n")[:-1]:
            hasher.update(line + b"\r\n")
            size += len(line) + 2
            if line:
                found[hasher.copy().digest()] = size
        return found

    def _hash(self, how: str, algorithm: str, length: int | None, unquoted: bool) -> Digest:
        hasher = hashlib.new(algorithm, usedforsecurity=False)
        size = covered = 0
        for piece in self._canonical(how, unquoted):
            size += len(piece)
            part = piece if length is None or length >= size else piece[: max(0, length - covered)]
            hasher.update(part)
            covered += len(part)
        return Digest(hasher.digest(), size, covered)

    def _canonical(self, how: str, unquoted: bool) -> Iterable[bytes]:
        """The canonicalised body, piece by piece; a small one is made once."""
        if self._end - self._start > _SMALL:
            return self._made(how, unquoted)
        if (how, unquoted) not in self._pieces_of:
            self._pieces_of[how, unquoted] = tuple(self._made(how, unquoted))
        return self._pieces_of[how, unquoted]

    def _made(self, how: str, unquoted: bool) -> Iterator[bytes]:
        """The canonicalised body, piece by piece (sections 3.4.3 and 3.4.4): empty lines wait until something follows them."""
        waiting, seen = 0, False
        for text in self._pieces():
            if unquoted:
                text = _QUOTED.sub(b"", text)
            if how == RELAXED:
                text = _single_spaces(text).replace(b" \n", b"\n").removesuffix(b" ")
            kept = text.rstrip(b"\n")
            if kept:
                while waiting:
                    count = min(waiting, 100_000)
                    yield _LINE_ENDS[: 2 * count]
                    waiting -= count
                yield kept.replace(b"\n", b"\r\n")
                seen = True
            waiting += len(text) - len(kept)
        if seen or how == SIMPLE:
            yield b"\r\n"

    def _pieces(self) -> Iterator[bytes]:
        """The body in pieces of whole lines, line ends as LF."""
        at = self._start
        while at < self._end:
            cut = self._raw.find(b"\n", min(at + _WINDOW, self._end), self._end)
            stop = cut + 1 if cut >= 0 else self._end
            yield self._raw[at:stop].replace(b"\r\n", b"\n")
            at = stop
