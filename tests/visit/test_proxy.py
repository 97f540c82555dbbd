from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sabaki.sources.egress import Guard
from sabaki.visit import proxy as module
from sabaki.visit import walls
from sabaki.visit.ledger import LIMIT, MALFORMED, NO_NAME, REFUSED, UNREACHABLE
from sabaki.visit.limits import VisitLimits
from sabaki.visit.proxy import Proxy

LOOPBACK = "127.0.0.1"
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the guard did: in these tests nothing but loopback is ever connected to."""
    connect = asyncio.open_connection

    async def checked(host: str, port: int, **options: Any) -> Any:
        assert host == LOOPBACK
        return await connect(host, port, **options)

    monkeypatch.setattr(asyncio, "open_connection", checked)


class Served:
    """A server of the test's own, and what it was sent."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.got = b""
        self.port = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.got += await reader.read(65_536)
        writer.write(self.answer)
        with contextlib.suppress(OSError):
            await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def server(handler: Handler) -> AsyncIterator[int]:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await handler(reader, writer)

    running = await asyncio.start_server(connected, LOOPBACK, 0)
    try:
        yield running.sockets[0].getsockname()[1]
    finally:
        running.close()


async def resolve(host: str) -> tuple[str, ...]:
    return {
        "shop.example": (LOOPBACK,),
        "private.example": ("10.0.0.1",),
        "mixed.example": ("9.9.9.9", "10.0.0.1"),
        "mapped.example": ("::ffff:10.0.0.1",),
        "sixtofour.example": ("2002:0a00:0001::1",),
        "nat64.example": ("64:ff9b::a00:1",),
        "link.example": ("169.254.169.254",),
    }.get(host, ())


def guard() -> Guard:
    return Guard(resolve, allow=(LOOPBACK,), ports=None)


def opened(port: int, limits: VisitLimits | None = None, upstream: str = "") -> Proxy:
    return Proxy(guard(), limits or VisitLimits(), upstream, ports=module.PORTS | {port})


async def say(proxy: Proxy, request: bytes) -> bytes:
    """Send to the proxy as the browser does, and read all it says."""
    reader, writer = await asyncio.open_unix_connection(proxy.socket)
    writer.write(request)
    try:
        async with asyncio.timeout(20):
            return await reader.read(-1)
    except ConnectionError:
        return b""
    finally:
        writer.close()


def get(url: str, *fields: bytes) -> bytes:
    return b"\r\n".join((b"GET " + url.encode() + b" HTTP/1.1", b"Host: other.example", *fields, b"", b""))


def ask(
    request: Callable[[int], bytes], answer: bytes = b"HTTP/1.1 200 OK\r\n\r\nhello", **limits: Any
) -> tuple[bytes, Served, Proxy]:
    """One request to the proxy, before a server that answers with `answer`."""

    async def run() -> tuple[bytes, Served, Proxy]:
        served = Served(answer)
        async with server(served) as port:
            served.port = port
            async with opened(port, VisitLimits(**limits)) as proxy:
                return await say(proxy, request(port)), served, proxy

    return asyncio.run(run())


def test_http_is_carried_and_rewritten_from_what_was_understood() -> None:
    said, served, proxy = ask(
        lambda port: get(
            f"http://SHOP.example.:{port}/a?b=c",
            b"Cookie: x=y",
            b"Connection: keep-alive, x-secret",
            b"X-Secret: 1",
            b"Proxy-Authorization: Basic eA==",
            b"Upgrade: h2c",
        )
    )
    head, _, body = said.partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [b"HTTP/1.1 200 OK", b"Connection: close"]
    assert body == b"hello"
    assert served.got.split(b"\r\n") == [
        b"GET /a?b=c HTTP/1.1",
        b"Host: shop.example:%d" % served.port,
        b"Cookie: x=y",
        b"Connection: close",
        b"",
        b"",
    ]
    (exchange,) = proxy.exchanges
    assert (exchange.method, exchange.host, exchange.port, exchange.address) == (
        "GET",
        "shop.example",
        served.port,
        LOOPBACK,
    )
    assert (exchange.status, exchange.failure) == (200, "")
    assert exchange.sent == len(served.got)
    assert exchange.received == len(b"HTTP/1.1 200 OK\r\n\r\nhello")
    assert not proxy.socket.exists()


