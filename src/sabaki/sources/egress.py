"""The only way out. A name is resolved, every answer checked, and the very address that was checked is connected to.

HTTP goes through httpcore with a network backend of our own, so that no redirect, no reused connection and no second resolution
gets past the check. Redirects are followed here, one by one. Bytes and seconds are bounded, what was sent and received is counted.
"""

from __future__ import annotations

import asyncio
import importlib.util
import select
import ssl
import sys
import typing
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urljoin, urlsplit

import httpcore
import msgspec

from sabaki._version import VERSION
from sabaki.model.finding import State
from sabaki.sources import addresses
from sabaki.sources.source import Failed, Response

PORTS = frozenset({43, 80, 443, 4321, 8080, 8443})
"""What is connected to: WHOIS, HTTP, HTTPS, RWhois, and the usual alternatives."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DOWNGRADING = frozenset({301, 302, 303})
_AGENT = f"sabaki/{VERSION} (+mail forensics)"
_CHUNK = 65_536

if importlib.util.find_spec("sniffio") is None:
    # At each of its locks httpcore looks for this module once more, through every directory; this says that it is not there.
    sys.modules["sniffio"] = typing.cast(typing.Any, None)

Resolve = Callable[[str], Awaitable[tuple[str, ...]]]
"""A host name to its addresses, A and AAAA; empty where there are none. Raises Failed."""


class Connection(msgspec.Struct):
    """One connection that was made or refused, for the record."""

    host: str
    port: int
    address: str = ""
    refused: str = ""


class Guard:
    """Decides where a name may lead. `allow` are addresses that are let through although they are not global (tests' own servers)."""

    def __init__(self, resolve: Resolve, allow: tuple[str, ...] = (), ports: frozenset[int] | None = PORTS) -> None:
        self._resolve = resolve
        self._allow = frozenset(allow)
        self._ports = ports
        self.connections: list[Connection] = []

    async def address(self, host: str, port: int) -> str:
        """The address to connect to. Raises Failed where the port or any of the host's addresses is refused."""
        record = Connection(host, port)
        self.connections.append(record)
        if self._ports is not None and port not in self._ports:
            raise self._refused(record, f"port {port} is not allowed")
        found = (host.strip("[]"),) if _is_literal(host) else await self._resolve(host)
        if not found:
            record.refused = "no address"
            raise Failed(State.TEMPERROR, f"{host} has no address", f"{host} のIPアドレスが引けません")
        for each in found:
            reason = "" if each in self._allow else addresses.refusal(each)
            if reason:
                raise self._refused(record, reason)
        record.address = found[0]
        return found[0]

    def _refused(self, record: Connection, reason: str) -> Failed:
        record.refused = reason
        return Failed(
            State.PERMERROR,
            f"not connected to {record.host}: {reason}",
            f"{record.host} には接続しませんでした（接続先が安全の基準を満たしません: {reason}）",
        )


def _is_literal(host: str) -> bool:
    """Whether this is meant as an address. What is none after all ("2130706433") is then refused, never resolved."""
    return ":" in host or host.replace(".", "").isdigit()


class _Backend(httpcore.AsyncNetworkBackend):
    """Connects to what the guard found, and to nothing else."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's own signature
        local_address: str | None = None,
        socket_options: typing.Any = None,
    ) -> httpcore.AsyncNetworkStream:
        address = await self._guard.address(host, port)
        return _Stream(await self._inner.connect_tcp(address, port, timeout, local_address, socket_options))

    async def connect_unix_socket(self, *_: typing.Any, **__: typing.Any) -> httpcore.AsyncNetworkStream:
        raise Failed(State.PERMERROR, "no local sockets", "ローカルソケットには接続しません")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _Stream(httpcore.AsyncNetworkStream):
    """A connection that remembers its socket: for each request the pool asks all of its connections whether they were closed."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner
        self._socket = select.poll()
        self._socket.register(inner.get_extra_info("socket"), select.POLLIN)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        return await self._inner.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        return _Stream(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> typing.Any:
        return bool(self._socket.poll(0)) if info == "is_readable" else self._inner.get_extra_info(info)


class Egress:
    """HTTP and plain TCP under a guard. One for a batch; `close` when done."""

    def __init__(self, guard: Guard, tls: ssl.SSLContext | None = None) -> None:
        self.guard = guard
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or httpcore.default_ssl_context(),
            max_connections=32,
            max_keepalive_connections=16,
            keepalive_expiry=15,
            network_backend=_Backend(guard),
        )

    async def close(self) -> None:
        """Close what is open."""
        await self._pool.aclose()

    async def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        seconds: float = 10.0,
        most: int = 1_000_000,
        redirects: int = 5,
        cut: bool = False,
    ) -> Response:
        """See `source.Egress.fetch`. https never falls back to http; credentials do not travel to another host."""
        try:
            async with asyncio.timeout(seconds), _failures(url):
                if redirects < 0:
                    _check(url)
                    return await self._once(url, method, headers or {}, body, seconds, most, cut=cut)
                return await self._follow(url, method, headers or {}, body, seconds, most, redirects)
        except TimeoutError:
            raise _slow(url, seconds) from None

    async def _follow(
        self,
        url: str,
        method: str,
        headers: dict[str, str],
        body: bytes | None,
        seconds: float,
        most: int,
        redirects: int,
    ) -> Response:
        left = redirects
        while True:
            _check(url)
            response = await self._once(url, method, headers, body, seconds, most)
            to = response.headers.get("location", "")
            if response.status not in _REDIRECTS or not to:
                return response
            if left <= 0:
                raise _led_on(url, redirects)
            left -= 1
            target = urljoin(url, to)
            if urlsplit(url).scheme == "https" and urlsplit(target).scheme != "https":
                raise Failed(State.PERMERROR, "redirected from https to http", "httpsからhttpへ転送されました")
            if urlsplit(target).netloc != urlsplit(url).netloc:
                headers = {name: value for name, value in headers.items() if name.lower() in ("accept", "content-type")}
            if response.status in _DOWNGRADING and method == "POST":
                method, body = "GET", None
            url = target

    async def _once(
        self,
        url: str,
        method: str,
        headers: dict[str, str],
        body: bytes | None,
        seconds: float,
        most: int,
        *,
        cut: bool = False,
    ) -> Response:
        sent = [*({"User-Agent": _AGENT, "Accept-Encoding": "identity"} | headers).items()]
        limits = dict.fromkeys(("connect", "read", "write", "pool"), seconds)
        async with self._pool.stream(method, url, headers=sent, content=body, extensions={"timeout": limits}) as got:
            kept = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in got.headers}
            if got.status in _REDIRECTS and "location" in kept:
                return Response(got.status, kept, b"", url)
            content = await _read(got.aiter_stream(), kept.get("content-encoding", ""), most, cut=cut)
            return Response(got.status, kept, content, url)

    async def exchange(
        self, host: str, port: int, request: bytes, *, seconds: float = 10.0, most: int = 200_000
    ) -> bytes:
        """See `source.Egress.exchange`."""
        try:
            async with asyncio.timeout(seconds), _failures(host):
                address = await self.guard.address(host, port)
                reader, writer = await asyncio.open_connection(address, port)
                try:
                    writer.write(request)
                    await writer.drain()
                    return await _read_all(reader, most)
                finally:
                    writer.close()
        except TimeoutError:
            raise _slow(host, seconds) from None

    async def certificate(self, host: str, port: int = 443, *, seconds: float = 10.0) -> bytes:
        """See `source.Egress.certificate`."""
        shown = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        shown.check_hostname, shown.verify_mode = False, ssl.CERT_NONE  # it is looked at, not believed
        name = None if _is_literal(host) else host
        try:
            async with asyncio.timeout(seconds), _failures(host):
                address = await self.guard.address(host, port)
                _, writer = await asyncio.open_connection(address, port, ssl=shown, server_hostname=name or "")
                try:
                    found: bytes | None = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
                finally:
                    writer.transport.abort()
        except TimeoutError:
            raise _slow(host, seconds) from None
        if not found:
            raise Failed(State.PERMERROR, f"{host} shows no certificate", f"{host} は証明書を示しません")
        return found


