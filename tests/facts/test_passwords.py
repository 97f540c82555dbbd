"""Passwords that a mail gives for what is attached to it."""

from __future__ import annotations

import pytest

from sabaki.facts.passwords import candidates


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("添付ファイルの解凍パスワードは「Kaki2024!」です。", "Kaki2024!"),
        ("パスワード：aB3-9xQ\n", "aB3-9xQ"),
        ("Password: infected", "infected"),
        ("The password for the file is 7781.", "7781"),
        ("ZIP pw = s3cret", "s3cret"),
        ("解凍パスワードは下記の通りです。\n\n  Tora#77", "Tora#77"),
        ("Pass code to open: 4455\n", "4455"),
        ("Passwort: Hund12", "Hund12"),
    ],
)
def test_the_word_after_password_comes_first(text: str, password: str) -> None:
    assert password in candidates(text, 20)[:2]


def test_tokens_follow_where_a_password_is_spoken_of() -> None:
    found = candidates("Your password was sent. Reference X7K-99 of 2024.", 20)
    assert "X7K-99" in found


def test_a_mail_without_passwords_gives_none() -> None:
    assert candidates("Meeting at 10, room B12. Best regards", 20) == ()


def test_a_flood_is_bounded() -> None:
    assert len(candidates("password: a1b2 " * 50_000, 20)) <= 20
    assert candidates("パスワード" * 100_000, 20) == ()
