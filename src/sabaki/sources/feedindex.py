"""Local lists in one file that is mapped into memory: a million entries open at once and answer in microseconds.

Names and URLs are rows sorted by CRC-32 and then by the text itself, which is always compared: a checksum alone proves nothing, and
entries made to share one are found by halves all the same. Addresses and networks are rows sorted by where they begin; each knows
the network around it. The file is of this machine (its byte order is noted): it is built here from the lists, never fetched.
"""

from __future__ import annotations

import ipaddress
import json
import mmap
import os
import re
import struct
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal
from zlib import crc32

import msgspec

from sabaki.sources.feedkeys import Kind, key_host, packed

VERSION = 1
MOST_ENTRIES = 20_000_000
"""Entries that are taken; what comes behind is counted as unread."""
_MOST_TEXT = 0xFFFF_FFFF
_MOST_HITS = 256
_MOST_WORDINGS = 8
_MOST_LABELS = 10_000
_BITS = (1, 2, 4, 8, 16, 32, 64, 128)
_FILTER = 1 << 22
"""Bytes of the table that tells most texts that are not there at once: a bit for each value of a checksum's first 25 bits."""
_BELOW_START = 12
_STARTS = (1 << 32 - _BELOW_START) + 1
"""Where the rows begin whose checksums share their first 20 bits: of a million entries, one row each."""
_FEW = 8
_LOW = 0xFFFF_FFFF_FFFF_FFFF
_SAFE = re.compile(r"[^\w .:@/+()'&,*-]")
_PAIR = struct.Struct("=II")
_ROW = struct.Struct("=III")
"""A text's checksum, where it begins, and the number of its label. It ends where the next one begins."""
_ROW_AND_NEXT = struct.Struct("=IIIII")
_ROW_BYTES = _ROW.size
_NETWORK_SECTIONS = ("highs", "lows", "lengths", "around", "network_marks")
_FORMS: dict[str, Literal["B", "I", "Q", "i"]] = {
    "highs": "Q",
    "lows": "Q",
    "lengths": "B",
    "around": "i",
    "network_marks": "I",
    "label_places": "I",
}


class Feed(msgspec.Struct):
    """One list. `kind` is its table in feeds.toml. `date` is RFC 3339. `entries` were taken, `unread` lines could not be.

    `allow` marks a list of well-known hosts, `settles` whether being in it says that a host is one (a cloud's ranges do not).
    `file`, `size` and `stamp` (nanoseconds) tell whether the list has changed since.
    """

    name: str
    kind: str = "plain"
    allow: bool = False
    settles: bool = True
    date: str = ""
    entries: int = 0
    unread: int = 0
    file: str = ""
    size: int = 0
    stamp: int = 0


class Hit(msgspec.Struct, frozen=True, gc=False):
    """An entry that was found. `how` is "url", "host", "above" (a domain above it), "page" (a page on this host), "ip" or "network"."""

    feed: Feed
    how: str
    entry: str
    words: tuple[str, ...] = ()


Entry = tuple[str, str, tuple[str, ...]]
"""The kind of a key (`feedkeys.Kind`), the key, and the list's own words."""


class _Rows:
    """Rows while they are collected."""

    def __init__(self) -> None:
        self.feeds: list[Feed] = []
        self.names: list[bytes] = []
        self.networks: list[bytes] = []
        self.labels: dict[str, int] = {}

    def add(self, feed: Feed, entries: Iterable[Entry]) -> None:
        number = len(self.feeds)
        self.feeds.append(feed)
        seen: set[str] = set()
        for kind, key, words in entries:
            if len(self.names) + len(self.networks) >= MOST_ENTRIES:
                feed.unread += 1
                continue
            feed.entries += 1
            mark = self._mark(number, kind, words)
            if kind == Kind.NETWORK:
                self.networks.append(_network_row(key, mark))
                continue
            self.names.append(_row(key, mark))
            if kind == Kind.URL:
                host = key_host(key)
                if host not in seen:
                    seen.add(host)
                    self.names.append(_row(host, self._mark(number, Kind.PAGE, ())))

    def _mark(self, number: int, kind: str, words: tuple[str, ...]) -> bytes:
        label = "\t".join((str(number), kind, *words))
        return self.labels.setdefault(label, len(self.labels)).to_bytes(4, "big")


def _row(key: str, mark: bytes) -> bytes:
    text = key.encode()
    return crc32(text).to_bytes(4, "big") + text + b"\0" + mark


def _network_row(key: str, mark: bytes) -> bytes:
    start, length = packed(key)
    return start.to_bytes(16, "big") + bytes((length,)) + mark


