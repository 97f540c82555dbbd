"""A mail that comes as a file."""

from __future__ import annotations

from sabaki.files import letter
from sabaki.files.opened import Asked

MAIL = b"""\
From: Taro <taro@kaki.example>
To: Hanako <hanako@orchard.example>
Subject: =?utf-8?b?6KuL5rGC5pu4?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

See http://kaki.example/a
--b
Content-Type: text/html; charset=utf-8

<a href="http://kaki.example/b">here</a>
--b
Content-Type: application/pdf
Content-Disposition: attachment; filename="bill.pdf"

%PDF-1.4
--b--
"""


def test_text_markup_and_files_of_a_mail() -> None:
    opened = letter.read(MAIL, Asked("strange.eml"))
    assert opened.title == "請求書"
    assert "From: Taro <taro@kaki.example>" in opened.text
    assert "http://kaki.example/a" in opened.text
    assert "kaki.example/b" in opened.markup[0]
    (child,) = opened.children
    assert (child.name, child.declared) == ("bill.pdf", "application/pdf")
    assert child.content is not None
    assert child.content.startswith(b"%PDF")


def test_apple_mail_counts_bytes_in_a_line_before() -> None:
    opened = letter.read(str(len(MAIL)).encode() + b"\n" + MAIL + b"<?xml version='1.0'?><plist/>", Asked())
    assert opened.title == "請求書"


def test_any_bytes_give_something_back() -> None:
    for end in range(0, len(MAIL), 7):
        letter.read(MAIL[:end], Asked())
    assert letter.read(b"\x00\xff" * 1_000, Asked()).children == []
