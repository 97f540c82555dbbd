from __future__ import annotations

import random

import pytest

from sabaki.files import rarlist
from tests.files import rarbytes


def test_rar_4() -> None:
    content = rarbytes.rar4(rarbytes.file4(b"a.txt", b"first"), rarbytes.file4("資料.txt".encode("cp932"), b"second"))
    listed = rarlist.read(content)
    assert [(member.name, member.size, member.stored) for member in listed.members] == [
        ("a.txt", 5, True),
        ("資料.txt", 6, True),
    ]
    first = listed.members[0]
    assert content[first.data : first.data + first.packed] == b"first"


def test_rar_4_names_in_both_forms() -> None:
    name = b"\x82\xa0.exe\0" + b"\x30\x40\x42.ex\x00e"
    assert rarlist.read(rarbytes.rar4(rarbytes.file4(name, b"", flags=0x200))).members[0].name == "\u3042.exe"
    utf8 = rarbytes.file4("請求書.exe".encode(), b"", flags=0x200)
    assert rarlist.read(rarbytes.rar4(utf8)).members[0].name == "請求書.exe"


def test_rar_4_locked_split_hidden_and_directories() -> None:
    files = (
        rarbytes.file4(b"locked", b"", flags=0x04),
        rarbytes.file4(b"split", b"", flags=0x02),
        rarbytes.file4(b"folder", b"", flags=0xE0),
        rarbytes.file4(b"hidden", b"", attributes=2),
    )
    one, two, three, four = rarlist.read(rarbytes.rar4(*files)).members
    assert (one.locked, two.split, three.directory, four.hidden) == (True, True, True, True)


def test_rar_4_encrypted_headers_and_volumes() -> None:
    listed = rarlist.read(rarbytes.rar4(rarbytes.file4(b"a", b""), flags=0x80))
    assert (listed.locked, listed.members) == (True, [])
    assert rarlist.read(rarbytes.rar4(flags=0x01)).volume


def test_rar_5() -> None:
    content = rarbytes.rar5(rarbytes.file5("請求書.exe", b"MZ first"), rarbytes.file5("b", b"second"))
    listed = rarlist.read(content)
    assert [(member.name, member.size, member.stored) for member in listed.members] == [
        ("請求書.exe", 8, True),
        ("b", 6, True),
    ]
    first = listed.members[0]
    assert content[first.data : first.data + first.packed] == b"MZ first"


def test_rar_5_locked_links_and_encrypted_headers() -> None:
    link = bytes((5, 1, 0, 11)) + b"/etc/passwd"
    files = (rarbytes.file5("a", b"x", extra=bytes((1, 0, 0))), rarbytes.file5("l", b"", extra=link))
    locked, linked = rarlist.read(rarbytes.rar5(*files)).members
    assert locked.locked
    assert (linked.link, linked.target) == ("symbolic link", "/etc/passwd")
    assert rarlist.read(rarlist.MARK5 + rarbytes.block5(4, b"\0\0")).locked


def test_what_is_no_rar() -> None:
    assert rarlist.read(b"Rar?") == rarlist.RarList()


@pytest.mark.parametrize(
    "content",
    [
        rarbytes.rar4(rarbytes.file4(b"a.txt", b"first"), rarbytes.file4(b"b\0\1\2\3\4", b"x" * 9, flags=0x200)),
        rarbytes.rar5(
            rarbytes.file5("a.txt", b"first", extra=bytes((5, 1, 0, 1)) + b"x"), rarbytes.file5("b", b"y" * 9)
        ),
    ],
)
def test_cut_or_broken_it_gives_what_it_has(content: bytes) -> None:
    for length in range(len(content)):
        assert isinstance(rarlist.read(content[:length]), rarlist.RarList)
    chance = random.Random(3)
    for _ in range(500):
        broken = bytearray(content)
        broken[chance.randrange(7, len(broken))] = chance.randrange(256)
        assert isinstance(rarlist.read(bytes(broken)), rarlist.RarList)