def build(file: Path, lists: Iterable[tuple[Feed, Iterable[Entry]]]) -> tuple[Feed, ...]:
    """Write the index, whole or not at all, and say what is in it. Raises OSError, or ValueError where it would be too large."""
    rows = _Rows()
    for feed, entries in lists:
        rows.add(feed, entries)
    feeds = [int(label.partition("\t")[0]) for label in rows.labels]
    sections = _name_sections(_thinned(rows.names, feeds)) | _network_sections(_thinned(rows.networks, feeds))
    labels = [label.encode() for label in rows.labels]
    sections["label_places"] = array("I", accumulate(map(len, labels), initial=0)).tobytes()
    sections["labels"] = b"".join(labels)
    head: dict[str, Any] = {"version": VERSION, "order": sys.byteorder, "feeds": msgspec.to_builtins(rows.feeds)}
    at = 0
    head["sections"] = {}
    for name, content in sections.items():
        head["sections"][name] = (at, len(content))
        at += (len(content) + 7) // 8 * 8
    first = json.dumps(head, ensure_ascii=False).encode()
    first += b" " * (-(len(first) + 1) % 8) + b"\n"
    partial = file.with_name(f"{file.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as out:
            out.write(first)
            for content in sections.values():
                out.write(content + b"\0" * (-len(content) % 8))
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
    return tuple(rows.feeds)


def _thinned(rows: list[bytes], feeds: list[int]) -> list[bytes]:
    """Sorted, each row once; of one entry in one list no more than eight, whatever words it comes with."""
    kept: list[bytes] = []
    known, count = (b"", -1), 0
    for row in sorted(set(rows)):
        entry = row[:-4], feeds[int.from_bytes(row[-4:], "big")]
        count = count + 1 if entry == known else 0
        known = entry
        if count < _MOST_WORDINGS:
            kept.append(row)
    return kept


def _name_sections(rows: list[bytes]) -> dict[str, bytes]:
    texts = [row[4:-5] for row in rows]
    places = list(accumulate(map(len, texts), initial=0))
    if places[-1] > _MOST_TEXT:
        raise ValueError("the lists are too large for one index")
    counts, filter_, packed_rows = array("I", bytes(4 * _STARTS)), bytearray(_FILTER), bytearray()
    for row, place in zip(rows, places, strict=False):
        sum_ = int.from_bytes(row[:4], "big")
        counts[(sum_ >> _BELOW_START) + 1] += 1
        filter_[sum_ >> 10] |= _BITS[sum_ >> 7 & 7]
        packed_rows += _ROW.pack(sum_, place, int.from_bytes(row[-4:], "big"))
    return {
        "starts": array("I", accumulate(counts)).tobytes(),
        "filter": bytes(filter_),
        "rows": bytes(packed_rows) + _ROW.pack(_MOST_TEXT, places[-1], 0),
        "texts": b"".join(texts),
    }


def _network_sections(rows: list[bytes]) -> dict[str, bytes]:
    """Sorted by start and then by length, so that a network stands before those inside it."""
    around = array("i")
    open_: list[tuple[int, int]] = []
    for place, row in enumerate(rows):
        start = int.from_bytes(row[:16], "big")
        while open_ and open_[-1][1] < start:
            open_.pop()
        around.append(open_[-1][0] if open_ else -1)
        open_.append((place, start | ((1 << (128 - row[16])) - 1)))
    return {
        "highs": array("Q", (int.from_bytes(row[:8], "big") for row in rows)).tobytes(),
        "lows": array("Q", (int.from_bytes(row[8:16], "big") for row in rows)).tobytes(),
        "lengths": bytes(row[16] for row in rows),
        "around": around.tobytes(),
        "network_marks": array("I", (int.from_bytes(row[17:], "big") for row in rows)).tobytes(),
    }


class Index:
    """An open index."""

    def __init__(self, file: Path) -> None:
        """Open it. Raises OSError where it is missing, ValueError where it is damaged or of another version or machine."""
        with file.open("rb") as opened:
            self._memory = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        end = self._memory.find(b"\n")
        try:
            head = json.loads(self._memory[: max(0, end)])
            if head["version"] != VERSION or head["order"] != sys.byteorder:
                raise ValueError("made by another version of this program or on another kind of machine")
            self.feeds = msgspec.convert(head["feeds"], tuple[Feed, ...])
            places = {name: (end + 1 + int(start), int(size)) for name, (start, size) in head["sections"].items()}
            if any(start + size > len(self._memory) for start, size in places.values()):
                raise ValueError("it is cut short")
            self._starts, self._rows, self._texts = (places[name][0] for name in ("starts", "rows", "texts"))
            if places["starts"][1] != 4 * _STARTS or places["filter"][1] != _FILTER:
                raise ValueError("its parts do not fit together")
            views = {name: self._view(name, *place) for name, place in places.items()}
            self._highs, self._lows, self._lengths, self._around, self._network_marks = (
                views[name] for name in _NETWORK_SECTIONS
            )
            self._label_places, self._labels, self._filter = views["label_places"], views["labels"], views["filter"]
            self._low_networks = bisect_right(self._highs, 0)
            self._known: dict[int, tuple[Feed, str, tuple[str, ...]]] = {}
        except (KeyError, TypeError, IndexError, ValueError) as error:
            raise ValueError(f"{file.name} cannot be used: {error}") from error

    def _view(self, name: str, start: int, size: int) -> memoryview:
        view = memoryview(self._memory)[start : start + size]
        return view.cast(_FORMS[name]) if name in _FORMS else view

    def __len__(self) -> int:
        return sum(feed.entries for feed in self.feeds)

    def url(self, key: str) -> list[Hit]:
        """What lists say of a URL (`feedkeys.url_key`), of its host, and of the domains above it."""
        hits: list[Hit] = []
        text = key.encode()
        sum_ = crc32(text)
        if self._filter[sum_ >> 10] & _BITS[sum_ >> 7 & 7]:
            self._note(hits, sum_, text, "url")
        self._host(hits, key_host(key))
        return hits[:_MOST_HITS]

    def host(self, host: str) -> list[Hit]:
        """What lists say of a host name (A-labels, lower case) or address, of pages on it, and of the domains above it."""
        hits: list[Hit] = []
        self._host(hits, host)
        return hits[:_MOST_HITS]

    def _host(self, hits: list[Hit], host: str) -> None:
        if host[-1:] == "]" or host[-1:].isdigit():
            hits += self.ip(host.strip("[]"))
        text, filter_, how = host.encode(), self._filter, "host"
        while text:
            sum_ = crc32(text)
            if filter_[sum_ >> 10] & _BITS[sum_ >> 7 & 7]:
                self._note(hits, sum_, text, how)
            _, _, text = text.partition(b".")
            if b"." not in text:  # no list has a whole top-level domain
                return
            how = "above"

    def ip(self, text: str) -> list[Hit]:
        """What lists say of an address and the networks around it, the narrowest first; nothing for what is no address."""
        try:
            value, _ = packed(text)
        except ValueError:
            return []
        hits: list[Hit] = []
        high, low = value >> 64, value & _LOW
        if high:
            first = bisect_left(self._highs, high)
            last = bisect_right(self._highs, high, first)
        else:
            first, last = 0, self._low_networks
        place = bisect_right(self._lows, low, first, last) - 1
        while place >= 0 and len(hits) < _MOST_HITS:
            length = self._lengths[place]
            start = self._highs[place] << 64 | self._lows[place]
            if (value ^ start) >> (128 - length) == 0:
                feed, _, words = self._label(self._network_marks[place])
                hits.append(Hit(feed, "ip" if length == 128 else "network", _shown(start, length), words))
            place = self._around[place]
        return hits

    def _note(self, hits: list[Hit], sum_: int, text: bytes, how: str) -> None:
        """Add the rows of exactly that text."""
        memory, rows, texts = self._memory, self._rows, self._texts
        low, high = _PAIR.unpack_from(memory, self._starts + 4 * (sum_ >> _BELOW_START))
        sought = high - low > _FEW
        if sought:
            low = bisect_left(range(high), (sum_, text), low, key=self._order)
        for at in range(rows + _ROW_BYTES * low, rows + _ROW_BYTES * high, _ROW_BYTES):
            other, place, mark, _, end = _ROW_AND_NEXT.unpack_from(memory, at)
            if other == sum_ and memory[texts + place : texts + end] == text:
                feed, kind, words = self._label(mark)
                if how != "above" or kind == Kind.BELOW:
                    hits.append(Hit(feed, "page" if kind == Kind.PAGE else how, text.decode(), words))
            elif other > sum_ or (sought and other == sum_):
                return

    def _order(self, row: int) -> tuple[int, bytes]:
        other, place, _, _, end = _ROW_AND_NEXT.unpack_from(self._memory, self._rows + _ROW_BYTES * row)
        return other, self._memory[self._texts + place : self._texts + end]

    def _label(self, mark: int) -> tuple[Feed, str, tuple[str, ...]]:
        known = self._known.get(mark)
        if known is None:
            label = bytes(self._labels[self._label_places[mark] : self._label_places[mark + 1]]).decode()
            number, kind, *words = label.split("\t")
            if len(self._known) > _MOST_LABELS:
                self._known.clear()
            known = self._known[mark] = self.feeds[int(number)], kind, tuple(words)
        return known


def _shown(start: int, length: int) -> str:
    if start >> 32 == 0xFFFF and length >= 96:
        address, length = ".".join(map(str, (start & 0xFFFF_FFFF).to_bytes(4, "big"))), length - 96
        return address if length == 32 else f"{address}/{length}"
    address = str(ipaddress.IPv6Address(start))
    return address if length == 128 else f"{address}/{length}"


def changed(feeds: Iterable[Feed]) -> Iterator[Feed]:
    """The lists whose files are no longer what was indexed."""
    for feed in feeds:
        try:
            now = Path(feed.file).stat()
        except OSError:
            yield feed
            continue
        if (now.st_size, now.st_mtime_ns) != (feed.size, feed.stamp):
            yield feed


def clean(text: str) -> str:
    """A list's word as it may be shown and kept: one line, no control characters, 60 characters."""
    return " ".join(_SAFE.sub(" ", text[:200]).split())[:60]


def rfc3339(seconds: float) -> str:
    """A time in seconds since 1970; "" where it is none."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return ""
