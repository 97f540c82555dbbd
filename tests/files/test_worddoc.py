"""Word documents of 97-2003."""

from __future__ import annotations

import struct

from sabaki.files import worddoc
from sabaki.files.compound import Compound
from sabaki.files.opened import Asked, Opened
from sabaki.mail.limits import Budget, Limits
from tests.files.office import compound, damaged, links, traits


def document(*pieces: str | bytes, flags: int = 0) -> dict[str, bytes]:
    """The two streams of a document whose text is in pieces: `str` in UTF-16, `bytes` in Windows-1252."""
    main, positions, places, at = b"", [0], b"", 0x800
    for piece in pieces:
        packed = isinstance(piece, bytes)
        raw = piece if isinstance(piece, bytes) else piece.encode("utf-16-le")
        where = (at + len(main)) * 2 | 0x40000000 if packed else at + len(main)
        positions.append(positions[-1] + len(piece))
        places += struct.pack("<HIH", 0, where, 0)
        main += raw
    plc = struct.pack(f"<{len(positions)}I", *positions) + places
    clx = b"\x01\x02\0xx\x02" + struct.pack("<I", len(plc)) + plc
    head = struct.pack("<HH6xH", 0xA5EC, 0xC1, 0x0200 | flags).ljust(0x1A2, b"\0") + struct.pack("<II", 0, len(clx))
    return {"WordDocument": head.ljust(0x800, b"\0") + main.ljust(4_096, b"\0"), "1Table": clx.ljust(4_096, b"\0")}


def read(streams: dict[str, bytes], asked: Asked | None = None) -> Opened:
    opened = Opened()
    worddoc.read(Compound(compound(streams)), asked or Asked(), opened)
    return opened


def test_pieces_of_both_kinds() -> None:
    assert read(document("請求書\r", b"total: \x80 5\r", "終")).text == "請求書\ntotal: € 5\n終"


def test_fields() -> None:
    opened = read(
        document(
            '見て\x13 HYPERLINK "https://a.example/x" \x01\x14ここ\x15。\r\x13DDEAUTO c:\\\\cmd.exe "/c x"\x14!\x15'
        )
    )
    assert (links(opened), opened.links[0].text) == (["https://a.example/x"], "ここ")
    assert traits(opened, "dde") == ['DDEAUTO c:\\\\cmd.exe "/c x"']
    assert opened.text == "見てここ。\n!"


def test_fields_within_fields() -> None:
    opened = read(document("\x13 DDE \x13QUOTE 99 109 100\x15 \x15\x13\x13\x13"))
    assert traits(opened, "dde") == ["DDE cmd"]


def test_locked() -> None:
    opened = read(document("secret", flags=0x0100))
    assert (opened.locked, opened.text) == (True, "")


def test_without_its_table_the_text_is_still_found() -> None:
    streams = document(b'Please look at \x13HYPERLINK "https://a.example/x"\x14this\x15 now')
    streams["1Table"] = b""
    opened = read(streams)
    assert links(opened) == ["https://a.example/x"]
    assert traits(opened, "damaged") == ["WordDocument: no table of pieces"]


def test_word_95_in_japanese() -> None:
    text = "請求書\r".encode("cp932")
    head = struct.pack("<HHHHHH", 0xA5DC, 101 - 36, 0, 0x411, 0, 0).ljust(0x18, b"\0")
    main = head + struct.pack("<II", 0x300, 0x300 + len(text))
    opened = read({"WordDocument": main.ljust(0x300, b"\0") + text + bytes(4_096)})
    assert opened.text == "請求書"


def test_text_is_bounded() -> None:
    budget = Budget(Limits(file_text=10))
    assert len(read(document("x" * 100), Asked(budget=budget)).text) == 10
    assert [limit.name for limit in budget.reached] == ["file_text"]


def test_damage_never_raises() -> None:
    streams = document("請求書\r", b"total\r", "\x13HYPERLINK x\x14y\x15")
    for bent in damaged(streams["1Table"][:200], step=1):
        read({**streams, "1Table": bent})
    for bent in damaged(streams["WordDocument"]):
        read({**streams, "WordDocument": bent})
