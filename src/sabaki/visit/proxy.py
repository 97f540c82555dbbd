"""The only way out of the walls: an HTTP proxy on a Unix socket, which asks the guard before each connection and writes down all of it.

The browser behind it may have been taken over, so it is read as a stranger: one request a connection, in the forms that a proxy gets
(CONNECT, and absolute-form for http), rewritten from what was understood. Each connection resolves, checks and pins its address anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any

from sabaki.model.finding import State
from sabaki.model.visit import Refusal
from sabaki.sources.egress import Guard
from sabaki.sources.source import Failed
from sabaki.visit import http1, upstream, walls
from sabaki.visit.ledger import LIMIT, MALFORMED, NO_NAME, REFUSED, UNREACHABLE, Exchange, Ledger, Over
from sabaki.visit.limits import VisitLimits

PORTS = frozenset({80, 443, 8080, 8443})
"""What may be connected to. The guard that is handed in gets the same."""
MARK = b"Sabaki-Proxy"
"""The field that only the proxy's own answers carry, its value one of the ledger's words; servers cannot set it."""

_BROWSERS_OWN = (
    ".update.googleapis.com .optimizationguide-pa.googleapis.com .safebrowsing.googleapis.com .clientservices.googleapis.com "
    ".safebrowsingohttpgateway.googleapis.com .content-autofill.googleapis.com .chromewebstore.googleapis.com "
    ".chromesyncpasswords-pa.googleapis.com .chromereporting-pa.googleapis.com .passwordsleakcheck-pa.googleapis.com "
    ".componentupdater.googleapis.com .sb-ssl.google.com .mtalk.google.com .android.clients.google.com .tools.google.com .gvt1.com .gvt2.com "
    ".clients1.google.com .clients2.google.com .clients3.google.com .clients4.google.com .clients5.google.com .clients6.google.com "
    ".clients.l.google.com .clients2.googleusercontent.com .connectivitycheck.gstatic.com"
).split()
"""What Chromium itself asks its maker for (updates, lists, reports). Denied, and in no list of what the page wanted."""
_CHUNK = 65_536
_HEAD_SECONDS = 10.0
_CONNECT_SECONDS = 10.0
_IDLE_SECONDS = 30.0
_INTERIM = 8
"""Answers with 1xx that may come before the real one."""
_WORDS = {REFUSED: (403, b"Forbidden"), LIMIT: (503, b"Service Unavailable"), MALFORMED: (400, b"Bad Request")}
_NO_ANSWER = (502, b"Bad Gateway")
_BROKEN = (OSError, TimeoutError, upstream.NoWay, EOFError, ValueError, http1.Malformed)

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Proxy:
    """See the module. `guard` decides about every address; `upstream_url` names another proxy ("" for none), which then resolves names.

    Raises upstream.NotAnUpstream for a setting that cannot be used.
    """

    def __init__(
        self, guard: Guard, limits: VisitLimits, upstream_url: str = "", ports: frozenset[int] = PORTS
    ) -> None:
        self._guard = guard
        self._limits = limits
        self._ports = ports
        self._upstream = upstream.parse(upstream_url)
        self._tasks: set[asyncio.Task[None]] = set()
        self._ledger = Ledger(limits)
        self._folder = Path()

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self._folder / "proxy"

    @property
    def exchanges(self) -> list[Exchange]:
        """The log, in the order in which requests came; entries grow while they are carried."""
        return self._ledger.exchanges

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """What was not let through."""
        return self._ledger.refusals

    @property
    def reached(self) -> tuple[str, ...]:
        """The limits that were reached."""
        return self._ledger.reached

    @property
    def browsers_own(self) -> int:
        """How often the browser wanted something of its maker."""
        return self._ledger.browsers_own

    @property
    def vantage(self) -> str:
        """ "direct", or the kind of the upstream proxy."""
        return self._upstream.scheme if self._upstream else "direct"

    async def __aenter__(self) -> Proxy:
        self._ledger = Ledger(self._limits)
        self._folder = Path(tempfile.mkdtemp(prefix="sabaki-", dir="/tmp"))  # a socket's path is short
        self._server = await asyncio.start_unix_server(self._connected, self.socket, limit=http1.LINE)
        self.socket.chmod(0o600)
        try:
            self._hand_over()
        except OSError as error:
            await self.__aexit__(None, None, None)
            raise walls.CannotShut(
                f"this root may not make user {walls.USER} the owner of a file ({error.strerror}), as in a container that maps "
                "few users: run as a plain user",
                f"このroot権限では、ファイルの所有者をユーザー {walls.USER} にできません（{error.strerror}）。割り当てユーザーの少ない"
                "コンテナーなどで起こります。一般ユーザーで実行してください",
            ) from error
        return self

    def _hand_over(self) -> None:
        """Where root calls, the browser's user is another, and the socket his."""
        if os.geteuid() == 0:
            for path in (self.socket, self._folder):
                os.chown(path, walls.USER, walls.USER)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    # -- one connection of the browser

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "asyncio calls this in a task"
        if len(self._tasks) >= 2 * self._limits.connections:
            writer.close()
            return
        self._tasks.add(task)
        try:
            async with asyncio.timeout(self._ledger.left):
                await self._serve(reader, writer)
        except TimeoutError:
            with contextlib.suppress(Over):
                self._ledger.over("seconds")
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_HEAD_SECONDS):
                lines = await http1.read_head(reader)
            if not lines:
                return
            request = http1.request(lines)
        except TimeoutError:
            return
        except http1.Malformed as error:
            exchange = self._ledger.opened("", "", 0)
            self._ledger.failed(exchange, MALFORMED, str(error))
            await _answer(writer, MALFORMED, str(error))
            return
        if f".{request.host}".endswith(tuple(_BROWSERS_OWN)):
            self._ledger.browsers_own += 1
            await _answer(writer, REFUSED, "the browser's own")
            return
        exchange = self._ledger.opened(request.method, request.host, request.port)
        failure, reason = await self._attempt(request, exchange, (reader, writer))
        if failure:
            self._ledger.failed(exchange, failure, reason)
            if not exchange.status:
                await _answer(writer, failure, reason)

    async def _attempt(self, request: http1.Request, exchange: Exchange, near: Streams) -> tuple[str, str]:
        """Carry one request; what became of it as one of the ledger's words, "" for well, and why."""
        try:
            if len(self._tasks) > self._limits.connections:
                self._ledger.over("connections")
            self._ledger.admit(exchange)
            far = await self._way(request, exchange)
        except Over as error:
            return LIMIT, str(error)
        except Failed as error:
            return (REFUSED if error.state is State.PERMERROR else NO_NAME), error.reason
        except _BROKEN as error:
            return UNREACHABLE, f"no connection: {str(error) or type(error).__name__}"
        try:
            carry = self._tunnel if request.method == "CONNECT" else self._plain
            async with asyncio.timeout(_IDLE_SECONDS) as clock:
                await carry(request, exchange, near, far, _pushing(clock))
        except Over as error:
            return LIMIT, str(error)
        except _BROKEN as error:
            if not (exchange.status and exchange.received):
                return UNREACHABLE, f"the connection broke: {str(error) or type(error).__name__}"
        finally:
            far[1].close()
        return "", ""

    async def _way(self, request: http1.Request, exchange: Exchange) -> Streams:
        """A connection to where the request goes. Raises Failed where that may not be, and what connecting raises."""
        host, port = request.host, request.port
        if port not in self._ports:
            raise Failed(State.PERMERROR, f"port {port} is not allowed", f"ポート {port} には接続しません")
        if not http1.is_public(host):
            raise Failed(State.PERMERROR, f"{host} is no public name", f"{host} は公開された名前ではありません")
        async with asyncio.timeout(_CONNECT_SECONDS):
            if self._upstream is None:
                exchange.address = await self._guard.address(host, port)
                return await asyncio.open_connection(exchange.address, port, limit=http1.LINE)
            if http1.is_address(host):
                await self._guard.address(host, port)
            return await upstream.connect(self._upstream, host, port, tunnel=request.method == "CONNECT")

    async def _tunnel(
        self, request: http1.Request, exchange: Exchange, near: Streams, far: Streams, alive: Callable[[], None]
    ) -> None:
        """CONNECT: bytes both ways until both sides are done."""
        exchange.status = 200
        near[1].write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await _together(
            _pump(near[0], far[1], alive, lambda size: self._ledger.went(exchange, size)),
            _pump(far[0], near[1], alive, lambda size: self._ledger.came(exchange, size)),
        )

    async def _plain(
        self, request: http1.Request, exchange: Exchange, near: Streams, far: Streams, alive: Callable[[], None]
    ) -> None:
        """http: one request, one answer, and both connections end."""
        head = self._head(request)
        self._ledger.went(exchange, len(head))
        far[1].write(head)
        await _first(
            self._reply(exchange, near, far, alive), self._body(request.length, exchange, near[0], far[1], alive)
        )

    def _head(self, request: http1.Request) -> bytes:
        host = f"[{request.host}]" if ":" in request.host else request.host
        where = (host if request.port == 80 else f"{host}:{request.port}").encode("ascii")
        target = request.path
        extra: http1.Fields = ((b"Connection", b"close"),)
        if self._upstream is not None and self._upstream.scheme == "http":
            target, extra = b"http://" + where + request.path, (*extra, *self._upstream.credentials)
        fields = http1.passed_on(request.fields, frozenset({b"host"}))
        first = request.method.encode("ascii") + b" " + target + b" HTTP/1.1"
        return http1.written(first, ((b"Host", where), *fields, *extra))

    async def _body(
        self,
        length: int,
        exchange: Exchange,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        alive: Callable[[], None],
    ) -> None:
        """The request's body, exactly as long as it said; ends when the browser leaves, or says more than it may."""
        while length and (chunk := await reader.read(min(length, _CHUNK))):
            alive()
            length -= len(chunk)
            self._ledger.went(exchange, len(chunk))
            writer.write(chunk)
            await writer.drain()
        await reader.read(1)

    async def _reply(self, exchange: Exchange, near: Streams, far: Streams, alive: Callable[[], None]) -> None:
        for _ in range(_INTERIM):
            lines = await http1.read_head(far[0])
            alive()
            self._ledger.came(exchange, sum(map(len, lines), 2))
            if not lines:
                raise http1.Malformed("the server closed the connection without an answer")
            reply = http1.reply(lines)
            if reply.status >= 200:
                break
        if reply.status < 200 or reply.status == 407:
            # 101 was not asked for; 407 would make the browser ask for the proxy's password.
            raise http1.Malformed(f"the server answered {reply.status}")
        self._ledger.answered(exchange, reply.status)
        fields = http1.passed_on(reply.fields, frozenset({MARK.lower(), b"alt-svc"}))
        first = b"HTTP/1.1 %d %s" % (reply.status, reply.reason)
        near[1].write(http1.written(first, (*fields, (b"Connection", b"close"))))
        await _pump(far[0], near[1], alive, lambda size: self._ledger.came(exchange, size))


