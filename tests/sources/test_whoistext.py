"""Answers as blocks."""

from __future__ import annotations

import pytest

from sabaki.sources import whoistext


def test_blocks_end_at_empty_lines_headings_and_objects() -> None:
    text = "Domain: example.cz\nRegistrar: A\n\nRegistrant:\n   B Ltd.\nName servers:\n   ns1.example.cz\ncontact: C\nname: D\ncontact: E\n"
    found = whoistext.blocks(text)
    assert [(block.heading, [each.label for each in block.entries], block.lines) for block in found] == [
        ("", ["domain", "registrar"], []),
        ("registrant", [], ["B Ltd."]),
        ("name servers", ["contact", "name", "contact"], ["ns1.example.cz"]),
    ]


def test_a_heading_reaches_over_one_empty_line() -> None:
    found = whoistext.blocks("Domain servers in listed order:\n\n   ns1.example.net\n\n   small print\n")
    assert [(block.heading, block.lines) for block in found] == [
        ("domain servers in listed order", ["ns1.example.net"]),
        ("", ["small print"]),
    ]


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x85", "\r"])
def test_only_a_line_feed_ends_a_line(separator: str) -> None:
    text = f"Domain: example.nl\r\nRegistrant Name: A{separator}Registrar: forged\r\nRegistrar: true\r\n"
    assert [block.first("registrar") for block in whoistext.blocks(text)] == ["true"]


def test_what_is_too_long_is_cut() -> None:
    assert len(whoistext.lines("a\n" * 100_000)) == 4_000
    assert len(whoistext.lines("a" * 100_000)[0]) == 2_000


@pytest.mark.parametrize("charset", ["iso-2022-jp", "euc-jp", "cp932", "utf-8"])
def test_japanese_is_read_in_any_charset_even_under_the_wrong_label(charset: str) -> None:
    text = "[組織名]                     学校法人れい学園 がくいん専門学校\n[登録年月日]   1999/04/01\n"
    for label in ("", "iso-2022-jp", "utf-8"):
        assert whoistext.decode(text.encode(charset), label) == text


def test_what_registries_of_elsewhere_write_is_read() -> None:
    assert (
        whoistext.decode("org: Société Générale d'été\n".encode("latin-1"), "iso-8859-1")
        == "org: Société Générale d'été\n"
    )
    russian = "org: Общество с ограниченной ответственностью\naddress: Москва, улица Пушкина\n"
    assert whoistext.decode(russian.encode("koi8-r"), "koi8-r") == russian
    assert whoistext.decode(russian.encode("koi8-r"), "") == russian
