"""What a field of a form wants from whoever fills it in: by its type, names, words beside it and size; Japanese and English."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import re2
from msgspec import Struct

from sabaki.facts.folding import clean, fold

_READ = 200
"""Characters of each attribute that are read."""
_LONGEST_LABEL = 40
"""More than that is not a field's label but the text around it, which may speak of its neighbours."""
_MOST_FIELDS = 500
_BOXES = range(4, 9)
"""One-time codes are typed into so many boxes of one character each."""
_SILENT = frozenset({"submit", "button", "reset", "image", "checkbox", "radio", "range", "color", "hidden", "search"})
_BY_TYPE = {"password": "password", "email": "email", "tel": "phone", "file": "file"}
_BY_AUTOCOMPLETE = {
    "current-password": "password",
    "new-password": "password",
    "username": "login",
    "webauthn": "",
    "email": "email",
    "one-time-code": "one_time_code",
    "cc-number": "card_number",
    "cc-csc": "card_code",
    "cc-exp": "card_expiry",
    "cc-exp-month": "card_expiry",
    "cc-exp-year": "card_expiry",
    "cc-name": "name",
    "name": "name",
    "given-name": "name",
    "family-name": "name",
    "bday": "birth_date",
    "bday-day": "birth_date",
    "bday-month": "birth_date",
    "bday-year": "birth_date",
    "tel": "phone",
    "tel-national": "phone",
    "street-address": "address",
    "address-line1": "address",
    "address-line2": "address",
    "address-level1": "address",
    "address-level2": "address",
    "postal-code": "address",
}
"""HTML's autofill field names (HTML Living Standard, "Autofill")."""


class Field(Struct, frozen=True, kw_only=True):
    """A field as the page describes it: its attributes, and the words that belong to it (`label`: of its label, or before it)."""

    type: str = "text"
    name: str = ""
    id: str = ""
    autocomplete: str = ""
    label: str = ""
    placeholder: str = ""
    inputmode: str = ""
    maxlength: int = 0


class _Want(NamedTuple):
    asks: str
    names: re2._Regexp
    words: re2._Regexp


def _want(asks: str, names: str, words: str) -> _Want:
    """`names` are for what a program reads, pieces joined by "-"; `words` for what a person reads, folded."""
    return _Want(asks, re2.compile(f"(?:^|-)(?:{names})(?:-|$)"), re2.compile(words))


