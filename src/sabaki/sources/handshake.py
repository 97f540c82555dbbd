"""The certificate that a host shows, where the browser did not accept it: looked at by a handshake of our own, through the same proxy."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from sabaki.model.visit import Tls

_SECONDS = 5.0
_MOST_HEAD = 4_096
_LONGEST = 300
_MOST_NAMES = 50


async def look(proxy: Path, host: str, port: int, error: str) -> Tls:
    """What the host shows; `error` is the browser's word for it. Of what cannot be had only that is left. Never raises."""
    with contextlib.suppress(OSError, EOFError, TimeoutError, ValueError, asyncio.LimitOverrunError):
        async with asyncio.timeout(_SECONDS):
            return await _shown(proxy, host, port, error)
    return Tls(error=error)


async def _shown(proxy: Path, host: str, port: int, error: str) -> Tls:
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    shown.check_hostname, shown.verify_mode = False, ssl.CERT_NONE  # it is looked at, not believed
    reader, writer = await asyncio.open_unix_connection(proxy, limit=_MOST_HEAD)
    try:
        where = f"[{host}]" if ":" in host else host
        writer.write(f"CONNECT {where}:{port} HTTP/1.1\r\nHost: {where}:{port}\r\n\r\n".encode("ascii"))
        answer = await reader.readuntil(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 200"):
            return Tls(error=error)
        await writer.start_tls(shown, server_hostname=host)
        held = writer.get_extra_info("ssl_object")
        der, cipher = held.getpeercert(binary_form=True) or b"", held.cipher()
        return read(der, held.version() or "", cipher[0] if cipher else "", error)
    finally:
        writer.transport.abort()


def read(der: bytes, protocol: str, cipher: str, error: str) -> Tls:
    """A certificate (RFC 5280) as far as it can be read."""
    found = Tls(protocol=protocol.replace("TLSv", "TLS "), cipher=cipher, error=error)
    try:
        certificate = x509.load_der_x509_certificate(der)
        names: tuple[str, ...] = ()
        with contextlib.suppress(x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
            extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            names = tuple(name[:_LONGEST] for name in extension.get_values_for_type(x509.DNSName)[:_MOST_NAMES])
        return Tls(
            protocol=found.protocol,
            cipher=cipher,
            subject=_called(certificate.subject),
            issuer=_called(certificate.issuer),
            names=names,
            not_before=_date(certificate.not_valid_before_utc),
            not_after=_date(certificate.not_valid_after_utc),
            error=error,
        )
    except (ValueError, TypeError, OverflowError, x509.InvalidVersion):
        return found


def _called(name: x509.Name) -> str:
    """The common name, else the organisation: what Chromium calls a certificate by."""
    for id in (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME):
        for each in name.get_attributes_for_oid(id)[:1]:
            return str(each.value)[:_LONGEST]
    return ""


def _date(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
