"""Lists as their keepers publish them, read leniently: what cannot be read is counted, and never stops the rest.

Files of lines (plain, hosts files, Adblock filters, tables with a heading, rank and domain) and of JSON (MISP events and warning lists,
PhishTank and URLhaus dumps); gzip, bzip2 and zip are unpacked on the way; in a directory every file is a list, and a MISP feed is one.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import lzma
import re
import struct
import tomllib
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from email.utils import parsedate_to_datetime
from functools import cache
from importlib import resources
from itertools import islice, takewhile
from pathlib import Path
from typing import IO, Any

import msgspec

from sabaki.sources import feedjson
from sabaki.sources.feedindex import Entry, Feed, clean, rfc3339
from sabaki.sources.feedkeys import Kind, entry, host_key, network_key

_MOST_BYTES = 2_000_000_000
_MOST_FILES = 5_000
_DEPTH = 4
_NO_LISTS = frozenset((".md", ".sh", ".py", ".index", ".partial", ".mmdb"))
_LINE = 8_192
_HEAD_LINES = 40
_RANKED = re.compile(r"\s{0,9}\"?(\d{1,9})\"?,\"?([^\s,\"]{1,253})\"?\s{0,9}")
_RANKS = (1_000, 10_000, 100_000, 1_000_000)
_COLUMNS = ("url", "ioc_value", "indicator", "domain", "host", "hostname", "fqdn", "ip", "ip_address", "dst_ip")
_WORDS = ("threat", "threat_type", "malware", "tags", "target", "category", "type")
_SKIPPED = ("#", ";", "!", "//", "[Adblock", "@@", "<")
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*+(?:\{|\[\s*+[\[\]{\"])")
_STAMP = re.compile(
    r"(?i)(?:last[ _-]?(?:updated|modified|update|change)|updated?|date|generated)[^:=]{0,20}[:=]\s{0,5}(.{6,60})"
)
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?))?")
_PACKED = (
    OSError,
    EOFError,
    ValueError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
)
"""What the unpackers raise on a file that is damaged, encrypted or not theirs."""


class Known(msgspec.Struct, frozen=True):
    """What is known of a kind of list: who keeps it, what its entries mean in both languages, its terms, and how it is told apart.

    `files` are parts of file names, `marks` parts of its first lines. A copy older than `days` says so.
    """

    name: str
    what: str
    what_ja: str
    url: str = ""
    terms: str = ""
    terms_ja: str = ""
    days: int = 7
    allow: bool = False
    files: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@cache
def known() -> dict[str, Known]:
    """The kinds of lists, by their name in feeds.toml; "plain" is any other."""
    return msgspec.convert({name: each for name, each in _table().items() if isinstance(each, dict)}, dict[str, Known])


@cache
def user_content() -> frozenset[str]:
    """Well-known sites where anyone can put something up, or whose links lead on to anywhere."""
    return frozenset(_table()["user_content"])


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((resources.files("sabaki.data") / "feeds.toml").read_text("utf-8"))


def lists(paths: Iterable[Path], *, allow: bool = False) -> Iterator[tuple[Feed, Iterable[Entry]]]:
    """Every list at the paths (files or directories), with its entries, which are read as they are asked for.

    `allow` takes what is not marked otherwise as a list of well-known hosts. A path that cannot be read is a list without entries.
    """
    for path in files(paths):
        yield _misp(path) if path.is_dir() else _list(path, allow=allow)


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files at the paths, directories walked; the directory itself of a MISP feed. At most 5,000."""
    yield from islice((file for path in paths for file in _walked(path, 0)), _MOST_FILES)


def _walked(path: Path, depth: int) -> Iterator[Path]:
    if not path.is_dir() or feedjson.is_misp_feed(path):
        if path.is_dir() or path.suffix.lower() not in _NO_LISTS:
            yield path
    elif depth < _DEPTH:
        try:
            inside = sorted(path.iterdir())
        except OSError:
            return
        for each in inside:
            loops = each.is_symlink() and each.is_dir()
            if not each.name.startswith(".") and not loops and (each.is_dir() or each.is_file()):
                yield from _walked(each, depth + 1)


