"""What the fields of a form want, in Japanese and English; and fields that only look as if."""

from __future__ import annotations

from typing import Any

import pytest

from sabaki.facts import pageasks
from sabaki.facts.pageasks import Field


@pytest.mark.parametrize(
    ("asks", "field"),
    [
        ("password", {"label": "パスワード"}),
        ("password", {"type": "password"}),
        ("password", {"type": "password", "name": "text1", "label": "ログイン"}),
        ("password", {"placeholder": "Password", "name": "x"}),
        ("password", {"name": "passwd"}),
        ("password", {"name": "user[password]"}),
        ("password", {"label": "ﾊﾟｽﾜｰﾄﾞ"}),
        ("password", {"label": "密码"}),
        ("password", {"label": "Recovery phrase", "type": "textarea"}),
        ("password", {"type": "password", "name": "coupon"}),
        ("password", {"type": "text", "autocomplete": "section-a current-password"}),
        ("pin", {"label": "暗証番号"}),
        ("pin", {"type": "password", "label": "暗証番号（4桁）"}),
        ("pin", {"label": "PIN"}),
        ("card_number", {"label": "カード番号"}),
        ("card_number", {"label": "クレジットカード番号", "type": "tel"}),
        ("card_number", {"name": "cardNumber"}),
        ("card_number", {"autocomplete": "cc-number"}),
        ("card_number", {"placeholder": "Card number"}),
        ("card_code", {"label": "セキュリティコード"}),
        ("card_code", {"name": "cvv", "type": "password"}),
        ("card_code", {"placeholder": "CVC"}),
        ("card_code", {"label": "カード裏面の3桁"}),
        ("card_expiry", {"label": "有効期限"}),
        ("card_expiry", {"placeholder": "MM / YY"}),
        ("card_expiry", {"name": "expMonth", "type": "select-one"}),
        ("one_time_code", {"label": "ワンタイムパスワード"}),
        ("one_time_code", {"label": "認証コード", "inputmode": "numeric"}),
        ("one_time_code", {"label": "SMSで届いた6桁の確認コード"}),
        ("one_time_code", {"autocomplete": "one-time-code", "type": "password"}),
        ("one_time_code", {"name": "otp"}),
        ("one_time_code", {"label": "Enter the 6-digit code", "type": "tel"}),
        ("account_number", {"label": "口座番号"}),
        ("account_number", {"label": "支店名"}),
        ("account_number", {"name": "branchCode"}),
        ("account_number", {"label": "IBAN"}),
        ("my_number", {"label": "マイナンバー（個人番号）"}),
        ("my_number", {"label": "Social Security Number"}),
        ("name", {"label": "お名前"}),
        ("name", {"label": "氏名（カナ）"}),
        ("name", {"name": "card_holder"}),
        ("name", {"placeholder": "Name on card"}),
        ("birth_date", {"label": "生年月日"}),
        ("birth_date", {"name": "dob"}),
        ("phone", {"label": "電話番号"}),
        ("phone", {"type": "tel", "name": "x"}),
        ("phone", {"label": "携帯電話番号"}),
        ("address", {"label": "ご住所"}),
        ("address", {"name": "zip_code"}),
        ("address", {"label": "郵便番号"}),
        ("email", {"type": "email"}),
        ("email", {"label": "メールアドレス"}),
        ("email", {"name": "loginfmt", "type": "email"}),
        ("login", {"label": "ログインID"}),
        ("login", {"label": "サーバー名"}),
        ("login", {"label": "ご契約番号"}),
        ("login", {"name": "userId"}),
        ("login", {"autocomplete": "username"}),
        ("login", {"label": "ユーザー名", "type": "email"}),
        ("captcha", {"label": "画像に表示された文字"}),
        ("captcha", {"name": "captcha"}),
        ("file", {"type": "file", "label": "運転免許証の写真"}),
    ],
)
def test_wanted(asks: str, field: dict[str, Any]) -> None:
    assert pageasks.of(Field(**field)) == asks


@pytest.mark.parametrize(
    "field",
    [
        {"name": "q"},
        {"type": "search", "label": "パスワード"},
        {"name": "keyword", "placeholder": "サイト内検索"},
        {"label": "クーポンコード"},
        {"placeholder": "Promo code", "name": "code"},
        {"label": "ギフトコード", "name": "pin"},
        {"type": "email", "label": "メルマガ登録"},
        {"type": "email", "placeholder": "Subscribe to our newsletter"},
        {"label": "紹介コード"},
        {"label": "お問い合わせ内容", "name": "message"},
        {"name": "quantity", "type": "number"},
        {"name": "expenses"},
        {"name": "passenger"},
        {"name": "spinner"},
        {"name": "compass"},
        {"name": "newsletter"},
        {"type": "hidden", "name": "password"},
        {"type": "submit", "label": "パスワードを再発行"},
        {"type": "checkbox", "label": "パスワードを表示"},
        {"label": "件名"},
        {},
    ],
)
def test_near_misses(field: dict[str, Any]) -> None:
    assert pageasks.of(Field(**field)) == ""


def test_the_words_beside_it_go_before_the_name_that_was_left_over() -> None:
    assert pageasks.of(Field(name="username", label="カード番号")) == "card_number"
    assert pageasks.of(Field(name="q", label="パスワード")) == "password"


def test_the_text_around_a_field_speaks_last() -> None:
    around = (
        "ログイン メールアドレスとパスワードを入力し、SMSで届いた認証コードを次の画面で入力してください。検索はこちら"
    )
    assert pageasks.of(Field(label=around, name="email")) == "email"
    assert pageasks.of(Field(label=around, name="x1", placeholder="ID")) == "login"
    assert pageasks.of(Field(label=around, name="x1")) == "one_time_code"


def test_a_row_of_boxes_is_a_code() -> None:
    boxes = [Field(name=f"d{number}", maxlength=1, type="tel") for number in range(6)]
    assert pageasks.of_form([Field(name="email"), *boxes]) == ("email", *["one_time_code"] * 6)
    assert pageasks.of_form(boxes[:2]) == ("phone", "phone")
    assert "one_time_code" not in pageasks.of_form([Field(name=f"d{number}", maxlength=1) for number in range(40)])


def test_a_number_in_four_boxes_is_a_card() -> None:
    assert pageasks.of_form([Field(name=f"n{number}", maxlength=4) for number in range(4)]) == ("card_number",) * 4


def test_a_telephone_number_in_three_boxes_is_none() -> None:
    boxes = [Field(name=f"tel{number}", maxlength=4) for number in range(1, 4)]
    assert pageasks.of_form(boxes) == ("phone",) * 3


def test_no_form_is_too_long() -> None:
    fields = [Field(name="x" * 50_000, label="パ" * 50_000, maxlength=-1)] * 700
    assert len(pageasks.of_form(fields)) == 700
    assert pageasks.of(Field(name="\ud800", label="パス\udfffワード")) == ""
