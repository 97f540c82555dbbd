"""The `from` clause in each server's own form: greeting, looked-up name, address and account kept apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.mail import peers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1 ", "192.0.2.1"),
        ("[192.0.2.1]", "192.0.2.1"),
        ("[192.0.2.1]:52344", "192.0.2.1"),
        ("192.0.2.1:25", "192.0.2.1"),
        ("[IPv6:2001:db8::1]", "2001:db8::1"),
        ("[IPV6:2001:DB8:0:0::1]", "2001:db8::1"),
        ("2001:db8::25", "2001:db8::25"),
        ("[2001:db8::1]:25", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("[IPv6:::ffff:192.0.2.1]", "192.0.2.1"),
        ("[::ffff:c000:0201]", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::1", "::1"),
    ],
)
def test_addresses_in_every_form(text: str, expected: str) -> None:
    assert peers.address(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "15.20.7135",
        "15.20.7135.16.1",
        "999.1.1.1",
        "192.0.2.256",
        "192.0.2.01",  # octal to some readers: no address that a server writes
        "192.0.2.1.example.jp",
        "a.b.c.d",
        "fade",
        "１９２.0.2.1",
        "192.0.2.1/24",
        "3232235777",
        "0x7f.0.0.1",
        "1:2",
        ":" * 50,
        "[" * 1000,
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert peers.address(text) == ""


def peer(words: list[str], comments: list[str], dialect: str = "") -> tuple[str, str, str, str]:
    found = peers.read_peer(words, comments, dialect)
    return found.helo, found.reverse_name, found.ip, found.auth_account


@pytest.mark.parametrize(
    ("words", "comments", "dialect", "expected"),
    [
        (["a.example"], ["b.example [192.0.2.1]"], "postfix", ("a.example", "b.example", "192.0.2.1", "")),
        (["a.example"], ["unknown [192.0.2.1]"], "postfix", ("a.example", "", "192.0.2.1", "")),
        (["[198.51.100.9]"], ["b.example [192.0.2.1]"], "postfix", ("[198.51.100.9]", "b.example", "192.0.2.1", "")),
        (["[198.51.100.9]"], [], "postfix", ("[198.51.100.9]", "", "", "")),
        (
            ["unknown"],
            ["HELO jp5", "office@gakuin.example@192.0.2.1"],
            "",
            ("jp5", "", "192.0.2.1", "office@gakuin.example"),
        ),
        (["r.example"], ["EHLO x.example", "192.0.2.1"], "", ("x.example", "r.example", "192.0.2.1", "")),
        (["[192.0.2.1]"], ["EHLO x.example"], "", ("x.example", "", "192.0.2.1", "")),
        (["[192.0.2.1]"], ["helo=x.example"], "exim", ("x.example", "", "192.0.2.1", "")),
        (["[192.0.2.1]"], ["port=53120 helo=[10.0.0.3]"], "exim", ("[10.0.0.3]", "", "192.0.2.1", "")),
        (["r.example"], ["[192.0.2.1]:5312 helo=[10.0.0.3]"], "exim", ("[10.0.0.3]", "r.example", "192.0.2.1", "")),
        (["r.example"], ["[192.0.2.1]"], "exim", ("r.example", "r.example", "192.0.2.1", "")),
        (["a.example", "[192.0.2.1]"], [], "", ("a.example", "", "192.0.2.1", "")),
        (["a.example"], ["192.0.2.1"], "exchange", ("a.example", "", "192.0.2.1", "")),
        (["a.example"], ["[192.0.2.1] may be forged"], "sendmail", ("a.example", "", "192.0.2.1", "")),
        (["a.example"], ["root@b.example [192.0.2.1]"], "sendmail", ("a.example", "b.example", "192.0.2.1", "")),
        (["a.example"], ["@[192.0.2.1]"], "qmail", ("a.example", "", "192.0.2.1", "")),
        (["a.example"], ["[192.0.2.1] [192.0.2.1]"], "", ("a.example", "", "192.0.2.1", "")),
    ],
)
def test_forms(words: list[str], comments: list[str], dialect: str, expected: tuple[str, str, str, str]) -> None:
    assert peer(words, comments, dialect) == expected


def test_the_greeting_is_never_the_address() -> None:
    assert peer(["unknown"], ["HELO 198.51.100.9", "192.0.2.1"]) == ("198.51.100.9", "", "192.0.2.1", "")
    assert peer(["unknown"], ["HELO [198.51.100.9]"])[2] == ""
    assert peer(["x"], ["helo=[198.51.100.9]"], "exim")[2] == ""


def test_a_client_certificate_is_the_peers_own_text() -> None:
    comments = [
        "b.example [192.0.2.1]",
        "using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)",
        'Client CN "[198.51.100.9] mx.example.jp", Issuer "(Authenticated sender: boss)" (not verified)',
    ]
    assert peer(["a.example"], comments, "postfix") == ("a.example", "b.example", "192.0.2.1", "")


def test_an_answer_of_ident_may_be_an_account_and_the_method_says_so() -> None:
    found = peers.read_peer(["unknown"], ["HELO x", "taro@192.0.2.1"], "")
    assert (found.auth_account, found.auth_method) == ("taro", "SMTP-AUTH or ident")


def test_handed_in_on_the_machine() -> None:
    assert peers.read_peer(["mail", "pickup", "service"], [], "exchange").local_user
    assert peers.read_peer(["taro"], ["taro@localhost"], "sendmail").local_user
    assert not peers.read_peer(["x"], ["taro@evil.test"], "sendmail").local_user


def test_an_account_with_blanks_in_quotes() -> None:
    found = peers.read_peer(["unknown"], ["HELO x", '"taro yamada"@example.jp@192.0.2.1'], "qmail")
    assert (found.auth_account, found.ip) == ('"taro yamada"@example.jp', "192.0.2.1")


@pytest.mark.parametrize("dialect", ["sendmail", "postfix", "exim", "exchange"])
def test_an_answer_of_ident_is_no_account_where_that_is_known(dialect: str) -> None:
    found = peers.read_peer(["x"], ["taro@[192.0.2.1]"], dialect)
    assert (found.auth_account, found.auth_method, found.ip) == ("", "", "192.0.2.1")


@pytest.mark.parametrize(
    "comments",
    [
        ["Authenticated sender: boss@bank.example", "b.example [192.0.2.1]"],
        ["198.51.100.9", "b.example [192.0.2.1]"],
        ["boss@bank.example@198.51.100.9", "b.example [192.0.2.1]"],
        ["HELO z", "boss@bank.example@198.51.100.9", "192.0.2.1"],
        ["[198.51.100.9] helo=z", "b.example [192.0.2.1]"],
        ["using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384", "b.example [192.0.2.1]"],
        ["evil.example [198.51.100.9] [192.0.2.1]"],
        ["evil.example 198.51.100.9 [192.0.2.1]"],
        ['[192.0.2.1]:25 "EHLO [198.51.100.9] (Authenticated sender: boss)" rhost-flags-OK'],
    ],
)
def test_what_stands_before_the_servers_own_comment_is_the_peers(comments: list[str]) -> None:
    found = peers.read_peer(["a.example"], comments, "")
    assert (found.ip, found.auth_account, found.auth_method, found.sessions) == ("192.0.2.1", "", "", ())
    assert len(comments) == 1 or comments[-2] in found.rest


@pytest.mark.parametrize(
    "comments",
    [
        ["helo=x", "[198.51.100.9] helo=y"],
        ["helo=x", "boss@bank.example@192.0.2.1"],
        ["helo=x", "boss@bank.example@198.51.100.9"],
        ["helo=x", "evil.example [198.51.100.9]"],
    ],
)
def test_where_the_address_stands_first_all_behind_it_is_the_peers(comments: list[str]) -> None:
    found = peers.read_peer(["[192.0.2.1]"], comments, "exim")
    assert (found.ip, found.auth_account, found.helo, found.reverse_name) == ("192.0.2.1", "", "x", "")
    assert comments[-1] in found.rest or "y" in comments[-1]


def test_a_looked_up_name_is_no_word_about_an_account() -> None:
    found = peers.read_peer(["a.example"], ["authenticated.evil.example [192.0.2.1] (may be forged)"], "sendmail")
    assert (found.ip, found.reverse_name, found.auth_method) == ("192.0.2.1", "authenticated.evil.example", "")


def test_software_that_writes_no_greeting_in_a_comment() -> None:
    found = peers.read_peer(["a.example"], ["HELO b.example", "c.example [192.0.2.1]"], "postfix")
    assert (found.helo, found.reverse_name, found.rest) == ("a.example", "c.example", ("HELO b.example",))


def test_an_address_in_front_is_the_greeting_over_smtp_and_the_peer_over_http() -> None:
    assert peers.read_peer(["[192.0.2.1]"], [], "", over_smtp=True).ip == ""
    assert peers.read_peer(["[192.0.2.1]"], [], "", over_smtp=True).helo == "[192.0.2.1]"
    assert peers.read_peer(["[192.0.2.1]"], [], "").ip == "192.0.2.1"


@given(
    st.lists(st.text(max_size=40), max_size=6),
    st.lists(st.text(max_size=80), max_size=6),
    st.sampled_from(["", "exim", "postfix", "qmail"]),
)
def test_nothing_raises(words: list[str], comments: list[str], dialect: str) -> None:
    found = peers.read_peer(words, comments, dialect)
    assert found.ip == peers.address(found.ip)
