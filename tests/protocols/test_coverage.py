"""Which fields are signed and which are not."""

from __future__ import annotations

from sabaki.protocols.coverage import Coverage, Header
from tests.protocols.signing import read


def header(*fields: str) -> Header:
    message = read("\r\n".join((*fields, "", "")))
    return Header(message.raw, message.fields)


def test_the_lowest_comes_first() -> None:
    found = header("Sig: 0", "A: 1", "B: 2", "a: 3", "A : 4")
    assert found.choose(("a", "b", "a", "x", "a", "a", "b"), own=0) == [4, 2, 3, 1]
    assert found.choose(("a", "a"), own=4) == [3, 1]
    assert found.choose(("a", "a", "a"), own=3) == [4, 1]


def test_coverage() -> None:
    found = header("Sig: 0", "Subject: evil", "From: a", "Subject: x", "List-Id: l", "X-Other: y", "To: t")
    assert found.coverage(("from", "subject", "x-other"), own=0) == Coverage(
        (2, 3, 5), ("from", "subject", "x-other"), ("to", "subject", "list-id"), ("subject",), ("from", "subject")
    )
    assert found.coverage(("from", "from", "subject", "subject", "subject", "to", "list-id"), own=0) == Coverage(
        (2, 3, 1, 6, 4), ("from", "subject", "to", "list-id")
    )


def test_repeated_fields_that_may_be_repeated_are_no_duplicates() -> None:
    found = header("Sig: 0", "Received: a", "List-Id: a", "Received: b", "List-Id: b", "From: x", "Comments: c")
    covered = found.coverage(("from", "from", "subject", "received", "list-id"), own=0)
    assert (covered.uncovered, covered.duplicates, covered.addable) == (("list-id",), (), ())


def test_a_line_that_is_no_field_is_never_signed() -> None:
    found = header("Sig: 0", "From: a", "no colon here", "To: x")
    assert found.coverage(("from", "", "to"), own=0).covers == (1, 3)


def test_selectors_that_name_a_recipient() -> None:
    found = header("To: Taro <taro@own.example>", "Delivered-To: hanako@other.example")
    assert found.names_recipient("x-Taro-Own")
    assert found.names_recipient("hanako.other.2025")
    assert not found.names_recipient("taro")
    assert not found.names_recipient("own")
    assert not header("To: own@own.example").names_recipient("own")
