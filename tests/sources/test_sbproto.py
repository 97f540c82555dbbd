from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.sources import sbproto
from sabaki.sources.sbproto import Detail, FullHash, Garbled
from tests.sources.safebrowsing_server import duration, fixed64, full_hash, message, number, rice, varint

HASH = bytes(range(32))
ANSWER = message(1, full_hash(HASH, [(2, ()), (1, (1,)), (2, (1, 2))])) + message(2, duration(300.5))


def test_an_answer() -> None:
    found = sbproto.found(ANSWER)
    assert found.seconds == 300.5
    assert found.hashes == (
        FullHash(
            HASH,
            (
                Detail("SOCIAL_ENGINEERING"),
                Detail("MALWARE", ("CANARY",)),
                Detail("SOCIAL_ENGINEERING", ("CANARY", "FRAME_ONLY")),
            ),
        ),
    )


def test_nothing_found_is_said_with_a_duration() -> None:
    assert sbproto.found(message(2, b"")) == sbproto.Found((), 0.0)
    assert sbproto.found(message(2, duration(10**9))).seconds == 86_400
    assert sbproto.found(message(2, number(1, -5))).seconds == 0


def test_attributes_may_stand_unpacked_and_unknown_fields_are_passed_over() -> None:
    detail = number(1, 2) + number(2, 1) + number(2, 2) + number(90, 7)
    raw = fixed64(77, 9) + message(1, message(1, HASH) + message(2, detail)) + message(2, b"") + message(99, b"x")
    assert sbproto.found(raw).hashes[0].details == (Detail("SOCIAL_ENGINEERING", ("CANARY", "FRAME_ONLY")),)


@pytest.mark.parametrize(("threat", "marks"), [(9, ()), (0, ()), (2, (77,)), (2, (1, 77))])
def test_a_detail_with_anything_new_says_nothing(threat: int, marks: tuple[int, ...]) -> None:
    raw = message(1, full_hash(HASH, [(threat, marks), (1, ())])) + message(2, b"")
    assert sbproto.found(raw).hashes[0].details == (Detail(""), Detail("MALWARE"))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        message(1, full_hash(HASH, [])),
        message(1, message(1, HASH[:31])) + message(2, b""),
        message(1, b"") + message(2, b""),
        number(1, 5) + message(2, b""),
        number(2, 300),
        message(2, message(1, b"x")),
        b"\x00\x00" + message(2, b""),
        b"\x0b" + message(2, b""),
        b"\xff" * 11,
        b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        b"<html><body>Sign in</body></html>",
    ],
)
def test_what_is_no_answer_is_garbled(raw: bytes) -> None:
    with pytest.raises(Garbled):
        sbproto.found(raw)


@pytest.mark.parametrize("end", range(len(ANSWER)))
def test_an_answer_cut_short_is_never_a_whole_one(end: int) -> None:
    with pytest.raises(Garbled):
        sbproto.found(ANSWER[:end])


def test_a_list() -> None:
    raw = (
        message(1, b"se-4b")
        + message(2, b"\x00v")
        + number(3, 1)
        + message(4, rice([1, 5, 1 << 31], 4, parameter=30))
        + message(5, rice([7], 4))
        + message(6, duration(1800))
        + message(7, HASH)
        + message(8, b"")
    )
    (read,) = sbproto.lists(message(1, raw))
    assert (read.name, read.version, read.partial, read.wait, read.checksum) == ("se-4b", b"\x00v", True, 1800, HASH)
    assert read.additions is not None
    assert (read.additions.width, read.additions.first, read.additions.parameter, read.additions.count) == (4, 1, 30, 2)
    assert read.removals == sbproto.Rice(4, 7)


@pytest.mark.parametrize(("field", "width"), [(4, 4), (9, 8), (10, 16), (11, 32)])
def test_first_values_of_every_length(field: int, width: int) -> None:
    first = int.from_bytes(bytes(range(1, width + 1)), "big")
    (read,) = sbproto.lists(message(1, message(field, rice([first], width))))
    assert read.additions == sbproto.Rice(width, first)


@pytest.mark.parametrize(
    "raw",
    [
        message(4, b"") + message(9, b""),
        message(1, "あ".encode()),
        message(7, b"short"),
        message(4, number(1, 1 << 32)),
        number(4, 1),
        message(2, b"v")[:-1],
    ],
)
def test_what_is_no_list_is_garbled(raw: bytes) -> None:
    with pytest.raises(Garbled):
        sbproto.lists(message(1, raw))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_garbled(raw: bytes) -> None:
    for read in (sbproto.found, sbproto.lists):
        with suppress(Garbled):
            read(raw)


def test_the_servers_own_numbers_come_back() -> None:
    for value in (0, 1, 127, 128, 1 << 63, (1 << 64) - 1):
        assert sbproto._varint(varint(value), 0) == (value, len(varint(value)))
