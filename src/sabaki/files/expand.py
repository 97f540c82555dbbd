"""Decompression that stops: at a number of bytes, at damage, at the end, and says which of them it was."""

from __future__ import annotations

import bz2
import lzma
import zlib
from typing import Protocol

import msgspec

from sabaki.files.opened import Asked

_STEP = 1 << 16
_FLOOR = 1_000_000
"""Bytes that anything may unpack to, whatever its ratio: a page of blanks is no bomb."""
_WHOLE = 100_000_000
"""The most that is held of one file: twice that is in memory for a moment, and a cell has 512 MB."""
_MEMORY = 100 << 20
_BLOCK = 4_096
_PADDING_FROM = 5_000_000
_ERRORS = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, MemoryError)


class Decoder(Protocol):
    """What `bz2.BZ2Decompressor` and `lzma.LZMADecompressor` are, and `Inflater` for DEFLATE."""

    @property
    def eof(self) -> bool:
        """Whether the end of the stream was reached."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out before more is put in."""

    @property
    def unused_data(self) -> bytes:
        """What followed the end of the stream."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Put in `data`, take out at most `max_length` bytes."""


class Inflater:
    """DEFLATE (RFC 1951) raw, or in zlib's or gzip's frame, with the interface of the other two decoders."""

    def __init__(self, window: int = -zlib.MAX_WBITS) -> None:
        self._inner = zlib.decompressobj(window)
        self._full = False

    @property
    def eof(self) -> bool:
        """Whether the end of the stream was reached."""
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out before more is put in."""
        return not self._full and not self.eof

    @property
    def unused_data(self) -> bytes:
        """What followed the end of the stream."""
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Put in `data`, take out at most `max_length` bytes."""
        out = self._inner.decompress(self._inner.unconsumed_tail + data, max(max_length, 0))
        # zlib may hold output back although all input is eaten: full output means that there may be more.
        self._full = bool(self._inner.unconsumed_tail) or len(out) == max_length
        return out


class Expanded(msgspec.Struct, frozen=True):
    """What came out. `used` counts the packed bytes of the stream, `error` is what broke it ("" if nothing did).

    `whole` is whether the stream's end was reached; `cut` whether output was stopped at the limit asked for.
    """

    content: bytes
    used: int
    whole: bool = True
    cut: bool = False
    error: str = ""


class Allowance(msgspec.Struct, frozen=True):
    """How many bytes may come out (`most`), and the limit that says so."""

    most: int
    limit: str


def allowance(asked: Asked, packed: int) -> Allowance:
    """What `packed` bytes may unpack to: by ratio (from 1 MB on), by what is left for the mail, by memory."""
    ratio = max(_FLOOR, packed * asked.limits.expansion)
    left = min(asked.budget.left("decoded_size"), _WHOLE)
    return Allowance(ratio, "expansion") if ratio <= left else Allowance(left, "decoded_size")


def decoder(method: str, size: int = 0) -> Decoder:
    """A fresh decoder for "deflate", "gzip", "zlib", "bzip2", "xz" or "lzma" (the .lzma file, known `size` not needed)."""
    if method == "bzip2":
        return bz2.BZ2Decompressor()
    if method in ("xz", "lzma"):
        form = lzma.FORMAT_XZ if method == "xz" else lzma.FORMAT_ALONE
        return lzma.LZMADecompressor(format=form, memlimit=_MEMORY)
    return Inflater({"deflate": -zlib.MAX_WBITS, "zlib": zlib.MAX_WBITS, "gzip": 16 + zlib.MAX_WBITS}[method])


def raw_lzma(properties: bytes, size: int) -> Decoder:
    """A decoder for LZMA without a container, its five octets of properties given (APPNOTE 5.8.8). May raise ValueError."""
    if len(properties) < 5 or properties[0] >= 225:
        raise ValueError("no LZMA properties")
    rest, lc = divmod(properties[0], 9)
    pb, lp = divmod(rest, 5)
    if lc + lp > 4:
        raise ValueError("LZMA properties out of range")
    dictionary = min(int.from_bytes(properties[1:5], "little"), _MEMORY, max(size, _BLOCK))
    spec = {"id": lzma.FILTER_LZMA1, "dict_size": max(dictionary, _BLOCK), "lc": lc, "lp": lp, "pb": pb}
    return lzma.LZMADecompressor(format=lzma.FORMAT_RAW, filters=[spec])


def expand(source: Decoder, data: memoryview, most: int) -> Expanded:
    """Run `source` over `data` until its end, damage, or one byte more than `most`, which is then not given out."""
    chunks: list[bytes] = []
    got = fed = 0
    error = ""
    try:
        while not source.eof and got <= most:
            piece = b""
            if source.needs_input:
                piece = bytes(data[fed : fed + _STEP])
                fed += len(piece)
            out = source.decompress(piece, most + 1 - got)
            if not out and not piece:
                break
            chunks.append(out)
            got += len(out)
    except _ERRORS as wrong:
        error = str(wrong) or type(wrong).__name__
    whole, cut = source.eof, got > most
    used = fed - len(source.unused_data) if whole else fed
    return Expanded(joined(chunks, got - most), used, whole and not cut, cut, error)


def joined(chunks: list[bytes], surplus: int) -> bytes:
    """The chunks as one, without the last `surplus` bytes if that is more than none; never in memory three times."""
    while surplus > 0 and chunks:
        last = chunks.pop()
        if len(last) > surplus:
            chunks.append(last[:-surplus])
        surplus -= len(last)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def is_bomb(expanded: Expanded, allowed: Allowance, asked: Asked) -> bool:
    """Whether output was stopped, and is too much for what went in; a program blown up with filling is none."""
    content = expanded.content
    too_much = allowed.limit == "expansion" or len(content) > asked.limits.expansion * max(1, expanded.used)
    return expanded.cut and too_much and (is_uniform(content) or not padding(content))


def padding(content: bytes) -> int:
    """How many bytes are filling: blocks of one and the same octet, if they are 5 MB or more and half of it all; else 0."""
    if len(content) < _PADDING_FROM:
        return 0
    blocks = range(0, len(content), _BLOCK)
    filler = sum(_BLOCK for start in blocks if content.count(content[start], start, start + _BLOCK) == _BLOCK)
    return filler if filler >= _PADDING_FROM and filler * 2 >= len(content) else 0


def is_uniform(content: bytes) -> bool:
    """Whether it is filling from the first byte: no head that a program could have."""
    head = content[:_BLOCK]
    return not head or head.count(head[0]) == len(head)
