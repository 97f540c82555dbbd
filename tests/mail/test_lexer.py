"""Tokens of structured fields: linear, without recursion, losing nothing."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.mail import lexer
from sabaki.mail.lexer import Kind
from tests.patience import BLOWN_UP


def kinds(text: str) -> list[tuple[str, str]]:
    return [(token.kind.value, token.text) for token in lexer.tokenize(text)]


def test_received_of_postfix() -> None:
    assert kinds("from x (y [192.0.2.1]) by z; 1 Jan") == [
        ("atom", "from"),
        ("atom", "x"),
        ("comment", "y [192.0.2.1]"),
        ("atom", "by"),
        ("atom", "z"),
        ("special", ";"),
        ("atom", "1"),
        ("atom", "Jan"),
    ]


def test_nested_comment_keeps_its_parentheses_and_undoes_pairs() -> None:
    assert kinds(r"(a (b\)) c)") == [("comment", "a (b)) c")]


def test_quotes_pairs_and_literals() -> None:
    assert kinds(r'"a \"b\" ;" [ 192.0.2.1 ]') == [("quoted", 'a "b" ;'), ("literal", "192.0.2.1")]


def test_encoded_word_is_one_atom_with_all_that_it_must_not_hold() -> None:
    assert kinds("=?UTF-8?Q?Foo,_(Bar) x?= <a@b>")[0] == ("atom", "=?UTF-8?Q?Foo,_(Bar) x?=")


def test_unclosed_forms_are_specials() -> None:
    assert kinds('( a (b) "c') == [
        ("special", "("),
        ("atom", "a"),
        ("comment", "b"),
        ("special", '"'),
        ("atom", "c"),
    ]


def test_split_leaves_quotes_and_comments_whole() -> None:
    assert lexer.split('a (x; y); b="1;2"; c', ";") == ["a (x; y)", 'b="1;2"', "c"]


def test_without_comments() -> None:
    assert lexer.without_comments('a (b (c)) "(d)" e').split() == ["a", '"(d)"', "e"]


def test_deep_comment_is_kept_and_flagged() -> None:
    (token,) = lexer.tokenize("(" * 2_000 + "x" + ")" * 2_000)
    assert token.too_deep
    assert "x" in token.text
    assert not lexer.tokenize("((x))")[0].too_deep


@pytest.mark.parametrize(
    "unit", ["(", '"', '\\"', "[", "<", "a@", "=?a?q? ", "=?", "()", "\\(", '"\\', '(")', "=?a?b?"]
)
@pytest.mark.parametrize("front", ["", '"', "("])
def test_linear_time(unit: str, front: str) -> None:
    text = front + unit * (300_000 // len(unit))
    start = time.perf_counter()
    lexer.tokenize(text)
    assert time.perf_counter() - start < BLOWN_UP


@given(st.text(alphabet='ab ()"\\[];,<>@=?qB.\t', max_size=80))
def test_spans_are_in_order_and_leave_out_white_space_only(text: str) -> None:
    position = 0
    for token in lexer.tokenize(text):
        assert token.start >= position
        assert not text[position : token.start].strip()
        assert token.end > token.start
        position = token.end
        if token.kind is Kind.ATOM:
            assert token.text == text[token.start : token.end]
    assert not text[position:].strip()
