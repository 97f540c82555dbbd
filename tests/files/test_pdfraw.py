"""The raw objects of a PDF: older ones, those in object streams, filters, damage, bombs."""

from __future__ import annotations

import base64
import random
import zlib

import pytest

from sabaki.files.opened import Asked
from sabaki.files.pdfobject import Ref
from sabaki.files.pdfraw import Table, names_in
from sabaki.mail.limits import Budget, Limits
from tests.files.pdfmaking import catalogue, stream, updated, written

BODY = b"<</S/URI/URI(http://a.example/)>>"


def table(objects: dict[int, bytes]) -> Table:
    return Table(written({**catalogue(), **objects}), Asked())


def test_objects_and_references() -> None:
    found = table({5: BODY, 6: b"5 0 R", 7: b"6 0 R", 8: b"8 0 R"})
    assert found.resolve(Ref(7, 0)) == {"S": "URI", "URI": b"http://a.example/"}
    assert found.resolve(Ref(8, 0)) is None
    assert found.resolve(Ref(99, 0)) is None
    assert found.trailers[0]["Root"] == Ref(1, 0)


def test_an_object_that_was_saved_over_is_still_there() -> None:
    found = Table(updated(written({**catalogue(), 5: b"(old)"}), 5, b"(new)"), Asked())
    assert found.resolve(Ref(5, 0)) == b"new"
    assert [found.value(item) for item in found.older] == [b"old"]


def hexadecimal(body: bytes) -> bytes:
    return body.hex().encode() + b">"


def run_lengths(body: bytes) -> bytes:
    return (
        b"".join(bytes((len(body[i : i + 100]) - 1,)) + body[i : i + 100] for i in range(0, len(body), 100)) + b"\x80"
    )


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        (b"/Filter/FlateDecode", zlib.compress),
        (b"/Filter[/Fl]", zlib.compress),
        (b"/Filter[/ASCIIHexDecode/FlateDecode]", lambda body: hexadecimal(zlib.compress(body))),
        (b"/Filter/ASCII85Decode", lambda body: base64.a85encode(body) + b"~>"),
        (b"/Filter/RunLengthDecode", run_lengths),
        (b"", lambda body: body),
    ],
)
def test_object_streams_through_filters(name: bytes, packed: object) -> None:
    head = b"7 0 8 %d " % (len(BODY) + 1)
    inner = head + BODY + b" (second)"
    assert callable(packed)
    found = table({6: stream(b"/Type/ObjStm/N 2/First %d" % len(head) + name, packed(inner))})
    assert found.resolve(Ref(7, 0)) == {"S": "URI", "URI": b"http://a.example/"}
    assert found.resolve(Ref(8, 0)) == b"second"
    assert found.problems == []


def test_lzw() -> None:
    # The example of ISO 32000-2, 7.4.4.2.
    packed = bytes.fromhex("800b6050220c0c8501")
    found = table({6: stream(b"/Filter/LZWDecode", packed)})
    assert found.stream(Ref(6, 0)) == bytes((45, 45, 45, 45, 45, 65, 45, 45, 45, 66))


def test_a_length_that_lies_and_a_stream_without_end() -> None:
    lying = written({**catalogue(), 5: b"<</Length 3>>\nstream\nabcdef\nendstream", 6: b"(after)"})
    found = Table(lying, Asked())
    assert found.stream(Ref(5, 0)) == b"abcdef\n"
    assert found.resolve(Ref(6, 0)) == b"after"
    open_ended = b"%PDF-1.4\n5 0 obj<</Length 9>>\nstream\nabc\n6 0 obj(after)endobj"
    assert Table(open_ended, Asked()).resolve(Ref(6, 0)) == b"after"


def test_a_bomb_is_cut_and_told() -> None:
    bomb = zlib.compress(bytes(30_000_000))
    budget = Budget(Limits(decoded_size=2_000_000))
    found = Table(
        written({**catalogue(), 6: stream(b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode", bomb)}), Asked(budget=budget)
    )
    assert [trait for trait, _ in found.problems][:1] == ["bomb"]
    assert [limit.name for limit in budget.reached] == ["decoded_size"]


def test_encrypted_streams_are_left_alone() -> None:
    found = Table(written({**catalogue(), 6: stream(b"/Filter/FlateDecode", b"garbage")}), Asked(), encrypted=True)
    assert found.stream(Ref(6, 0)) is None


def test_names() -> None:
    found = table({5: b"<</A[/B<</C/D>>](/E)/F 1>>"})
    assert {str(name) for name in names_in(found.resolve(Ref(5, 0)))} == {"A", "B", "C", "D", "F"}


def test_any_damage_is_read() -> None:
    head = b"7 0 "
    whole = written(
        {**catalogue(), 6: stream(b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode", zlib.compress(head + BODY))}
    )
    for end in range(0, len(whole), 7):
        Table(whole[:end], Asked())
    chance = random.Random(3)
    for _ in range(200):
        flipped = bytearray(whole)
        for _ in range(4):
            flipped[chance.randrange(len(flipped))] = chance.randrange(256)
        Table(bytes(flipped), Asked())


def test_many_objects_at_one_place_are_one() -> None:
    inner = b"".join(b"%d 0 " % number for number in range(100, 400))
    found = table({6: stream(b"/Type/ObjStm/N 300/First %d" % len(inner), inner + BODY)})
    assert len(found.current) == 5