def test_a_body_is_sent_as_long_as_it_said_and_not_a_byte_more() -> None:
    said, served, _ = ask(
        lambda port: (
            b"POST http://shop.example:%d/ HTTP/1.1\r\nContent-Length: 5\r\n\r\nhelloGET http://evil/ HTTP/1.1\r\n\r\n"
            % port
        )
    )
    assert served.got.endswith(b"\r\n\r\nhello")
    assert b"evil" not in served.got
    del said


def test_a_tunnel_carries_bytes_both_ways() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.readexactly(4))[::-1])
        await writer.drain()
        writer.close()

    async def run() -> tuple[bytes, Proxy]:
        async with server(echo) as port, opened(port) as proxy:
            return await say(proxy, b"CONNECT shop.example:%d HTTP/1.1\r\n\r\nabcd" % port), proxy

    said, proxy = asyncio.run(run())
    assert said == b"HTTP/1.1 200 Connection established\r\n\r\ndcba"
    assert [(each.method, each.sent, each.received) for each in proxy.exchanges] == [("CONNECT", 4, 4)]


@pytest.mark.parametrize(
    "host",
    "private.example mixed.example mapped.example sixtofour.example nat64.example link.example 10.0.0.1 169.254.169.254 "
    "0.0.0.0 255.255.255.255 224.0.0.1 192.168.0.1 100.64.0.1 [::1] [::ffff:10.0.0.1] [fe80::1] [fc00::1] [fec0::1] [64:ff9b::7f00:1] "
    "localhost a.localhost intranet metadata.google.internal printer.local nas.home.arpa LOCALHOST. [64:ff9b:1::808:808] [2002:7f00:1::] [2001:db8::1] [::]".split(),
)
@pytest.mark.parametrize("method", ["GET", "CONNECT"])
def test_what_the_guard_refuses_is_not_connected_to(host: str, method: str) -> None:
    request = get(f"http://{host}/") if method == "GET" else f"CONNECT {host}:443 HTTP/1.1\r\n\r\n".encode()
    said, served, proxy = ask(lambda _: request)
    assert said.startswith(b"HTTP/1.1 403 Forbidden\r\nSabaki-Proxy: refused\r\n")
    assert served.got == b""
    assert [each.failure for each in proxy.exchanges] == [REFUSED]
    assert [(each.host, each.count) for each in proxy.refusals] == [(proxy.exchanges[0].host, 1)]


@pytest.mark.parametrize(
    "target",
    "http://127.1/ http://0x7f.1/ http://2130706433/ http://0177.0.0.1/ http://0x7f000001/ http://127.0.0.1.0x0/ http://1.2.3.4.5/ "
    "http://a..b.example/ http://shop.example../ http://[::1%25eth0]/ http://[fe80::1%eth0]/ http://[::1/ http://[127.0.0.1]/ http://user@shop.example/ "
    "http://user:pass@shop.example/ https://shop.example/ ftp://shop.example/ /path * shop.example:443 http:/shop.example/ http:///x "
    "http://shop.example:0/ http://shop.example:65536/ http://shop.example:+80/ http://shop.example:8O/ http://shop.example:/x# "
    "http://sh\u00f6p.example/ http://shop%2eexample/ http://shop.example\\@evil.example/ http://shop.example;x/ file:///etc/passwd".split(),
)
def test_what_is_no_target_for_a_proxy_is_refused(target: str) -> None:
    said, served, proxy = ask(lambda _: get(target))
    assert said.startswith(b"HTTP/1.1 400 ")
    assert served.got == b""
    assert [each.failure for each in proxy.exchanges] == [MALFORMED]