def _list(file: Path, *, allow: bool) -> tuple[Feed, Iterable[Entry]]:
    feed = Feed(clean(file.name), allow=allow, file=str(file))
    try:
        status = file.stat()
        feed.size, feed.stamp = status.st_size, status.st_mtime_ns
        feed.date = rfc3339(status.st_mtime)
        with _opened(file) as stream:
            head = stream.read(65_536)
    except _PACKED:
        feed.unread = 1
        return feed, ()
    _recognise(feed, file.name, head)
    if _JSON.match(head):
        return feed, _json(feed, file, allow=allow)
    lines = [line.decode("utf-8", "replace") for line in head.split(b"\n", _HEAD_LINES)[:_HEAD_LINES]]
    feed.date = _own_date(lines) or feed.date
    return feed, _lines(feed, file, _reader(feed, lines))


def _opened(file: Path) -> IO[bytes] | gzip.GzipFile:
    """The file, unpacked where it is packed. Raises one of _PACKED."""
    with file.open("rb") as raw:
        magic = raw.read(4)
    if magic[:2] == b"\x1f\x8b":
        return gzip.open(file, "rb")
    if magic[:3] == b"BZh":
        return bz2.open(file, "rb")
    if magic == b"PK\x03\x04":
        archive = zipfile.ZipFile(file)
        inside = next((each for each in archive.infolist() if not each.is_dir()), None)
        if inside is None:
            raise ValueError("nothing in it")
        return archive.open(inside)
    return file.open("rb")


def _recognise(feed: Feed, name: str, head: bytes) -> None:
    text = head[:4_096].decode("utf-8", "replace").lower()
    lowered = name.lower()
    for kind, each in known().items():
        if any(part in lowered for part in each.files) or any(mark in text for mark in each.marks):
            feed.kind, feed.name, feed.allow = kind, f"{each.name} ({feed.name})", feed.allow or each.allow
            return


def _json(feed: Feed, file: Path, *, allow: bool) -> Iterator[Entry]:
    try:
        with _opened(file) as stream:
            raw = stream.read(feedjson.MOST + 1)
        yield from feedjson.read(feed, raw, allow=allow)
    except _PACKED:
        feed.unread += 1


def _misp(directory: Path) -> tuple[Feed, Iterable[Entry]]:
    feed = Feed(clean(directory.name), kind="misp", file=str(directory / "manifest.json"))
    try:
        status = (directory / "manifest.json").stat()
        feed.size, feed.stamp, feed.date = status.st_size, status.st_mtime_ns, rfc3339(status.st_mtime)
    except OSError:
        feed.unread = 1
    return feed, feedjson.misp_feed(feed, directory)


class _Reader:
    """Reads one line; the plain one."""

    def entries(self, line: str) -> Iterator[Entry] | None:
        """What the line lists; None where it cannot be read."""
        if "##" in line or "#@#" in line or "#?#" in line:  # hides a part of an honest page
            return None
        words = list(takewhile(lambda word: word[0] not in "#;", line.split()))
        if len(words) > 1 and words[0] in ("0.0.0.0", "127.0.0.1", "::", "::1", "0"):  # noqa: S104  # a hosts file's dead end
            return ((Kind.HOST, key, ()) for word in words[1:9] if (key := host_key(word)))
        word = words[0].strip("\"',") if words else ""
        if word.startswith("||"):
            return _filter(word)
        found = entry(word) if word else None
        return iter(((*found, ()),)) if found else None


def _filter(word: str) -> Iterator[Entry] | None:
    """An Adblock filter that blocks a name: "||example.jp^", with options or not."""
    name, _, path = word[2:].partition("$")[0].partition("/")
    if path.strip("*^"):
        found = entry(f"http://{name}/{path.rstrip('*^')}")
        return iter(((*found, ()),)) if found else None
    key = host_key(name.rstrip("^*|").removeprefix("*."))
    if not key and (key := network_key(name.rstrip("^*|"))):
        return iter(((Kind.NETWORK, key, ()),))
    return iter(((Kind.BELOW, key, ()),)) if key else None


