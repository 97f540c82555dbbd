"""Compound files, [MS-CFB]: the small file system inside doc, xls, ppt, msi, msg and vbaProject.bin.

Our own reader and not a library's, because these files are bent on purpose: it walks the directory without recursion
(a tree that leans to one side is valid and overflows a recursive reader's stack), gives what a truncated file still
holds, and shows the entries that no storage leads to.
"""

from __future__ import annotations

import struct

import msgspec

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST = 0xFFFFFFFA
"""Sector numbers above this are marks (free, end of chain, FAT), 2.1."""
_STORAGE, _STREAM, _ROOT = 1, 2, 5


class Entry(msgspec.Struct, frozen=True):
    """A storage or a stream. `path` is joined by "/", without the root; `clsid` in registry form, "" if none.

    `lost` is whether no storage leads to it: deleted, or hidden.
    """

    path: str
    stream: bool
    size: int
    start: int
    clsid: str = ""
    lost: bool = False

    @property
    def name(self) -> str:
        """The last step of the path."""
        return self.path.rpartition("/")[2]

    @property
    def storage(self) -> str:
        """The path of what it stands in, "" for the root."""
        return self.path.rpartition("/")[0]


class Compound:
    """A compound file in memory. Never raises: `damage` says what was wrong, in order, each once."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.damage: list[str] = []
        self.entries: tuple[Entry, ...] = ()
        self.clsid = ""
        self._by_path: dict[str, Entry] = {}
        if len(content) < 512 or not content.startswith(MAGIC):
            self._hurt("no header")
            return
        self._header()
        self._directory()

    def find(self, path: str) -> Entry | None:
        """The entry at that path, in any case of its letters."""
        return self._by_path.get(path.casefold())

    def stream(self, path: str, most: int) -> bytes:
        """Up to `most` bytes of the stream at that path; empty if there is none."""
        entry = self.find(path)
        return self.read(entry, most) if entry is not None and entry.stream else b""

    def within(self, storage: str) -> tuple[Entry, ...]:
        """The entries that stand directly in a storage."""
        return tuple(entry for entry in self.entries if entry.storage.casefold() == storage.casefold())

    def read(self, entry: Entry, most: int) -> bytes:
        """Up to `most` bytes of a stream: what there is of it."""
        size = min(entry.size, most, len(self.content))
        if entry.size < self._cutoff:
            return self._chain(self._mini, self._minifat, entry.start, 1 << self._mini_shift, size)
        return self._chain(self.content, self._fat, entry.start, self._sector, size)

    def _hurt(self, what: str) -> None:
        if what not in self.damage:
            self.damage.append(what)

    def _header(self) -> None:
        content = self.content
        shift, self._mini_shift = struct.unpack_from("<HH", content, 30)
        if not 7 <= shift <= 16 or not 2 <= self._mini_shift <= shift:
            self._hurt("sector size")
            shift, self._mini_shift = (12 if content[26:28] == b"\x04\x00" else 9), 6
        self._sector = 1 << shift
        self._first_directory = struct.unpack_from("<I", content, 48)[0]
        self._cutoff, first_minifat, _, difat, _ = struct.unpack_from("<5I", content, 56)
        self._fat = self._read_fat(difat)
        self._minifat = self._words(self._chain(content, self._fat, first_minifat, self._sector, len(content)))
        self._mini = b""

    def _read_fat(self, difat: int) -> list[int]:
        sectors = list(struct.unpack_from("<109I", self.content, 76))
        seen: set[int] = set()
        while difat <= _LAST and difat not in seen:
            seen.add(difat)
            words = self._words(self._one(self.content, difat, self._sector))
            if len(words) < 2:
                self._hurt("sector table")
                break
            sectors += words[:-1]
            difat = words[-1]
        fat: list[int] = []
        most = len(self.content) // self._sector + 1
        for sector in sectors:
            if sector > _LAST or len(fat) >= most:
                continue
            words = self._words(self._one(self.content, sector, self._sector))
            if not words:
                self._hurt("sector table")
            fat += words or [0xFFFFFFFF] * (self._sector // 4)
        return fat

    @staticmethod
    def _words(raw: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4]))

    def _one(self, source: bytes, number: int, size: int) -> bytes:
        start = (number + 1) * self._sector if source is self.content else number * size
        return source[start : start + size]

    def _chain(self, source: bytes, table: list[int], start: int, size: int, most: int) -> bytes:
        pieces: list[bytes] = []
        length, seen = 0, set()
        while start <= _LAST and length < most:
            piece = self._one(source, start, size)
            if not piece or start in seen:
                self._hurt("broken chain of sectors")
                break
            seen.add(start)
            pieces.append(piece)
            length += len(piece)
            if start >= len(table):
                self._hurt("broken chain of sectors")
                break
            start = table[start]
        return b"".join(pieces)[:most]

    def _directory(self) -> None:
        raw = self._chain(self.content, self._fat, self._first_directory, self._sector, len(self.content))
        nodes = [raw[at : at + 128] for at in range(0, len(raw) - 127, 128)]
        if not nodes:
            self._hurt("no directory")
            return
        self.clsid = _clsid(nodes[0])
        start, size = struct.unpack_from("<II", nodes[0], 116)
        self._mini = self._chain(self.content, self._fat, start, self._sector, min(size, len(self.content)))
        paths = self._paths(nodes)
        entries = []
        for number, node in enumerate(nodes):
            if number and node[66] in (_STORAGE, _STREAM):
                lost = number not in paths
                path = paths.get(number) or _name(node)
                start, size = struct.unpack_from("<II", node, 116)
                entries.append(Entry(path, node[66] == _STREAM, size, start, _clsid(node), lost))
        self.entries = tuple(entries)
        for entry in entries:
            if not entry.lost:
                self._by_path.setdefault(entry.path.casefold(), entry)

    def _paths(self, nodes: list[bytes]) -> dict[int, str]:
        """The path of each entry that the root leads to, in whatever order the tree is."""
        paths: dict[int, str] = {0: ""}
        work = [(struct.unpack_from("<I", nodes[0], 76)[0], "")]
        while work:
            number, storage = work.pop()
            if number >= len(nodes):
                if number != 0xFFFFFFFF:
                    self._hurt("directory entry out of range")
                continue
            if number in paths:
                self._hurt("directory entry twice")
                continue
            node = nodes[number]
            path = f"{storage}/{_name(node)}" if storage else _name(node)
            paths[number] = path[:2_000]
            left, right, child = struct.unpack_from("<III", node, 68)
            work += [(right, storage), (left, storage)]
            if node[66] in (_STORAGE, _ROOT):
                work.append((child, path[:2_000]))
        return paths


def _name(node: bytes) -> str:
    length = struct.unpack_from("<H", node, 64)[0]
    return node[: min(max(length - 2, 0), 64)].decode("utf-16-le", "replace").partition("\0")[0].replace("/", "_")


def _clsid(node: bytes) -> str:
    raw = node[80:96]
    if not any(raw):
        return ""
    first, second, third = struct.unpack_from("<IHH", raw)
    return f"{first:08X}-{second:04X}-{third:04X}-{raw[8:10].hex().upper()}-{raw[10:].hex().upper()}"
