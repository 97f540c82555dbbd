"""What a ZIP file says is in it, twice: the central directory and the local headers (APPNOTE 6.3, sections 4.3 and 4.4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

_LOCAL = b"PK\x03\x04"
_CENTRAL = b"PK\x01\x02"
_END = b"PK\x05\x06"
_DESCRIPTOR = b"PK\x07\x08"
_LOCAL_HEADER = struct.Struct("<4xHHHHHIIIHH")
_CENTRAL_HEADER = struct.Struct("<4xBBHHHHHIIIHHHHHII")
_END_RECORD = struct.Struct("<4xHHHHIIH")
_END64_RECORD = struct.Struct("<4x8xHHIIQQQQ")
_LOCATOR = struct.Struct("<4sIQI")
_ENDS = 16
_SIGNATURES = 400_000
_METHODS = frozenset((*range(20), 93, 94, 95, 96, 97, 98, 99))
_BY_DESCRIPTOR = 0x08
_MASK32 = 0xFFFFFFFF


class Entry(msgspec.Struct, frozen=True):
    """One member as one of the two readings has it.

    `offset` is where its local header stands in the bytes at hand, `data` where its data begin (0: no local header
    there), `packed` and `size` are bytes, `time` is in DOS form, `host` the system that wrote it (APPNOTE 4.4.2),
    `attributes` the external ones.
    """

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    data: int
    extra: bytes = b""
    time: int = 0
    host: int = 0
    attributes: int = 0

    @property
    def end(self) -> int:
        """Where its data end."""
        return self.data + self.packed if self.data else self.offset

    @property
    def by_descriptor(self) -> bool:
        """Whether its sizes follow the data (APPNOTE 4.3.9), so that the local header may leave them out."""
        return bool(self.flags & _BY_DESCRIPTOR)


class Directory(msgspec.Struct):
    """Both readings of one file.

    `entries` are those of the central directory (of all of them, where archives stand one after another), `stray` local
    headers that it does not name, `locals` the local headers by offset. `prefix` and `suffix` are bytes before the
    first member and after the end. `archives` counts central directories, `volumes` is set for a piece of a larger one.
    """

    entries: list[Entry] = msgspec.field(default_factory=list)
    stray: list[Entry] = msgspec.field(default_factory=list)
    locals: dict[int, Entry] = msgspec.field(default_factory=dict)
    prefix: int = 0
    suffix: int = 0
    archives: int = 0
    volumes: bool = False
    truncated: bool = False
    problems: list[str] = msgspec.field(default_factory=list)


def read(content: bytes, most: int) -> Directory:
    """Read both, `most` members of each at the most. Linear in the size of the file; raises nothing."""
    found = Directory()
    covered = _central(content, found, most)
    _strays(content, found, most, covered)
    starts = [entry.offset for entry in (*found.entries, *found.stray) if entry.data]
    found.prefix = min(starts, default=0)
    if not found.archives and found.stray:
        found.problems.append("no central directory")
    return found


def extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """The extra field's blocks (APPNOTE 4.5): identifier and value, as far as they are whole."""
    at = 0
    while at + 4 <= len(extra):
        id, length = struct.unpack_from("<HH", extra, at)
        yield id, extra[at + 4 : at + 4 + length]
        at += 4 + length


def local_at(content: bytes, offset: int) -> Entry | None:
    """The local header at `offset`, or None where there is none worth the name."""
    if offset < 0 or content[offset : offset + 4] != _LOCAL or offset + 30 > len(content):
        return None
    _, flags, method, time, _, crc, packed, size, name_length, extra_length = _LOCAL_HEADER.unpack_from(content, offset)
    data = offset + 30 + name_length + extra_length
    if method not in _METHODS or data > len(content):
        return None
    name = content[offset + 30 : offset + 30 + name_length]
    extra = content[offset + 30 + name_length : data]
    if _MASK32 in (packed, size):
        size, packed, _ = _zip64(extra, size, packed, 0)
    return Entry(name, flags, method, crc, packed, size, offset, data, extra, time)


