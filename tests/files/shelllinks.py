"""Shortcuts for tests, put together as MS-SHLLINK says."""

from __future__ import annotations

import struct


def counted(text: str) -> bytes:
    return struct.pack("<H", len(text)) + text.encode("utf-16-le")


def item(kind: int, body: bytes) -> bytes:
    return struct.pack("<HB", len(body) + 3, kind) + body


def file_item(short: str, long: str, *, folder: bool = False) -> bytes:
    """A file entry with the extension block that holds its long name (version 9)."""
    head = b"\0" + struct.pack("<IIH", 0, 0, 0x10 if folder else 0x20) + short.encode("ascii") + b"\0"
    head += b"\0" * (len(head) % 2 == 0)
    name = long.encode("utf-16-le") + b"\0\0"
    block = struct.pack("<HHIII", 46 + len(name) + 2, 9, 0xBEEF0004, 0, 0).ljust(46, b"\0") + name
    body = head + block
    return item(0x31 if folder else 0x32, body + struct.pack("<H", len(head) + 3))


def shell_link(
    *,
    local: str = "",
    network: str = "",
    items: bytes = b"",
    name: str = "",
    arguments: str = "",
    icon: str = "",
    environment: str = "",
    index: int = 0,
    window: int = 1,
    appended: bytes = b"",
) -> bytes:
    flags, body = 0x80, b""
    if items:
        flags |= 1
        body += struct.pack("<H", len(items) + 2) + items + b"\0\0"
    if local:
        flags |= 2
        path = local.encode("cp932") + b"\0"
        body += struct.pack("<7I", 28 + len(path) + 1, 28, 1, 0, 28, 0, 28 + len(path)) + path + b"\0"
    if network:
        flags |= 2
        share = network.encode("ascii") + b"\0"
        relative = struct.pack("<5I", 20 + len(share), 0, 20, 0, 0) + share
        body += struct.pack("<7I", 28 + len(relative) + 1, 28, 2, 0, 0, 28, 28 + len(relative)) + relative + b"\0"
    for flag, text in ((4, name), (32, arguments), (64, icon)):
        if text:
            flags |= flag
            body += counted(text)
    if environment:
        flags |= 0x200
        body += struct.pack("<II", 788, 0xA0000001) + environment.encode().ljust(260, b"\0")
        body += environment.encode("utf-16-le").ljust(520, b"\0")
    header = bytes.fromhex("4c0000000114020000000000c000000000000046") + struct.pack("<II", flags, 0x20)
    header += b"\0" * 24 + struct.pack("<IiI", 0, index, window) + b"\0" * 12
    return header + body + b"\0\0\0\0" + appended
