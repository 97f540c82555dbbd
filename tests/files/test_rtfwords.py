from __future__ import annotations

from sabaki.files import rtfwords


def test_every_octet_is_in_some_token() -> None:
    raw = rb"{{\b1 x\'e9\u-3 }\*\~" + b"\\\n" + bytes(range(256)) + b"\\"
    at = 0
    while at < len(raw):
        found = rtfwords.TOKEN.match(raw, at)
        assert found is not None
        assert found.end() > at
        at = found.end()
    assert at == len(raw)


def test_code_pages_and_fonts() -> None:
    assert rtfwords.codec_of_page(932) == "cp932"
    assert rtfwords.codec_of_page(1181) == "cp1252"
    assert rtfwords.codec_of_font(128, "cp1252") == "cp932"
    assert rtfwords.codec_of_font(204, "cp932") == "cp1251"
    assert rtfwords.codec_of_font(1, "cp932") == "cp932"


def test_octets_that_no_code_page_has() -> None:
    assert rtfwords.decode(b"a\x81\x93", "cp1252") == "a\x81“"
    assert rtfwords.decode(b"\x93", "cp932") == "\ufffd"


def test_halves_of_a_character_are_joined() -> None:
    assert rtfwords.joined(["\ud83d", "\ude00", "x"]) == "😀x"
    assert rtfwords.joined(["\ud83d", "x"]) == "\ufffdx"
