"""XML read once, without entities."""

from __future__ import annotations

import pytest

from sabaki.files import markup
from sabaki.files.markup import Handler, Text


def read(content: bytes, elements: int = 1_000) -> tuple[str, str]:
    seen: list[str] = []
    handler = Handler(lambda name, has: seen.append(f"<{name}{has or ''}"), lambda name: seen.append(">"), seen.append)
    problem = markup.parse(content, handler, elements)
    return "".join(seen), problem


def test_names_are_local_and_relationships_marked() -> None:
    of = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    content = f'<x:a xmlns:x="urn:x" xmlns:q="{of}" x:id="1" q:id="2">t</x:a>'.encode()
    assert read(content) == ("<a{'id': '1', 'r:id': '2'}t>", "")


def test_text_before_damage_is_kept() -> None:
    seen, problem = read(b"<a>one<b>two</c>three")
    assert seen == "<aone<btwo"
    assert problem


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://a.example/d">%x;]><a/>',
    ],
)
def test_declarations_are_refused(content: bytes) -> None:
    assert read(content) == ("", "document type with declarations")


def test_a_document_type_by_name_alone_is_passed_over() -> None:
    assert read(b'<!DOCTYPE a PUBLIC "x" "Manifest.dtd"><a>t</a>') == ("<at>", "")


def test_elements_are_counted_and_depth_is_free() -> None:
    assert read(b"<a>" * 2_000, 100)[1] == "more than 100 elements"
    assert read(b"<a>" * 100_000, 200_000)[0] == "<a" * 100_000


@pytest.mark.parametrize("content", [b"", b"\0", b"<?xml version='1.0' encoding='nonsense'?><a/>", b"\xff\xfe<\0"])
def test_never_raises(content: bytes) -> None:
    assert read(content)[1]


def test_text_has_an_end() -> None:
    text = Text(5)
    text.add("abc")
    assert not text.full
    text.add("def")
    assert text.full
    assert str(text) == "abcde"


def test_text_has_single_empty_lines() -> None:
    text = Text(100)
    text.add("\n\n a \n\n\n\nb \n")
    assert str(text) == "a\n\nb"
