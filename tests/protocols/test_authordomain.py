"""The author domain: one, or none with the reason; never another one than some reader would see."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.mail import message
from sabaki.mail.limits import Budget
from sabaki.protocols import authordomain
from sabaki.protocols.authordomain import Author


def of_mail(header: str | bytes) -> Author:
    raw = header if isinstance(header, bytes) else header.encode()
    return authordomain.read(message.read(raw + b"\n\nx\n", Budget()))


@pytest.mark.parametrize(
    "field",
    [
        "Taro <taro@shop.example>",
        "taro@shop.example",
        "taro@shop.example (Taro)",
        "(Taro) taro@shop.example",
        "taro@shop.example <taro@shop.example>",
        "Taro <taro@SHOP.example.>",
        "Sato, Taro <taro@shop.example>",
        '"Sato, Taro" <taro@shop.example>',
        "Re: Taro <taro@shop.example>",
        "< taro@shop.example >",
        "<a@shop.example>, <b@shop.example>",
        "Taro @home <taro@shop.example>",
        "=?utf-8?b?5L2Q6Jek?= <taro@shop.example>",
        "info..taro.@shop.example",
        '"taro sato"@shop.example',
        "news@mail.shop.example <taro@shop.example>",
    ],
)
def test_one_domain_however_honest_people_write_it(field: str) -> None:
    assert authordomain.parse(field).domain == "shop.example"


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ("<info@bank.example>, <x@evil.example>", "several_domains"),
        ("<x@evil.example>, <info@bank.example>", "several_domains"),
        ("info@bank.example <x@evil.example>", "several_readings"),
        ("=?utf-8?q?info=40bank.example?=, <x@evil.example>", "several_readings"),
        ('"info@bank.example", <x@evil.example>', "several_readings"),
        ("<@evil.example,@other.example:info@bank.example>", "odd_address"),
        ("info@bank.example(x)@evil.example", "odd_address"),
        ("<info(@bank.example)@evil.example>", "odd_address"),
        ('"info@bank.example"@evil.example', "odd_address"),
        ('"info@bank.example\\"@evil.example', "odd_address"),
        ("<=?utf-8?q?info=40bank.example?=@evil.example>", "odd_address"),
        ("info@bank.example\0@evil.example", "control"),
        ("<info@bank.example\x08@evil.example>", "control"),
        ("<info@bank.example .evil.example>", "odd_address"),
        ("info@bank.example .evil.example", "odd_address"),
        ("<info@bank.example><x@evil.example>", "odd_address"),
        ("<info@bank.example", "odd_address"),
        ("info@bank.example>", "odd_address"),
        ("<<info@bank.example>>", "odd_address"),
        ("Bank: info@bank.example;", "group"),
        ("undisclosed-sender:;", "group"),
        ("", "no_mailbox"),
        ("Bank", "no_mailbox"),
        ("<>", "no_mailbox"),
        ("info@[192.0.2.1]", "literal"),
        ("info@localhost", "no_domain"),
        ("info@bank..example", "no_domain"),
        ("info@-bank.example", "no_domain"),
        ("info@\uff42ank.example", "no_domain"),
        ("info@ba\u00adnk.example", "no_domain"),
        (f"info@{'a' * 64}.example", "no_domain"),
        (f"info@{'a.' * 130}example", "no_domain"),
    ],
)
def test_no_single_domain_where_readers_differ(field: str, problem: str) -> None:
    author = authordomain.parse(field)
    assert (author.domain, author.problem) == ("", problem)
    assert author.reason
    assert author.reason_ja


@pytest.mark.parametrize(
    "field",
    [
        '"info@bank.example" <x@evil.example>',
        "=?utf-8?q?info=40bank.example?= <x@evil.example>",
        "=?utf-8?b?5oOF5aCx77ygYmFuay5leGFtcGxl?= <x@evil.example>",
    ],
)
def test_an_address_in_the_name_is_told(field: str) -> None:
    author = authordomain.parse(field)
    assert (author.domain, author.shows) == ("evil.example", ("bank.example",))


def test_several_authors_of_one_domain_are_counted() -> None:
    assert authordomain.parse("<a@shop.example>, <b@shop.example>").mailboxes == 2


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("Subject: x", "none"),
        ("From: a@bank.example\nFrom: b@evil.example", "several_fields"),
        ("From: a@bank.example\nFrom: a@bank.example", "several_fields"),
        ("From : a@bank.example", "odd_field"),
        ("From : a@bank.example\nFrom: b@evil.example", "several_fields"),
        (b"From\x00: a@bank.example\nSubject: x", "odd_field"),
        (b"Subject: x\nFrom\x00: a@bank.example\nFrom: b@evil.example", "several_fields"),
        (b"From: a@bank.example\r.evil.example\nSubject: x", "control"),
        (b"From: a@bank.example\x00.evil.example\nSubject: x", "control"),
        ("From: a@bank.example\n .evil.example", "odd_address"),
    ],
)
def test_the_field_itself_can_be_in_doubt(header: str | bytes, problem: str) -> None:
    assert of_mail(header).problem == problem


def test_folds_and_raw_japanese_do_no_harm() -> None:
    assert of_mail("From: Taro\n <taro@shop.example>").domain == "shop.example"
    assert of_mail("From: \u4f50\u85e4 <taro@shop.example>").domain == "shop.example"
    jis = "From: \u4f50\u85e4 <taro@shop.example>".encode("iso2022_jp")
    assert of_mail(jis).domain == "shop.example"


def test_dns_names() -> None:
    assert authordomain.dns_name("Bank.Example.") == "bank.example"
    assert authordomain.dns_name("\u4f8b\u3048.jp") == "xn--r8jz45g.jp"
    assert authordomain.dns_name("xn--r8jz45g.jp") == "xn--r8jz45g.jp"
    for name in ("", ".", "a b.example", "bank.example\0", "bank.example/x", "\uff42ank.example", "\u200bbank.example"):
        assert authordomain.dns_name(name) == ""


@given(st.text(alphabet='ab.@<>(),;:"\\ \0=?[]\u4f8b', max_size=40))
def test_whatever_is_found_is_the_only_domain_outside_names(text: str) -> None:
    author = authordomain.parse(text.encode("utf-8", "surrogatepass").decode("latin-1"))
    assert bool(author.domain) != bool(author.problem)
    assert not author.domain or "@" in text


@pytest.mark.parametrize(
    "plain",
    ["a@shop.example", "Shop <a@shop.example>", '"Shop" <a@Shop.example.>', '"Shop <a@shop.example>', "x <a@b>"],
)
def test_the_short_way_for_plain_fields_ends_where_the_long_one_does(plain: str) -> None:
    assert authordomain.parse(plain) == authordomain._Reader(plain).read()
