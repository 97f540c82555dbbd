"""Parts of a binary workbook (xlsb), [MS-XLSB]: strings, sheets, links, DDE, names, formulas."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from sabaki.files import officelinks, xlformula
from sabaki.files.markup import Text
from sabaki.files.officepart import Relationship
from sabaki.files.opened import Opened

_CELL_STRING, _FORMULAS, _STRING_ITEM, _NAME, _SHEET, _SUPPORTING, _LINK = 6, (8, 9, 10, 11), 19, 39, 156, 360, 494
_RECORDS = 1_000_000


def read_part(name: str, content: bytes, relationships: Mapping[str, Relationship], opened: Opened, text: Text) -> None:
    """Note what a binary part holds and does."""
    macro = "macrosheet" in name
    if macro and "binaryindex" not in name:
        opened.note("xlm_macro", name)
    for record, value in records(content):
        if record == _STRING_ITEM:
            text.add(_wide(value, 1)[0] + "\n")
        elif record == _CELL_STRING:
            text.add(_wide(value, 8)[0] + "\n")
        elif record in _FORMULAS:
            officelinks.formula(
                opened, xlformula.as_text(_tokens(record, value), form=xlformula.FORM_2007), macro=macro
            )
        elif record == _SHEET:
            _sheet(value, relationships, opened)
        elif record == _NAME:
            _defined(value, opened)
        elif record == _SUPPORTING:
            _supporting(value, opened)
        elif record == _LINK:
            _hyperlink(value, relationships, opened)


def records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of a part: number and value (2.1.4)."""
    at = 0
    for _ in range(_RECORDS):
        if at >= len(content):
            return
        number, at = _varying(content, at, 2)
        size, at = _varying(content, at, 4)
        yield number, content[at : at + size]
        at += size


def _varying(content: bytes, at: int, most: int) -> tuple[int, int]:
    value = 0
    for index in range(most):
        byte = content[at] if at < len(content) else 0
        at += 1
        value |= (byte & 0x7F) << 7 * index
        if not byte & 0x80:
            break
    return value, at


def _wide(value: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<I", value[at : at + 4].ljust(4, b"\0"))
    if length == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * min(length, len(value))
    return value[at + 4 : end].decode("utf-16-le", "replace"), end


def _tokens(record: int, value: bytes) -> bytes:
    at = {8: _wide(value, 8)[1] if record == 8 else 0, 9: 16, 10: 9, 11: 9}[record] + 2
    (size,) = struct.unpack_from("<I", value[at : at + 4].ljust(4, b"\0"))
    return value[at + 4 : at + 4 + size]


def _sheet(value: bytes, relationships: Mapping[str, Relationship], opened: Opened) -> None:
    (state,) = struct.unpack_from("<I", value.ljust(4, b"\0"))
    number, at = _wide(value, 8)
    name, _ = _wide(value, at)
    if state == 2:
        opened.note("hidden_file", f"sheet {name} (very hidden)")
    relationship = relationships.get(number)
    if relationship and "macrosheet" in relationship.kind.lower():
        opened.note("xlm_macro", f"{name} ({('visible', 'hidden', 'veryHidden')[min(state, 2)]})")


def _defined(value: bytes, opened: Opened) -> None:
    name, at = _wide(value, 9)
    if name.lower().replace("_xlnm.", "").startswith(("auto_open", "auto_close", "auto_activate", "auto_deactivate")):
        opened.note("macro_autorun", name)
    (size,) = struct.unpack_from("<I", value[at : at + 4].ljust(4, b"\0"))
    officelinks.formula(opened, xlformula.as_text(value[at + 4 : at + 4 + size], form=xlformula.FORM_2007))


def _supporting(value: bytes, opened: Opened) -> None:
    (kind,) = struct.unpack_from("<H", value.ljust(2, b"\0"))
    first, at = _wide(value, 2)
    second, _ = _wide(value, at)
    if kind == 1:
        opened.note("dde", f"{first}|'{second}'!")


def _hyperlink(value: bytes, relationships: Mapping[str, Relationship], opened: Opened) -> None:
    number, at = _wide(value, 16)
    location, at = _wide(value, at)
    _, at = _wide(value, at)
    shown, _ = _wide(value, at)
    relationship = relationships.get(number)
    if relationship and relationship.external:
        target = relationship.target
        officelinks.points(
            opened, f"{target}#{location}" if location and "#" not in target else target, "office:relationship", shown
        )
