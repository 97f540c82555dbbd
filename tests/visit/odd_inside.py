"""Inside: the odd pages on loopback, and a visit to each link. `python -m tests.visit.odd_inside OUT LINK...`

Refuses to run where there is any other interface than loopback. A LINK is "desktop URL", "phone URL", or "desktop-insecure URL": gone to whatever its certificate.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import socket
import subprocess
import sys
from pathlib import Path

from msgspec import json

from sabaki.model.visit import Mode, Visit
from sabaki.sources.egress import Guard
from sabaki.visit import proxy
from sabaki.visit.limits import VisitLimits
from sabaki.visit.visit import Wanted, visit
from tests.visit.cage_inside import self_signed
from tests.visit.odd import ADDRESS, NAMES, OWN_CERTIFICATE, VICTIM, inner, odd
from tests.visit.sites.serving import Served

LIMITS = VisitLimits(seconds=50, view_seconds=40, settle_seconds=1.5)


def main(out: Path, links: list[str]) -> int:
    """See the module."""
    if [name for _, name in socket.if_nameindex() if name != "lo"]:
        print("there is another network here than loopback")  # noqa: T201
        return 1
    batch = ["link set lo up", *(f"address add {address}/32 dev lo" for address in (ADDRESS, OWN_CERTIFICATE))]
    subprocess.run(["ip", "-batch", "-"], input="\n".join(batch), text=True, check=True)
    certificate = self_signed(out / "self-signed.pem", "self-signed.test")
    sites = {"odd.test": odd, "frame-elsewhere.test": inner, "self-signed.test": odd}
    with contextlib.ExitStack() as stack:
        stack.enter_context(Served(sites, ADDRESS, 80))
        stack.enter_context(Served(sites, OWN_CERTIFICATE, 443, certificate))
        visits = {link: asyncio.run(_visited(out, link)) for link in links}
    (out / "visits.json").write_bytes(json.encode(visits))
    return 0


async def _visited(out: Path, link: str) -> Visit:
    def keep(content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        (out / digest).write_bytes(content)
        return digest

    async def resolve(host: str) -> tuple[str, ...]:
        return NAMES.get(host.rstrip("."), ())

    view, _, url = link.partition(" ")
    wanted = Wanted(
        visited=url, mode=Mode.VERBATIM, sent=(VICTIM,), views=(view.partition("-")[0],), insecure="insecure" in view
    )
    return await visit(url, wanted, guard=Guard(resolve, ports=proxy.PORTS), keep=keep, limits=LIMITS)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
