from __future__ import annotations

import datetime
import struct

import pytest

from sabaki.files.mapi import (
    Attachment,
    Id,
    Mapi,
    Method,
    Properties,
    Type,
    charset_of,
    flat_entries,
    one_off_address,
)
from tests.files import outlook


@pytest.mark.parametrize(
    ("codepage", "charset"),
    [
        (932, "cp932"),
        (50220, "iso-2022-jp"),
        (51932, "euc-jp"),
        (65001, "utf-8"),
        (1252, "windows-1252"),
        (28591, "windows-1252"),
        (28605, "iso-8859-15"),
        (20127, "us-ascii"),
        (54936, "gb18030"),
        (99999, None),
        (-1, None),
        (None, None),
    ],
)
def test_code_pages(codepage: int | None, charset: str | None) -> None:
    assert charset_of(codepage) == charset


@pytest.mark.parametrize(
    "page",
    [
        {Id.MESSAGE_CODEPAGE: 932},
        {Id.INTERNET_CODEPAGE: 50220},
        {Id.MESSAGE_LOCALE_ID: 0x0411},
    ],
)
def test_an_8_bit_string_in_the_code_page_of_its_message(page: dict[int, int]) -> None:
    message = outlook.mapi(page, [{}])
    message.recipients[0].put(Id.DISPLAY_NAME, Type.STRING8, "山田太郎①".encode("cp932") + b"\0")
    message.settle()
    assert message.recipients[0].text(Id.DISPLAY_NAME) == "山田太郎①"


def test_unicode_comes_before_8_bit_and_the_first_value_stays() -> None:
    read = Properties()
    read.put(Id.SUBJECT, Type.STRING8, b"narrow")
    read.put(Id.SUBJECT, Type.STRING, "wide\0".encode("utf-16-le") + b"x")
    read.put(Id.SUBJECT, Type.STRING, "other".encode("utf-16-le"))
    assert read.text(Id.SUBJECT) == "wide"
    assert read.text(Id.BODY) == ""


def test_times_and_numbers() -> None:
    read = outlook.properties({Id.CLIENT_SUBMIT_TIME: outlook.WHEN, Id.IMPORTANCE: 2})
    read.put(Id.CREATION_TIME, Type.TIME, b"\xff" * 7 + b"\x7f")
    read.put(Id.ATTACHMENT_HIDDEN, Type.BOOLEAN, b"\1\0")
    read.put(Id.ATTACH_METHOD, Type.INTEGER32, b"\1")
    assert read.time(Id.CLIENT_SUBMIT_TIME) == datetime.datetime(2016, 11, 12, 14, 59, 49, tzinfo=datetime.UTC)
    assert read.time(Id.CREATION_TIME) is None
    assert read.integer(Id.IMPORTANCE) == 2
    assert read.integer(Id.ATTACHMENT_HIDDEN) == 1
    assert read.integer(Id.ATTACH_METHOD) is None


def test_the_longest_name_of_an_attachment() -> None:
    made = Attachment(outlook.properties({Id.ATTACH_FILENAME: "SEIKYU~1.DOC", Id.ATTACH_LONG_FILENAME: "請求書.docx"}))
    assert made.name == "請求書.docx"
    assert made.target == ""


def test_an_attachment_that_is_held_elsewhere() -> None:
    values = {Id.ATTACH_METHOD: Method.BY_WEB_REFERENCE, Id.ATTACH_LONG_PATHNAME: "https://files.example/a/b.zip"}
    made = Attachment(outlook.properties(values))
    assert (made.target, made.name) == ("https://files.example/a/b.zip", "b.zip")


def _one_off(name: str, address: str) -> bytes:
    text = f"{name}\0SMTP\0{address}\0".encode("utf-16-le")
    return bytes(4) + bytes.fromhex("812b1fa4bea310199d6e00dd010f5402") + b"\0\0\1\x90" + text


def test_addresses_of_entry_ids() -> None:
    one = _one_off("返信先", "reply@other.example")
    assert one_off_address(one) == ("返信先", "reply@other.example")
    assert one_off_address(b"short") == ("", "")
    narrow = one[:22] + b"\1\0" + b"Reply\0SMTP\0r@other.example\0"
    assert one_off_address(narrow) == ("Reply", "r@other.example")


def test_a_list_of_entry_ids() -> None:
    octets = struct.pack("<II", 2, 0) + struct.pack("<I", 3) + b"abc\0" + struct.pack("<I", 2) + b"de"
    assert flat_entries(octets, 10) == [b"abc", b"de"]
    assert flat_entries(octets, 1) == [b"abc"]
    assert flat_entries(octets[:9], 10) == []


def test_damage_is_noted_once() -> None:
    message = Mapi()
    message.hurt("cut off")
    message.hurt("cut off")
    assert message.damage == ["cut off"]
