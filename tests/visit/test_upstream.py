from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from sabaki.sources.egress import Guard
from sabaki.visit import upstream
from sabaki.visit.ledger import REFUSED, UNREACHABLE
from sabaki.visit.limits import VisitLimits
from sabaki.visit.proxy import Proxy
from tests.visit.test_proxy import get, say

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("socks5://127.0.0.1:9050", ("socks5", "127.0.0.1", 9050, b"", b"")),
        ("socks5h://127.0.0.1", ("socks5", "127.0.0.1", 1080, b"", b"")),
        ("http://u:p%40ss@proxy.example:3128/", ("http", "proxy.example", 3128, b"u", b"p@ss")),
        ("http://[2001:db8::1]:3128", ("http", "2001:db8::1", 3128, b"", b"")),
    ],
)
def test_reads_what_is_set(text: str, expected: tuple[str, str, int, bytes, bytes]) -> None:
    found = upstream.parse(text)
    assert found is not None
    assert (found.scheme, found.host, found.port, found.user, found.password) == expected


def test_nothing_set_is_no_upstream() -> None:
    assert upstream.parse(" ") is None


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1:9050", "ftp://a", "socks4://a:1", "http://", "http://a:99999", "http://a:x", "http://a/path", "http://a?q", "http://:secret@a",
        f"http://{'u' * 256}@a", "http://[::1", "http://u:secret@a:b",
    ],
)  # fmt: skip
def test_what_is_none_is_refused_without_the_password(text: str) -> None:
    with pytest.raises(upstream.NotAnUpstream) as caught:
        upstream.parse(text)
    assert "secret" not in str(caught.value)


@contextlib.asynccontextmanager
async def server(handler: Handler) -> AsyncIterator[int]:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await handler(reader, writer)
        writer.close()

    running = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield running.sockets[0].getsockname()[1]
    finally:
        running.close()


async def never(host: str) -> tuple[str, ...]:
    raise AssertionError(f"{host} was resolved here")


def through(handler: Handler, request: bytes, scheme: str = "socks5", user: str = "") -> tuple[bytes, Proxy]:
    """One request through our proxy and an upstream proxy of the test's own."""

    async def run() -> tuple[bytes, Proxy]:
        async with server(handler) as port:
            url = f"{scheme}://{user}127.0.0.1:{port}"
            async with Proxy(Guard(never), VisitLimits(), url) as proxy:
                return await say(proxy, request), proxy

    return asyncio.run(run())


class Socks:
    """A SOCKS5 server that notes what it is asked and answers by itself."""

    def __init__(self, method: int = 0, code: int = 0, then: bytes = b"HTTP/1.1 200 OK\r\n\r\nhi") -> None:
        self.method, self.code, self.then = method, code, then
        self.offered = self.asked = self.login = b""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.offered = await reader.readexactly(2)
        self.offered += await reader.readexactly(self.offered[1])
        writer.write(bytes((5, self.method)))
        if self.method == 2:
            self.login = await reader.readexactly(5)
            writer.write(b"\x01\x00")
        head = await reader.readexactly(4)
        length = {1: 4, 4: 16}.get(head[3]) or (await reader.readexactly(1))[0]
        self.asked = head + await reader.readexactly(length + 2)
        writer.write(bytes((5, self.code, 0, 1)) + bytes(6))
        await writer.drain()
        if not self.code:
            await reader.read(1_000)
            writer.write(self.then)
            await writer.drain()


def test_socks5_gets_the_name_and_resolves_it() -> None:
    socks = Socks()
    said, proxy = through(socks, get("http://shop.example/"))
    assert said.endswith(b"\r\n\r\nhi")
    assert socks.asked == b"\x05\x01\x00\x03shop.example\x00\x50"
    assert proxy.vantage == "socks5"
    assert [(each.host, each.address, each.status) for each in proxy.exchanges] == [("shop.example", "", 200)]


def test_socks5_with_user_and_password() -> None:
    socks = Socks(method=2)
    said, _ = through(socks, get("http://shop.example/"), user="u:p@")
    assert said.startswith(b"HTTP/1.1 200")
    assert (socks.offered, socks.login) == (b"\x05\x02\x00\x02", b"\x01\x01u\x01p")


def test_a_socks5_proxy_that_does_not_connect() -> None:
    said, proxy = through(Socks(code=4), get("http://shop.example/"))
    assert said.startswith(b"HTTP/1.1 502")
    assert [each.failure for each in proxy.exchanges] == [UNREACHABLE]
    assert "host unreachable" in proxy.exchanges[0].reason


@pytest.mark.parametrize(
    "host", "127.0.0.1 10.0.0.1 169.254.169.254 [::1] [::ffff:127.0.0.1] localhost x.internal".split()
)
@pytest.mark.parametrize("scheme", ["socks5", "http"])
def test_addresses_are_still_checked_here(host: str, scheme: str) -> None:
    async def nobody(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise AssertionError("the upstream proxy was asked")

    for request in (get(f"http://{host}/"), f"CONNECT {host}:443 HTTP/1.1\r\n\r\n".encode()):
        said, proxy = through(nobody, request, scheme)
        assert said.startswith(b"HTTP/1.1 403")
        assert [each.failure for each in proxy.exchanges] == [REFUSED]


def test_an_http_proxy_gets_http_in_absolute_form_and_who_asks() -> None:
    got = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nhi")
        await writer.drain()

    said, _ = through(handler, get("http://shop.example/a?b"), "http", "u:p@")
    assert said.endswith(b"hi")
    lines = got[0].split(b"\r\n")
    assert lines[:2] == [b"GET http://shop.example/a?b HTTP/1.1", b"Host: shop.example"]
    assert b"Proxy-Authorization: Basic " + base64.b64encode(b"u:p") in lines


def test_an_http_proxy_is_asked_for_a_tunnel() -> None:
    got = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        writer.write((await reader.readexactly(3))[::-1])
        await writer.drain()

    said, _ = through(handler, b"CONNECT shop.example:443 HTTP/1.1\r\n\r\nabc", "http")
    assert got == [b"CONNECT shop.example:443 HTTP/1.1\r\nHost: shop.example:443\r\n\r\n"]
    assert said.endswith(b"\r\n\r\ncba")


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 403 Forbidden\r\n\r\n", b"HTTP/1.1 407 X\r\n\r\n", b"x\r\n\r\n", b"", b"\xff" * 200_000]
)
@pytest.mark.parametrize("scheme", ["socks5", "http"])
def test_an_upstream_that_talks_nonsense_is_nobody_there(answer: bytes, scheme: str) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(3)
        writer.write(answer)
        await writer.drain()

    said, proxy = through(handler, b"CONNECT shop.example:443 HTTP/1.1\r\n\r\n", scheme)
    assert said.startswith(b"HTTP/1.1 502")
    assert [each.failure for each in proxy.exchanges] == [UNREACHABLE]
