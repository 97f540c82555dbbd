"""Ranges of addresses with a text each, in one file that is mapped into memory: half a million of them open at once and answer in
microseconds.

The file: one line of JSON (`title`, `date`, `licence`, `rows`, `texts`), then the rows sorted by their first address (first and last
address as 16 bytes each, IPv4 as ::ffff:a.b.c.d, and the text's number as 4), then the texts, one a line.
"""

from __future__ import annotations

import ipaddress
import json
import mmap
import struct
from collections.abc import Iterable
from pathlib import Path

_ROW = struct.Struct(">16s16sI")
_MAPPED = b"\0" * 10 + b"\xff\xff"


def packed(ip: str) -> bytes:
    """An address as 16 bytes that sort. Raises ValueError where it is none."""
    address = ipaddress.ip_address(ip)
    if address.version == 6 and address.ipv4_mapped:
        address = address.ipv4_mapped
    return _MAPPED + address.packed if address.version == 4 else address.packed


def build(file: Path, rows: Iterable[tuple[str, str, str]], *, title: str, date: str, licence: str) -> int:
    """Write rows of (first, last, text) as a file, whole or not at all; how many there were. Raises ValueError on a bad address."""
    texts: dict[str, int] = {}
    kept = [(packed(first), packed(last), texts.setdefault(text, len(texts))) for first, last, text in rows]
    kept.sort()
    head = {"title": title, "date": date, "licence": licence, "rows": len(kept), "texts": len(texts)}
    partial = file.with_name(f"{file.name}.partial")
    with partial.open("wb") as out:
        out.write(json.dumps(head, ensure_ascii=False).encode() + b"\n")
        for row in kept:
            out.write(_ROW.pack(*row))
        out.write("\n".join(text.replace("\n", " ") for text in texts).encode())
    partial.replace(file)
    return len(kept)


class Ranges:
    """An open file of ranges."""

    def __init__(self, file: Path) -> None:
        """Open it. Raises OSError or ValueError where it is missing or damaged."""
        with file.open("rb") as opened:
            self._memory = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        end = self._memory.find(b"\n")
        head = json.loads(self._memory[: max(0, end)])
        self.title, self.date, self.licence = str(head["title"]), str(head["date"]), str(head["licence"])
        self._start = end + 1
        self._count = int(head["rows"])
        blob = self._memory[self._start + self._count * _ROW.size :].decode("utf-8", "replace")
        self._texts = blob.split("\n")
        if len(self._texts) != max(1, int(head["texts"])):
            raise ValueError(f"{file.name} is damaged")

    def __len__(self) -> int:
        return self._count

    def lookup(self, ip: str) -> tuple[str, str] | None:
        """The text of the narrowest range that begins closest before the address and holds it, and that range as "first-last"."""
        wanted = packed(ip)
        low, high = 0, self._count
        while low < high:
            middle = (low + high) // 2
            if self._row(middle)[0] <= wanted:
                low = middle + 1
            else:
                high = middle
        if not low:
            return None
        first, last, text = self._row(low - 1)
        return (self._texts[text], f"{_shown(first)}-{_shown(last)}") if wanted <= last else None

    def _row(self, place: int) -> tuple[bytes, bytes, int]:
        row: tuple[bytes, bytes, int] = _ROW.unpack_from(self._memory, self._start + place * _ROW.size)
        return row


def _shown(address: bytes) -> str:
    return str(ipaddress.IPv4Address(address[12:]) if address.startswith(_MAPPED) else ipaddress.IPv6Address(address))


def as_prefix(shown: str) -> str:
    """A range as one CIDR prefix where it is one, else as it is."""
    first, _, last = shown.partition("-")
    one, other = ipaddress.ip_address(first), ipaddress.ip_address(last)
    if isinstance(one, ipaddress.IPv4Address) and isinstance(other, ipaddress.IPv4Address):
        networks4 = list(ipaddress.summarize_address_range(one, other))
        return str(networks4[0]) if len(networks4) == 1 else shown
    if isinstance(one, ipaddress.IPv6Address) and isinstance(other, ipaddress.IPv6Address):
        networks6 = list(ipaddress.summarize_address_range(one, other))
        return str(networks6[0]) if len(networks6) == 1 else shown
    return shown