@pytest.mark.parametrize(
    "request_",
    [
        b"GET http://shop.example/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        b"GET http://shop.example/ HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET http://shop.example/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET http://shop.example/ HTTP/1.1\r\nContent-Length: +1\r\n\r\nx",
        b"GET http://shop.example/ HTTP/1.1\r\nContent-Length : 1\r\n\r\nx",
        b"GET http://shop.example/ HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
        b"GET http://shop.example/ HTTP/1.1\r\nA: b\nC: d\r\n\r\n",
        b"GET http://shop.example/ HTTP/1.1\r\nA: b\rC: d\r\n\r\n",
        b"GET http://shop.example/ HTTP/1.1\r\nA: b\0c\r\n\r\n",
        b"GET http://shop.example/ HTTP/1.1\n\n",
        b"GET  http://shop.example/ HTTP/1.1\r\n\r\n",
        b"GET http://shop.example/ HTTP/2.0\r\n\r\n",
        b"GET http://shop.example/\r\n\r\n",
        b"G\x00T http://shop.example/ HTTP/1.1\r\n\r\n",
        b"CONNECT shop.example HTTP/1.1\r\n\r\n",
        b"CONNECT shop.example:443 HTTP/1.1\r\nContent-Length: 9\r\n\r\n",
        b"CONNECT http://shop.example:443/ HTTP/1.1\r\n\r\n",
        b"CONNECT shop.example:443:80 HTTP/1.1\r\n\r\n",
        b"CONNECT shop.example:443/x HTTP/1.1\r\n\r\n",
        b"GET http://shop.example/" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET http://shop.example/ HTTP/1.1\r\n" + b"A: b\r\n" * 500 + b"\r\n",
        b"GET http://shop.example/ HTTP/1.1\r\n" + (b"A: " + b"b" * 60_000 + b"\r\n") * 3 + b"\r\n",
    ],
)
def test_a_request_that_can_be_read_two_ways_is_not_sent(request_: bytes) -> None:
    said, served, proxy = ask(lambda _: request_)
    assert served.got == b""
    assert said.startswith(b"HTTP/1.1 400 ") or said == b""
    assert [each.failure for each in proxy.exchanges] == [MALFORMED]


def test_ports_are_few_whatever_the_guard_allows() -> None:
    said, _, proxy = ask(lambda _: get("http://shop.example:25/"))
    assert said.startswith(b"HTTP/1.1 403 ")
    assert [each.reason for each in proxy.refusals] == ["port 25 is not allowed"]


def test_a_name_without_address_is_told_from_a_refusal() -> None:
    said, _, proxy = ask(lambda _: get("http://gone.example/"))
    assert said.startswith(b"HTTP/1.1 502 Bad Gateway\r\nSabaki-Proxy: no_name\r\n")
    assert [each.failure for each in proxy.exchanges] == [NO_NAME]
    assert proxy.refusals == ()


def test_a_name_is_resolved_and_checked_anew_for_each_connection() -> None:
    answers = iter([(LOOPBACK,), ("10.0.0.1",), ("9.9.9.9", "127.0.0.2")])

    async def rebinding(host: str) -> tuple[str, ...]:
        return next(answers)

    async def run() -> tuple[list[bytes], Served]:
        served = Served(b"HTTP/1.1 200 OK\r\n\r\n")
        async with server(served) as port:
            rebound = Proxy(Guard(rebinding, allow=(LOOPBACK,), ports=None), VisitLimits(), ports=frozenset({port}))
            async with rebound as proxy:
                return [await say(proxy, get(f"http://shop.example:{port}/")) for _ in range(3)], served

    said, served = asyncio.run(run())
    assert [each[:12] for each in said] == [b"HTTP/1.1 200", b"HTTP/1.1 403", b"HTTP/1.1 403"]
    assert served.got.count(b"GET ") == 1


def test_what_the_browser_asks_its_maker_for_is_denied_and_not_listed() -> None:
    for host in ("update.googleapis.com", "edgedl.me.gvt1.com", "clients2.google.com"):
        said, _, proxy = ask(lambda _, host=host: f"CONNECT {host}:443 HTTP/1.1\r\n\r\n".encode())
        assert said.startswith(b"HTTP/1.1 403 ")
        assert (proxy.exchanges, proxy.refusals, proxy.browsers_own) == ([], (), 1)


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (b"", UNREACHABLE),
        (b"SSH-2.0-x\r\n\r\n", UNREACHABLE),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", UNREACHABLE),
        (b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n", UNREACHABLE),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 30, UNREACHABLE),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1_000 + b"\r\n", UNREACHABLE),
        (b"HTTP/1.1 200 OK\r\n" + b"a" * 200_000, UNREACHABLE),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\n\r\n", ""),
        (b"HTTP/1.1 200 OK\nA: b\n c\n\n", ""),
    ],
)
def test_what_servers_answer(answer: bytes, failure: str) -> None:
    said, _, proxy = ask(lambda port: get(f"http://shop.example:{port}/"), answer)
    assert [each.failure for each in proxy.exchanges] == [failure]
    assert said.startswith(b"HTTP/1.1 502 " if failure else b"HTTP/1.1 200 ")


