"""Octets to text: wrong labels, and no error ever. The Japanese vectors are tried in test_japanese.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.mail import charset_labels, charsets

JAPANESE = "重要なお知らせ：アカウントを確認してください。"


def test_errors_are_counted() -> None:
    decoded = charsets.decode("日本語のとても長い文です".encode() + b"\xff\xfe", "utf-8")
    assert decoded.how == "declared"
    assert [(defect.id, defect.detail) for defect in decoded.defects] == [("charset_errors", "2 in utf-8")]


def test_replacement_character_in_the_text_is_no_error() -> None:
    assert charsets.decode("a\ufffdb".encode(), "utf-8").defects == ()


def test_unknown_label_over_ascii_is_usable_and_said() -> None:
    decoded = charsets.decode(b"hello", "x-foo")
    assert (decoded.text, decoded.how) == ("hello", "default")
    assert decoded.defects[0].id == "charset_unknown"


@pytest.mark.parametrize(
    "label", ["zip", "rot13", "hex", "unicode_escape", "idna", "punycode", "undefined", "mbcs", ""]
)
def test_codecs_that_are_no_charsets_are_refused(label: str) -> None:
    assert charset_labels.canonical(label) is None


@pytest.mark.parametrize(
    ("label", "charset"),
    [
        ("Shift_JIS", "cp932"),
        ('"utf-8"', "utf-8"),
        ("utf8; format=flowed", "utf-8"),
        ("ISO-8859-1", "windows-1252"),
        ("ks_c_5601-1987", "cp949"),
        ("GB2312", "gb18030"),
        ("_iso-2022-jp$ESC", "iso-2022-jp"),
        ("windows-31j", "cp932"),
        ("cp1251", "windows-1251"),
        ("ibm850", "cp850"),
        ("iso-8859-9", "windows-1254"),
        ("TIS-620", "windows-874"),
    ],
)
def test_labels(label: str, charset: str) -> None:
    assert charset_labels.canonical(label) == charset


@pytest.mark.parametrize("charset", sorted(charset_labels._CODECS))
def test_every_charset_has_a_codec(charset: str) -> None:
    b"abc".decode(charset_labels.codec(charset), "replace")


@pytest.mark.parametrize(
    ("text", "codec", "charset"),
    [
        ("Привет, как дела? Срочно подтвердите", "cp1251", "windows-1251"),
        ("亲爱的用户，您的邮箱已满，请点击", "gb18030", "gb18030"),
        ("안녕하세요 고객님 계정", "cp949", "cp949"),
        ("Grüße aus München", "cp1252", "windows-1252"),
        ("Café déjà vu", "cp1252", "windows-1252"),
    ],
)
def test_undeclared_text_that_is_not_japanese(text: str, codec: str, charset: str) -> None:
    decoded = charsets.decode(text.encode(codec), None)
    assert (decoded.text, decoded.charset, decoded.how) == (text, charset, "detected")


@pytest.mark.parametrize("text", ["Café déjà vu, naïve façade", "Grüße, Übermaß", "“quoted” – dash…", "£100 ± 5%"])
def test_latin_text_under_its_own_label_stays(text: str) -> None:
    decoded = charsets.decode(text.encode("cp1252"), "iso-8859-1")
    assert (decoded.text, decoded.how, decoded.defects) == (text, "declared", ())


@given(st.binary(max_size=300), st.sampled_from([None, "us-ascii", "zip", *charset_labels._CODECS]))
def test_never_raises(data: bytes, declared: str | None) -> None:
    decoded = charsets.decode(data, declared)
    assert decoded.how in ("declared", "detected", "default")
    assert decoded.charset


@given(
    st.text(alphabet="ぁあいうえおかきくけこアイウエオ、。重要確認銀行【】", min_size=6),
    st.sampled_from(["cp932", "utf-8"]),
)
def test_undeclared_japanese_round_trips(text: str, codec: str) -> None:
    assert charsets.decode(text.encode(codec), None).text == text


@pytest.mark.parametrize("piece", [b"\xed\xa0", b"\xed\xbf", b"\xed\xa0\xbd", b"\xed\xa0\xbd\xed\xb8\x80"])
@pytest.mark.parametrize("count", [1, 3, 5_000])
def test_surrogates_that_cannot_be_mended_are_read_once(piece: bytes, count: int) -> None:
    data = "漢字かな交じりの文章です。".encode() * 40 * count + piece * count
    assert charsets.decode(data[:400_000] + piece, "utf-8").text.startswith("漢字かな")
