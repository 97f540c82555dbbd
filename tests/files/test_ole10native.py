"""Objects in documents, out of their wrapping."""

from __future__ import annotations

import struct

import pytest

from sabaki.files.ole10native import embedded, package
from sabaki.files.opened import Opened
from tests.files.office import clsid, compound, damaged, native, traits

EQUATION = clsid("0002CE02-0000-0000-C000-000000000046")


def read(content: bytes, stated: str = "") -> Opened:
    opened = Opened()
    embedded(content, "oleObject1.bin", opened, stated)
    return opened


def test_package() -> None:
    found = package(native("invoice.exe", b"MZ content"))
    assert found is not None
    assert (found.name, found.content, found.origin) == ("invoice.exe", b"MZ content", "C:\\Temp\\invoice.exe")


def test_the_unicode_name_wins() -> None:
    found = package(native("請求書.exe", b"MZ"))
    assert found is not None
    assert found.name == "請求書.exe"


def test_package_becomes_its_file() -> None:
    opened = read(compound({"\x01Ole10Native": native("a.js", b"code")}), "Package")
    assert [(child.name, child.content) for child in opened.children] == [("a.js", b"code")]
    assert traits(opened, "embedded_file") == ["a.js"]
    assert traits(opened, "embedded_object") == ["Package"]


def test_a_package_that_only_links() -> None:
    body = b"\x02\0calc.exe\0\\\\192.0.2.1\\s\\calc.exe\0\0\0\x01\0\x01\0\\\\192.0.2.1\\s\\calc.exe\0"
    opened = read(compound({"\x01Ole10Native": struct.pack("<I", len(body)) + body}))
    assert traits(opened, "launch") == traits(opened, "remote_target") == ["\\\\192.0.2.1\\s\\calc.exe"]
    assert opened.children == []


@pytest.mark.parametrize(
    "content",
    [
        compound({"Equation Native": b"\x1c\0"}),
        compound({"x": b"1"}, {"": EQUATION}),
        compound({"\x01oLe10nAtiVE": b"\x20\0\0\0\x03\x01" + bytes(40)}, {"": EQUATION}),
    ],
)
def test_equation_editor(content: bytes) -> None:
    opened = read(content)
    assert traits(opened, "equation_editor")
    assert opened.children


def test_other_objects_are_handed_on_whole() -> None:
    content = compound({"CONTENTS": b"%PDF-1.7 ..." * 3})
    assert [child.content for child in read(content).children] == [b"%PDF-1.7 ..." * 3]
    sheet = compound({"Workbook": b"..."})
    assert [child.content for child in read(sheet, "Excel.Sheet.8").children] == [sheet]
    assert [child.name for child in read(b"PK\x03\x04").children] == ["oleObject1.bin"]


def test_an_object_by_link() -> None:
    stream = b"\x01\0\0\x02\x01\0\0\0" + bytes(20) + "http://a.example/t.rtf".encode("utf-16-le") + bytes(8)
    opened = read(compound({"\x01Ole": stream}, {"": clsid("00000300-0000-0000-C000-000000000046")}))
    assert traits(opened, "external_link") == ["StdOleLink: http://a.example/t.rtf"]


def test_damage_never_raises() -> None:
    for bent in damaged(native("a.exe", b"x" * 50), step=1):
        package(bent)
    for bent in damaged(compound({"\x01Ole10Native": native("a.exe", b"x" * 5_000)})):
        read(bent)
