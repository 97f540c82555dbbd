"""Inside the cage: put the addresses onto loopback, serve the sites, visit each. `python -m tests.visit.cage_inside OUT NAME...`

Refuses to run where there is any other interface than loopback.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import hashlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from msgspec import json

from sabaki.model.visit import Mode
from sabaki.sources.egress import Guard
from sabaki.visit import proxy
from sabaki.visit.visit import Wanted, visit
from tests.visit.cage import Visited
from tests.visit.sites.expected import ADDRESS, EXPECTED, NAMES, OWN_CERTIFICATE, SITES, VICTIM
from tests.visit.sites.serving import Served


def main(out: Path, names: list[str]) -> int:
    """See the module."""
    if [name for _, name in socket.if_nameindex() if name != "lo"]:
        print("there is another network here than loopback")  # noqa: T201
        return 1
    batch = ["link set lo up", *(f"address add {address}/32 dev lo" for address in (ADDRESS, OWN_CERTIFICATE))]
    subprocess.run(["ip", "-batch", "-"], input="\n".join(batch), text=True, check=True)
    certificate = self_signed(out / "self-signed.pem", "self-signed.test")
    with contextlib.ExitStack() as stack:
        servers = [
            stack.enter_context(Served(SITES, ADDRESS, 80)),
            stack.enter_context(Served(SITES, OWN_CERTIFICATE, 443, certificate)),
        ]
        visits = {name: asyncio.run(_visited(out, name, servers)) for name in names}
    (out / "visits.json").write_bytes(json.encode(visits))
    return 0


async def _visited(out: Path, name: str, servers: list[Served]) -> Visited:
    """One visit, and what the sites saw of it."""
    for server in servers:
        server.asked.clear()
    expected, began = EXPECTED[name], time.monotonic()
    wanted = Wanted(
        visited=expected.url, mode=Mode.VERBATIM, sent=(VICTIM,), locale=expected.locale, zone=expected.zone
    )
    done = await visit(expected.url, wanted, guard=Guard(_resolve, ports=proxy.PORTS), keep=_keeper(out))
    asked = [request for server in servers for request in server.asked]
    return Visited(
        done,
        sum(request.method == "POST" for request in asked),
        tuple(sorted({request.host for request in asked})),
        round(time.monotonic() - began, 1),
    )


async def _resolve(host: str) -> tuple[str, ...]:
    return NAMES.get(host.rstrip("."), ())


def _keeper(out: Path) -> Callable[[bytes], str]:
    def keep(content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        (out / digest).write_bytes(content)
        return digest

    return keep


def self_signed(path: Path, name: str) -> Path:
    """A certificate that speaks for itself alone, with its key, as one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