class _Ranked(_Reader):
    """Rank and domain. A rank is kept as the power of ten that it is in."""

    def entries(self, line: str) -> Iterator[Entry] | None:
        match = _RANKED.fullmatch(line)
        key = host_key(match[2]) if match else ""
        if match is None or not key:
            return None
        top = next((f"top {each:,}" for each in _RANKS if int(match[1]) <= each), "")
        return iter(((Kind.BELOW, key, (top,) if top else ()),))


class _Table(_Reader):
    """Comma-separated values under a heading."""

    def __init__(self, heading: list[str]) -> None:
        self._values = [place for name in _COLUMNS for place, each in enumerate(heading) if each == name]
        self._words = [place for name in _WORDS for place, each in enumerate(heading) if each == name]
        self._words += [place for place, each in enumerate(heading) if each == "url_status"]

    def entries(self, line: str) -> Iterator[Entry] | None:
        try:
            cells = next(csv.reader((line,), skipinitialspace=True), [])
        except csv.Error:
            return None
        found = next((read for at in self._values if at < len(cells) and (read := entry(cells[at].strip()))), None)
        if found is None:
            return None
        words = [word for at in self._words if at < len(cells) for word in cells[at].split(",")[:6]]
        kept = tuple(
            dict.fromkeys(each for word in words if (each := clean(word)) and each.lower() not in _SAYING_NOTHING)
        )
        kind, key = found
        return iter(((kind, key, kept[:8]),))


_SAYING_NOTHING = frozenset(("none", "other", "null", "n/a", "yes", "online", "url", "domain"))


def _reader(feed: Feed, lines: list[str]) -> _Reader:
    """How the lines of a list are to be read, by its first ones."""
    for line in lines:
        bare = line.strip().lstrip("#").strip()
        heading = [cell.strip().strip("\"'").lower() for cell in bare.split(",")]
        if len(heading) > 1 and any(name in heading for name in _COLUMNS):
            return _Table(heading)
        if not bare or line.lstrip().startswith(_SKIPPED):
            continue
        if _RANKED.fullmatch(line):
            if feed.kind == "plain":
                feed.kind, feed.name = "top", f"{known()['top'].name} ({feed.name})"
            feed.allow = True
            return _Ranked()
        break
    return _Reader()


def _lines(feed: Feed, file: Path, reader: _Reader) -> Iterator[Entry]:
    left = _MOST_BYTES
    heading = isinstance(reader, _Table)
    try:
        with _opened(file) as stream:
            while left > 0 and (raw := stream.readline(_LINE)):
                left -= len(raw)
                if raw[-1:] != b"\n" and len(raw) == _LINE:  # no entry is that long
                    feed.unread += 1
                    left -= _skip(stream)
                    continue
                line = raw.decode("utf-8", "replace").strip().lstrip("\ufeff")
                if not line or line.startswith(_SKIPPED):
                    continue
                found = reader.entries(line)
                if found is not None:
                    yield from found
                else:
                    feed.unread += not heading
                heading = False
    except _PACKED:
        feed.unread += 1
    feed.unread += left <= 0


def _skip(stream: IO[bytes] | gzip.GzipFile) -> int:
    """The rest of a line; how many bytes it had."""
    count = 0
    while raw := stream.readline(65_536):
        count += len(raw)
        if raw[-1:] == b"\n" or count > _MOST_BYTES:
            break
    return count


def _own_date(lines: list[str]) -> str:
    """What a list's first lines say of its date."""
    for line in lines:
        match = _STAMP.search(line) if line.lstrip().startswith(_SKIPPED) else None
        if match is None:
            continue
        if iso := _ISO.search(match[1]):
            return f"{iso[1]}T{(iso[2] or '00:00')[:5]}:{(iso[2] or '')[6:] or '00'}Z" if iso[2] else iso[1]
        try:
            return rfc3339(parsedate_to_datetime(match[1].strip()).timestamp())
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return ""
