"""A world for RDAP tests: a registry and a registrar on loopback, with TLS, that answer what a test tells them to."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import ssl
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sabaki.model.knowledge import Subject
from sabaki.model.lookup import Lookup
from sabaki.sources.egress import Egress, Guard

HOSTS = ("registry.example", "registrar.example", "other.example")
Reply = tuple[int, dict[str, str], bytes]
Answer = Callable[[str, str, int], Reply]
"""Host, path and the servers' port to status, headers and body."""


@cache
def certificate() -> bytes:
    """A key and a certificate of its own for the hosts, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "registry.example")])
    now = datetime.now(UTC)
    names = [*(x509.DNSName(host) for host in HOSTS), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)


class World:
    """Everything on loopback; `data` holds a bootstrap that leads there."""

    def __init__(self, data: Path, egress: Egress) -> None:
        self.data, self.egress, self.settings = data, egress, None

    async def lookup(self, name: str, type: str) -> Lookup:
        raise AssertionError

    def now(self) -> datetime:
        return datetime(2026, 11, 24, tzinfo=UTC)


async def _resolve(host: str) -> tuple[str, ...]:
    return ("10.0.0.1",) if host == "inside.example" else ("127.0.0.1",) if host in HOSTS else ()


def write_bootstrap(data: Path, base: str) -> None:
    """IANA's files with the reserved names, addresses and numbers in them, all served at `base`."""
    entries = {
        "dns": ["example", "com"],
        "ipv4": ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"],
        "ipv6": ["2001:db8::/32"],
        "asn": ["64496-64511"],
    }
    (data / "rdap").mkdir(exist_ok=True)
    for kind, entry in entries.items():
        document = {"version": "1.0", "publication": "2099-01-01T00:00:00Z", "services": [[entry, [base]]]}
        (data / "rdap" / f"{kind}.json").write_text(json.dumps(document))


def ask_with(answer: Answer, work: Callable[[World], Coroutine[Any, Any, Any]]) -> tuple[Any, list[str]]:
    """Run `work` in a world where the hosts answer so. Its result, and what was asked for: host and path."""
    asked: list[str] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                path = head.split()[1]
                host = next(line for line in head.split("\r\n") if line.lower().startswith("host:"))[5:].strip()
                asked.append(f"{host.partition(':')[0]}{path}")
                status, headers, body = answer(host.partition(":")[0], path, writer.get_extra_info("sockname")[1])
                lines = {"Content-Type": "application/rdap+json", "Content-Length": str(len(body)), **headers}
                fields = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
                writer.write(f"HTTP/1.1 {status} X\r\n{fields}\r\n".encode() + body)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            writer.close()

    async def go(data: Path) -> Any:
        pem = data / "pem"
        pem.write_bytes(certificate())
        serving, asking = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=str(pem))
        serving.load_cert_chain(pem)
        running = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=serving)
        port = running.sockets[0].getsockname()[1]
        write_bootstrap(data, f"https://registry.example:{port}/rdap/")
        egress = Egress(Guard(_resolve, ("127.0.0.1",), None), asking)
        try:
            return await work(World(data, egress))
        finally:
            await egress.close()
            running.close()

    with TemporaryDirectory() as data:
        return asyncio.run(go(Path(data))), asked


def subject(value: str) -> Subject:
    """A value as the kind that it looks like."""
    if value.isdigit():
        return Subject("asn", value)
    try:
        return Subject("ip", str(ipaddress.ip_address(value)))
    except ValueError:
        return Subject("domain", value)
