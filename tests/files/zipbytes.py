"""ZIP files byte by byte, wrong ones too; names after APPNOTE."""

from __future__ import annotations

import struct
import zlib


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def local(
    name: bytes,
    packed: bytes,
    *,
    method: int = 0,
    crc: int = 0,
    size: int | None = None,
    packed_size: int | None = None,
    flags: int = 0,
    extra: bytes = b"",
) -> bytes:
    stated = len(packed) if packed_size is None else packed_size
    size = len(packed) if size is None else size
    head = (20, flags, method, 0, 0x21, crc, stated, size, len(name), len(extra))
    return struct.pack("<4sHHHHHIIIHH", b"PK\3\4", *head) + name + extra + packed


def central(
    name: bytes,
    packed: int,
    offset: int,
    *,
    method: int = 0,
    crc: int = 0,
    size: int | None = None,
    flags: int = 0,
    extra: bytes = b"",
    host: int = 0,
    attributes: int = 0,
) -> bytes:
    size = packed if size is None else size
    head = (20, host, 20, flags, method, 0, 0x21, crc, packed, size, len(name), len(extra), 0, 0, 0, attributes, offset)
    return struct.pack("<4sBBHHHHHIIIHHHHHII", b"PK\1\2", *head) + name + extra


def end(count: int, size: int, offset: int, comment: bytes = b"", disk: int = 0) -> bytes:
    return struct.pack("<4sHHHHIIH", b"PK\5\6", disk, disk, count, count, size, offset, len(comment)) + comment


def archive(members: dict[bytes, bytes], *, flags: int = 0, extra: bytes = b"", host: int = 0) -> bytes:
    """A plain archive of stored members."""
    body, directory = b"", b""
    for name, content in members.items():
        crc = zlib.crc32(content)
        directory += central(name, len(content), len(body), crc=crc, flags=flags, extra=extra, host=host)
        body += local(name, content, crc=crc, flags=flags, extra=extra)
    return body + directory + end(len(members), len(directory), len(body))


def overlapping(count: int, size: int) -> bytes:
    """Many members whose data are one and the same: each costs a directory entry and unpacks to `size` bytes."""
    kernel = deflated(bytes(size))
    body = local(b"0", kernel, method=8, size=size)
    directory = b"".join(central(b"%d" % at, len(kernel), 0, method=8, size=size) for at in range(count))
    return body + directory + end(count, len(directory), len(body))
