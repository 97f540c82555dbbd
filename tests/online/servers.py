"""What listens: each server at its address, with TLS from our own authority where the protocol has it, and the traps that must hear nothing.

A server is a function that is handed a connection. What it heard, and how much it poured out, is written down.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.online import forms, places
from tests.sources.safebrowsing_server import SafeBrowsingServer

_PATIENCE = 100.0
"""Seconds after which a silent server gives up."""
Serve = Callable[[socket.socket, str], None]
"""Handed a connection and the address that was connected to."""


class Heard(msgspec.Struct):
    """A question as the server got it, out of its TLS. `name` is that of the TLS handshake (SNI), "" without."""

    address: str
    port: int
    name: str
    text: str


class Log:
    """What all servers heard, what knocked at a trap, and how many bytes were taken off the endless ones."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.trapped: list[str] = []
        self.poured = 0
        self._lock = threading.Lock()

    def note(self, connection: socket.socket, raw: bytes) -> None:
        """Write down what was heard."""
        address, port = connection.getsockname()[:2]
        name = getattr(connection, "asked_name", "")
        with self._lock:
            self.heard.append(Heard(address, port, name, raw.decode("latin-1")))

    def pour(self, count: int) -> None:
        """Count what was taken."""
        with self._lock:
            self.poured += count


LOG = Log()


class Named(ssl.SSLSocket):
    """A TLS connection that knows the name it was asked under."""

    asked_name: str = ""


class Authority:
    """A certificate authority for this run, and a certificate of it for the servers; another one that nobody trusts."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "authority.pem"
        key, authority = self._sign("Test Authority", None, None)
        self.file.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
        self.good = self._context(folder / "good.pem", key, authority, places.SERVERS)
        self.misnamed = self._context(folder / "misnamed.pem", key, authority, ["somebody-else.example"])
        self.untrusted = self._context(folder / "untrusted.pem", *self._sign("Nobody", None, None), places.SERVERS)

    def _context(self, file: Path, key: Any, authority: x509.Certificate, names: Iterable[str]) -> ssl.SSLContext:
        own_key, own = self._sign(next(iter(names)), key, authority, tuple(names))
        private = own_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(private + own.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.sslsocket_class = Named
        context.load_cert_chain(file)
        context.sni_callback = lambda connection, name, _: setattr(connection, "asked_name", name or "")
        return context

    def _sign(
        self, name: str, key: Any, authority: x509.Certificate | None, names: tuple[str, ...] = ()
    ) -> tuple[Any, x509.Certificate]:
        own = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(authority.subject if authority else subject, subject, own.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=2))
        builder = builder.add_extension(x509.BasicConstraints(authority is None, None), critical=True)
        if names:
            alternatives = x509.SubjectAlternativeName([x509.DNSName(each) for each in names])
            builder = builder.add_extension(alternatives, critical=False)
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        return own, builder.sign(key or own, hashes.SHA256())


def listen(address: str, port: int, serve: Serve) -> None:
    """Serve every connection to that address, each in a thread, until the process ends."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((address, port))
    listening.listen(64)

    def handle(connection: socket.socket) -> None:
        connection.settimeout(_PATIENCE)
        with contextlib.suppress(OSError, ssl.SSLError), connection:
            serve(connection, address)

    def accept() -> None:
        while True:
            connection, _ = listening.accept()
            threading.Thread(target=handle, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def trap(address: str, ports: Iterable[int]) -> None:
    """Listen where nothing may be connected to."""

    def serve(connection: socket.socket, _: str) -> None:
        LOG.trapped.append("{}:{}".format(*connection.getsockname()[:2]))
        connection.recv(65_536)

    for port in ports:
        listen(address, port, serve)


def over(tls: ssl.SSLContext, serve: Serve) -> Serve:
    """The server behind TLS."""

    def wrapped(connection: socket.socket, address: str) -> None:
        with tls.wrap_socket(connection, server_side=True) as secure:
            serve(secure, address)

    return wrapped


def question(connection: socket.socket, end: bytes) -> bytes:
    """What the client says, up to the end of it; written down."""
    raw = bytearray()
    while end not in raw and len(raw) < 100_000 and (chunk := connection.recv(65_536)):
        raw += chunk
    if raw:
        LOG.note(connection, bytes(raw))
    return bytes(raw)


def target(raw: bytes) -> tuple[str, str]:
    """Host and path of a request."""
    lines = raw.decode("latin-1").split("\r\n")
    host = next((line[5:].strip() for line in lines if line.lower().startswith("host:")), "")
    words = lines[0].split()
    return host, words[1] if len(words) > 1 else ""


def reply(status: int, body: bytes, kind: str = "application/rdap+json", **headers: str) -> bytes:
    """An HTTP response, after which the connection is closed."""
    fields = {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + body


def rdap(connection: socket.socket, _: str) -> None:
    """RDAP as it should be."""
    host, path = target(question(connection, b"\r\n\r\n"))
    status, body = forms.rdap(host, path)
    connection.sendall(reply(status, body))


def whois(connection: socket.socket, address: str) -> None:
    """WHOIS as it should be."""
    line = question(connection, b"\r\n").decode("latin-1").strip()
    connection.sendall(forms.whois(host_at(address), line))


def host_at(address: str) -> str:
    """The name of the server that lives at an address."""
    return next((name for name, at in places.SERVERS.items() if at == address), "")


def safe_browsing() -> Serve:
    """Safe Browsing v5 as documented, which lists the case's domain as phishing."""
    server = SafeBrowsingServer()
    server.list_as(f"{places.DOMAIN}/", "SOCIAL_ENGINEERING")

    class Handler(server.handler):  # type: ignore[misc,name-defined]
        def do_GET(self) -> None:  # noqa: N802  # the library's own name
            LOG.note(self.connection, self.raw_requestline + self.headers.as_bytes())
            super().do_GET()

    def serve(connection: socket.socket, address: str) -> None:
        Handler(connection, (address, 0), server)

    return serve
