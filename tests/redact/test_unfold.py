from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.redact.unfold import folded, views


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("%41%2542", "ab"),
        ("&#65;&#x42;&commat;&amp;#67;", "ab@c"),
        ("\\u0041\\x42\\u{43}\\104", "abcd"),
        ("ex[.]ample[at]x", "ex.ample@x"),
        ("a\u200bb\u00adc", "abc"),
        ("a=\r\nb", "ab"),
        ("ＡＢ", "ab"),
        ("%zz &; \\q", "%zz &; \\q"),
    ],
)
def test_escapes_are_undone(written: str, read: str) -> None:
    assert next(views(written)).text == read


def test_quoted_printable_and_markup_are_further_views() -> None:
    assert "abc" in [view.text for view in views("=41b=43")]
    assert "ab" in [view.text for view in views("a<b></b>b")]
    assert "<taro@x.example>" in [view.text for view in views("<taro@x.example>")]


def test_the_source_of_a_hit() -> None:
    text = "x%61%62y"
    view = next(views(text))
    assert view.text == "xaby"
    assert view.source(1, 3) == (1, 7)
    assert view.source(0, 1) == (0, 1)
    assert view.source(3, 4) == (7, 8)


def test_the_source_of_a_hit_among_invisible_characters() -> None:
    text = "\u200ba\u200bb\u200bc"
    view = next(views(text))
    start, end = view.source(view.text.index("b"), view.text.index("b") + 1)
    assert text[start:end].strip("\u200b") == "b"


@given(st.text(alphabet="ab%4&#;1=\\ux\n\r\u200b<>あА.[]()", max_size=60))
def test_every_span_lies_in_the_source_and_is_not_empty(text: str) -> None:
    for view in views(text):
        for at in range(len(view.text)):
            start, end = view.source(at, at + 1)
            assert 0 <= start < end <= len(text)


@given(st.text(max_size=80))
def test_folding_keeps_the_length(text: str) -> None:
    assert len(folded(text)) == len(text)
