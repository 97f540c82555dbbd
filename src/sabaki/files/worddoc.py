"""Text and fields of a Word 97-2003 document, [MS-DOC]; of Word 6 and 95 as far as they are alike."""

from __future__ import annotations

import re
import struct

import msgspec

from sabaki.files import officelinks
from sabaki.files.compound import Compound
from sabaki.files.opened import Asked, Opened

_MOST = 64_000_000
_INTERPRETED = 4_000_000
"""Characters of text that are looked through for fields."""
_MARKS = re.compile("[\x13\x14\x15]")
_BREAKS = str.maketrans({"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x07": "\t", "\x1e": "-", "\xa0": " "})
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_DEPTH = 50
_CODE_PAGES = {0x411: "cp932", 0x412: "cp949", 0x804: "cp936", 0x404: "cp950", 0x419: "cp1251", 0x408: "cp1253"}


class _Field(msgspec.Struct):
    code: list[str] = msgspec.field(default_factory=list)
    result: list[str] = msgspec.field(default_factory=list)
    separated: bool = False


def read(file: Compound, asked: Asked, opened: Opened) -> None:
    """Note the text, and what its fields point to and run. A locked document has neither."""
    main = file.stream("WordDocument", _MOST)
    if len(main) < 0x20:
        opened.note("damaged", "WordDocument: too short")
        return
    version, flags = struct.unpack_from("<H6xH", main, 2)
    if flags & 0x0100:
        opened.locked = True
        return
    text = _modern(file, main, flags, opened) if version >= 101 else _old(main)
    opened.text = _shown(text[:_INTERPRETED], opened)[: asked.limits.file_text]
    if len(text) > asked.limits.file_text:
        asked.budget.note("file_text", asked.name)


def _modern(file: Compound, main: bytes, flags: int, opened: Opened) -> str:
    """The text by the table of pieces (2.4.1); where that is damaged, what looks like text."""
    table = file.stream("1Table" if flags & 0x0200 else "0Table", _MOST)
    start, size = struct.unpack_from("<II", main.ljust(0x1AA, b"\0"), 0x1A2)
    pieces = _pieces(table[start : start + size])
    if not pieces:
        opened.note("damaged", "WordDocument: no table of pieces")
        return _runs(main[0x200:])
    out: list[str] = []
    left = _MOST
    for count, where, packed in pieces:
        if left <= 0:
            break
        raw = main[where : where + min(count if packed else 2 * count, left)]
        left -= max(len(raw), 1)
        out.append(raw.decode("cp1252" if packed else "utf-16-le", "replace"))
    return "".join(out)


def _pieces(clx: bytes) -> list[tuple[int, int, bool]]:
    """Characters, offset, and whether one byte is a character, of each piece of text (2.9.38)."""
    at = 0
    while clx[at : at + 1] == b"\x01" and at + 3 <= len(clx):
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if clx[at : at + 1] != b"\x02" or at + 5 > len(clx):
        return []
    (size,) = struct.unpack_from("<I", clx, at + 1)
    plc = clx[at + 5 : at + 5 + size]
    count = (len(plc) - 4) // 12
    found = []
    for number in range(count):
        first, last = struct.unpack_from("<II", plc, 4 * number)
        (where,) = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * number + 2)
        packed = bool(where & 0x40000000)
        where &= 0x3FFFFFFF
        if last > first:
            found.append((last - first, where // 2 if packed else where, packed))
    return found


def _old(main: bytes) -> str:
    language, first, last = struct.unpack_from("<H16xII", main.ljust(0x20, b"\0"), 6)
    return main[first : min(last, len(main))].decode(_CODE_PAGES.get(language, "cp1252"), "replace")


def _runs(content: bytes) -> str:
    found = re.findall(rb"(?:[\x09\x0d\x13-\x15\x20-\x7e]\x00|[\x00-\xff][\x30-\x9f]){8,}+", content[:4_000_000])
    found = found or re.findall(rb"[\x09\x0d\x13-\x15\x20-\x7e]{8,}+", content[:4_000_000])
    return "\n".join(run.decode("utf-16-le" if b"\0" in run else "latin-1", "replace") for run in found)


def _shown(text: str, opened: Opened) -> str:
    """What a reader sees; the fields are noted on the way (their marks: 2.8.25)."""
    shown: list[str] = []
    fields: list[_Field] = []
    at = 0
    for match in _MARKS.finditer(text):
        _put(text[at : match.start()], fields, shown)
        at = match.end()
        if match[0] == "\x13":
            if len(fields) < _DEPTH:
                fields.append(_Field())
        elif fields and match[0] == "\x14":
            fields[-1].separated = True
        elif fields:
            _close(fields, opened)
    _put(text[at:], fields, shown)
    while fields:
        _close(fields, opened)
    lines = (_CONTROL.sub("", line).strip() for line in "".join(shown).translate(_BREAKS).split("\n"))
    return "\n".join(line for line in lines if line)


def _put(text: str, fields: list[_Field], shown: list[str]) -> None:
    if fields and not fields[-1].separated:
        fields[-1].code.append(text)
        return
    for field in fields:
        if field.separated:
            field.result.append(text)
    shown.append(text)


def _close(fields: list[_Field], opened: Opened) -> None:
    field = fields.pop()
    code = _CONTROL.sub("", "".join(field.code))
    officelinks.field(opened, code, _CONTROL.sub("", "".join(field.result))[:500].strip())
    if fields and not fields[-1].separated:
        fields[-1].code.append(officelinks.quoted(code) or "".join(field.result))
