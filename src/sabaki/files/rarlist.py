"""What a RAR archive holds, from its headers alone: RAR 1.5 to 4 and RAR 5 (technical notes of RARLAB).

Names and sizes stand in the clear where only the files are encrypted; members that are stored unpacked are cut out here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

MARK4 = b"Rar!\x1a\x07\x00"
MARK5 = b"Rar!\x1a\x07\x01\x00"
_BLOCK4 = struct.Struct("<HBHH")
_FILE4 = struct.Struct("<IIBIIBBHI")
_MOST = 20_000
_LINKS5 = {1: "symbolic link", 2: "symbolic link", 3: "junction", 4: "hard link", 5: "copy"}


class RarMember(msgspec.Struct, frozen=True):
    """One member. `data` and `packed` span its packed bytes; `stored` is whether those are the file itself.

    `split` marks one that goes on in another volume. `link` is the kind of link ("symbolic link"), `target` where to.
    """

    name: str
    size: int | None
    data: int
    packed: int
    directory: bool = False
    locked: bool = False
    stored: bool = False
    split: bool = False
    hidden: bool = False
    link: str = ""
    target: str = ""


class RarList(msgspec.Struct):
    """The members, and whether the headers themselves are encrypted, whether it is a volume, what was wrong."""

    members: list[RarMember] = msgspec.field(default_factory=list)
    locked: bool = False
    volume: bool = False
    solid: bool = False
    problem: str = ""


def read(content: bytes) -> RarList:
    """List the archive that begins at the first octet. Linear; raises nothing."""
    listed = RarList()
    try:
        if content.startswith(MARK5):
            _read5(content, listed)
        elif content.startswith(MARK4):
            _read4(content, listed)
    except (struct.error, IndexError, ValueError):
        listed.problem = "a header ends too early"
    return listed


def _read4(content: bytes, listed: RarList) -> None:
    at = len(MARK4)
    while at + 7 <= len(content) and len(listed.members) < _MOST:
        _, kind, flags, length = _BLOCK4.unpack_from(content, at)
        if length < 7 or not 0x72 <= kind <= 0x7B:
            listed.problem = "something else where a header should be"
            return
        added = struct.unpack_from("<I", content, at + 7)[0] if flags & 0x8000 else 0
        if kind == 0x73:
            listed.volume, listed.solid, listed.locked = bool(flags & 1), bool(flags & 8), bool(flags & 0x80)
            if listed.locked:
                return
        elif kind == 0x74:
            member = _file4(content, at, flags, length)
            listed.members.append(member)
            added = member.packed
        elif kind == 0x7B:
            return
        at += length + added


def _file4(content: bytes, at: int, flags: int, length: int) -> RarMember:
    packed, size, host, _, _, _, method, name_length, attributes = _FILE4.unpack_from(content, at + 7)
    place = at + 32
    if flags & 0x100:
        high_packed, high_size = struct.unpack_from("<II", content, place)
        packed, size, place = packed | high_packed << 32, size | high_size << 32, place + 8
    raw = content[place : place + name_length]
    name = _name4(raw) if flags & 0x200 else raw.decode("utf-8" if _is_utf8(raw) else "cp932", "backslashreplace")
    return RarMember(
        name.replace("\\", "/"),
        size,
        at + length,
        packed,
        directory=flags & 0xE0 == 0xE0,
        locked=bool(flags & 0x04),
        stored=method == 0x30,
        split=bool(flags & 0x03),
        hidden=host <= 2 and bool(attributes & 2),
        link="symbolic link" if host == 3 and attributes & 0xF000 == 0xA000 else "",
    )


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _name4(raw: bytes) -> str:
    """A name with its Unicode form: plain UTF-8, or after a NUL what differs from the plain name, packed."""
    plain, nul, packed = raw.partition(b"\0")
    if not nul:
        return raw.decode("utf-8", "backslashreplace")
    units = "".join(_unpacked4(plain, packed)) if packed else plain.decode("latin-1")
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "backslashreplace")


def _unpacked4(plain: bytes, packed: bytes) -> Iterator[str]:
    rest = iter(packed)
    high = next(rest, 0) << 8
    place = bits = flags = 0
    for octet in rest:
        if not bits:
            bits, flags = 8, octet
            continue
        how = flags >> 6
        bits, flags = bits - 2, flags << 2 & 0xFF
        if how == 3:
            count, shift, page = (octet & 0x7F) + 2, 0, 0
            if octet & 0x80:
                shift, page = next(rest, 0), high
            yield from (chr((letter + shift & 0xFF) | page) for letter in plain[place : place + count])
            place += count
            continue
        yield chr(octet | (0, high, next(rest, 0) << 8 if how == 2 else 0)[how])
        place += 1


class _Cursor:
    """Reads the variable-length integers of RAR 5, seven bits an octet, the lowest first."""

    def __init__(self, content: bytes, at: int, end: int | None = None) -> None:
        self.content = content
        self.at = at
        self.end = len(content) if end is None else min(end, len(content))

    def number(self) -> int:
        value = 0
        for shift in range(0, 70, 7):
            if self.at >= self.end:
                break
            octet = self.content[self.at]
            self.at += 1
            value |= (octet & 0x7F) << shift
            if octet < 0x80:
                return value
        raise ValueError("no number")

    def octets(self, count: int) -> bytes:
        taken = self.content[self.at : min(self.at + count, self.end)]
        self.at += count
        return taken


def _read5(content: bytes, listed: RarList) -> None:
    at = len(MARK5)
    while at + 7 <= len(content) and len(listed.members) < _MOST:
        cursor = _Cursor(content, at + 4)
        length = cursor.number()
        end = cursor.at + length
        cursor.end = min(end, len(content))
        kind, flags = cursor.number(), cursor.number()
        extra = cursor.number() if flags & 1 else 0
        packed = cursor.number() if flags & 2 else 0
        if kind == 4:
            listed.locked = True
            return
        if kind == 1:
            about = cursor.number()
            listed.volume, listed.solid = bool(about & 1), bool(about & 4)
        elif kind == 2:
            listed.members.append(_file5(cursor, (end, packed), flags, extra))
        elif kind == 5:
            return
        at = end + packed


def _file5(cursor: _Cursor, data: tuple[int, int], flags: int, extra: int) -> RarMember:
    about, size, attributes = cursor.number(), cursor.number(), cursor.number()
    cursor.octets((4 if about & 2 else 0) + (4 if about & 4 else 0))
    how, host = cursor.number(), cursor.number()
    name = cursor.octets(cursor.number()).decode("utf-8", "backslashreplace")
    locked, link, target = False, "", ""
    records = _Cursor(cursor.content, data[0] - extra, data[0])
    while extra and records.at < records.end:
        length = records.number()
        stop = records.at + length
        kind = records.number()
        if kind == 1:
            locked = True
        elif kind == 5:
            link = _LINKS5.get(records.number(), "link")
            records.number()
            target = records.octets(records.number()).decode("utf-8", "backslashreplace")
        records.at = stop
    return RarMember(
        name,
        None if about & 8 else size,
        *data,
        directory=bool(about & 1),
        locked=locked,
        stored=not how >> 7 & 7,
        split=bool(flags & 0x18),
        hidden=host == 0 and bool(attributes & 2),
        link=link,
        target=target,
    )
