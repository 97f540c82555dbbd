"""Finding URLs in running text, Japanese and English."""

from __future__ import annotations

import time

import pytest

from sabaki.mail.urlfind import find
from tests.patience import BLOWN_UP


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see http://example.jp/a.", ["http://example.jp/a"]),
        (
            "見て http://example.jp/a。次は（https://example.jp/b(c)）で",
            ["http://example.jp/a", "https://example.jp/b(c)"],
        ),
        ("http://example.jpをご覧ください", ["http://example.jp"]),
        ("http://example.jp/pathをご覧", ["http://example.jp/path"]),
        ("http://日本語.jp/xを見る", ["http://日本語.jp/x"]),
        ("http://日本語.jpを見る", ["http://日本語.jp"]),
        ("「https://example.com/」【https://example.com/a】", ["https://example.com/", "https://example.com/a"]),
        ("＜https://example.com/＞", ["https://example.com/"]),
        ("ｈｔｔｐ：／／ｅｘａｍｐｌｅ．ｃｏｍ／ａ です", ["ｈｔｔｐ：／／ｅｘａｍｐｌｅ．ｃｏｍ／ａ"]),
        ("http://example。com/a", ["http://example。com/a"]),
        ("http://example.com。Please", ["http://example.com"]),
        ("サイトwww.example.co.jpへ", ["www.example.co.jp"]),
        ("write to user@example.com or a@www.example.com/", []),
        ("mailto:user@example.com", []),
        ("<http://example.com/very/\r\n  long/path?x=1>", ["http://example.com/very/long/path?x=1"]),
        ("hxxps://evil[.]example[.]com/x", ["hxxps://evil[.]example[.]com/x"]),
        ("[http://a.example](http://b.example/x)", ["http://a.example", "http://b.example/x"]),
        ("bit.ly/abc and/or file.py/x README.md", ["bit.ly/abc"]),
        ("http://192.0.2.1:8080/x http://[2001:db8::1]/y", ["http://192.0.2.1:8080/x", "http://[2001:db8::1]/y"]),
        ("http://a.example\\@b.example", ["http://a.example\\@b.example"]),
        ("https:\\\\a.example\\b", ["https:\\\\a.example\\b"]),
        ("http://example.com/&gt; x", ["http://example.com/"]),
        ("see http:/evil.example/a http:///evil.example/b", ["http:/evil.example/a", "http:///evil.example/b"]),
        ("http:/\\evil.example/a", ["http:/\\evil.example/a"]),
        ("https:／／evil.example/a", ["https:／／evil.example/a"]),
        ("http://evil․example/a", ["http://evil․example/a"]),
        ("http://ev\u00adil\u200b.example\ufe0f/a", ["http://ev\u00adil\u200b.example\ufe0f/a"]),
        ("hxxps[:]//evil.example/a https[://]evil.example/b", ["hxxps[:]//evil.example/a", "https[://]evil.example/b"]),
        (
            "file://198.51.100.1/share/x.lnk smb://198.51.100.1/y",
            ["file://198.51.100.1/share/x.lnk", "smb://198.51.100.1/y"],
        ),
        ("http://user:pw@evil.example:8080/a?b#c", ["http://user:pw@evil.example:8080/a?b#c"]),
        ("<URL:http://example.com/a\n?b=1>", ["http://example.com/a?b=1"]),
        ("http:// and http://.", []),
        ("", []),
    ],
)
def test_find(text: str, expected: list[str]) -> None:
    assert [found.raw for found in find(text)] == expected


def test_spans_point_into_the_text() -> None:
    text = "一つめ http://a.example/x、二つめ www.example.com。"
    assert [text[found.start : found.end] for found in find(text)] == ["http://a.example/x", "www.example.com"]


@pytest.mark.parametrize(
    "unit",
    [
        "http://",
        "http:/",
        "https[",
        "a.",
        "http://a。",
        "www.",
        "<http://a\n",
        "http://a.example/(",
        "(" * 5 + "http://a.b/",
        "ｈｔｔｐ：",
        "a-",
    ],
)
def test_linear_in_hostile_text(unit: str) -> None:
    started = time.process_time()
    find(unit * (400_000 // len(unit)))
    assert time.process_time() - started < BLOWN_UP