def test_a_server_cannot_speak_with_the_proxys_voice() -> None:
    answer = b"HTTP/1.1 200 OK\r\nSabaki-Proxy: refused\r\nsabaki-proxy: x\r\nProxy-Authenticate: Basic\r\nAlt-Svc: h3\r\n\r\n"
    said, _, _ = ask(lambda port: get(f"http://shop.example:{port}/"), answer)
    assert said == b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("limit", "value", "requests"), [("requests", 2, 3), ("hosts", 0, 1), ("redirects", 1, 2), ("seconds", 0.0, 1)]
)
def test_limits_on_counts_and_time(limit: str, value: float, requests: int) -> None:
    async def run() -> tuple[list[bytes], Proxy]:
        served = Served(b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n")
        limits = msgspec.structs.replace(VisitLimits(), **{limit: value})
        async with server(served) as port, opened(port, limits) as proxy:
            return [await say(proxy, get(f"http://shop.example:{port}/")) for _ in range(requests)], proxy

    said, proxy = asyncio.run(run())
    assert [each[:12] for each in said[:-1]] == [b"HTTP/1.1 302"] * (requests - 1)
    assert not said[-1].startswith(b"HTTP/1.1 302")
    assert proxy.reached == (limit,)


def test_limit_on_what_comes_in() -> None:
    said, _, proxy = ask(
        lambda port: get(f"http://shop.example:{port}/"), b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 500_000, size=100_000
    )
    assert len(said) <= 100_000
    assert proxy.reached == ("size",)
    assert [each.failure for each in proxy.exchanges] == [LIMIT]


def test_limit_on_what_goes_out() -> None:
    body = b"x" * 50_000
    said, served, proxy = ask(
        lambda port: b"POST http://shop.example:%d/ HTTP/1.1\r\nContent-Length: 50000\r\n\r\n" % port + body, sent=1_000
    )
    assert len(served.got) <= 1_000
    assert proxy.reached == ("sent",)
    del said


def test_limit_on_connections_open_at_once() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    async def run() -> tuple[bytes, Proxy]:
        async with server(silent) as port, opened(port, VisitLimits(connections=2)) as proxy:
            held = [await asyncio.open_unix_connection(proxy.socket) for _ in range(2)]
            for reader, writer in held:
                writer.write(b"CONNECT shop.example:%d HTTP/1.1\r\n\r\n" % port)
                await reader.readline()
            said = await say(proxy, get(f"http://shop.example:{port}/"))
            for _, writer in held:
                writer.close()
            return said, proxy

    said, proxy = asyncio.run(run())
    assert said.startswith(b"HTTP/1.1 503 ")
    assert proxy.reached == ("connections",)


def test_nobody_there_is_unreachable() -> None:
    async def run() -> tuple[bytes, Proxy]:
        async with server(Served(b"")) as port:
            pass
        async with opened(port) as proxy:
            return await say(proxy, get(f"http://shop.example:{port}/")), proxy

    said, proxy = asyncio.run(run())
    assert said.startswith(b"HTTP/1.1 502 ")
    assert [each.failure for each in proxy.exchanges] == [UNREACHABLE]
    assert proxy.refusals == ()


def test_connections_that_are_open_end_with_the_proxy() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    async def run() -> bytes:
        async with server(silent) as port:
            async with opened(port) as proxy:
                reader, writer = await asyncio.open_unix_connection(proxy.socket)
                writer.write(b"CONNECT shop.example:%d HTTP/1.1\r\n\r\n" % port)
                await reader.readline()
            rest = await reader.read(-1)
            writer.close()
            return rest

    assert asyncio.run(run()) == b"\r\n"


def test_a_root_that_may_not_hand_over_is_refused_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def chown(*_: object) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr("sabaki.visit.proxy.os.geteuid", lambda: 0)
    monkeypatch.setattr("sabaki.visit.proxy.os.chown", chown)
    monkeypatch.setattr("sabaki.visit.proxy.tempfile.mkdtemp", lambda **_: str(tmp_path / "made"))
    (tmp_path / "made").mkdir()

    async def go() -> None:
        async with Proxy(guard(), VisitLimits()):
            pass

    with pytest.raises(walls.CannotShut, match="run as a plain user") as caught:
        asyncio.run(go())
    assert "一般ユーザー" in caught.value.reason_ja
    assert not (tmp_path / "made").exists()
