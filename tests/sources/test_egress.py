"""The egress against servers of the test's own on loopback, which the guard lets through only where it is told to."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from sabaki.model.finding import State
from sabaki.sources.egress import PORTS, Egress, Guard
from sabaki.sources.source import Failed

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def resolve(host: str) -> tuple[str, ...]:
    return {
        "here.example": ("127.0.0.1",),
        "evil.example": ("10.0.0.1",),
        "mixed.example": ("1.1.1.1", "127.0.0.2"),
        "nothing.example": (),
    }[host]


def egress(allow: tuple[str, ...] = ("127.0.0.1",), ports: frozenset[int] | None = None) -> Egress:
    return Egress(Guard(resolve, allow, ports))


@asynccontextmanager
async def server(serve: Serve) -> Any:
    requests: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            requests.append(await reader.readuntil(b"\r\n\r\n"))
            await serve(reader, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    running = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield running.sockets[0].getsockname()[1], requests
    finally:
        running.close()


def answer(text: str) -> Serve:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(text.replace("\n", "\r\n").encode())

    return serve


def run(serve: Serve, path: str = "/", *, host: str = "here.example", out: Egress | None = None, **how: Any) -> Any:
    async def go() -> Any:
        async with server(serve) as (port, requests):
            used = out or egress()
            try:
                return await used.fetch(f"http://{host}:{port}{path}", **how), requests
            finally:
                await used.close()

    return asyncio.run(go())


def refused(serve: Serve, **how: Any) -> Failed:
    with pytest.raises(Failed) as caught:
        run(serve, **how)
    return caught.value


OK = answer("HTTP/1.1 200 OK\nContent-Length: 2\n\nhi")


def test_a_request_and_its_answer() -> None:
    response, requests = run(OK)
    assert (response.status, response.body) == (200, b"hi")
    assert b"Host: here.example:" in requests[0]
    assert b"User-Agent: sabaki/" in requests[0]


@pytest.mark.parametrize(
    "host", ["evil.example", "mixed.example", "127.0.0.2", "[::1]", "2130706433", "nothing.example"]
)
def test_a_host_that_leads_inside_is_not_connected_to(host: str) -> None:
    failure = refused(OK, host=host)
    assert failure.state in (State.PERMERROR, State.TEMPERROR)


def test_loopback_is_refused_unless_allowed() -> None:
    assert "not globally routable" in str(refused(OK, out=egress(allow=())))


def test_only_known_ports() -> None:
    assert "port" in str(refused(OK, out=egress(ports=PORTS)))


@pytest.mark.parametrize("target", ["http://evil.example/", "http://127.0.0.2/", "http://169.254.169.254/latest/"])
def test_a_redirect_is_checked_like_the_first_request(target: str) -> None:
    failure = refused(answer(f"HTTP/1.1 302 Found\nLocation: {target}\nContent-Length: 0\n\n"))
    assert "not connected to" in str(failure)


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://here.example/", "gopher://x/", "http://a@here.example/"]
)
def test_a_redirect_leads_to_http_only(target: str) -> None:
    assert "not fetched" in str(refused(answer(f"HTTP/1.1 301 X\nLocation: {target}\nContent-Length: 0\n\n")))


@pytest.mark.parametrize(
    "url", ["https://[/x", "http://here.example:99999/", "", "here.example", "http:///x", "http://[::1/"]
)
def test_what_is_no_url_is_a_failure(url: str) -> None:
    async def go() -> None:
        out = egress()
        try:
            await out.fetch(url)
        finally:
            await out.close()

    with pytest.raises(Failed, match="not fetched"):
        asyncio.run(go())


def test_a_loop_of_redirects_ends() -> None:
    assert "too many" in str(refused(answer("HTTP/1.1 302 Found\nLocation: /again\nContent-Length: 0\n\n")))


def test_a_key_does_not_travel_to_another_host() -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = writer.get_extra_info("sockname")[1]
        writer.write(f"HTTP/1.1 302 X\r\nLocation: http://127.0.0.1:{port}/b\r\nContent-Length: 0\r\n\r\n".encode())

    async def go() -> list[bytes]:
        async with server(serve) as (port, requests):
            out = egress()
            with pytest.raises(Failed, match="too many"):
                await out.fetch(f"http://here.example:{port}/a", headers={"X-Key": "secret"}, redirects=1)
            await out.close()
            return list(requests)

    first, second = asyncio.run(go())
    assert b"secret" in first
    assert b"secret" not in second


def test_too_many_bytes_are_not_read() -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(1000):
            writer.write(b"x" * 100_000)
            await writer.drain()

    assert "larger than" in str(refused(serve))


def test_a_bomb_is_not_unpacked() -> None:
    packed = gzip.compress(b"\0" * 50_000_000)

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed)

    assert "larger than" in str(refused(serve))


def test_compressed_although_asked_not_to() -> None:
    packed = gzip.compress(b"hello")

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed)

    assert run(serve)[0].body == b"hello"


def test_a_silent_server_costs_its_seconds_and_no_more() -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    failure = refused(serve, seconds=0.3)
    assert failure.state is State.TEMPERROR
    assert "no answer from here.example" in str(failure)


def test_a_dripping_server_is_cut_off_too() -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.1)

    assert refused(serve, seconds=0.5).state is State.TEMPERROR


@pytest.mark.parametrize(
    "garbage", ["\0\0\0garbage\n\n", "HTTP/9.9 what\n\n", "HTTP/1.1 200 OK\nContent-Length: -5\n\n", ""]
)
def test_garbage_is_a_failure(garbage: str) -> None:
    assert refused(answer(garbage)).state in (State.TEMPERROR, State.PERMERROR)


def test_plain_tcp_is_guarded_and_bounded() -> None:
    async def go(host: str, most: int) -> bytes:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            line = await reader.readline()
            writer.write(b"you asked " + line + b"x" * 100)
            writer.close()

        running = await asyncio.start_server(handle, "127.0.0.1", 0)
        out = egress()
        try:
            return await out.exchange(host, running.sockets[0].getsockname()[1], b"a.jp\r\n", most=most)
        finally:
            running.close()
            await out.close()

    assert asyncio.run(go("here.example", 1000)).startswith(b"you asked a.jp\r\n")
    with pytest.raises(Failed, match="larger"):
        asyncio.run(go("here.example", 50))
    with pytest.raises(Failed, match="not connected"):
        asyncio.run(go("evil.example", 50))


def test_a_closed_port_is_a_failure_for_now() -> None:
    async def go() -> None:
        out = egress()
        try:
            await out.exchange("here.example", 1, b"x")
        finally:
            await out.close()

    with pytest.raises(Failed) as caught:
        asyncio.run(go())
    assert caught.value.state is State.TEMPERROR


def test_every_connection_is_on_record() -> None:
    out = egress()
    with pytest.raises(Failed):
        run(answer("HTTP/1.1 302 Found\nLocation: http://evil.example/\nContent-Length: 0\n\n"), out=out)
    assert [(each.host, each.address, bool(each.refused)) for each in out.guard.connections] == [
        ("here.example", "127.0.0.1", False),
        ("evil.example", "", True),
    ]


def test_an_answer_may_be_taken_as_it_came_and_cut() -> None:
    moved = answer("HTTP/1.1 302 Found\nLocation: http://127.0.0.2/\nContent-Length: 0\n\n")
    response, requests = run(moved, redirects=-1)
    assert (response.status, response.headers["location"], len(requests)) == (302, "http://127.0.0.2/", 1)
    large = answer(f"HTTP/1.1 200 OK\nContent-Length: 5000\n\n{'x' * 5_000}")
    assert run(large, redirects=-1, most=1_000, cut=True)[0].body == b"x" * 1_000
    with pytest.raises(Failed, match="larger"):
        run(large, redirects=-1, most=1_000)
    with pytest.raises(Failed, match="not connected"):
        run(OK, host="evil.example", redirects=-1, cut=True)


def test_a_certificate_is_asked_for_under_the_same_guard() -> None:
    async def go(host: str, port: int = 443) -> bytes:
        out = egress()
        try:
            return await out.certificate(host, port, seconds=5)
        finally:
            await out.close()

    for host in ("evil.example", "mixed.example", "nothing.example", "127.0.0.2", "2130706433"):
        with pytest.raises(Failed):
            asyncio.run(go(host))

    async def no_tls() -> None:
        async with server(OK) as (port, _):
            await go("here.example", port)

    with pytest.raises(Failed):
        asyncio.run(no_tls())


@pytest.mark.parametrize("closes", [False, True])
def test_a_connection_is_used_again_unless_the_other_side_closed_it(closes: bool) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(1 if closes else 3):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
            if not closes:
                await reader.readuntil(b"\r\n\r\n")

    async def go() -> list[bytes]:
        out = egress()
        async with server(serve) as (port, _):
            told = []
            for _ in range(3):
                told.append((await out.fetch(f"http://here.example:{port}/")).body)
                while closes and [each for each in out._pool.connections if not each.has_expired()]:  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
            await out.close()
        assert len(out.guard.connections) == (3 if closes else 1)
        return told

    assert asyncio.run(go()) == [b"hi"] * 3
