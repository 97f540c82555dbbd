from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.render import escape


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("plain 日本語 ①", "plain 日本語 ①"),
        ("a\x1b[31mb", "a␛[31mb"),
        ("\x1b]8;;http://evil.test\x07x", "␛]8;;http://evil.test␇x"),
        ("\x9b31m", "<U+009B>31m"),
        ("a\x7fb\x00", "a␡b␀"),
        ("fdp\u202egpj.exe", "fdp<U+202E>gpj.exe"),
        ("pay\u200bpal\u00ad", "pay<U+200B>pal<U+00AD>"),
        ("one\r\ntwo\tthree", "one␍␊two␉three"),
        ("a\u2028b", "a<U+2028>b"),
        ("lone \ud800", "lone <U+D800>"),
        ("tag\U000e0041", "tag<U+E0041>"),
        ("葛\U000e0100飾", "葛\U000e0100飾"),
    ],
)
def test_terminal_shows_what_would_be_obeyed(written: str, shown: str) -> None:
    assert escape.terminal(written) == shown


@given(st.text())
def test_terminal_sends_no_control_character(text: str) -> None:
    shown = escape.terminal(text)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f]", shown)
    shown.encode()


def test_lines_keeps_line_ends_and_nothing_else() -> None:
    assert escape.lines("a\r\nb\rc\td\x1b") == "a\nb\nc\td␛"


@pytest.mark.parametrize(
    ("written", "escaped"),
    [
        ("**bold** _it_ `code`", "\\*\\*bold\\*\\* \\_it\\_ \\`code\\`"),
        ("<b>&amp;</b>", "&lt;b&gt;&amp;amp;&lt;/b&gt;"),
        ("[text](http://evil.test)", "\\[text\\](http\\://evil.test)"),
        ("![i](x)", "\\!\\[i\\](x)"),
        ("# head", "\\# head"),
        ("- item", "\\- item"),
        ("1. item", "1\\. item"),
        ("a | b", "a \\| b"),
        ("www.evil.test", "www\\.evil.test"),
        ("two\nlines", "two lines"),
        ("Ann <ann@x.test>, b@y.test.", "Ann &lt;`ann@x.test`&gt;, `b@y.test`."),
        ("*****@*****.***", "`*****@*****.***`"),
        ("a@b@c @ d@", "`a@b`@c @ d@"),
    ],
)
def test_markdown_is_no_markup(written: str, escaped: str) -> None:
    assert escape.markdown(written) == escaped


@pytest.mark.parametrize(
    ("written", "code"),
    [("a", "`a`"), ("a`b", "``a`b``"), ("``", "``` `` ```"), ("a|b", "`a¦b`"), (" ", ""), ("x\ny", "`x␊y`")],
)
def test_a_code_span_is_not_closed_from_within(written: str, code: str) -> None:
    assert escape.markdown_code(written) == code


def test_a_code_block_is_not_closed_from_within() -> None:
    block = escape.markdown_block("a\n```\n# not a heading\n````")
    assert block.startswith("`````text\n")
    assert block.endswith("\n`````")


def test_json_keeps_its_meaning_and_steers_no_terminal() -> None:
    import json

    document = json.dumps({"subject": "a\x9b31mb\u202ec\u200bd\x7f"}, ensure_ascii=False)
    shown = escape.json_text(document)
    assert json.loads(shown) == json.loads(document)
    assert not set(shown) & set("\x9b\u202e\u200b\x7f")
