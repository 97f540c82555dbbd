"""Dates as mail writes them."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.mail import dates


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Mon,  8 Aug 2022 05:07:31 +0900 (JST)", "2022-08-08T05:07:31+09:00"),
        ("07 Aug 2022 20:07:27 +0000", "2022-08-07T20:07:27+00:00"),
        ("Mon, 8 Aug 2022 5:7 GMT", "2022-08-08T05:07:00+00:00"),
        ("8 Aug 22 05:07:31 EST", "2022-08-08T05:07:31-05:00"),
        ("8 Aug 98 05:07:31 EST", "1998-08-08T05:07:31-05:00"),
        ("8 Aug 102 05:07:31 +0000", "2002-08-08T05:07:31+00:00"),
        ("Mon Aug  8 05:07:31 2022", "2022-08-08T05:07:31-00:00"),
        ("Mon Aug 8 05:07:31 JST 2022", "2022-08-08T05:07:31+09:00"),
        ("Mon Aug 8 05:07:31 2022 +0900", "2022-08-08T05:07:31+09:00"),
        ("2022-08-08 05:07:29 +0900", "2022-08-08T05:07:29+09:00"),
        ("2022-08-08T05:07:29.123Z", "2022-08-08T05:07:29+00:00"),
        ("Mon, 8 Aug 2022 05:07:31 GMT+0900", "2022-08-08T05:07:31+09:00"),
        ("Mon, 8 Aug 2022 05:07:31 +09:00", "2022-08-08T05:07:31+09:00"),
        ("Mon, 8 Aug 2022 05:07:31 (JST)", "2022-08-08T05:07:31+09:00"),
        ("Mon, 8 Aug 2022 05:07:31 A", "2022-08-08T05:07:31-00:00"),
        ("Mon, 8 Aug 2022 05:07:31", "2022-08-08T05:07:31-00:00"),
        ("Mon, 8 Aug 2022 05:07:60 -0000", "2022-08-08T05:07:59-00:00"),
        ("Mon, 8-Aug-2022 05:07:31 +0900", "2022-08-08T05:07:31+09:00"),
        ("Mon, 8 Aug 2022 05:07:31 PM +0900", "2022-08-08T17:07:31+09:00"),
        ("月, 8 Aug 2022 05:07:31 +0900", "2022-08-08T05:07:31+09:00"),
        ("Mon (comment (nested)), 8 Aug 2022 05:07:31 +0900", "2022-08-08T05:07:31+09:00"),
        ("Mon, 8 Aug 2022 05:07:31+0900", "2022-08-08T05:07:31+09:00"),
        ("Monday, 08 August 2022 05:07:31 +0530", "2022-08-08T05:07:31+05:30"),
    ],
)
def test_forms(text: str, date: str) -> None:
    assert dates.parse(text) == date
    datetime.datetime.fromisoformat(date)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "Mon, 8 Aug 2022 05:07:31 +9999",
        "Mon, 8 Aug 2022 05:07:31 +2400",
        "1 Jan 0000 00:00:00 +0000",
        "1 Jan 99999 00:00:00 +0000",
        "31 Feb 2022 00:00:00 +0000",
        "8 Aug 2022 25:00:00 +0000",
        "8 Foo 2022 05:00:00 +0000",
        "8 Aug 2022",
    ],
)
def test_out_of_range_is_none(text: str) -> None:
    assert dates.parse(text) is None


@given(st.integers(0, 4_000_000_000).map(lambda second: datetime.datetime.fromtimestamp(second, datetime.UTC)))
def test_round_trip(moment: datetime.datetime) -> None:
    moment = moment.replace(tzinfo=None)
    assert dates.parse(moment.strftime("%a, %d %b %Y %H:%M:%S +0900")) == moment.isoformat() + "+09:00"


@given(st.text(alphabet="0123456789 :+-,.()AugMonJSTPZ/٣", max_size=60))
def test_never_raises(text: str) -> None:
    found = dates.parse(text)
    assert found is None or datetime.datetime.fromisoformat(found)


@given(st.integers(0, 99999), st.integers(0, 99), st.integers(0, 99), st.integers(0, 9999))
def test_any_numbers(year: int, day: int, hour: int, zone: int) -> None:
    found = dates.parse(f"{day} Aug {year} {hour}:00:00 +{zone:04}")
    assert found is None or datetime.datetime.fromisoformat(found)
