"""Compound files by what they are."""

from __future__ import annotations

import struct

import pytest

from sabaki.files.ole import read
from sabaki.files.opened import Asked
from tests.files import office
from tests.files.office import clsid, compound, native, survives, traits
from tests.files.test_biff8 import begin, sheet
from tests.files.test_worddoc import document


def summary(title: bytes, page: int) -> bytes:
    body = struct.pack("<II", 60, 2) + struct.pack("<IIII", 1, 24, 2, 32)
    body += struct.pack("<II", 2, page) + struct.pack("<II", 30, len(title)) + title
    return b"\xfe\xff" + bytes(42) + struct.pack("<I", 48) + body


@pytest.mark.parametrize(
    ("streams", "kind"),
    [
        (document("x"), "doc"), ({"Workbook": begin()}, "xls"), ({"Book": begin()}, "xls"),
        ({"PowerPoint Document": b""}, "ppt"), ({"__properties_version1.0": b""}, "msg"), ({"other": b""}, ""),
    ],
)  # fmt: skip
def test_kinds(streams: dict[str, bytes], kind: str) -> None:
    assert read(compound(streams), Asked()).kind == kind


def test_title_in_japanese() -> None:
    streams = document("x") | {"\x05SummaryInformation": summary("請求書".encode("cp932") + b"\0", 932)}
    assert read(compound(streams), Asked()).title == "請求書"


@pytest.mark.parametrize(
    ("main", "at"), [(document("x"), "Macros/VBA"), ({"Workbook": begin()}, "_VBA_PROJECT_CUR/VBA")]
)
def test_macros(main: dict[str, bytes], at: str) -> None:
    opened = read(compound(main | office.vba({"M": "Sub AutoOpen()\nEnd Sub"}, at)), Asked())
    assert traits(opened, "macro_autorun") == ["AutoOpen"]


def test_objects_of_a_document() -> None:
    streams = document("x") | {
        "ObjectPool/_12/\x01Ole10Native": native("請求書.exe", b"MZ"),
        "ObjectPool/_13/Equation Native": b"x",
        "\x01Ole": bytes(20),
    }
    opened = read(compound(streams), Asked())
    assert [(child.name, child.content) for child in opened.children] == [("請求書.exe", b"MZ")]
    assert traits(opened, "equation_editor")


def test_objects_of_a_workbook() -> None:
    streams = {"Workbook": begin(), "MBD0000ABCD/\x01Ole10Native": native("a.js", b"x")}
    assert [child.name for child in read(compound(streams), Asked()).children] == ["a.js"]


def test_a_bare_package_and_a_bare_equation() -> None:
    assert [child.name for child in read(compound({"\x01Ole10Native": native("a.js", b"x")}), Asked()).children] == [
        "a.js"
    ]
    equation = compound({"x": b""}, {"": clsid("0002CE02-0000-0000-C000-000000000046")})
    assert traits(read(equation, Asked()), "equation_editor") == ["Equation.3"]


def test_installer() -> None:
    content = compound(
        {"\u3f3f\u4577": b"MZ program", "x": b"data"}, {"": clsid("000C1084-0000-0000-C000-000000000046")}
    )
    opened = read(content, Asked())
    assert opened.kind == "msi"
    assert [child.content for child in opened.children] == [b"MZ program"]


def test_very_hidden_sheet() -> None:
    assert traits(read(compound({"Workbook": begin() + sheet("h", 2, 0)}), Asked()), "hidden_file") == [
        "sheet h (very hidden)"
    ]


def test_a_package_that_nothing_opens() -> None:
    opened = read(compound({"EncryptionInfo": b"\4\0\4\0\x40\0\0\0<x/>", "EncryptedPackage": bytes(64)}), Asked())
    assert opened.locked
    assert opened.password == ""


def test_damage_never_raises() -> None:
    survives(read, compound(document("x") | office.vba({"M": "Sub A()\nEnd Sub"}, "Macros/VBA")))
    survives(
        read, compound({"Workbook": begin() + sheet("h", 2, 1), "MBD0000ABCD/\x01Ole10Native": native("a.js", b"x")})
    )
    survives(read, b"not a compound file")
