from __future__ import annotations

import base64
import zlib

import pytest

import sabaki
from sabaki.files import kinds, pkcs7
from sabaki.files.cell import Cell
from sabaki.files.opened import Asked
from sabaki.model.finding import State
from tests.files.office import survives

PAGE = b'Content-Type: text/html\r\n\r\n<a href="https://signed.example/x">Sign in</a>\r\n'
SIGNED, ENVELOPED = "2a864886f70d010702", "2a864886f70d010703"
COMPRESSED = "2a864886f70d0109100109"
DATA = bytes.fromhex("06092a864886f70d010701")


def der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    length = bytes([size]) if size < 128 else b"\x83" + size.to_bytes(3, "big")
    return bytes([tag]) + length + content


def ber(tag: int, *parts: bytes) -> bytes:
    """An element whose length is left open, as what is written while it is made."""
    return bytes([tag, 0x80]) + b"".join(parts) + b"\0\0"


def message(octets: bytes, oid: str = SIGNED) -> bytes:
    method = der(6, bytes.fromhex(oid))
    content = der(0x30, DATA, der(0xA0, octets)) if octets else der(0x30, DATA)
    return der(0x30, method, der(0xA0, der(0x30, der(2, b"\1"), der(0x31, der(0x30, der(6, b"x"))), content)))


def streamed(*pieces: bytes) -> bytes:
    octets = ber(0x24, *(der(4, piece) for piece in pieces))
    inner = ber(0x30, der(2, b"\1"), der(0x31), ber(0x30, DATA, ber(0xA0, octets)), ber(0xA0, der(0x30)))
    return ber(0x30, der(6, bytes.fromhex(SIGNED)), ber(0xA0, inner))


@pytest.mark.parametrize(
    "content",
    [
        message(der(4, PAGE)),
        streamed(PAGE[:20], PAGE[20:50], PAGE[50:]),
        message(der(4, zlib.compress(PAGE)), COMPRESSED),
    ],
)
def test_what_is_signed_is_read(content: bytes) -> None:
    opened = pkcs7.read(content, Asked("smime.p7m"))
    (child,) = opened.children
    assert child.content == PAGE
    assert kinds.identify(PAGE, child.name, child.declared).id == "mail"


def test_a_signature_beside_the_mail_holds_nothing() -> None:
    opened = pkcs7.read(message(b""), Asked("smime.p7s"))
    assert (opened.children, opened.traits, opened.state) == ([], [], State.RAN)


def test_what_is_encrypted_is_said_to_be() -> None:
    opened = pkcs7.read(message(der(4, PAGE), ENVELOPED), Asked("smime.p7m"))
    assert opened.locked
    assert opened.state is State.SKIPPED
    assert not opened.children


def test_the_links_of_an_opaque_mail_come_out(cell: Cell) -> None:
    mail = (
        b"From: a@sender.example\nTo: b@jimusho.example\nSubject: x\nMIME-Version: 1.0\n"
        b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\n"
        b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(streamed(PAGE))
    )
    report = sabaki.dissect(mail, cell=cell)
    assert [file.kind for file in report.files] == ["pkcs7", "mail"]
    assert [url.host for url in report.urls] == ["signed.example"]


def test_damage_is_survived() -> None:
    survives(pkcs7.read, streamed(PAGE, PAGE))
    survives(pkcs7.read, message(der(4, PAGE)))


def test_a_length_left_open_everywhere_ends() -> None:
    opened = pkcs7.read(b"\x30\x80" * 100_000, Asked("x"))
    assert not opened.children
