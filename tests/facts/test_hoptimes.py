"""Dates in Received fields: what cannot be, and what only looks odd."""

from __future__ import annotations

import pytest

from sabaki.facts import hoptimes
from tests.facts.hopmaker import hop

FIELD = "from a.example ([198.51.100.9]) by b.example with SMTP id 7af31; {}"
NOON = "2025-03-03T12:00:00+09:00"


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Mon, 3 Mar 2025 10:14:50 +0900 (JST)", []),
        ("3 Mar 2025 01:14:50 -0000", []),
        ("Mon, 3 Mar 25 10:14:50 +0900", []),
        ("Sat, 31 Dec 2016 23:59:60 +0000", []),  # there was one
        ("Thu, 29 Feb 2024 10:14:50 +0900", []),
        ("Sat, 29 Feb 2025 10:14:50 +0900", ["date_impossible"]),
        ("Mon, 3 Mar 2025 10:60:50 +0900", ["date_impossible"]),
        ("Tue, 3 Mar 2025 10:14:50 +0900", ["weekday_wrong"]),
        ("Lun, 3 Mar 2025 10:14:50 +0900", []),
        ("Mon, 3 Mar 2025 10:14:50 +1400", []),
        ("Mon, 3 Mar 2025 10:14:50 +0545", []),
        ("Mon, 3 Mar 2025 10:14:50 -1200", []),
        ("Mon, 3 Mar 2025 10:14:50 +1900", ["zone_impossible"]),
        ("Mon, 3 Mar 2025 10:14:50 -1300", ["zone_impossible"]),
        ("Mon, 3 Mar 2025 10:14:50 +0860", ["zone_impossible"]),
        ("Mon, 3 Mar 2025 10:14:50 +0900 (PST)", ["zone_name_wrong"]),
        ("Mon, 3 Mar 2025 10:14:50 +0800 (PST)", []),  # Manila; or TZ=PST-8
        ("Mon, 3 Mar 2025 10:14:50 +1100 (EST)", []),
        ("Mon, 3 Mar 2025 10:14:50 +0000 (JST)", []),
        ("Mon, 3 Mar 2025 10:14:50 -0700 (PST)", []),
        ("Mon, 3 Mar 2025 10:14:50 +0900 (UTC)", []),
        ("Mon, 3 Mar 2025 10:14:50 +0000 (Eire)", []),
        ("Sep, 19 2025 2:02:18 AM -0700", ["date_form"]),
        ("Aug, 29 2025 09:42:27 +0700", ["date_form"]),
        ("Thu, 22 Aug 0102 23:36:23 -0300", ["year_form"]),
        ("2025-03-03 10:14:50 +0900", []),
        ("no date at all", []),
        ("", []),
    ],
)
def test_the_date_itself(date: str, expected: list[str]) -> None:
    assert [sign.id for sign in hoptimes.signs(hop(FIELD.format(date)))] == expected


def test_one_sign_for_a_date_that_is_none() -> None:
    assert [sign.id for sign in hoptimes.signs(hop(FIELD.format("Wed, 31 Apr 2025 10:14:50 +0900")))] == [
        "date_impossible"
    ]


@pytest.mark.parametrize(
    ("date", "sent", "expected"),
    [
        ("Tue, 4 Mar 2025 13:00:00 +0900", NOON, []),  # 25 hours: zones can do that
        ("Tue, 4 Mar 2025 15:00:00 +0900", NOON, [True]),
        ("Tue, 4 Mar 2025 15:00:00 +0900", "2025-03-04T14:00:00+09:00", [False]),
        ("Tue, 4 Mar 2025 15:00:00 +0900", None, [True]),
    ],
)
def test_after_the_arrival(date: str, sent: str | None, expected: list[bool]) -> None:
    assert [sign.strong for sign in hoptimes.future(hop(FIELD.format(date)), sent, NOON)] == expected


@pytest.mark.parametrize(
    ("date", "found"),
    [
        ("Mon, 3 Mar 2025 12:03:00 +0900", False),  # a clock
        ("Mon, 3 Mar 2025 21:00:20 +0900", False),  # a zone
        ("Mon, 3 Mar 2025 17:30:20 +0900", False),  # a zone of half an hour
        ("Mon, 3 Mar 2025 17:14:20 +0900", True),
        ("Thu, 6 Mar 2025 12:00:00 +0900", False),  # said by `future` already
    ],
)
def test_later_than_the_hop_above(date: str, found: bool) -> None:
    above = hop(FIELD.format("Mon, 3 Mar 2025 12:00:00 +0900"))
    assert [sign.id for sign in hoptimes.backwards(hop(FIELD.format(date)), above, NOON)] == ["time_backwards"] * found


def test_older_than_the_mail() -> None:
    old = hop(FIELD.format("Mon, 22 Jan 2024 19:30:47 +0000"))
    assert [sign.detail for sign in hoptimes.before_date(old, NOON, NOON)] == ["405 d"]
    # Where the mail itself is as old it may have waited, or was sent anew by a person.
    assert not list(hoptimes.before_date(old, "2024-01-22T19:30:00+00:00", NOON))
    assert not list(hoptimes.before_date(hop(FIELD.format("Fri, 28 Feb 2025 19:30:47 +0000")), NOON, NOON))
    assert not list(hoptimes.before_date(old, None, NOON))
