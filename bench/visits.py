"""Visits to a page of ordinary weight: seconds and peak memory of each, and how many a minute this machine makes.

Runs itself again in a network that has only loopback, where it serves the page; needs root, bubblewrap and Chromium.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from sabaki.model.finding import State
from sabaki.sources.egress import Guard
from sabaki.visit import browser, proxy, visit
from sabaki.visit.visit import Wanted

ADDRESS = "9.9.9.1"
LINK = "http://login.test/"
APART = (
    "setpriv",
    "--pdeathsig",
    "KILL",
    "unshare",
    "--net",
    "--mount",
    "--pid",
    "--mount-proc",
    "--fork",
    "--kill-child",
)
_IMAGES = 12
_PAGE = f"""<!doctype html><html lang="ja"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>会員ログイン</title>
<link rel="stylesheet" href="/style.css"><h1>会員ログイン</h1><form action="/p" method="post"><input name="mail"><input type="password"></form>
{"".join(f'<img src="/{number}.svg" width="300" height="80">' for number in range(_IMAGES))}<p>{"ご利用の皆様へ。" * 2_000}</p><script src="/code.js"></script>"""
_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg"><rect width="300" height="80" fill="#cde"/></svg>' + "<!-- x -->" * 2_000
)
_FILES = {"/": _PAGE, "/style.css": "h1{color:#234}" * 5_000, "/code.js": "var a = [];\n" + "a.push(1);\n" * 20_000}


class _Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """One of the page's files."""
        path = self.path.partition("?")[0]
        body = (_SVG if path.endswith(".svg") else _FILES.get(path, "")).encode()
        kinds = {"/": "text/html; charset=utf-8", "/style.css": "text/css", "/code.js": "text/javascript"}
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kinds.get(path, "image/svg+xml"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


class _Weighed(browser.Browser):
    """A browser whose peak memory is remembered."""

    peaks: ClassVar[list[int]] = []

    async def close(self) -> None:
        """End it, and note what it took."""
        await super().close()
        self.peaks.append(self.memory)


def main(count: int) -> int:
    """Visit, alone and two at a time; fails where a visit does not come back whole."""
    if [name for _, name in socket.if_nameindex() if name != "lo"]:
        if os.geteuid() != 0:
            print("needs root: it makes a network of its own")
            return 0
        return subprocess.call([*APART, sys.executable, "-m", "bench.visits", str(count)])
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["ip", "address", "add", f"{ADDRESS}/32", "dev", "lo"], check=True)
    with _serving():
        visit.Browser = _Weighed  # type: ignore[attr-defined]
        return 0 if asyncio.run(_measure(count)) else 1


@contextlib.contextmanager
def _serving() -> Iterator[None]:
    server = ThreadingHTTPServer((ADDRESS, 80), _Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()


async def _measure(count: int) -> bool:
    whole = True
    for name, views, at_once in (
        ("one view, one at a time", ("desktop",), 1),
        ("both views, one at a time", ("desktop", "phone"), 1),
        ("both views, two at a time", ("desktop", "phone"), 2),
        ("both views, four at a time", ("desktop", "phone"), 4),
    ):
        _Weighed.peaks.clear()
        gate, began = asyncio.Semaphore(at_once), time.monotonic()
        seconds: list[float] = []

        async def one(wanted: Wanted, gate: asyncio.Semaphore = gate, seconds: list[float] = seconds) -> bool:
            async with gate:
                done = await visit.visit(
                    LINK, wanted, guard=Guard(_resolve, ports=proxy.PORTS), keep=lambda content: ""
                )
                seconds.append(done.seconds)
                return done.outcome is State.RAN and all(view.status == 200 and view.forms for view in done.views)

        whole &= all(await asyncio.gather(*(one(Wanted(visited=LINK, views=views)) for _ in range(count))))
        took = time.monotonic() - began
        peak = max(_Weighed.peaks) / 1e6
        print(
            f"{name}: {statistics.median(seconds):.1f} s a visit, {count / took * 60:.1f} visits a minute, {peak:.0f} MB at the peak"
        )
    if not whole:
        print("a visit did not come back whole")
    return whole


async def _resolve(host: str) -> tuple[str, ...]:
    return (ADDRESS,) if host == "login.test" else ()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 6))
