"""Header fields: order, duplicates, spans; encoded-words."""

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.mail import fields
from sabaki.mail.limits import Budget, Limits
from tests.patience import BLOWN_UP

JAPANESE = "日本語の件名です"


def read(raw: bytes, **limits: int) -> tuple[fields.Header, Budget]:
    budget = Budget(Limits(**limits))
    return fields.read(raw, 0, len(raw), budget), budget


def pairs(raw: bytes) -> list[tuple[str, str]]:
    return [(field.name, field.value) for field in read(raw)[0].fields]


def defects(raw: bytes) -> list[str]:
    return [defect.id for defect in read(raw)[0].defects]


def word(octets: bytes, charset: str = "UTF-8") -> str:
    return f"=?{charset}?B?{base64.b64encode(octets).decode()}?="


def decoded(text: str) -> str:
    return fields.decode_words(text, Budget()).text


def test_order_duplicates_and_folds() -> None:
    raw = b"B: 1\r\nA: x\r\n\ty\r\nB: 2\r\n\r\nbody"
    assert pairs(raw) == [("B", "1"), ("A", "x y"), ("B", "2")]
    header = read(raw)[0]
    assert raw[header.body_start :] == b"body"
    assert header.fields[1].raw_value == "x\ty"
    assert raw[header.fields[1].location.start : header.fields[1].location.end] == b"A: x\r\n\ty"


def test_line_without_a_colon_among_fields_is_kept() -> None:
    raw = b"A: 1\nthis is no field\nB: 2\n\nbody"
    assert pairs(raw) == [("A", "1"), ("", "this is no field"), ("B", "2")]
    assert defects(raw) == ["field_without_colon"]


def test_missing_empty_line_starts_the_body() -> None:
    raw = b"A: 1\nDear customer, your account is closed\nplease click\n\nhttp://example.jp/\n"
    header = read(raw)[0]
    assert raw[header.body_start :].startswith(b"Dear customer")
    assert defects(raw) == ["missing_empty_line"]


def test_space_before_colon_and_empty_name() -> None:
    assert pairs(b"Subject : x\n: y\n\n") == [("Subject", "x"), ("", "y")]
    assert defects(b"Subject : x\n: y\n\n") == ["space_before_colon", "field_name_empty"]


def test_bare_cr_ends_a_field_and_is_said() -> None:
    raw = b"Subject: x\rFrom: a@example.jp\r\n\r\nbody"
    assert pairs(raw) == [("Subject", "x"), ("From", "a@example.jp")]
    assert defects(raw) == ["bare_cr"]


def test_three_octet_line_ends() -> None:
    assert pairs(b"A: 1\r\r\nB: 2\r\r\n\r\r\nbody") == [("A", "1"), ("B", "2")]


def test_boundary_line_cuts_a_header_off() -> None:
    raw = b"A: 1\n--B\nC: 2\n\n"
    header = fields.read(raw, 0, len(raw), Budget(), "1", lambda line: line.rstrip() == b"--B")
    assert [field.name for field in header.fields] == ["A"]
    assert raw[header.body_start :].startswith(b"--B")


def test_raw_eight_bit_text_and_its_charset() -> None:
    for codec, charset in (("utf-8", "utf-8"), ("cp932", "cp932"), ("euc_jp", "euc-jp"), ("iso2022_jp", "iso-2022-jp")):
        field = read(b"Subject: " + JAPANESE.encode(codec) + b"\n\n")[0].fields[0]
        assert (field.value, field.charset, field.charset_how) == (JAPANESE, charset, "detected")


def test_raw_text_beside_encoded_words() -> None:
    assert decoded("[spam] " + JAPANESE.encode("cp932").decode("latin-1") + " " + word("あ".encode())) == (
        f"[spam] {JAPANESE} あ"
    )


def test_character_split_between_two_words() -> None:
    octets = JAPANESE.encode()
    assert decoded(word(octets[:7]) + "\r\n " + word(octets[7:])) == JAPANESE
    octets = JAPANESE.encode("cp932")
    assert decoded(word(octets[:3], "Shift_JIS") + " " + word(octets[3:], "shift_jis")) == JAPANESE
    assert decoded("=?utf-8?Q?=E3=81?= =?UTF-8?B?gg==?=") == "あ"


def test_base64_text_itself_split() -> None:
    text = base64.b64encode(JAPANESE.encode()).decode()
    assert decoded(f"=?utf-8?B?{text[:5]}?= =?utf-8?B?{text[5:]}?=") == JAPANESE


def test_each_word_padded_for_itself() -> None:
    assert decoded(" ".join(word(character.encode()) for character in "aé日b")) == "aé日b"


