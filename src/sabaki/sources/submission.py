"""Hands a mail to a submission server (RFC 6409) that the settings name, and to no other."""

from __future__ import annotations

import asyncio
import ipaddress
import smtplib
import ssl
from email.message import EmailMessage

from sabaki.model.finding import State
from sabaki.sources.source import Failed

_SECONDS = 30.0
_PORT = 25


def server(text: str) -> tuple[str, int]:
    """Read "localhost", "mail.example.jp:587", "[2001:db8::1]:587". Raises ValueError."""
    bare = text.strip()
    if bare.startswith("["):
        host, _, port = bare[1:].partition("]")
        port = port.removeprefix(":")
    elif bare.count(":") == 1:
        host, _, port = bare.partition(":")
    else:
        host, port = bare, ""
    if not host or (port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536)):
        raise ValueError(f"{text[:100]!r} is no server: write a host, or HOST:PORT")
    return host, int(port or _PORT)


async def hand_over(message: EmailMessage, to: str, *, seconds: float = _SECONDS) -> None:
    """Give the message to the server `to`. Raises Failed. Over anything but loopback only with TLS, its certificate verified."""
    host, port = server(to)
    try:
        await asyncio.to_thread(_hand_over, message, host, port, seconds)
    except smtplib.SMTPRecipientsRefused as error:
        codes = ", ".join(sorted({str(code) for code, _ in error.recipients.values()}))
        raise _failed(host, f"refused the recipients ({codes})") from error
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise _failed(host, str(error)[:200] or type(error).__name__) from error


def _hand_over(message: EmailMessage, host: str, port: int, seconds: float) -> None:
    with smtplib.SMTP(host, port, timeout=seconds) as session:
        if not _is_loopback(host):
            session.starttls(context=ssl.create_default_context())
        session.send_message(message)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _failed(host: str, reason: str) -> Failed:
    return Failed(State.TEMPERROR, f"{host}: {reason}", f"{host} へのメール送信に失敗しました（{reason}）")
