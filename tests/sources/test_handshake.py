"""A certificate that no browser accepts is looked at, and whatever is shown there breaks nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from sabaki.model.visit import Tls
from sabaki.sources import handshake
from tests.visit.cage_inside import self_signed

ERROR = "net::ERR_CERT_AUTHORITY_INVALID"


def test_read(tmp_path: Path) -> None:
    pem = self_signed(tmp_path / "x.pem", "self-signed.test").read_bytes()
    der = x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER)
    found = handshake.read(der, "TLSv1.3", "TLS_AES_256_GCM_SHA384", ERROR)
    assert (found.protocol, found.subject, found.issuer) == ("TLS 1.3", "self-signed.test", "self-signed.test")
    assert found.names == ("self-signed.test",)
    assert found.not_before is not None
    assert found.not_before < (found.not_after or "")
    assert found.error == ERROR


@given(st.binary(max_size=500))
def test_no_bytes_break_it(der: bytes) -> None:
    assert handshake.read(der, "", "", ERROR).error == ERROR


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 403 Forbidden\r\n\r\n", b"x" * 100_000, b"HTTP/1.1 200 OK\r\n\r\nno tls"]
)
def test_a_proxy_that_does_not_let_it_through(tmp_path: Path, answer: bytes) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1_000)
        writer.write(answer)
        writer.close()

    async def go() -> Tls:
        server = await asyncio.start_unix_server(connected, tmp_path / "proxy")
        try:
            return await handshake.look(tmp_path / "proxy", "a.example", 443, ERROR)
        finally:
            server.close()

    assert asyncio.run(go()) == Tls(error=ERROR)


def test_no_proxy_at_all(tmp_path: Path) -> None:
    assert asyncio.run(handshake.look(tmp_path / "none", "a.example", 443, ERROR)) == Tls(error=ERROR)
