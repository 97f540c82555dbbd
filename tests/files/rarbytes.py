"""RAR archives byte by byte, with members stored as they are (no free program writes RAR)."""

from __future__ import annotations

import struct
import zlib


def _block4(kind: int, flags: int, rest: bytes) -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head


def file4(name: bytes, content: bytes, *, flags: int = 0, attributes: int = 0x20, method: int = 0x30) -> bytes:
    fixed = (len(content), len(content), 2, zlib.crc32(content), 0x21 << 16, 20, method, len(name), attributes)
    return _block4(0x74, flags | 0x8000, struct.pack("<IIBIIBBHI", *fixed) + name) + content


def rar4(*files: bytes, flags: int = 0) -> bytes:
    return b"Rar!\x1a\x07\x00" + _block4(0x73, flags, bytes(6)) + b"".join(files) + _block4(0x7B, 0x4000, b"")


def number(value: int) -> bytes:
    octets = bytearray()
    while value > 0x7F:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*octets, value))


def block5(kind: int, body: bytes, *, extra: bytes = b"", data: bytes | None = None) -> bytes:
    flags = (1 if extra else 0) | (2 if data is not None else 0)
    head = number(kind) + number(flags)
    head += number(len(extra)) if extra else b""
    head += number(len(data)) if data is not None else b""
    head += body + extra
    sized = number(len(head)) + head
    return struct.pack("<I", zlib.crc32(sized)) + sized + (data or b"")


def file5(name: str, content: bytes, *, extra: bytes = b"", method: int = 0) -> bytes:
    raw = name.encode()
    body = number(4) + number(len(content)) + number(0x20) + struct.pack("<I", zlib.crc32(content))
    body += number(method << 7) + number(0) + number(len(raw)) + raw
    return block5(2, body, extra=number(len(extra)) + extra if extra else b"", data=content)


def rar5(*files: bytes) -> bytes:
    return b"Rar!\x1a\x07\x01\x00" + block5(1, number(0)) + b"".join(files) + block5(5, number(0))