def _pushing(clock: asyncio.Timeout) -> Callable[[], None]:
    """Something to call whenever bytes move: the connection is not idle."""
    loop = asyncio.get_running_loop()
    return lambda: clock.reschedule(loop.time() + _IDLE_SECONDS)


async def _pump(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    alive: Callable[[], None],
    count: Callable[[int], None],
) -> None:
    """One direction to its end. What `count` raises ends it before the bytes are passed on."""
    while chunk := await reader.read(_CHUNK):
        alive()
        count(len(chunk))
        writer.write(chunk)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


async def _first(*ways: Coroutine[Any, Any, None]) -> None:
    """Until one of them ends or fails; that ends the others."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _together(*ways: Coroutine[Any, Any, None]) -> None:
    """Both to their ends; the first that fails ends the other."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _answer(writer: asyncio.StreamWriter, failure: str, reason: str) -> None:
    """The proxy's own answer, marked as such."""
    status, words = _WORDS.get(failure, _NO_ANSWER)
    body = f"sabaki: {failure}: {reason}\n".encode("ascii", "replace")
    fields = (
        (MARK, failure.encode("ascii")),
        (b"Content-Type", b"text/plain"),
        (b"Content-Length", str(len(body)).encode("ascii")),
        (b"Connection", b"close"),
    )
    writer.write(http1.written(b"HTTP/1.1 %d %s" % (status, words), fields) + body)
    await writer.drain()