_NOT_FOR_SECRETS = re2.compile(
    r"検索|クーポン|ギフトコード|キャンペーンコード|プロモ|紹介コード|招待コード|メルマガ|メールマガジン|ニュースレター|"
    r"\bsearch\b|\bcoupons?\b|\bpromo|\bvouchers?\b|\bdiscount|\bgift ?code|\breferral|\binvit|\bnewsletter|\bsubscribe|\bkeywords?\b"
)
_NOT_BY_NAME = re2.compile(
    r"(?:^|-)(?:s|q|query|search|keyword|keywords|coupon|couponcode|promo|promocode|voucher|newsletter|mailmagazine|referral)(?:-|$)"
)
_WANTS = (
    _want(
        "captcha",
        r"captcha|captchacode|captcha-code|vcode|verifyimg|seccode|checkcode|imgcode|validatecode|authnum",
        r"captcha|画像認証|画像に表示|画像の(?:文字|数字)|表示されている(?:文字|数字)|characters (?:you see|shown|in the image)|code shown in|ロボットではない",
    ),
    _want(
        "my_number",
        r"my-?number|mynumber|kojin-?bango|ssn|social-?security|national-?id|sin-?number|passport|license-?number|menkyo",
        r"マイナンバー|個人番号|免許証番号|免許証の番号|旅券番号|パスポート番号|social security|\bssn\b|national id|passport n|driver.?s licen[cs]e",
    ),
    _want(
        "one_time_code",
        r"otp|otp-?code|onetime|one-time|onetime-?(?:pass|password|code)|totp|2fa|mfa|tfa|two-?factor|sms|sms-?code|smscode|auth-?code|authcode|"
        r"verification-?code|verify-?code|verifycode|verificationcode|passcode|token-?code|security-?token|3ds|3d-?secure|ninsho-?(?:code|bango)|confirm-?code|tan",
        r"ワンタイム|認証コード|認証番号|確認コード|確認番号|検証コード|smsコード|smsで(?:届|送)|ショートメッセージ|2段階認証|二段階認証|二要素認証|ソフトウェアトークン|"
        r"トークンの(?:数字|番号)|本人認証(?:コード|サービス)|追加認証|one.?time|verification code|authentication code|auth code|security token|"
        r"passcode|(?:6|six|4|four|8|eight).?digit code|code (?:we|was) sent|code from your|authenticator|two.?factor|2fa|\botp\b|\btan\b|3.?d secure|\d桁の(?:認証|確認)?コード",
    ),
    _want(
        "card_code",
        r"cvv|cvc|cvv2|cvc2|csc|cid|card-?code|cardcode|security-?code|securitycode|seccd|card-?(?:cvv|cvc|verification)|cc-?(?:cvv|cvc|csc|code)|cvn|secure-?code",
        r"セキュリティ.{0,2}コード|カード裏面|裏面.{0,6}\d桁|\bcvv|\bcvc|\bcsc\b|card (?:security|verification)|security code|カード確認番号",
    ),
    _want(
        "card_expiry",
        r"exp|expiry|expire|expires|expdate|exp-?date|expiration|expirationdate|exp-?(?:month|year|mm|yy|m|y)|expmonth|expyear|"
        r"card-?exp.{0,6}|cardexp.{0,8}|cc-?exp.{0,6}|yukokigen|kigen|valid-?(?:thru|until|month|year)|mm-?yy",
        r"有効期限|有効期間|使用期限|\bmm ?/ ?(?:yy|yyyy|aa)\b|月 ?/ ?年|expir(?:y|ation|es)|valid (?:thru|through|until)|\bexp\.? date",
    ),
    _want(
        "card_number",
        r"card-?(?:number|num|no|n)|cardnumber|cardnum|cardno|cc-?(?:number|num|no)|ccnumber|ccnum|credit-?card|creditcard|creditcardnumber|"
        r"card-?no-?[1-4]|cardno[1-4]|card[1-4]|cnum|pan|kado-?bango|debit-?card",
        r"カード.{0,3}(?:番号|no|ナンバー)|クレジットカード(?:の)?番号|credit card number|card number|debit card number|card no\b|number on (?:your |the )?card|\b(?:0000|1234|xxxx)[ -]?(?:0000|5678|xxxx)",
    ),
    _want(
        "account_number",
        r"account-?(?:number|num|no)|accountnumber|accountno|acct-?(?:number|num|no)|acctno|koza|kouza|koza-?bango|kouzabangou|kozano|iban|routing|routing-?number|sort-?code|"
        r"branch|branch-?(?:code|no|number|name)|branchcode|shiten|shiten-?(?:code|bango|mei)|tenban|tenpo-?bango",
        r"口座番号|口座情報|店番|支店(?:名|番号|コード)?|支店を|通帳(?:記号|の記号)|記号番号|account number|\biban\b|routing number|sort code|branch (?:code|number|name)",
    ),
    _want(
        "pin",
        r"pin|pin-?(?:code|number|no)|pincode|atm-?pin|ansho|anshou|ansho-?bango|anshobango|personal-?id-?number|secret-?(?:code|number)",
        r"暗証番号|暗証|\d桁の(?:番号|数字)|\bpin\b|\bpin ?code|第(?:二|2)暗証|atm.{0,6}番号",
    ),
    _want(
        "password",
        r"pass|passwd|password|passwrd|pswd|pwd|pw|passw|passphrase|userpass|user-?pass(?:word)?|login-?pass(?:word)?|email-?pass(?:word)?|new-?pass(?:word)?|old-?pass(?:word)?|"
        r"current-?pass(?:word)?|confirm-?pass(?:word)?|pass-?word-?[12]|password[12]|pass[12]|pwd[12]|seed|seed-?phrase|mnemonic|recovery-?phrase|private-?key|wallet-?phrase",
        r"パスワード|ﾊﾟｽﾜｰﾄﾞ|パスフレーズ|合言葉|秘密の(?:質問|答え)|リカバリーフレーズ|シードフレーズ|秘密鍵|password|passphrase|pass ?word|\bpwd\b|密码|密碼|비밀번호|passwort|mot de passe|contraseña|contrasena|senha|"
        r"(?:seed|recovery|secret) phrase|private key",
    ),
    _want(
        "birth_date",
        r"birth|birth-?(?:day|date|year|month)|birthday|birthdate|birthyear|birthmonth|dob|dob-?(?:day|month|year)|seinengappi|tanjobi|bday",
        r"生年月日|誕生日|生まれ|date of birth|birth ?da(?:y|te)|\bdob\b",
    ),
    _want(
        "phone",
        r"tel|tel-?[1-3]|telno|phone|phone-?(?:number|no|num)|phonenumber|telephone|mobile|mobile-?(?:number|no|phone)|cell|cellphone|keitai|denwa|denwa-?bango",
        r"電話番号|携帯番号|携帯電話|お電話|電話|連絡先番号|phone|mobile number|telephone|cell ?number",
    ),
    _want(
        "email",
        r"e-?mail|mail|email-?(?:address|addr)|emailaddress|mailaddress|mail-?(?:address|addr)|user-?e?mail|meru|loginfmt|login-?e?mail",
        r"メールアドレス|メアド|ﾒｰﾙｱﾄﾞﾚｽ|eメール|電子メール|e-?mail|邮箱|郵箱|이메일",
    ),
    _want(
        "address",
        r"address|addr|address-?(?:line)?-?[1-3]|address[1-3]|addr[1-3]|street|city|town|state|province|pref|prefecture|zip|zip-?code|zipcode|postal|postal-?code|postcode|jusho|juusho|yubin|yubin-?bango|todofuken|tatemono|building|banchi",
        r"住所|郵便番号|都道府県|市区町村|市町村|番地|丁目|建物名|マンション名|お届け先|street address|billing address|shipping address|postal code|zip code|postcode|\bcity\b|prefecture|^address",
    ),
    _want(
        "name",
        r"full-?name|fullname|first-?name|firstname|last-?name|lastname|family-?name|given-?name|sei|mei|shimei|namae|name-?kana|kana|sei-?kana|mei-?kana|furigana|holder|card-?(?:holder|name)|cardholder|"
        r"cardname|holder-?name|cc-?name|name-?on-?card|your-?name|meigi|meiginin|kanji-?name|realname|real-?name",
        r"氏名|お名前|姓名|フリガナ|ふりがな|名義|カナ氏名|カード名義|full name|first name|last name|family name|surname|given name|your name|name on (?:the )?card|card ?holder|cardholder",
    ),
    _want(
        "login",
        r"user|user-?(?:name|id|cd|code|no)|username|userid|usr|login|login-?(?:id|name|user)|loginid|loginname|account|account-?(?:id|name)|accountid|acct|uid|member|member-?(?:id|no|number)|memberid|kaiin|kaiin-?(?:id|no|bango)|"
        r"riyosha|riyosha-?id|id|signin|sign-?in|domain|domain-?name|server|server-?(?:name|id)|servername|server-?host|ftp-?(?:user|account|host)|mail-?server|host-?name|keiyaku-?id|contract-?(?:id|no|number)|keiyakusha-?bango|customer-?(?:id|no|number)|webmail-?(?:user|id)|aka?unto",
        r"ログインid|ログイン名|ユーザー?名|ユーザー?id|ユーザid|利用者id|ご利用id|会員id|会員番号|会員no|アカウント(?:名|id)?|サーバー?(?:名|id|番号)|ドメイン(?:名)?$|契約id|ご契約id|お客様id|契約者番号|ご契約番号|お客(?:様|さま)番号|ftpアカウント|apple ?id|dアカウント|au ?id|"
        r"user ?name|user ?id|login ?id|member ?(?:id|number)|account (?:id|name)|server (?:name|id)|sign.?in (?:name|id)|customer (?:id|number)|用户名|账号|帳號|아이디|benutzername|identifiant|usuario|^id$|^login$|^account$",
    ),
)
_KINDS = {want.asks: want for want in _WANTS}
_STRONGER_THAN_PASSWORD = ("one_time_code", "card_code", "pin", "captcha", "card_number", "my_number", "account_number")
"""What a field of type "password" may want when its words say so: kits hide those behind dots too."""
_BY_WORDS_OVER_TYPE = ("one_time_code", "card_code", "card_number", "account_number", "pin", "my_number", "captcha")
"""What a field for a telephone number (a digit pad on phones) may want instead."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_JOINTS = re.compile(r"[^a-z0-9]+")


def of(field: Field) -> str:
    """What a field wants, in the words of model.visit.FormField.asks; "" where it wants nothing of note."""
    type = field.type.strip().lower()[:20]
    if type in _SILENT:
        return ""
    names = [_pieces(field.name), _pieces(field.id)]
    label, placeholder = (fold(clean(_sound(text))) for text in (field.label, field.placeholder))
    around, label = (label, "") if len(label) > _LONGEST_LABEL else ("", label)
    if type != "password" and _is_harmless(names, [label, placeholder]):
        return ""
    told = _by_autocomplete(field.autocomplete)
    if told and type != "password":
        return told
    best = _by(label, placeholder, names, around)
    if type == "password":
        return best if best in _STRONGER_THAN_PASSWORD else told if told == "one_time_code" else "password"
    if type in ("tel", "number") and best in _BY_WORDS_OVER_TYPE:
        return best
    if type == "email":
        return (
            best
            if best in ("password", "login", "one_time_code") and not _KINDS["email"].words.search(label)
            else "email"
        )
    return best or _BY_TYPE.get(type, "")


def of_form(fields: Sequence[Field]) -> tuple[str, ...]:
    """What each field of a form wants, in their order; fields that mean something only together are seen together.

    A row of boxes for one character each is a one-time code; a number in four boxes of four digits is a card's.
    A telephone field of a row for a code ("XXX-XXX") is not seen. At most 500 fields are looked at, the rest want "".
    """
    asked = [of(field) for field in fields[:_MOST_FIELDS]]
    for size, count, want in ((1, _BOXES, "one_time_code"), (4, range(4, 5), "card_number")):
        for start, end in _runs(fields[:_MOST_FIELDS], size):
            row = asked[start:end]
            if end - start in count and all(each in ("", "phone", "password", "pin", want) for each in row):
                asked[start:end] = [want] * len(row)
    asked += [""] * (len(fields) - len(asked))
    return tuple(asked)


def _runs(fields: Sequence[Field], size: int) -> list[tuple[int, int]]:
    """Where fields to type into stand in a row that all take so many characters."""
    found, start = [], 0
    for place in range(len(fields) + 1):
        if place < len(fields) and fields[place].maxlength == size and fields[place].type.lower() not in _SILENT:
            continue
        if place > start:
            found.append((start, place))
        start = place + 1
    return found


def _by(label: str, placeholder: str, names: list[str], around: str) -> str:
    """The words that a person reads go before the names that a program reads, which kits leave over from other pages."""
    in_words = (
        next((want.asks for want in _WANTS if want.words.search(text)), "") for text in (label, placeholder) if text
    )
    by_name = (want.asks for want in _WANTS if any(name and want.names.search(name) for name in names))
    beside = (want.asks for want in _WANTS if around and want.words.search(around))
    return next(filter(None, chain(in_words, by_name, beside)), "")


def _is_harmless(names: list[str], words: list[str]) -> bool:
    """A search box, a coupon or a newsletter: where its words say so, or its name does and no word says otherwise."""
    if any(_NOT_FOR_SECRETS.search(text) for text in words):
        return True
    return any(name and _NOT_BY_NAME.search(name) for name in names) and not any(words)


def _by_autocomplete(value: str) -> str:
    return next((found for word in value.lower()[:_READ].split() if (found := _BY_AUTOCOMPLETE.get(word))), "")


def _pieces(name: str) -> str:
    """`cardNumber`, `card_number[]` and `Card-Number` as "card-number"."""
    return _JOINTS.sub("-", _CAMEL.sub("-", _sound(name)).lower()).strip("-")


def _sound(text: str) -> str:
    """What is read of an attribute, without halves of surrogate pairs, which a script can put there and RE2 does not take."""
    return text[:_READ].encode("utf-8", "replace").decode()
