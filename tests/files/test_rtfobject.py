from __future__ import annotations

import struct

from sabaki.files import rtfobject
from sabaki.files.opened import Opened
from tests.files import office


def _string(text: bytes) -> bytes:
    return struct.pack("<I", len(text) + 1) + text + b"\0" if text else bytes(4)


def ole1(name: bytes, native: bytes, kind: int = 2, topic: bytes = b"") -> bytes:
    header = struct.pack("<II", 0x0501, kind) + _string(name) + _string(topic) + bytes(4)
    return header + (struct.pack("<I", len(native)) + native if kind == 2 else b"")


def package(name: bytes, content: bytes) -> bytes:
    path = b"C:\\tmp\\" + name + b"\0"
    front = b"\2\0" + name + b"\0" + path + b"\0\0\3\0"
    return front + struct.pack("<I", len(path)) + path + struct.pack("<I", len(content)) + content


def _reported(octets: bytes, stated: str = "", *, updates: bool = False) -> Opened:
    opened = Opened()
    rtfobject.report(octets, stated, opened, updates=updates)
    return opened


def test_a_package() -> None:
    opened = _reported(ole1(b"Package", package(b"invoice.js", b"eval()")))
    assert [(child.name, child.content) for child in opened.children] == [("invoice.js", b"eval()")]
    assert [(trait.id, trait.detail) for trait in opened.traits] == [
        ("embedded_object", "Package"),
        ("embedded_file", "invoice.js"),
    ]


def test_a_package_in_a_compound_file() -> None:
    native = package(b"run.vbs", b"x = 1")
    document = office.compound({"\x01Ole10Native": struct.pack("<I", len(native)) + native})
    opened = _reported(ole1(b"OLE2Package", document), updates=True)
    assert [child.name for child in opened.children] == ["run.vbs"]
    assert opened.traits[0].detail == "OLE2Package (updates itself when opened)"


def test_the_equation_editor_by_name_class_and_stream() -> None:
    clsid = bytes.fromhex("02ce020000000000c000000000000046")
    by_class = office.compound({"x": b"y"}, {"": clsid})
    by_stream = office.compound({"Equation Native": b"y" * 40})
    for octets in (
        ole1(b"eQuatiON.3", b"\x1c\0"),
        ole1(b"Other", by_class),
        ole1(b"Other", by_stream),
        b"\1" + by_class,
    ):
        assert "equation_editor" in [trait.id for trait in _reported(octets).traits]
    assert "equation_editor" not in [trait.id for trait in _reported(ole1(b"Word.Document.8", b"x")).traits]


def test_a_linked_object() -> None:
    opened = _reported(ole1(b"Word.Document.8", b"", 1, b"http://evil.example/a.doc"))
    assert [(link.raw, link.source, link.clickable) for link in opened.links] == [
        ("http://evil.example/a.doc", "rtf:object", False)
    ]
    assert [trait.id for trait in opened.traits] == ["embedded_object", "external_link"]


def test_a_url_moniker() -> None:
    moniker = bytes.fromhex("e0c9ea79f9bace118c8200aa004ba90b")
    stream = bytes(24) + moniker + bytes(4) + "http://evil.example/x.hta\0".encode("utf-16-le")
    opened = _reported(ole1(b"OLE2Link", office.compound({"\x01Ole": stream})))
    assert "http://evil.example/x.hta" in [link.raw for link in opened.links]


def test_a_broken_header_hides_nothing() -> None:
    opened = _reported(b"\x99" * 30 + b"MZ\x90\0program", "Some.Class")
    assert [child.content for child in opened.children] == [b"MZ\x90\0program"]
    assert ("damaged", "OLE object Some.Class") in [(trait.id, trait.detail) for trait in opened.traits]


def test_activex() -> None:
    assert "activex" in [trait.id for trait in _reported(ole1(b"MSComctlLib.ListViewCtrl.2", b"x")).traits]


def test_two_names_for_one_object() -> None:
    assert _reported(ole1(b"Equation.3", b"x"), "Word.Document.8").traits[0].detail == "Word.Document.8 (Equation.3)"


def test_every_cut() -> None:
    whole = ole1(b"Package", package(b"a.js", b"x"))
    for cut in range(len(whole)):
        _reported(whole[:cut])
