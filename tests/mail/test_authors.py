"""The From field as different programs read it: no reading may be lost, and honest fields have only one."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.mail import authors, message
from sabaki.mail.authors import Reading
from sabaki.mail.limits import Budget
from tests.patience import BLOWN_UP


def read(text: str) -> Reading | None:
    return authors.read(text.encode().decode("latin-1"), Budget())


@pytest.mark.parametrize(
    ("text", "trick", "other"),
    [
        ("A <a@one.example>, B <b@two.example>", "several_mailboxes", "two.example"),
        ("A <a@one.example> <b@two.example>", "two_angles", "two.example"),
        ("<a@one.example>b@two.example", "address_after_angle", "two.example"),
        ("b@two.example,<a@one.example>", "several_mailboxes", "one.example"),
        (r"<b@two.example>\,<a@one.example>", "quoted_pair", "one.example"),
        ("<@two.example:a@one.example>", "route", "two.example"),
        ("<@two.example,@three.example:a@one.example>", "route", "two.example"),
        ("b%two.example@one.example", "percent_route", "two.example"),
        ("two.example!b@one.example", "bang_route", "two.example"),
        ("b@two.example@one.example", "two_ats", "two.example"),
        ('"b@two.example"@one.example', "quoted_local_part", "two.example"),
        ("b@two.example(x)@one.example", "comment_in_address", "two.example"),
        ("a@one.example (b@two.example)", "address_in_comment", "two.example"),
        ("A (b@two.example) <a@one.example>", "address_in_comment", "two.example"),
        ("a@one.example (=?utf-8?Q?b=40two.example?=)", "address_in_comment", "two.example"),
        ("b@two.example: a@one.example;", "group", "two.example"),
        ("=?utf-8?Q?b=40two.example=00?=@one.example", "nul", "two.example"),
        ("=?utf-8?Q?b=40two.example=0A?=@one.example", "line_end", "two.example"),
        ("<=?utf-8?Q?b=40two.example?=@one.example>", "encoded_address", "two.example"),
        ("=?utf-8?Q?=3D=3Futf-8=3FQ=3Fb=3D40two.example=3F=3D?= <a@one.example>", "encoded_twice", "two.example"),
        ("b@two.example\0@one.example", "nul", "two.example"),
        ("=?utf-8?Q?=E2=80=AEelpmaxe.owt=40b?= <a@one.example>", "direction", "two.example"),
        ("b@two.example; a@one.example", "semicolon", "one.example"),
        ("Bank <b@two.example <a@one.example>", "two_angles", "one.example"),
    ],
)
def test_another_reading(text: str, trick: str, other: str) -> None:
    found = read(text)
    assert found is not None
    assert trick in found.tricks
    assert other in [box.domain for box in found.others]
    assert not found.name_only


@pytest.mark.parametrize(
    ("text", "trick"),
    [
        ("a@one.example <>", "empty_address"),
        ("Bank:;", "no_mailbox"),
        ("<>", "empty_address"),
        ("=?utf-8?Q?a=40one.example?=", "encoded_address"),
        ("A <a@o\u200bne.example>", "invisible"),
        ("=?utf-8?Q?A=01B?= <a@one.example>", "control"),
        ("<a@one.example> <a@one.example>", "two_angles"),
    ],
)
def test_odd_without_another_address(text: str, trick: str) -> None:
    found = read(text)
    assert found is not None
    assert trick in found.tricks


@pytest.mark.parametrize(
    "text",
    [
        "a@one.example",
        "<a@one.example>",
        "A <a@one.example>",
        "A <a@one.example>, B <b@one.example>",
        '"Sato, Taro" <a@one.example>',
        "Sato, Taro <a@one.example>",
        "a@one.example (Sato, Taro)",
        "A (Sales) <a@one.example>",
        '"a@one.example" <a@one.example>',
        "Re: minutes <a@one.example>",
        "A <a@one.example>;",
        "root",
        "root (Cron Daemon)",
        "MAILER-DAEMON",
        "Taro @ Orchard <a@one.example>",
        "=?iso-2022-jp?B?GyRCJUYbKEI=?= <a@one.example>",
        "テスト <a@one.example>",
        "a..b.@docomo.example",
        "a@日本.example",
        "A <a@[192.0.2.1]>",
        "",
    ],
)
def test_one_reading(text: str) -> None:
    assert read(text) is None


def test_an_address_in_plain_sight_in_the_name_is_no_trick() -> None:
    found = read('"b@two.example" <a@one.example>')
    assert found is not None
    assert found.name_only
    assert [box.address for box in found.others] == ["b@two.example"]


def test_an_octet_that_is_no_letter_may_end_a_name() -> None:
    found = authors.read("<b@two.example\xff@one.example>", Budget())
    assert found is not None
    assert "two.example" in [box.domain for box in found.others]


def lost(*lines: bytes) -> list[tuple[str, str]]:
    raw = b"\r\n".join((*lines, b"", b"x\r\n"))
    return [(field.name, body) for field, body in authors.from_bodies(message.read(raw, Budget()).fields)]


@pytest.mark.parametrize(
    "line",
    [
        b"From : b@two.example",
        b"From\r\n : b@two.example",
        b"\xffFrom: b@two.example",
        b"From\0: b@two.example",
        b"from\xa0: b@two.example",
    ],
)
def test_a_from_that_only_some_programs_see_is_found(line: bytes) -> None:
    found = lost(b"Subject: x", line, b"From: a@one.example", b"To: c@one.example")
    assert sorted(body for _, body in found) == ["a@one.example", "b@two.example"]


def test_a_from_that_folded_into_the_field_above_is_found() -> None:
    found = lost(
        b"Received: from a by b; Mon, 3 Mar 2025 10:15:00 +0900", b" From: b@two.example", b"From: a@one.example"
    )
    assert [body for _, body in found] == ["a@one.example", "b@two.example"]


@pytest.mark.parametrize(
    "line",
    [
        b"X-From: b@two.example",
        b"Received: from: x (envelope-from b@two.example) by c",
        b"Fromage: b@two.example",
        b"said From me",
    ],
)
def test_other_fields_are_no_from(line: bytes) -> None:
    assert [body for _, body in lost(line, b"From: a@one.example")] == ["a@one.example"]


def test_what_is_shown_where_there_is_no_from() -> None:
    fields = message.read(b"Resent-From: r@one.example\r\nSender: s@one.example\r\n\r\nx", Budget()).fields
    instead = authors.shown_instead(fields)
    assert instead is not None
    assert instead.name == "Sender"


@pytest.mark.parametrize(
    "unit", ["<", "a@b.c ", "(", '"', "%a.b@", "a.b!", "=?utf-8?Q?a?= ", "@ ", "<@", ":;", "a", "\u202e@"]
)
def test_linear_time(unit: str) -> None:
    start = time.perf_counter()
    authors.read((unit * (400_000 // len(unit))), Budget())
    assert time.perf_counter() - start < BLOWN_UP


@given(st.text(alphabet='ab@<>(),;:"\\[]. =?\x00\u202eé%!', max_size=60))
def test_never_raises(text: str) -> None:
    authors.read(text, Budget())