def _zip64(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """The three numbers, those that did not fit taken from the ZIP64 block (APPNOTE 4.5.3)."""
    block = next((value for id, value in extra_fields(extra) if id == 1), b"")
    numbers = iter(struct.unpack_from(f"<{len(block) // 8}Q", block))
    size = next(numbers, size) if size == _MASK32 else size
    packed = next(numbers, packed) if packed == _MASK32 else packed
    offset = next(numbers, offset) if offset == _MASK32 else offset
    return size, packed, offset


def _central(content: bytes, found: Directory, most: int) -> list[tuple[int, int]]:
    """Read every central directory, the last first. Gives the spans that members, directories and end records cover."""
    covered: list[tuple[int, int]] = []
    for place in _end_records(content):
        # An end record inside a member belongs to an archive in the archive.
        if any(start <= place < stop for start, stop in covered[:1_000]) or any(
            entry.data <= place < entry.end for entry in found.entries
        ):
            continue
        start, count, shift, stop = _directory_of(content, place)
        if start is None:
            if not found.archives:
                found.problems.append("the end record points to no central directory")
            continue
        if not found.archives:
            found.suffix = max(0, len(content) - stop)
            found.volumes = _END_RECORD.unpack_from(content, place)[0] not in (0, 0xFFFF)
        end = _members(content, found, (start, place, shift), most)
        found.archives += 1
        covered.append((start, stop))
        if count != end and not found.truncated:
            found.problems.append(f"the central directory holds {end} members and says {count}")
    return covered


def _end_records(content: bytes) -> Iterator[int]:
    """Where end records may stand, from the back."""
    place = len(content)
    for _ in range(_ENDS):
        place = content.rfind(_END, 0, place)
        if place < 0:
            return
        if place + 22 <= len(content):
            yield place


def _directory_of(content: bytes, place: int) -> tuple[int | None, int, int, int]:
    """Where the directory of an end record starts, its count of members, what to add to its offsets, and where all ends."""
    _, _, _, count, size, offset, comment = _END_RECORD.unpack_from(content, place)
    stop, directory_end = place + 22 + comment, place
    if place >= 20 and content[place - 20 : place - 16] == b"PK\x06\x07":
        _, _, record, _ = _LOCATOR.unpack_from(content, place - 20)
        record = record if content[record : record + 4] == b"PK\x06\x06" else content.rfind(b"PK\x06\x06", 0, place)
        if 0 <= record <= place - 56:
            directory_end = record
            _, _, _, _, _, count, size, offset = _END64_RECORD.unpack_from(content, record)
    if not count and not size:
        return directory_end, 0, 0, stop
    for start in (directory_end - size, offset):
        if 0 <= start < place and content[start : start + 4] == _CENTRAL:
            return start, count, start - offset, stop
    return None, count, 0, stop


def _members(content: bytes, found: Directory, where: tuple[int, int, int], most: int) -> int:
    """Read the members of one central directory; how many there were."""
    at, stop, shift = where
    count = 0
    while at + 46 <= stop and content[at : at + 4] == _CENTRAL:
        if len(found.entries) >= most:
            found.truncated = True
            break
        entry, local, length = _member(content, at, shift)
        if local is not None:
            found.locals[local.offset] = local
        found.entries.append(entry)
        count += 1
        at += length
    return count


def _member(content: bytes, at: int, shift: int) -> tuple[Entry, Entry | None, int]:
    """One member of a central directory, its local header, and how long the former is."""
    fixed = _CENTRAL_HEADER.unpack_from(content, at)
    _, host, _, flags, method, time, _, crc, packed, size, name_length, extra_length, comment_length = fixed[:13]
    attributes, offset = fixed[15:]
    name_end = at + 46 + name_length
    extra = content[name_end : name_end + extra_length]
    if _MASK32 in (packed, size, offset):
        size, packed, offset = _zip64(extra, size, packed, offset)
    local = local_at(content, offset + shift) or local_at(content, offset)
    place, data = (local.offset, local.data) if local else (offset + shift, 0)
    name = content[at + 46 : name_end]
    entry = Entry(name, flags, method, crc, packed, size, place, data, extra, time, host, attributes)
    return entry, local, name_end - at + extra_length + comment_length


class _Ahead:
    """Where the next structure stands; asked with places that only grow, so that all of it is one pass."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._next = dict.fromkeys((_DESCRIPTOR, _LOCAL, _CENTRAL), -1)

    def after(self, place: int, room: int) -> int:
        """The first structure from `place` on, `room` if there is none before it."""
        for mark, known in self._next.items():
            if known < place:
                found = self._content.find(mark, place)
                self._next[mark] = found if found >= 0 else len(self._content)
        return min(room, *self._next.values())


def _strays(content: bytes, found: Directory, most: int, covered: list[tuple[int, int]]) -> None:
    """Local headers outside of what the central directory accounts for, each with as much data as it can have."""
    spans = sorted([*covered, *((entry.offset, max(entry.end, entry.data)) for entry in found.entries if entry.data)])
    at, index, tried = 0, 0, 0
    ahead = _Ahead(content)
    while (place := content.find(_LOCAL, at)) >= 0:
        while index < len(spans) and spans[index][1] <= place:
            index += 1
        if index < len(spans) and spans[index][0] <= place:
            at = spans[index][1]
            continue
        at, tried = place + 4, tried + 1
        if len(found.stray) >= most or tried > _SIGNATURES:
            found.truncated = True
            return
        local = local_at(content, place)
        if local is None or not _plausible(local):
            continue
        room = spans[index][0] if index < len(spans) else len(content)
        local = _bounded(local, room, ahead)
        found.stray.append(local)
        at = max(at, local.end)


def _plausible(local: Entry) -> bool:
    """A signature may stand in data by chance: a header has a name that could be one."""
    return 0 < len(local.name) <= 4_096 and not (local.flags & 0x9000 and local.method == 0)


def _bounded(local: Entry, room: int, ahead: _Ahead) -> Entry:
    """The stray with its packed size: what it says, or up to the next structure where the size follows the data."""
    if local.data + local.packed <= room and (local.packed or not local.by_descriptor):
        return local
    return msgspec.structs.replace(local, packed=ahead.after(local.data, max(room, local.data)) - local.data)
