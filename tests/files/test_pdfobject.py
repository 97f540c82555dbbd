"""PDF objects as they are written."""

from __future__ import annotations

import pytest

from sabaki.files.pdfobject import Name, Ref, parse, text


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (b"<</S/URI/URI(http://a.example/)>>", {"S": "URI", "URI": b"http://a.example/"}),
        (b"[1 -2.5 true false null /N]", [1.0, -2.5, True, False, None, "N"]),
        (b" 12 0 R endobj", Ref(12, 0)),
        (b"[1 2 0 R 3]", [1.0, Ref(2, 0), 3.0]),
        (b"12 endobj", 12.0),
        (b"% a comment\n/Name", "Name"),
        (b"(a(b)c\\)\\\\\\051\\\nd)", b"a(b)c)\\)d"),
        (b"<41 4>", b"A@"),
        (b"<</A<</B[<</C(d)>>]>>>>", {"A": {"B": [{"C": b"d"}]}}),
        (b"<</A (unclosed", {"A": b"unclosed"}),
        (b"[1 [2 << /A", [1.0, [2.0, {"A": None}]]),
        (b"(no end", b"no end"),
        (b"", None),
        (b")", None),
        (b"endobj", None),
        (b"R", None),
    ],
)
def test_values(source: bytes, value: object) -> None:
    assert parse(source) == value


def test_escaped_names_are_resolved_and_told() -> None:
    plain, hidden, spaced = Name(b"JavaScript"), Name(b"J#61vaScript"), Name(b"A#20B")
    assert plain == hidden == "JavaScript"
    assert (plain.escaped, hidden.escaped, spaced.escaped) == (False, True, False)


def test_deep_nesting_and_numbers_beyond_reason() -> None:
    assert isinstance(parse(b"[" * 100_000), list)
    assert parse(b"[" + b"9" * 5_000 + b" nan inf 1e400]") == [0.0, 0.0, 0.0, 0.0]


def test_text_strings() -> None:
    assert text(b"\xfe\xff\x8a\xcb\x6c\x42") == "請求"
    assert text(b"\xef\xbb\xbf" + "請求".encode()) == "請求"
    assert text("請求".encode()) == "請求"
    assert text(b"caf\xe9") == "café"
    assert text(b"\xfe\xff\x8a") == "\ufffd"


def test_every_beginning_is_read() -> None:
    source = b"<</A[1 0 R (x\\051) <4142>]/B#43 <</D true>> % c\n/E null>>"
    for end in range(len(source)):
        parse(source[:end])
