"""Windows shortcuts, field by field."""

from __future__ import annotations

import random

from sabaki.files import shelllink
from tests.files.shelllinks import file_item, item, shell_link

DRIVE = item(0x2F, b"C:\\" + b"\0" * 19)


def test_item_list_with_long_names() -> None:
    items = DRIVE + file_item("WINDOWS", "Windows", folder=True) + file_item("POWERS~1.EXE", "powershell 見積.exe")
    link = shelllink.parse(shell_link(items=items))
    assert link.listed == "C:\\Windows\\powershell 見積.exe"
    assert link.target == link.listed


def test_link_information() -> None:
    assert shelllink.parse(shell_link(local="C:\\見積\\a.exe")).local == "C:\\見積\\a.exe"
    assert shelllink.parse(shell_link(network="\\\\198.51.100.7\\share")).target == "\\\\198.51.100.7\\share"


def test_strings_environment_and_end() -> None:
    content = shell_link(
        local="C:\\a.exe", name="Invoice", arguments="/c x", icon="b.ico", environment="%ComSpec%", index=-3, window=7
    )
    link = shelllink.parse(content + b"tail")
    assert (link.name, link.arguments, link.icon, link.environment) == ("Invoice", "/c x", "b.ico", "%ComSpec%")
    assert (link.icon_index, link.window, link.damaged) == (-3, 7, "")
    assert content[link.end :] == b""


def test_addresses_in_the_list() -> None:
    body = b"\x80\0\0\0" + "https://evil.example/a".encode("utf-16-le") + b"\0\0"
    assert shelllink.parse(shell_link(items=item(0x61, body))).addresses == ["https://evil.example/a"]


def test_damage_is_said_and_never_raised() -> None:
    whole = shell_link(items=DRIVE + file_item("A", "long name"), local="C:\\a", arguments="x" * 50, environment="%a%")
    assert shelllink.parse(whole[:40]).damaged
    assert shelllink.parse(whole[:150]).damaged
    dice = random.Random(3)
    for end in range(0, len(whole), 3):
        shelllink.parse(whole[:end])
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(5):
            broken[dice.randrange(20, len(broken))] = dice.randrange(256)
        shelllink.parse(bytes(broken))
