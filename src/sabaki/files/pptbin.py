"""Presentations of PowerPoint 97-2003, [MS-PPT]: text, links, what runs, and the storages inside."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from sabaki.files import officelinks, ole10native, vba
from sabaki.files.compound import MAGIC, Compound
from sabaki.files.markup import Text
from sabaki.files.opened import Asked, Opened

_MOST = 100_000_000
_RECORDS = 1_000_000
_CHARS, _BYTES, _STRING, _STORAGE = 0x0FA0, 0x0FA8, 0x0FBA, 0x1011
_HYPERLINK, _INTERACTIVE, _INTERACTIVE_ATOM, _ENCRYPTED = 0x0FD7, 0x0FF2, 0x0FF3, 0x2F14
_LOCKED_TOKEN = 0xF3D1C4DF


def read(file: Compound, asked: Asked, opened: Opened) -> None:
    """Note the text and what the slides link to and run; hand on embedded objects and read macros."""
    user = file.stream("Current User", 64)
    if len(user) >= 16 and struct.unpack_from("<I", user, 12)[0] == _LOCKED_TOKEN:
        opened.locked = True
        return
    text = Text(asked.limits.file_text)
    strings: dict[int, str] = {}
    inside, action = 0, 0
    for instance, kind, value in records(file.stream("PowerPoint Document", _MOST)):
        if kind in (_HYPERLINK, _INTERACTIVE):
            _hyperlink(strings, opened)
            inside, strings, action = kind, {}, 0
        elif kind == _STRING:
            string = value.decode("utf-16-le", "replace")
            if inside == _HYPERLINK:
                strings[instance] = string
            elif action in (1, 2) and string:
                opened.note("launch" if action == 2 else "open_action", string)
                action = 0
        elif kind == _INTERACTIVE_ATOM and len(value) >= 9:
            action = value[8]
        elif kind == _CHARS:
            text.add(value.decode("utf-16-le", "replace").replace("\r", "\n") + "\n")
        elif kind == _BYTES:
            text.add(value.decode("latin-1").replace("\r", "\n") + "\n")
        elif kind == _STORAGE:
            _storage(instance, value, asked, opened)
        elif kind == _ENCRYPTED:
            opened.locked = True
    _hyperlink(strings, opened)
    opened.text = str(text)


def records(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Instance, type and content of all records, containers (empty) before what they hold (2.3.1)."""
    at = 0
    for _ in range(_RECORDS):
        if at + 8 > len(content):
            return
        head, kind, size = struct.unpack_from("<HHI", content, at)
        at += 8
        if head & 0x0F == 0x0F:
            yield head >> 4, kind, b""
            continue
        yield head >> 4, kind, content[at : at + size]
        at += size


def _hyperlink(strings: dict[int, str], opened: Opened) -> None:
    target = strings.get(1, "")
    if target:
        location = strings.get(3, "")
        target = f"{target}#{location}" if location and "#" not in target else target
        officelinks.points(opened, target, "office:relationship", strings.get(0, ""))


def _storage(instance: int, value: bytes, asked: Asked, opened: Opened) -> None:
    """An embedded object or the VBA project: a compound file, mostly packed (2.10.34)."""
    content = value
    if instance == 1:
        unpacker = zlib.decompressobj()
        try:
            content = unpacker.decompress(value[4:], max(1, asked.budget.left("decoded_size")))
        except zlib.error as broken:
            opened.note("damaged", f"embedded storage: {broken}")
            return
        asked.budget.spend("decoded_size", len(content), asked.name)
    if not content.startswith(MAGIC):
        return
    inner = Compound(content)
    if not vba.report(inner, asked, opened):
        ole10native.embedded(content, "object", opened)
