"""Mailboxes as they are really written."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.mail.addresses import parse_mailboxes
from sabaki.mail.limits import Budget, Limits
from tests.patience import BLOWN_UP


def parse(text: str) -> list[tuple[str, str]]:
    return [(mailbox.address, mailbox.display_name) for mailbox in parse_mailboxes(text, Budget())]


@pytest.mark.parametrize(
    ("text", "mailboxes"),
    [
        ("a@b.example", [("a@b.example", "")]),
        ("<a@b.example>", [("a@b.example", "")]),
        ("Foo Bar <a@B.Example>", [("a@b.example", "Foo Bar")]),
        ('"Foo, Bar" <a@b>, c@d', [("a@b", "Foo, Bar"), ("c@d", "")]),
        ("Sato, Jiro <c@d>", [("c@d", "Sato, Jiro")]),
        ("a@b, Sato, Jiro <c@d>", [("a@b", ""), ("c@d", "Sato, Jiro")]),
        ('"a@b" <c@d>', [("c@d", "a@b")]),
        ("a@b <c@d>", [("c@d", "a@b")]),
        ("Foo <a@b", [("a@b", "Foo")]),
        ("a@b (Foo (x) Bar)", [("a@b", "Foo (x) Bar")]),
        ("a@b c@d", [("a@b", ""), ("c@d", "")]),
        ("a@b; c@d", [("a@b", ""), ("c@d", "")]),
        ("A <a@b> <c@d>", [("a@b", "A"), ("c@d", "")]),
        ("undisclosed-recipients:;", []),
        ("Friends: a@b, C <c@d>;, e@f", [("a@b", ""), ("c@d", "C"), ("e@f", "")]),
        ("<@a,@b:c@d>", [("c@d", "")]),
        ('"quoted local"@x.example', [('"quoted local"@x.example', "")]),
        ("phishing@pot", [("phishing@pot", "")]),
        ("<a@b@c>", [("a@b@c", "")]),
        ("<root>", [("root", "")]),
        ("root, daemon", [("root", ""), ("daemon", "")]),
        ("<>", []),
        ("", []),
        ('"Foo" <>', [("", "Foo")]),
        ("Amazon Support", [("", "Amazon Support")]),
        ('"foo@bar.example"', [("foo@bar.example", "")]),
        ('"Foo <a@b>"', [("a@b", "Foo")]),
        ("=?utf-8?B?Rm9vIDxhQGI+?=", [("a@b", "Foo")]),
        ("=?UTF-8?Q?Foo,_Bar?= <x@y>", [("x@y", "Foo, Bar")]),
        ('"=?utf-8?B?44GC?=" <a@b>', [("a@b", "あ")]),
        ("=?utf-8?B?44GC?= =?utf-8?B?44GE?= <a@b>", [("a@b", "あい")]),
        ("a . b @ c . d", [("a.b@c.d", "")]),
        ("Prince <x @ y . z>", [("x@y.z", "Prince")]),
        ("<mailto:a@b>", [("a@b", "")]),
        ("Re: foo <a@b>", [("a@b", "Re: foo")]),
        ("a@[192.0.2.1]", [("a@[192.0.2.1]", "")]),
        ("<a@xn--wgv71a.example>", [("a@日本.example", "")]),
        ("山田, 太郎 <a@b>", [("a@b", "山田, 太郎")]),
    ],
)
def test_forms(text: str, mailboxes: list[tuple[str, str]]) -> None:
    assert parse(text) == mailboxes


@pytest.mark.parametrize("codec", ["utf-8", "cp932", "iso2022_jp", "euc_jp"])
def test_raw_japanese_name_whose_octets_hold_specials(codec: str) -> None:
    name = "表示のソース能力予約"
    assert parse(f"{name} <a@b>".encode(codec).decode("latin-1")) == [("a@b", name)]


def test_local_part_and_domain() -> None:
    (mailbox,) = parse_mailboxes('"john doe"@Example.JP.', Budget())
    assert (mailbox.local, mailbox.domain) == ("john doe", "example.jp")
    (mailbox,) = parse_mailboxes("Admin", Budget())
    assert (mailbox.local, mailbox.domain) == ("Admin", "")


def test_limit() -> None:
    budget = Budget(Limits(addresses=3))
    assert len(parse_mailboxes("a@b, " * 10, budget)) == 3
    assert budget.reached[0].name == "addresses"


def test_deep_comment_is_named() -> None:
    budget = Budget()
    parse_mailboxes("a@b " + "(" * 100 + ")" * 100, budget)
    assert budget.reached[0].name == "comment_depth"


@pytest.mark.parametrize(
    "unit", ["a@", "<", "a@b,", "a,", '"', "(", "<a", ":;", "a <@", ", <@", "<@a,", "@ ", "a b ", "=?utf-8?Q?x?= "]
)
def test_linear_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    start = time.perf_counter()
    parse_mailboxes(text, Budget(Limits(field_interpreted=200_000)))
    assert time.perf_counter() - start < BLOWN_UP


@given(st.text(alphabet='ab@<>(),;:"\\[]. =?\x1bé', max_size=60))
def test_never_raises(text: str) -> None:
    for mailbox in parse_mailboxes(text, Budget()):
        assert mailbox.address or mailbox.display_name


def test_all_address_fields_together_have_a_limit_and_it_is_named() -> None:
    budget = Budget(Limits(address_fields=30))
    assert parse_mailboxes("A <a@x.example>", budget)
    assert not parse_mailboxes("B <b@x.example>, C <c@x.example>", budget)
    assert [limit.name for limit in budget.reached] == ["address_fields"]


def test_what_is_neither_name_nor_address_is_none() -> None:
    assert parse_mailboxes(",'", Budget()) == ()
