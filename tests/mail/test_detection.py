"""Detection of what nobody declared."""

import pytest

from sabaki.mail import detection


@pytest.mark.parametrize("text", ["【楽天】", "重要", "お知らせ", "三井住友カード ご利用のお知らせ", "ﾃｽﾄです"])
def test_cp932_is_seen_in_a_few_characters(text: str) -> None:
    assert detection.japanese(text.encode("cp932")) == "cp932"


@pytest.mark.parametrize("text", ["お知らせ", "アカウントの確認", "ご利用のお知らせです"])
def test_euc_jp_is_told_from_cp932(text: str) -> None:
    assert detection.japanese(text.encode("euc_jp")) == "euc-jp"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Срочно подтвердите ваш аккаунт", "cp1251"),
        ("Срочно подтвердите ваш аккаунт", "koi8_r"),
        ("您的邮箱已满，请立即点击验证", "gb18030"),
        ("您的郵箱已滿，請立即點擊驗證", "big5"),
        ("고객님의 계정이 정지되었습니다", "cp949"),
        ("Größe äöüß éèê", "cp1252"),
    ],
)
def test_other_scripts_are_not_taken_for_japanese(text: str, codec: str) -> None:
    assert detection.japanese(text.encode(codec), sure=True) is None


def test_utf7_needs_a_whole_plausible_run() -> None:
    assert detection.utf7_revealed("token=abc+AGgAdAB0AHA-x") == "token=abchttpx"
    assert detection.utf7_revealed("q=a+b+c and +Zm9vYmFyYmF6cXV4-") == ""


def test_short_pairs_are_not_surely_utf8_among_multi_byte_charsets() -> None:
    octets = b"\xc2\xa1\xc3\xa9"
    assert detection.is_surely_utf8(octets)
    assert not detection.is_surely_utf8(octets, among_multi_byte=True)


def test_nonsense_falls_back_to_windows_1252() -> None:
    assert detection.detect(b"\x81") == "windows-1252"
