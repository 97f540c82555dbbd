"""Presentations of PowerPoint 97-2003."""

from __future__ import annotations

import struct
import zlib

from sabaki.files import pptbin
from sabaki.files.compound import Compound
from sabaki.files.opened import Asked, Opened
from tests.files import office
from tests.files.office import compound, damaged, links, native, traits


def atom(kind: int, value: bytes, instance: int = 0) -> bytes:
    return struct.pack("<HHI", instance << 4, kind, len(value)) + value


def container(kind: int, *inside: bytes) -> bytes:
    body = b"".join(inside)
    return struct.pack("<HHI", 0x0F, kind, len(body)) + body


def string(text: str, instance: int) -> bytes:
    return atom(0x0FBA, text.encode("utf-16-le"), instance)


def stored(content: bytes) -> bytes:
    return atom(0x1011, struct.pack("<I", len(content)) + zlib.compress(content), 1)


def read(*records: bytes, user: bytes = b"") -> Opened:
    opened = Opened()
    streams = {"PowerPoint Document": container(0x03E8, *records), "Current User": user}
    pptbin.read(Compound(compound(streams)), Asked(), opened)
    return opened


TEXT = atom(0x0FA0, "配送\rお知らせ".encode("utf-16-le")) + atom(0x0FA8, b"plain")
LINK = container(0x0FD7, atom(0x0FD3, bytes(4)), string("shown", 0), string("https://a.example/x", 1), string("top", 3))


def test_text_and_links() -> None:
    opened = read(TEXT, LINK)
    assert opened.text == "配送\nお知らせ\nplain"
    assert (links(opened), opened.links[0].text) == (["https://a.example/x#top"], "shown")


def test_a_click_that_runs() -> None:
    program = container(0x0FF2, atom(0x0FF3, bytes(8) + b"\2" + bytes(7)), string("cmd.exe", 2))
    macro = container(0x0FF2, atom(0x0FF3, bytes(8) + b"\1" + bytes(7)), string("Start", 2))
    opened = read(program, macro)
    assert traits(opened, "launch") == ["cmd.exe"]
    assert traits(opened, "open_action") == ["Start"]


def test_storages_inside() -> None:
    opened = read(
        stored(compound(office.vba({"Module1": "Sub Auto_Open()\nEnd Sub"}))),
        stored(compound({"\x01Ole10Native": native("a.exe", b"MZ")})),
    )
    assert traits(opened, "macro_autorun") == ["Auto_Open"]
    assert [child.name for child in opened.children] == ["a.exe"]


def test_locked() -> None:
    assert read(TEXT, user=bytes(12) + struct.pack("<I", 0xF3D1C4DF)).locked
    assert read(container(0x2F14, b"")).locked


def test_a_packed_storage_that_is_none() -> None:
    assert traits(read(atom(0x1011, b"\0\0\0\0nonsense", 1)), "damaged")


def test_damage_never_raises() -> None:
    stream = container(0x03E8, TEXT, LINK, stored(compound({"\x01Ole10Native": native("a", b"x")})))
    for bent in damaged(stream):
        pptbin.read(Compound(compound({"PowerPoint Document": bent})), Asked(), Opened())
