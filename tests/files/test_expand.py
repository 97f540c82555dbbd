from __future__ import annotations

import bz2
import gzip
import lzma
import zlib

import pytest

from sabaki.files import expand
from sabaki.files.opened import Asked
from sabaki.mail.limits import Budget, Limits

TEXT = b"one line and another\n" * 20_000
PACKED = {
    "gzip": gzip.compress(TEXT),
    "zlib": zlib.compress(TEXT),
    "bzip2": bz2.compress(TEXT),
    "xz": lzma.compress(TEXT),
    "lzma": lzma.compress(TEXT, lzma.FORMAT_ALONE),
}


def run(method: str, packed: bytes, most: int) -> expand.Expanded:
    return expand.expand(expand.decoder(method), memoryview(packed), most)


@pytest.mark.parametrize("method", PACKED)
def test_all_of_it_and_where_it_ended(method: str) -> None:
    done = run(method, PACKED[method] + b"tail", len(TEXT))
    assert (done.content, done.whole, done.cut, done.error) == (TEXT, True, False, "")
    assert done.used == len(PACKED[method])


@pytest.mark.parametrize("method", PACKED)
@pytest.mark.parametrize("most", [0, 1, 1_000, len(TEXT) - 1])
def test_it_stops_at_the_byte(method: str, most: int) -> None:
    done = run(method, PACKED[method], most)
    assert (done.content, done.cut, done.whole) == (TEXT[:most], True, False)


@pytest.mark.parametrize("method", PACKED)
def test_cut_or_broken_input_gives_what_came_before(method: str) -> None:
    half = run(method, PACKED[method][: len(PACKED[method]) // 2], len(TEXT))
    assert TEXT.startswith(half.content)
    assert not half.whole
    broken = run(method, PACKED[method][:30] + b"\xff" * 200, len(TEXT))
    assert not broken.whole


def test_a_bomb_costs_what_is_asked_for() -> None:
    assert len(run("bzip2", bz2.compress(bytes(50_000_000)), 1_000).content) == 1_000


def test_lzma_without_a_container() -> None:
    spec = {"id": lzma.FILTER_LZMA1, "preset": 6, "dict_size": 1 << 16}
    packer = lzma.LZMACompressor(lzma.FORMAT_RAW, filters=[spec])
    packed = packer.compress(TEXT) + packer.flush()
    properties = bytes((93,)) + (1 << 16).to_bytes(4, "little")
    assert expand.expand(expand.raw_lzma(properties, 1 << 16), memoryview(packed), len(TEXT)).content == TEXT
    for wrong in (b"", b"\xff\0\0\0\0", b"\x08\0\0"):
        with pytest.raises(ValueError):
            expand.raw_lzma(wrong, 100)


def test_what_may_come_out() -> None:
    budget = Budget(Limits(decoded_size=50_000_000, expansion=10))
    asked = Asked(budget=budget)
    assert expand.allowance(asked, 1) == expand.Allowance(1_000_000, "expansion")
    assert expand.allowance(asked, 1_000_000) == expand.Allowance(10_000_000, "expansion")
    budget.spend("decoded_size", 45_000_000)
    assert expand.allowance(asked, 1_000_000) == expand.Allowance(5_000_000, "decoded_size")


def test_joined() -> None:
    assert expand.joined([b"abc", b"def"], 0) == b"abcdef"
    assert expand.joined([b"abc", b"def"], 2) == b"abcd"
    assert expand.joined([b"abc", b"def"], 4) == b"ab"
    assert expand.joined([], 3) == b""


def test_filling_is_told_from_content() -> None:
    program = b"MZ" + bytes(range(256)) * 40
    assert expand.padding(program + b"A" * 6_000_000) >= 5_990_000
    assert expand.padding(program * 600) == 0
    assert expand.padding(bytes(100)) == 0
    assert expand.is_uniform(bytes(10_000))
    assert not expand.is_uniform(program)


def test_is_bomb() -> None:
    ratio, asked = expand.Allowance(1_000, "expansion"), Asked()
    assert expand.is_bomb(expand.Expanded(bytes(1_000), 5, whole=False, cut=True), ratio, asked)
    assert not expand.is_bomb(expand.Expanded(bytes(1_000), 5), ratio, asked)
    padded = expand.Expanded(b"MZ" + bytes(9_000_000), 5, whole=False, cut=True)
    assert not expand.is_bomb(padded, ratio, asked)
