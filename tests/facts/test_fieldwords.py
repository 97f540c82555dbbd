"""Mailboxes and addresses among the tokens of free-form fields."""

from __future__ import annotations

import pytest

from sabaki.facts import fieldwords


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<mailto:users@lists.example>, <https://lists.example/post>", ("users@lists.example",)),
        (
            "list users@lists.example; contact users-help@lists.example",
            ("users@lists.example", "users-help@lists.example"),
        ),
        ("web12.hosting.example: taro@kaisha.example", ("taro@kaisha.example",)),
        ("taro @ kaisha.example", ()),
        ("taro@", ()),
        ('"taro sato"@kaisha.example.', ("taro sato@kaisha.example",)),
        ("a@b.example a@b.example", ("a@b.example",)),
        ("@" * 500, ()),
    ],
)
def test_mailboxes(text: str, found: tuple[str, ...]) -> None:
    assert fieldwords.mailboxes(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[192.0.2.1]", ("192.0.2.1",)),
        ("192.0.2.1", ("192.0.2.1",)),
        ("[IPv6:2001:db8::1]", ("2001:db8::1",)),
        ("2001:DB8::1", ("2001:db8::1",)),
        ("(DESKTOP-1) [192.0.2.1]:52063", ("192.0.2.1",)),
        ("(192.0.2.1)", ("192.0.2.1",)),
        ("192.0.2.1:25", ("192.0.2.1",)),
        ("192.0.2.1, 192.0.2.2", ("192.0.2.1", "192.0.2.2")),
        ("192.0.2.1, [192.0.2.2], 192.0.2.1", ("192.0.2.1", "192.0.2.2")),
        ("::ffff:192.0.2.1", ("192.0.2.1",)),
        ("IP=192.0.2.1", ("192.0.2.1",)),
        ("15.1.225.42.7", ()),
        ("88.404.30.198", ()),
        ("version 1.2.3", ()),
        ("", ()),
        ("[" * 500, ()),
    ],
)
def test_addresses(text: str, found: tuple[str, ...]) -> None:
    assert fieldwords.addresses(text) == found


def test_only_the_head_of_a_field_is_read() -> None:
    assert fieldwords.words("a " * 100_000) == ("a",) * 500
    assert fieldwords.mailboxes(" " * 2_000 + "a@b.example") == ()
