from __future__ import annotations

import pytest

from sabaki.files import membernames


@pytest.mark.parametrize(
    ("names", "charset"),
    [
        ([b"a.txt"], "utf-8"),
        (["資料.txt".encode()], "utf-8"),
        (["資料.txt".encode("cp932")], "cp932"),
        (["ご請求書".encode("euc_jp"), "のお知らせ".encode("euc_jp")], "euc_jp"),
        (["é.txt".encode("cp437")], "cp437"),
    ],
)
def test_the_charset_of_names(names: list[bytes], charset: str) -> None:
    assert membernames.charset_of(names) == charset


def test_what_is_not_from_dos_is_not_in_its_code_page() -> None:
    assert membernames.charset_of([b"caf\xe9"], dos=False) == "latin-1"


def test_octets_that_do_not_fit_stay_apart() -> None:
    assert membernames.decode(b"a\xff", "utf-8") != membernames.decode(b"a\xfe", "utf-8")


@pytest.mark.parametrize(
    "name", ["..", "a/../b", "/a", "\\\\host\\share\\x", "c:x", "D:\\x", "a\0b", "x" * 256, "a/" * 900]
)
def test_unsafe(name: str) -> None:
    assert membernames.unsafe(name)


@pytest.mark.parametrize("name", ["a", "a/b.txt", "資料/請求書.pdf", "..a/b..", "a:b"[1:], "...", "f/C;x"])
def test_safe(name: str) -> None:
    assert not membernames.unsafe(name)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("a\u202egpj.exe", "direction"),
        ("a\u200b.exe", "invisible"),
        ("a\x1b[2J", "control"),
        ("a.pdf" + " " * 30 + ".exe", "spaces"),
        ("a.pdf" + "\u3000" * 30 + ".exe", "spaces"),
        ("plain name.txt", ""),
        ("ソフト ウェア.txt", ""),
    ],
)
def test_disguise(name: str, how: str) -> None:
    assert membernames.disguise(name) == how


def test_shown_names_move_no_cursor() -> None:
    assert membernames.shown("a\x1b[2J\u202e") == "a\\x1b[2J\\u202e"
    assert membernames.shown("請求書.pdf") == "請求書.pdf"
    assert len(membernames.shown("x" * 5_000)) == 200
