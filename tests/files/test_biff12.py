"""Parts of a binary workbook."""

from __future__ import annotations

import struct

from sabaki.files import biff12
from sabaki.files.markup import Text
from sabaki.files.officepart import Relationship
from sabaki.files.opened import Opened
from tests.files.office import damaged, links, traits

_RELATIONSHIPS = {
    "rId1": Relationship("xlMacrosheet", "xl/macrosheets/sheet1.bin", external=False),
    "rId2": Relationship("hyperlink", "https://a.example/x", external=True),
}


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def record(number: int, value: bytes) -> bytes:
    head = bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80, number >> 7])
    size = len(value)
    return head + (bytes([size]) if size < 0x80 else bytes([size & 0x7F | 0x80, size >> 7])) + value


def read(content: bytes, name: str = "xl/workbook.bin") -> tuple[Opened, str]:
    opened, text = Opened(), Text(10_000)
    biff12.read_part(name, content, _RELATIONSHIPS, opened, text)
    return opened, str(text)


SHEET = record(156, struct.pack("<II", 2, 1) + wide("rId1") + wide("M"))
STRINGS = record(19, b"\0" + wide("東京")) + record(6, bytes(8) + wide("inline"))
NAME = record(39, bytes(9) + wide("_xlnm.Auto_Open") + bytes(8))
DDE = record(360, b"\1\0" + wide("cmd") + wide("/c calc"))
LINK = record(494, bytes(16) + wide("rId2") + wide("top") + wide("") + wide("shown"))
_EXEC = b"\x17\4\0" + "calc".encode("utf-16-le") + b"\x42\1\x6e\0"
FORMULA = record(9, bytes(18) + struct.pack("<I", len(_EXEC)) + _EXEC)


def test_records_with_long_numbers_and_sizes() -> None:
    assert list(biff12.records(record(494, b"x" * 300) + record(5, b""))) == [(494, b"x" * 300), (5, b"")]


def test_strings() -> None:
    assert read(STRINGS)[1] == "東京\ninline"


def test_sheets_names_dde_and_links() -> None:
    opened, _ = read(SHEET + NAME + DDE + LINK)
    assert traits(opened, "hidden_file") == ["sheet M (very hidden)"]
    assert traits(opened, "xlm_macro") == ["M (veryHidden)"]
    assert traits(opened, "macro_autorun") == ["_xlnm.Auto_Open"]
    assert traits(opened, "dde") == ["cmd|'/c calc'!"]
    assert (links(opened), opened.links[0].text) == (["https://a.example/x#top"], "shown")


def test_formula_of_a_macro_sheet() -> None:
    opened, _ = read(FORMULA, "xl/macrosheets/sheet1.bin")
    assert traits(opened, "macro_suspicious") == ['=EXEC("calc")']
    assert traits(opened, "xlm_macro") == ["xl/macrosheets/sheet1.bin"]


def test_damage_never_raises() -> None:
    for bent in damaged(SHEET + STRINGS + NAME + DDE + LINK + FORMULA, step=1, flips=300):
        read(bent)
