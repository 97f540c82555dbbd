from __future__ import annotations

import random
import tracemalloc

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.sources import sbproto, sbrice
from sabaki.sources.sbproto import Garbled, Rice
from tests.sources.safebrowsing_server import PARAMETERS, message, rice

FIELDS = {4: 4, 8: 9, 16: 10, 32: 11}


def coded(values: list[int], width: int, parameter: int | None = None) -> Rice:
    (read,) = sbproto.lists(message(1, message(FIELDS[width], rice(values, width, parameter))))
    assert read.additions is not None
    return read.additions


def test_bits_by_hand() -> None:
    # 5; +9 is quotient 1 and rest 1: 1 0, 1 0 0; +3 is quotient 0 and rest 3: 0, 1 1 0. From the low end of each byte.
    data = bytes((0b11000101, 0b0))
    assert sbrice.decode(Rice(4, 5, 3, 2, data)) == [5, 14, 17]


def test_one_number_needs_no_bits() -> None:
    assert sbrice.decode(Rice(4, 77)) == [77]
    assert sbrice.decode(Rice(32)) == [0]


@pytest.mark.parametrize("width", [4, 8, 16, 32])
def test_numbers_of_every_length(width: int) -> None:
    chance = random.Random(width)
    values = sorted(chance.getrandbits(8 * width) for _ in range(3_000))
    assert sbrice.decode(coded(values, width)) == values


@given(st.sampled_from([4, 8, 16, 32]), st.data())
def test_what_is_coded_comes_back(width: int, data: st.DataObject) -> None:
    least, greatest = PARAMETERS[width]
    parameter = data.draw(st.integers(least, greatest))
    most = min((1 << 8 * width) - 1, 300 << parameter)
    values = sorted(data.draw(st.lists(st.integers(0, most), min_size=1, max_size=40)))
    assert sbrice.decode(coded(values, width, parameter)) == values


def test_zeros_at_the_end_may_be_left_away() -> None:
    whole = coded([8, 16, 24], 4, 3)
    assert sbrice.decode(msgspec.structs.replace(whole, data=whole.data.rstrip(b"\0"))) == [8, 16, 24]


@pytest.mark.parametrize("width", [4, 8, 16, 32])
def test_parameters_out_of_range(width: int) -> None:
    least, greatest = PARAMETERS[width]
    for parameter in (0, least - 1, greatest + 1, 1 << 31, (1 << 64) - 1):
        with pytest.raises(Garbled, match="parameter"):
            sbrice.decode(Rice(width, 0, parameter, 1, bytes(100)))


def test_more_entries_than_bits_cost_nothing() -> None:
    tracemalloc.start()
    for count in (1 << 31, (1 << 64) - 1, 201):
        with pytest.raises(Garbled, match="entries"):
            sbrice.decode(Rice(4, 0, 3, count, bytes(100)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_numbers_too_large() -> None:
    with pytest.raises(Garbled, match="fit"):
        sbrice.decode(Rice(4, (1 << 32) - 1, 3, 1, bytes((0b10, 0))))
    with pytest.raises(Garbled, match=r"fit|short"):
        sbrice.decode(Rice(32, 0, 254, 1, b"\xff" * 10_000))


@given(st.integers(3, 30), st.integers(0, 50), st.binary(max_size=100))
def test_any_bits_are_read_in_order_or_garbled(parameter: int, count: int, data: bytes) -> None:
    try:
        values = sbrice.decode(Rice(4, 9, parameter, count, data))
    except Garbled:
        return
    assert len(values) == count + 1
    assert values == sorted(values)
    assert values[-1] < 1 << 32
