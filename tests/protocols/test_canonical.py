"""Canonicalisation, beside dkimpy's and by the examples of RFC 6376 section 3.4.5."""

from __future__ import annotations

import hashlib

import pytest
from dkim import rfc822_parse
from dkim.canonicalization import Relaxed, Simple
from hypothesis import given
from hypothesis import strategies as st

from sabaki.protocols import canonical
from sabaki.protocols.canonical import RELAXED, SIMPLE, Body


def octets(raw: bytes, how: str) -> bytes:
    return b"".join(Body(raw, 0, len(raw))._canonical(how, unquoted=False))


def test_the_examples_of_the_standard() -> None:
    assert canonical.field(b"A: X", RELAXED) == b"a:X\r\n"
    assert canonical.field(b"B : Y\t\r\n\tZ  ", RELAXED) == b"b:Y Z\r\n"
    assert canonical.field(b"B : Y\t\r\n\tZ  ", SIMPLE) == b"B : Y\t\r\n\tZ  \r\n"
    body = b" C \r\nD \t E\r\n\r\n\r\n"
    assert octets(body, RELAXED) == b" C\r\nD E\r\n"
    assert octets(body, SIMPLE) == b" C \r\nD \t E\r\n"


@pytest.mark.parametrize(
    ("body", "simple", "relaxed"),
    [
        (b"", b"\r\n", b""),
        (b"\r\n", b"\r\n", b""),
        (b"\n\n\n", b"\r\n", b""),
        (b" \t\r\n\r\n", b" \t\r\n", b""),
        (b"a", b"a\r\n", b"a\r\n"),
        (b"a \t", b"a \t\r\n", b"a\r\n"),
        (b"a\nb\n", b"a\r\nb\r\n", b"a\r\nb\r\n"),
        (b"a\rb\r\n", b"a\rb\r\n", b"a\rb\r\n"),
        (b"a \r\rb\r\r\n", b"a \r\rb\r\r\n", b"a \r\rb\r\r\n"),
        (b"\r\n\r\na\r\n", b"\r\n\r\na\r\n", b"\r\n\r\na\r\n"),
    ],
)
def test_ends_of_lines_and_of_the_body(body: bytes, simple: bytes, relaxed: bytes) -> None:
    assert (octets(body, SIMPLE), octets(body, RELAXED)) == (simple, relaxed)


@given(st.text("ab \t\n\r>", max_size=60), st.integers(1, 9))
def test_the_body_is_dkimpys_wherever_the_pieces_end(text: str, window: int) -> None:
    raw = text.encode()
    # dkimpy takes the whole body, with CRLF.
    whole = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    before = canonical._WINDOW
    canonical._WINDOW = window
    try:
        assert octets(raw, SIMPLE) == Simple.canonicalize_body(whole)
        relaxed = Relaxed.canonicalize_body(whole)
        # dkimpy leaves blanks at the very end where no line end follows them, and one empty line where only they are.
        blank_end = whole.endswith((b" ", b"\t"))
        assert blank_end or octets(raw, RELAXED) == relaxed
    finally:
        canonical._WINDOW = before


@given(st.text("aB: \t", max_size=30), st.booleans())
def test_fields_are_dkimpys(value: str, fold: bool) -> None:
    raw = f"Na-Me:{value}{chr(13) + chr(10) + ' x' if fold else ''}".encode()
    headers, _ = rfc822_parse(raw + b"\r\n\r\n")
    for how, theirs in ((SIMPLE, Simple), (RELAXED, Relaxed)):
        ((name, text),) = theirs.canonicalize_headers(headers)
        assert canonical.field(raw, how) == name + b":" + text


def test_a_signed_length() -> None:
    body = Body(b"xxabcdef\r\n\r\n", 2, 12)
    assert body.digest(SIMPLE, "sha256", 3) == canonical.Digest(hashlib.sha256(b"abc").digest(), 8, 3)
    assert body.digest(SIMPLE, "sha256", 0).covered == 0
    more = body.digest(SIMPLE, "sha256", 10**70)
    assert (more.size, more.covered, more) == (8, 8, body.digest(SIMPLE, "sha256"))


def test_length_over_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical, "_WINDOW", 2)
    raw = b"ab\ncd\n\n\nef\n"
    for length in range(16):
        found = Body(raw, 0, len(raw)).digest(SIMPLE, "sha256", length)
        wanted = b"ab\r\ncd\r\n\r\n\r\nef\r\n"[:length]
        assert found == canonical.Digest(hashlib.sha256(wanted).digest(), 16, len(wanted))


def test_where_the_signed_part_ends() -> None:
    signed = b"one\r\n\r\n two\r\n"
    for tail, window in ((b"-- \r\nfooter\r\n", 1), (b"\r\n" * 50 + b"x", 1_000), (b"", 1)):
        raw = signed + tail
        body = Body(raw, 0, len(raw))
        assert body.signed_part(RELAXED, "sha256", hashlib.sha256(signed).digest()) == len(signed), window
    assert body.signed_part(RELAXED, "sha256", b"x") is None
    long = signed + b"x\r\n" * 20_000
    assert Body(long, 0, len(long)).signed_part(RELAXED, "sha256", hashlib.sha256(signed).digest()) is None


def test_quoting_is_undone_by_one() -> None:
    raw = b">From a\n>>From b\n> From c\nx >From d\n"
    body = Body(raw, 0, len(raw))
    assert body.may_be_quoted
    wanted = hashlib.sha256(b"From a\r\n>From b\r\n> From c\r\nx >From d\r\n").digest()
    assert body.digest(SIMPLE, "sha256", unquoted=True).octets == wanted


def test_a_small_body_is_canonicalised_once_for_all_that_is_asked() -> None:
    octets = b"a  b\r\n\r\n-- \r\nlist\r\n"
    body = Body(octets, 0, len(octets))
    first = body.digest(RELAXED, "sha256")
    part = body.digest(RELAXED, "sha256", 5)
    assert (first.size, part.covered) == (len(b"a b\r\n\r\n--\r\nlist\r\n"), 5)
    assert part.octets == hashlib.sha256(b"a b\r\n").digest()
    assert body.signed_part(RELAXED, "sha256", part.octets) == 5
    assert body.digest(SIMPLE, "sha256").octets == hashlib.sha256(octets).digest()
