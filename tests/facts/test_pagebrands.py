"""Brands that a page speaks for, and its language."""

from __future__ import annotations

from typing import Any

import pytest

from sabaki.facts import pagebrands
from sabaki.facts.pagestate import Seen
from sabaki.model.visit import Form, FormField

URL = "https://nagisa.test/login/"


def seen(**given: Any) -> Seen:
    return Seen(**{"asked": URL, "url": URL, **given})


@pytest.mark.parametrize(
    ("facts", "id", "where"),
    [
        ({"title": "Amazon ログイン"}, "amazon", "title"),
        ({"title": "ログイン", "text": "三井住友カード\nご本人確認"}, "smbc_card", "headline"),
        ({"title": "ログイン", "text": "ログイン", "alts": ("KAGOYA",)}, "kagoya", "picture"),
        ({"text": "ログイン\n" * 200 + "© 2026 Amazon.co.jp"}, "amazon", "foot"),
        (
            {"forms": (Form(URL, "post", (FormField(label="楽天会員 ユーザID"),)),), "text": "ログイン"},
            "rakuten",
            "form",
        ),
    ],
)
def test_a_brand_is_seen(facts: dict[str, Any], id: str, where: str) -> None:
    sightings = {sighting.id: sighting for sighting in pagebrands.posed_as(seen(**facts))}
    assert sightings[id].where == where
    assert sightings[id].text
    assert id in pagebrands.of(seen(**facts))


def test_on_its_own_host_a_brand_is_at_home() -> None:
    home = seen(url="https://www.amazon.co.jp/ap/signin", title="Amazon ログイン")
    assert pagebrands.of(home) == ("amazon",)
    assert pagebrands.posed_as(home) == ()
    abroad = seen(url="https://www.amazon.co.jp.nagisa.test/", title="Amazon ログイン")
    assert [sighting.id for sighting in pagebrands.posed_as(abroad)] == ["amazon"]


@pytest.mark.parametrize(
    "facts",
    [
        {"title": "なぎさ商店", "text": "ログイン\nGoogleでログイン\nAppleでサインイン"},
        {"title": "Nagisa", "text": "Sign in with Google\nContinue with Microsoft"},
        {"title": "Nagisa", "text": "We accept Visa, Mastercard, JCB and American Express"},
        {"title": "Nagisa", "text": "Login", "alts": ("VISA", "Mastercard", "JCB", "PayPal")},
        {"title": "Nagisa", "text": "Login " * 200 + "I bought it at Amazon.co.jp last week. " + "Bye " * 300},
        {"title": "ログイン", "text": "Download on the App Store\nGet it on Google Play"},
        {},
    ],
)
def test_a_name_that_only_stands_there_is_not_posed_as(facts: dict[str, Any]) -> None:
    assert pagebrands.of(seen(**facts)) == ()


@pytest.mark.parametrize(
    ("text", "said", "language"),
    [
        ("パスワードを入力してください", "en", "ja"),
        ("会員登録", "ja-JP", "ja"),
        ("会員登録", "", "zh"),
        ("请输入您的密码", "ja", "ja"),
        ("请输入您的密码", "zh-CN", "zh"),
        ("비밀번호를 입력하세요", "", "ko"),
        ("Введите пароль", "", "ru"),
        ("Please enter your password", "ja", "en"),
        ("Bitte geben Sie Ihr Passwort ein", "", "de"),
        ("Veuillez entrer votre mot de passe", "", "fr"),
        ("", "JA_jp", "ja"),
        ("", "<script>", ""),
        ("xyzzy", "", ""),
    ],
)
def test_languages(text: str, said: str, language: str) -> None:
    assert pagebrands.language(seen(text=text, language=said)) == language


def test_hostile_pages_are_read_in_bounds() -> None:
    for piece in ("Amazon ", "©", "sign in with ", "\ud800", "あ"):
        text = piece * 100_000
        facts = seen(url=text, title=text, text=text, alts=(text,) * 300, language=text)
        pagebrands.sightings(facts)
        pagebrands.language(facts)
