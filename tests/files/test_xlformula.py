"""Formulas in tokens."""

from __future__ import annotations

import struct

import pytest

from sabaki.files import xlformula
from sabaki.files.xlformula import FORM_95, FORM_97, FORM_2007, as_text


def string(text: str, form: int = FORM_97) -> bytes:
    if form == FORM_2007:
        return b"\x17" + struct.pack("<H", len(text)) + text.encode("utf-16-le")
    return b"\x17" + bytes([len(text)]) + (b"\0" if form == FORM_97 else b"") + text.encode("latin-1")


def call(number: int, count: int) -> bytes:
    return b"\x42" + bytes([count]) + struct.pack("<H", number)


@pytest.mark.parametrize("form", [FORM_95, FORM_97, FORM_2007])
def test_exec(form: int) -> None:
    assert as_text(string("cmd /c calc", form) + call(110, 1), form=form) == 'EXEC("cmd /c calc")'


def test_characters_are_put_together() -> None:
    tokens = b"".join(b"\x1e" + struct.pack("<H", ord(letter)) + b"\x41\x6f\0" for letter in "cmd")
    assert as_text(tokens[:12] + b"\x08" + tokens[12:] + b"\x08") == '"cmd"'


def test_call_with_references_between() -> None:
    tokens = string("urlmon") + b"\x24\1\0\2\0" + string("http://a.example/x") + call(150, 3)
    assert as_text(tokens) == 'CALL("urlmon",REF,"http://a.example/x")'


def test_command_and_unknown_functions() -> None:
    assert as_text(string("x") + call(0x8000 | 17, 1)) == 'RUN("x")'
    assert as_text(b"\x1e\1\0" + call(4, 1)) == "F4(1)"


def test_hyperlink_and_wide_strings() -> None:
    wide = b"\x17\x02\x01" + "請求".encode("utf-16-le")
    assert as_text(string("http://a.example/") + wide + call(359, 2)) == 'HYPERLINK("http://a.example/","請求")'


def test_any_bytes() -> None:
    for number in range(256):
        for form in (FORM_95, FORM_97, FORM_2007):
            xlformula.as_text(bytes([number]) * 300, form=form)
            xlformula.as_text(bytes([number, 255, 0x17, number]), form=form)
    assert len(as_text(b"\x1e\1\0" * 9_000)) <= 32_000
