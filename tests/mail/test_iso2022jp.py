"""ISO-2022-JP and its dialects; the vectors are in japanese.yml."""

from hypothesis import given
from hypothesis import strategies as st

from sabaki.mail import iso2022jp


def test_an_odd_octet_is_replaced_and_the_rest_is_read() -> None:
    read = iso2022jp.decode(b"\x1b$B$\x1b(Bhello")
    assert read.text == "\ufffdhello"


def test_an_escape_alone_is_no_japanese() -> None:
    assert not iso2022jp.has_escapes(b"\x1b[31mred\x1b[0m \x1b(B")
    assert iso2022jp.has_escapes(b"\x1b$B")


def test_wave_dash_as_browsers_and_mail_programs_show_it() -> None:
    assert iso2022jp.decode(b"\x1b$B!A\x1b(B").text == "～"


@given(st.binary(max_size=200))
def test_never_raises(octets: bytes) -> None:
    iso2022jp.decode(b"\x1b$B" + octets)


@given(
    st.lists(
        st.sampled_from(
            [
                b"\x1b$B",
                b"\x1b(B",
                b"\x1b(I",
                b"\x1b$(D",
                b"\x1b$(O",
                b"\x1b$A",
                b"\x0e",
                b"\x0f",
                b"\r\n",
                b'$"',
                b"a",
                b"\xa4\xa2",
            ]
        )
    )
)
def test_any_order_of_switches(pieces: list[bytes]) -> None:
    iso2022jp.decode(b"".join(pieces))


def test_linear_time() -> None:
    flood = b"\x1b$B\r\n" * 200_000
    assert iso2022jp.decode(flood).text.count("\n") == 200_000


def test_a_flood_of_escapes_is_read_to_the_end() -> None:
    text = iso2022jp.decode(b'\x1b$B$"\x1b(B' * 300_000 + b"http://example.jp/").text
    assert text.startswith("ああ")
    assert text.endswith("http://example.jp/")


def test_lost_escapes_are_not_looked_for_inside_double_byte_text() -> None:
    octets = b"\x1b$B$B$D(B$$$&\x1b(B"
    assert iso2022jp.with_lost_escapes(octets) == octets
