"""Random characters of the same shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.visit.shapes import Shapes, is_random

SHAPES = Shapes(b"seed")


@given(st.text(max_size=60))
def test_another_word_is_as_long_in_characters_and_in_bytes(text: str) -> None:
    other = SHAPES.word(text)
    assert len(other) == len(text)
    assert len(other.encode("utf-8", "surrogatepass")) == len(text.encode("utf-8", "surrogatepass"))


def test_a_piece_becomes_the_same_wherever_it_stands() -> None:
    assert SHAPES.word("taro.yamada").split(".")[1] == SHAPES.word("yamada")
    assert SHAPES.word("taro") not in ("taro", Shapes(b"other").word("taro"))


@pytest.mark.parametrize(
    ("text", "first", "last"), [("やまだ", "あ", "ん"), ("ヤマダ", "ア", "ン"), ("山田", "一", "龥")]
)
def test_japanese_stays_in_its_script(text: str, first: str, last: str) -> None:
    other = SHAPES.word(text)
    assert other != text
    assert all(first <= each <= last for each in other)


def test_a_uuid_stays_one() -> None:
    other = SHAPES.token("0191d7e0-3c1f-7b44-9c55-2a6f1be0a111")
    assert (other[14], other[19]) == ("7", "9")
    assert set(other) <= set("0123456789abcdef-")


@pytest.mark.parametrize(
    ("token", "where", "random"),
    [
        ("20261124", "value", False),
        ("123456", "value", True),
        ("123456", "path", False),
        ("1234567890", "path", True),
        ("index", "path", False),
        ("updatePaymentInformation", "value", False),
        ("information-security-update-2026", "path", False),
        ("BlackFriday2026", "value", False),
        ("a1b2c3d4e5", "value", True),
        ("a1b2c3d4e5", "path", False),
        ("9f86d081884c7d659a2feaa0c55ad015", "path", True),
        ("QWxhZGRpbjpvcGVuIHNlc2FtZQ", "path", True),
        ("xkqzwvbnrtpdfghjlmsc", "value", True),
        ("rhythmsofthenightsky", "value", False),
    ],
)
def test_what_may_stand_for_one_recipient(token: str, where: str, random: bool) -> None:
    assert is_random(token, where) is random
