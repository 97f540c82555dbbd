"""Transfer encodings, read the way that hides least."""

import base64
import binascii
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.mail import transfer


def ids(content: transfer.Content) -> list[str]:
    return [defect.id for defect in content.defects]


@given(st.binary(max_size=300))
def test_base64_round_trip(octets: bytes) -> None:
    assert transfer.base64(base64.encodebytes(octets)).octets == octets


def test_base64_junk_is_skipped_and_said() -> None:
    content = transfer.base64(b"aHR0\x00cDov!L2V2aWwu\r\nZXhhbXBsZS8=\r\n")
    assert content.octets == b"http://evil.example/"
    assert ids(content) == ["base64_junk"]


def test_base64_goes_on_after_padding() -> None:
    content = transfer.base64(base64.b64encode(b"x") + base64.b64encode(b"http://evil.example/"))
    assert content.octets == b"xhttp://evil.example/"
    assert ids(content) == ["base64_after_padding"]


def test_list_footer_after_base64_is_not_decoded() -> None:
    body = base64.encodebytes("日本語".encode()) + b"\n_______________\nlist mailing list\nhttps://lists.example/\n"
    content = transfer.base64(body)
    assert content.octets == "日本語".encode()
    assert ids(content) == ["text_after_base64"]


@pytest.mark.parametrize("body", [b"YQ", b"YQ=", b"YQ==", b"YQ===", b"Y Q = ="])
def test_base64_bad_padding(body: bytes) -> None:
    assert transfer.base64(body).octets == b"a"


def test_base64_lone_letter() -> None:
    content = transfer.base64(b"YWJjZ")
    assert content.octets == b"abc"
    assert ids(content) == ["base64_length"]


@given(st.binary(max_size=300))
def test_quoted_printable_round_trip(octets: bytes) -> None:
    assert transfer.quoted_printable(quopri.encodestring(octets)).octets == octets


@pytest.mark.parametrize(
    ("body", "octets"),
    [
        (b"a=\r\nb", b"ab"),
        (b"a=\nb", b"ab"),
        (b"a= \t\r\nb", b"ab"),
        (b"a=", b"a"),
        (b"=e3=81=82", "あ".encode()),
        (b"=\rhttp://evil.example/\nx", b"http://evil.example/\nx"),
        (b"==41", b"=A"),
        (b"=====\nx", b"====x"),
        (b"=ZZ", b"=ZZ"),
        (b"100% =x", b"100% =x"),
    ],
)
def test_quoted_printable_as_it_is_really_written(body: bytes, octets: bytes) -> None:
    assert transfer.quoted_printable(body).octets == octets


def test_broken_escapes_are_counted() -> None:
    assert transfer.quoted_printable(b"=ZZ =Q").defects[0].detail == "2 escapes"


def test_uuencode() -> None:
    octets = bytes(range(200))
    lines = b"".join(binascii.b2a_uu(octets[at : at + 45]) for at in range(0, 200, 45))
    content = transfer.decode(b"text before\r\nbegin 644 file.exe\r\n" + lines + b"`\nend\n", "x-uuencode")
    assert content == transfer.Content(octets)
    assert ids(transfer.uuencode(b"nothing")) == ["uuencode_without_begin"]
    assert ids(transfer.uuencode(b"begin 644 x\n" + lines)) == ["uuencode_without_end"]


def test_unknown_encoding_leaves_the_body() -> None:
    content = transfer.decode(b"YQ==", "x-rot13")
    assert content.octets == b"YQ=="
    assert ids(content) == ["transfer_encoding_unknown"]


@given(st.binary(max_size=200), st.sampled_from(["base64", "quoted-printable", "x-uuencode", "7bit", "x"]))
def test_never_raises(body: bytes, encoding: str) -> None:
    transfer.decode(body, encoding)
    transfer.decode(b"begin 644 x\n" + body, encoding)
