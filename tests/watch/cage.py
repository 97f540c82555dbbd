"""A small internet for the watch, on the loopback of a network namespace: a DNS that changes, a site that dies and comes back, a registry.

The addresses look like any others, so that the guard needs no exception: they lead nowhere but here, since nothing but loopback is there.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import dns.exception
import dns.message
import dns.query
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.sources import nsd
from tests.sources.rdapworld import write_bootstrap

FIRST, SECOND, REGISTRY = "203.1.113.10", "203.1.113.20", "203.1.113.53"
HOST, DOMAIN = "www.site.example", "site.example"
_ZONE = """\
$ORIGIN {domain}.
$TTL 1
@ SOA ns1 root {serial} 3600 600 86400 1
@ NS {name_server}
ns1 A 127.0.0.1
ns2 A 127.0.0.1
{records}
"""
_REGISTRY = (
    f"$ORIGIN registry.example.\n$TTL 1\n@ SOA ns root 1 3600 600 86400 1\n@ NS ns\nns A 127.0.0.1\n@ A {REGISTRY}\n"
)
Reply = tuple[int, dict[str, str], bytes]
Answer = Callable[[str, str], Reply]
"""Host and path to status, headers, body."""


def why_not() -> str:
    """Why a cage cannot be made here; "" where it can."""
    if nsd.program() is None:
        return "nsd is not there (apt install nsd, or `make live`, which fetches it)"
    if not shutil.which("unshare") or not shutil.which("ip"):
        return "unshare or ip is not installed"
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--net", "ip", "link", "set", "lo", "up"],
        capture_output=True,
        text=True,
    )
    return f"no network of one's own here: {done.stderr.strip()}" if done.returncode else ""


def run(scenario: str, out: Path) -> subprocess.CompletedProcess[str]:
    """Run a scenario of tests/watch/inside.py in a network of its own; what it wants to keep goes to `out`."""
    command = [
        "unshare",
        "--user",
        "--map-root-user",
        "--net",
        sys.executable,
        "-m",
        "tests.watch.inside",
        scenario,
        str(out),
    ]
    return subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=180)


def settle() -> None:
    """Put the addresses onto loopback. Refuses where there is any other way out."""
    for command in (
        ["link", "set", "lo", "up"],
        *(["addr", "add", f"{ip}/32", "dev", "lo"] for ip in (FIRST, SECOND, REGISTRY)),
    ):
        subprocess.run(["ip", *command], check=True)
    links = json.loads(subprocess.run(["ip", "-json", "link"], capture_output=True, text=True, check=True).stdout)
    assert [link["ifname"] for link in links] == ["lo"], "not in a network of its own"


class Cage:
    """What is served. Change it and go on; `asked` are the requests that came: address, host, path."""

    def __init__(self, at: Path, port: int) -> None:
        self.at, self.dns = at, port
        self.pages: Answer = lambda host, path: (200, {}, b"<title>x</title>")
        self.registration: dict[str, Any] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.agents: list[str] = []
        self.serial = 1
        self.certificates = at / "now.pem"
        self._contexts: list[ssl.SSLContext] = []

    def zone(self, records: str, name_server: str = "ns1") -> None:
        """Give the site's zone other records; returns when they are served."""
        self.serial += 1
        _write_zone(self.at, self.serial, records, name_server)
        os.kill(int((self.at / "nsd.pid").read_text()), signal.SIGHUP)
        for _ in range(400):
            if _serial(self.dns) == self.serial:
                return
            time.sleep(0.05)
        raise RuntimeError(f"nsd does not take the new zone: {(self.at / 'nsd.log').read_text()}")

    def certificate(self, issuer: str) -> None:
        """Show another certificate from now on."""
        write_certificate(self.certificates, issuer, HOST)
        for context in self._contexts:
            context.load_cert_chain(self.certificates)


def _write_zone(at: Path, serial: int, records: str, name_server: str) -> None:
    file = at / "zone0"
    file.write_text(_ZONE.format(domain=DOMAIN, serial=serial, records=records, name_server=name_server), "utf-8")
    os.utime(file, (time.time() + serial, time.time() + serial))


def _serial(port: int) -> int:
    try:
        answer = dns.query.udp(dns.message.make_query(f"{DOMAIN}.", "SOA"), "127.0.0.1", 1, port)
    except (dns.exception.DNSException, OSError):
        return 0
    return answer.answer[0][0].serial if answer.answer else 0


def write_certificate(file: Path, issuer: str, *names: str) -> None:
    """A key and a certificate that says it is from `issuer`, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    signer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(signer, signer, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))


def _serve(address: str, port: int, cage: Cage, answer: Answer, tls: Path | None = None) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = self.headers.get("Host", "").partition(":")[0]
            cage.asked.append((address, host, self.path))
            cage.agents.append(self.headers.get("User-Agent", ""))
            status, headers, body = answer(host, self.path)
            self.send_response(status)
            for name, value in {
                "Content-Type": "text/html; charset=utf-8",
                "Content-Length": str(len(body)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Whoever was killed leaves a broken connection."""

    server = Server((address, port), Handler)
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls)
        cage._contexts.append(context) if tls == cage.certificates else None
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@contextmanager
def caged(at: Path) -> Iterator[Cage]:
    """The small internet, for as long as the context lasts. Only in a network of its own."""
    settle()
    servers = at / "servers"
    servers.mkdir()
    first = _ZONE.format(domain=DOMAIN, serial=1, records=f"www A {FIRST}", name_server="ns1")
    (at / "rdap").mkdir()
    write_bootstrap(at, "https://registry.example/rdap/")
    with ExitStack() as stack:
        port = stack.enter_context(nsd.serving({DOMAIN: first, "registry.example": _REGISTRY}, servers))
        cage = Cage(servers, port)
        write_certificate(cage.certificates, "Test CA One", HOST)
        registry = servers / "registry.pem"
        write_certificate(registry, "Registry CA", "registry.example")
        pages = lambda host, path: cage.pages(host, path)  # noqa: E731
        running = [
            *(_serve(address, 80, cage, pages) for address in (FIRST, SECOND)),
            *(_serve(address, 443, cage, pages, cage.certificates) for address in (FIRST, SECOND)),
            _serve(REGISTRY, 443, cage, lambda host, path: _registered(cage), registry),
        ]
        os.environ["SSL_CERT_FILE"] = str(registry)
        try:
            yield cage
        finally:
            for server in running:
                server.shutdown()


def _registered(cage: Cage) -> Reply:
    if not cage.registration:
        return 404, {"Content-Type": "application/rdap+json"}, b'{"errorCode": 404}'
    document = {"objectClassName": "domain", "ldhName": DOMAIN, **cage.registration}
    return 200, {"Content-Type": "application/rdap+json"}, json.dumps(document).encode()


def registration(created: str, *status: str) -> dict[str, Any]:
    """An answer of RDAP (RFC 9083)."""
    return {
        "status": list(status),
        "events": [
            {"eventAction": "registration", "eventDate": created},
            {"eventAction": "expiration", "eventDate": "2030-01-01T00:00:00Z"},
        ],
    }
