"""MurmurHash3 against its published values, and the hash of an icon."""

from __future__ import annotations

from base64 import encodebytes

import pytest

from sabaki.visit.favicon import icon_hash, murmur3


@pytest.mark.parametrize(
    ("data", "seed", "value"),
    [
        (b"", 0, 0),
        (b"", 1, 0x514E28B7),
        (b"", 0xFFFFFFFF, 0x81F16F39),
        (b"\xff\xff\xff\xff", 0, 0x76293B50),
        (b"\x21\x43\x65\x87", 0, 0xF55B516B),
        (b"\x21\x43\x65", 0, 0x7E4A8634),
        (b"\x21\x43", 0, 0xA0F7B07A),
        (b"\x21", 0, 0x72661CF4),
        (b"Hello, world!", 0x9747B28C, 0x24884CBA),
        (b"The quick brown fox jumps over the lazy dog", 0x9747B28C, 0x2FA826CD),
    ],
)
def test_known_values(data: bytes, seed: int, value: int) -> None:
    assert murmur3(data, seed) & 0xFFFFFFFF == value


def test_signed_and_over_base64_with_its_line_ends() -> None:
    content = bytes(range(256))
    assert encodebytes(content).count(b"\n") > 4
    assert icon_hash(content) == murmur3(encodebytes(content))
    assert murmur3(b"\xff\xff\xff\xff", 1) < 2**31
    assert murmur3(b"\x21\x43\x65\x87") < 0
