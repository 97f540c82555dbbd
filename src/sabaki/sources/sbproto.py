"""The few messages of Safe Browsing v5 that are read, from their protobuf wire form (package google.security.safebrowsing.v5).

Strict: what is cut short, of a wrong wire type or of a wrong length is `Garbled`, never an empty answer.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

HASH_BYTES = 32
THREATS = {1: "MALWARE", 2: "SOCIAL_ENGINEERING", 3: "UNWANTED_SOFTWARE", 4: "POTENTIALLY_HARMFUL_APPLICATION"}
ATTRIBUTES = {1: "CANARY", 2: "FRAME_ONLY"}
_MOST_SECONDS = 86_400.0
"""No answer is kept for longer than a day, whatever the server says."""
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIXED = {_FIXED64: 8, _FIXED32: 4}
_WIDTHS = {4: 4, 9: 8, 10: 16, 11: 32}
"""By number of the field in HashList, the bytes of a hash."""


class Garbled(ValueError):
    """The bytes are not the message that they should be."""


class Detail(msgspec.Struct, frozen=True):
    """A kind of threat, with attributes ("CANARY": not to be acted on; "FRAME_ONLY": for frames). `threat` is "" where it is a new one."""

    threat: str
    attributes: tuple[str, ...] = ()


class FullHash(msgspec.Struct, frozen=True):
    """A hash that is listed, and as what."""

    hash: bytes
    details: tuple[Detail, ...] = ()


class Found(msgspec.Struct, frozen=True):
    """The answer to a search. `seconds` is for how long it may be kept, what it does not name included."""

    hashes: tuple[FullHash, ...]
    seconds: float


class Rice(msgspec.Struct, frozen=True):
    """Sorted numbers of `width` bytes: the first, and the differences in Golomb-Rice code."""

    width: int
    first: int = 0
    parameter: int = 0
    count: int = 0
    data: bytes = b""


class ListUpdate(msgspec.Struct, frozen=True):
    """What a server sends of one list. `wait` is in seconds, 0 where there is more to come at once. `checksum` is b"" where nothing changed."""

    name: str
    version: bytes = b""
    partial: bool = False
    additions: Rice | None = None
    removals: Rice | None = None
    wait: float = 0.0
    checksum: bytes = b""


def found(raw: bytes) -> Found:
    """Read a SearchHashesResponse. Raises Garbled, also where it does not say for how long it holds: a real one does."""
    hashes: list[FullHash] = []
    seconds: float | None = None
    for number, value in _fields(raw):
        if number == 1:
            hashes.append(_full_hash(_inner(value)))
        elif number == 2:
            seconds = _duration(_inner(value))
    if seconds is None:
        raise Garbled("the answer does not say for how long it holds")
    return Found(tuple(hashes), min(seconds, _MOST_SECONDS))


def lists(raw: bytes) -> tuple[ListUpdate, ...]:
    """Read a BatchGetHashListsResponse. Raises Garbled."""
    return tuple(_list(_inner(value)) for number, value in _fields(raw) if number == 1)


def _full_hash(raw: bytes) -> FullHash:
    hash, details = b"", []
    for number, value in _fields(raw):
        if number == 1:
            hash = _inner(value)
        elif number == 2:
            details.append(_detail(_inner(value)))
    if len(hash) != HASH_BYTES:
        raise Garbled(f"a hash of {len(hash)} bytes")
    return FullHash(hash, tuple(details))


def _detail(raw: bytes) -> Detail:
    """One detail. A server may know kinds and attributes that are newer than this program: then the whole detail says nothing to us."""
    threat, attributes = 0, list[int]()
    for number, value in _fields(raw):
        if number == 1:
            threat = _number(value)
        elif number == 2:
            attributes += _packed(value) if isinstance(value, bytes) else [value]
    known = threat in THREATS and all(each in ATTRIBUTES for each in attributes)
    return Detail(THREATS[threat], tuple(ATTRIBUTES[each] for each in attributes)) if known else Detail("")


def _list(raw: bytes) -> ListUpdate:
    read: dict[int, int | bytes] = dict(_fields(raw))
    additions = [(number, width) for number, width in _WIDTHS.items() if number in read]
    if len(additions) > 1:
        raise Garbled("additions of several lengths")
    try:
        name = _inner(read.get(1, b"")).decode("ascii")
    except UnicodeDecodeError:
        raise Garbled("a list's name that is not ASCII") from None
    checksum = _inner(read.get(7, b""))
    if len(checksum) not in (0, HASH_BYTES):
        raise Garbled(f"a checksum of {len(checksum)} bytes")
    return ListUpdate(
        name=name,
        version=_inner(read.get(2, b"")),
        partial=bool(_number(read.get(3, 0))),
        additions=next((_rice(_inner(read[number]), width) for number, width in additions), None),
        removals=_rice(_inner(read[5]), 4) if 5 in read else None,
        wait=_duration(_inner(read.get(6, b""))),
        checksum=checksum,
    )


def _rice(raw: bytes, width: int) -> Rice:
    """RiceDeltaEncoded32Bit to 256Bit: the first value in one, two or four parts of 64 bits, the highest first."""
    read = dict(_fields(raw))
    parts = max(1, width // 8)
    first = 0
    for number in range(1, parts + 1):
        first = first << 64 | _number(read.get(number, 0))
    if first >> (8 * width):
        raise Garbled("a first value that does not fit")
    parameter, count = (_number(read.get(parts + at, 0)) for at in (1, 2))
    return Rice(width, first, parameter, count, _inner(read.get(parts + 3, b"")))


def _duration(raw: bytes) -> float:
    """google.protobuf.Duration, in seconds; what is negative counts as none."""
    read = dict(_fields(raw))
    seconds, nanos = (_signed(_number(read.get(number, 0))) for number in (1, 2))
    return max(0.0, seconds + nanos / 1e9)


def _fields(raw: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields in their order: number, and a number or the bytes. Groups are long gone and count as garbled."""
    at = 0
    while at < len(raw):
        key, at = _varint(raw, at)
        number, kind = key >> 3, key & 7
        if not number:
            raise Garbled("a field without a number")
        if kind == _VARINT:
            value, at = _varint(raw, at)
            yield number, value
            continue
        if kind == _BYTES:
            length, at = _varint(raw, at)
        elif kind in _FIXED:
            length = _FIXED[kind]
        else:
            raise Garbled(f"wire type {kind}")
        end = at + length
        if end > len(raw):
            raise Garbled("cut short")
        yield number, raw[at:end] if kind == _BYTES else int.from_bytes(raw[at:end], "little")
        at = end


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(raw):
            raise Garbled("cut short")
        byte = raw[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at
    raise Garbled("a number of more than ten bytes")


def _packed(raw: bytes) -> list[int]:
    values, at = [], 0
    while at < len(raw):
        value, at = _varint(raw, at)
        values.append(value)
    return values


def _inner(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise Garbled("a number where bytes should be")
    return value


def _number(value: int | bytes) -> int:
    if isinstance(value, bytes):
        raise Garbled("bytes where a number should be")
    return value


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value
