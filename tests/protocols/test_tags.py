"""Tag lists by their grammar."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.protocols import tags
from sabaki.protocols.tags import Faulty


def values(text: bytes) -> dict[str, bytes]:
    return {name: tag.value for name, tag in tags.parse(text).items()}


def test_white_space_and_folds_belong_to_no_value() -> None:
    assert values(b" v = 1 ;\r\n\ta=\r\n rsa-sha256;") == {"v": b"1", "a": b"rsa-sha256"}
    assert values(b"a=b c; d=; e=x=y") == {"a": b"b c", "d": b"", "e": b"x=y"}
    assert values(b"a=1;\r\n ") == {"a": b"1"}
    # RFC 8616.
    assert values("d=日本.example".encode())["d"].decode() == "日本.example"


def test_the_span_of_a_value_has_its_white_space() -> None:
    text = b"a=1; b= AA\r\n BB ; c=2"
    tag = tags.parse(text)["b"]
    assert (text[: tag.start], text[tag.end :], tag.compact) == (b"a=1; b=", b"; c=2", b"AABB")


def test_names_are_case_sensitive() -> None:
    assert values(b"b=1; B=2") == {"b": b"1", "B": b"2"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"", "no_tag"),
        (b" \t", "no_tag"),
        (b"a=1;; b=2", "no_tag"),
        (b"a=1; b", "no_tag"),
        (b"a=1; =2", "no_tag"),
        (b"a=1; 2=b", "no_tag"),
        (b"a=1; b-c=2", "no_tag"),
        (b"a=1; a=1", "tag_twice"),
        (b"a=1\x00", "control"),
        (b"a=1\rb=2", "control"),
        (b"a=1\r\nb=2", "control"),
        (b"a=" + b"x" * tags.LONGEST, "too_long"),
    ],
)
def test_what_is_no_tag_list(text: bytes, problem: str) -> None:
    with pytest.raises(Faulty) as caught:
        tags.parse(text)
    assert caught.value.problem == problem


@given(st.binary(max_size=200))
def test_any_octets(octets: bytes) -> None:
    try:
        found = tags.parse(octets)
    except Faulty:
        return
    for tag in found.values():
        assert octets[tag.start : tag.end].strip(b" \t\r\n") == tag.value
        assert b";" not in tag.value