def test_iso_2022_jp_words_with_and_without_return() -> None:
    first, second = "日本".encode("iso2022_jp"), "語".encode("iso2022_jp")
    assert decoded(word(first, "iso-2022-jp") + " " + word(second, "iso-2022-jp")) == "日本語"
    assert decoded(word(first[:-3], "iso-2022-jp") + " x") == "日本 x"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("=?utf-8?B?44GC?=", "あ"),
        ("=?utf-8?B?44G?=", "\ufffd"),
        ("=?utf-8?b?YWI?=", "ab"),
        ("=?utf-8?Q?a_b=3D?=", "a b="),
        ("=?utf-8?Q?Really?_yes?=", "Really? yes"),
        ("=?utf-8?Q?with space?=", "with space"),
        ("=?utf-8*ja?Q?x?=", "x"),
        ("=?utf-8?Q??=", ""),
        ("=?utf-8?X?x?=", "=?utf-8?X?x?="),
        ("=?utf-8?Q?cut off", "=?utf-8?Q?cut off"),
        ('"=?utf-8?B?44GC?="', '"あ"'),
        ("a =?utf-8?Q?b?= c", "a b c"),
    ],
)
def test_words_as_they_are_really_written(text: str, meaning: str) -> None:
    assert decoded(text) == meaning


def test_unknown_charset_gives_usable_text_and_a_defect() -> None:
    result = fields.decode_words(word(JAPANESE.encode(), "x-unknown"), Budget())
    assert (result.text, result.how) == (JAPANESE, "detected")
    assert "charset_unknown" in [defect.id for defect in result.defects]


def test_limits_are_named_and_the_body_is_still_found() -> None:
    raw = b"".join(b"F%d: x\n" % number for number in range(100)) + b"\nbody"
    header, budget = read(raw, fields=10)
    assert len(header.fields) == 10
    assert raw[header.body_start :] == b"body"
    assert budget.reached[0].name == "fields"


def test_long_field_is_cut_but_its_span_is_whole() -> None:
    raw = b"X: " + b"a" * 5_000 + b"\n\n"
    header, budget = read(raw, field_kept=2_000, field_interpreted=1_000)
    field = header.fields[0]
    assert (len(field.raw_value), len(field.value), field.location.end) == (2_000, 1_000, 5_003)
    assert [limit.name for limit in budget.reached] == ["field_kept", "field_interpreted"]


def test_flood_of_words_is_cut_at_the_limit() -> None:
    budget = Budget(Limits(encoded_words=3))
    assert fields.decode_words("=?utf-8?Q?x?= " * 10, budget).text.startswith("xxx =?utf-8")
    assert budget.reached[0].name == "encoded_words"


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: " + b"=?utf-8?B?44GC?= " * 30_000 + b"\n\n",
        b"".join(b"F%d: x\n" % number for number in range(100_000)) + b"\n",
        b"X: " + b"a" * 20_000_000 + b"\n\n",
        b"X: " + b"a\n " * 3_000_000 + b"\n\n",
        b"abc\nx:y\n" * 500_000,
        b"\r" * 5_000_000,
        b"X: a" + b"\r" * 5_000_000,
        b"x:y\r" * 500_000,
        b" a\n" * 1_000_000,
    ],
    ids=["words", "fields", "one field", "folds", "junk", "cr", "cr in field", "cr lines", "continuations"],
)
def test_linear_time(raw: bytes) -> None:
    start = time.perf_counter()
    read(raw)
    assert time.perf_counter() - start < BLOWN_UP


LINES = st.lists(
    st.sampled_from(
        [b"A: b", b"C:", b" fold", b"\tx", b"no colon", b": e", b"S : x", b"\xe9: y", b"--B", b"a\0:b", b"x:\xff"]
    ),
    max_size=12,
)


@given(LINES, st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_spans_and_line_ends_tile_the_header(lines: list[bytes], end: bytes) -> None:
    raw = end.join(lines) + end + end + b"body"
    header = read(raw)[0]
    position = 0
    for field in header.fields:
        assert raw[position : field.location.start].strip(b"\r\n") == b""
        position = field.location.end
    assert raw[position : header.body_start].strip(b"\r\n") == b""


@given(LINES)
def test_lf_and_crlf_give_the_same_fields(lines: list[bytes]) -> None:
    assert pairs(b"\n".join(lines) + b"\n\n") == pairs(b"\r\n".join(lines) + b"\r\n\r\n")


@given(st.binary(max_size=200))
def test_never_raises(raw: bytes) -> None:
    read(raw)


@given(st.text(alphabet="=?utf-8QBqb_ aZ9+/\x1b$é", max_size=80))
def test_words_never_raise(text: str) -> None:
    fields.decode_words(text, Budget())


def test_decoding_of_all_fields_together_has_a_limit_and_it_is_named() -> None:
    raw = "A: café\nB: café\nC: plain\nSubject: café\nSubject: café\n\n".encode()
    header, budget = read(raw, header_decoded=400)
    assert [field.value for field in header.fields] == ["café", "cafÃ©", "plain", "café", "cafÃ©"]
    assert [limit.name for limit in budget.reached] == ["header_decoded"]
