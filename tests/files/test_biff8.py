"""Workbooks of Excel 97-2003, record by record."""

from __future__ import annotations

import struct

from sabaki.files import biff8
from sabaki.files.compound import Compound
from sabaki.files.opened import Asked, Opened
from tests.files.office import compound, damaged, links, traits


def record(kind: int, value: bytes) -> bytes:
    return struct.pack("<HH", kind, len(value)) + value


def begin(kind: int = 5, version: int = 0x0600) -> bytes:
    return record(0x0809, struct.pack("<HH", version, kind) + bytes(12))


def sheet(name: str, state: int, kind: int) -> bytes:
    return record(0x85, struct.pack("<IBBBB", 0, state, kind, len(name), 0) + name.encode())


def formula(tokens: bytes) -> bytes:
    return record(0x06, bytes(20) + struct.pack("<H", len(tokens)) + tokens)


def counted(text: str) -> bytes:
    return struct.pack("<I", len(text) + 1) + text.encode("utf-16-le") + b"\0\0"


def read(book: bytes) -> Opened:
    opened = Opened()
    biff8.read(Compound(compound({"Workbook": book.ljust(4_096, b"\0")})), Asked(), opened)
    return opened


EXEC = b"\x17\x04\0calc\x42\x01\x6e\0"


def test_sheets() -> None:
    opened = read(begin() + sheet("ok", 1, 0) + sheet("hid", 2, 0) + sheet("M", 1, 1))
    assert traits(opened, "hidden_file") == ["sheet hid (very hidden)"]
    assert traits(opened, "xlm_macro") == ["M (hidden)"]


def test_shared_strings_over_records() -> None:
    first = (
        struct.pack("<II", 3, 3)
        + struct.pack("<HB", 2, 0)
        + b"ab"
        + struct.pack("<HB", 6, 1)
        + "東京".encode("utf-16-le")
    )
    # The string goes on in the next record, in bytes now; the third is in two formats.
    more = b"\0tail" + struct.pack("<HBH", 3, 0x08, 1) + b"end" + bytes(4)
    opened = read(begin() + record(0xFC, first) + record(0x3C, more))
    assert opened.text == "ab\n東京tail\nend"


def test_formulas_of_a_macro_sheet_only() -> None:
    assert traits(read(begin(0x40) + formula(EXEC)), "macro_suspicious") == ['=EXEC("calc")']
    assert traits(read(begin(0x10) + formula(EXEC)), "xlm_macro") == ['=EXEC("calc")']


def test_names_that_run() -> None:
    built_in = struct.pack("<HBBHHH4B", 0x20, 0, 1, 0, 0, 0, 0, 0, 0, 0) + b"\0\x01"
    plain = struct.pack("<HBBHHH4B", 0, 0, 10, 0, 0, 0, 0, 0, 0, 0) + b"\0auto_open1"
    assert traits(read(begin() + record(0x18, built_in) + record(0x18, plain)), "macro_autorun") == [
        "Auto_Open",
        "auto_open1",
    ]


def test_dde() -> None:
    path = "cmd\x03/c calc"
    book = record(0x1AE, struct.pack("<HHB", 1, len(path), 0) + path.encode())
    item = record(0x23, bytes(6) + b"\x02\0A1")
    assert traits(read(begin() + book + item), "dde") == ["cmd|'/c calc'!A1"]
    assert traits(read(begin() + book), "dde") == ["cmd|'/c calc'!"]
    assert not read(begin() + record(0x1AE, struct.pack("<HH", 3, 0x0401))).traits


def test_hyperlink() -> None:
    url = "https://a.example/x\0".encode("utf-16-le")
    moniker = bytes.fromhex("e0c9ea79f9bace118c8200aa004ba90b") + struct.pack("<I", len(url)) + url
    value = bytes(8) + bytes(16) + struct.pack("<II", 2, 0x1B) + counted("shown") + moniker + counted("top")
    opened = read(begin() + record(0x1B8, value))
    assert (links(opened), opened.links[0].text) == (["https://a.example/x#top"], "shown")


def test_hyperlink_to_a_share() -> None:
    value = struct.pack("<II", 2, 0x101) + counted("\\\\192.0.2.1\\s\\x.exe")
    assert biff8.hyperlink_object(value) == ("\\\\192.0.2.1\\s\\x.exe", "")


def test_locked_from_there_on() -> None:
    opened = read(begin() + record(0x2F, b"\x01\0" + bytes(52)) + sheet("x", 2, 1))
    assert opened.locked
    assert opened.traits == []


def test_an_older_workbook() -> None:
    name = struct.pack("<IBBB", 0, 0, 1, 2) + b"M1"
    tokens = b"\x17\x04calc\x42\x01\x6e\0"
    old = record(0x06, bytes(16) + struct.pack("<H", len(tokens)) + tokens)
    opened = read(begin(5, 0x0500) + record(0x85, name) + begin(0x40, 0x0500) + old)
    assert traits(opened, "xlm_macro") == ["M1 (visible)"]
    assert traits(opened, "macro_suspicious") == ['=EXEC("calc")']


def test_damage_never_raises() -> None:
    book = begin() + sheet("a", 2, 1) + begin(0x40) + formula(EXEC) + record(0xFC, bytes(8) + b"\2\0\x0d\1\0\0\1\0\0ab")
    book += record(0x3C, b"\1abc") + record(0x1B8, bytes(24) + struct.pack("<II", 2, 0x1FF) + bytes(40))
    for bent in damaged(book, step=1, flips=500):
        biff8.read(Compound(b""), Asked(), Opened(), bent)