def _host(where: str) -> str:
    """The host of a URL, or the bare host; whatever it was where it cannot be read."""
    try:
        return urlsplit(where).hostname or where
    except ValueError:
        return where[:100]


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise Failed(State.PERMERROR, f"not fetched: {url[:100]!r}", f"取得できないURLです: {url[:100]!r}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise Failed(State.PERMERROR, f"not fetched: {url[:100]!r}", f"取得できないURLです: {url[:100]!r}")


async def _read(stream: AsyncIterator[bytes], encoding: str, most: int, *, cut: bool = False) -> bytes:
    """The body, unpacked where the server compressed it although it was asked not to. `cut`: no more than `most` is read of it."""
    plain = encoding.lower() in ("", "identity")
    inflate = None if plain else zlib.decompressobj(wbits=47)  # gzip or zlib, by its head
    body = bytearray()
    async for chunk in stream:
        body += chunk if inflate is None else inflate.decompress(chunk, most + 1 - len(body))
        if len(body) > most:
            if cut:
                break
            raise _large(most)
    return bytes(body[:most])


async def _read_all(reader: asyncio.StreamReader, most: int) -> bytes:
    body = bytearray()
    while chunk := await reader.read(_CHUNK):
        body += chunk
        if len(body) > most:
            raise _large(most)
    return bytes(body)


def _led_on(url: str, followed: int) -> Failed:
    host = _host(url)
    if followed:
        return Failed(State.PERMERROR, f"{host}: too many redirects", f"{host}: 転送が多すぎます")
    return Failed(
        State.PERMERROR,
        f"{host} leads elsewhere, which is not followed",
        f"{host} は別の場所へ転送しようとしました（転送には従いません）",
    )


def _large(most: int) -> Failed:
    return Failed(State.PERMERROR, f"the answer is larger than {most:,} bytes", f"応答が {most:,} バイトを超えています")


def _slow(where: str, seconds: float) -> Failed:
    host = _host(where)
    return Failed(
        State.TEMPERROR,
        f"no answer from {host} within {seconds:g} s",
        f"{host} から {seconds:g} 秒以内に応答がありません",
    )


@asynccontextmanager
async def _failures(where: str) -> AsyncIterator[None]:
    """What the network and the other side do wrong, as Failed."""
    host = _host(where)
    try:
        yield
    except (httpcore.TimeoutException, TimeoutError):
        raise Failed(
            State.TEMPERROR, f"no answer from {host} in time", f"{host} から時間内に応答がありません"
        ) from None
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError, OSError, ssl.SSLError) as error:
        reason = str(error) or type(error).__name__
        raise Failed(
            State.TEMPERROR, f"{host}: {reason[:200]}", f"{host} との通信に失敗しました（{reason[:200]}）"
        ) from error
    except (httpcore.UnsupportedProtocol, zlib.error, ValueError, UnicodeError) as error:
        raise Failed(
            State.PERMERROR, f"{host}: {error}"[:300], f"{host} の応答を読み取れません（{error}）"[:300]
        ) from error
