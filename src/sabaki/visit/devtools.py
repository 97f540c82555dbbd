"""The Chrome DevTools Protocol over two pipes (`--remote-debugging-pipe`): JSON documents with a NUL behind each.

What comes out of the browser is an attacker's word: too long, no JSON, an answer nobody asked for, or none at all breaks nothing here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

MOST = 64_000_000
"""Bytes of one message; a screenshot of a long page is the largest that we ask for. A longer one is passed over."""
_CHUNK = 1 << 20

Event = Callable[[str, dict[str, Any], str], None]
"""Method, parameters and session of an event."""


class Gone(Exception):
    """The browser has ended, or has closed its pipe."""


class Refused(Exception):
    """The browser answered with an error; the message is its own."""


FAILED = (Gone, Refused, TimeoutError, msgspec.DecodeError, KeyError, TypeError, ValueError, IndexError)
"""What calling, and reading the answer, may raise."""


class Devtools:
    """A connection. `events` is called for every event; what it raises is dropped with the event."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, events: Event, most: int = MOST
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._events = events
        self._most = most
        self._next = 0
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reading = asyncio.create_task(self._read())
        self.nonsense = 0
        """Messages that were none."""

    async def call(
        self, method: str, parameters: dict[str, Any] | None = None, *, session: str = "", seconds: float = 10.0
    ) -> dict[str, Any]:
        """Call a method and wait for its answer. Raises Gone, Refused, or TimeoutError after `seconds`."""
        if self._reading.done():
            raise Gone
        self._next += 1
        id = self._next
        document = {"id": id, "method": method, "params": parameters or {}}
        if session:
            document["sessionId"] = session
        self._waiting[id] = asyncio.get_running_loop().create_future()
        try:
            self._writer.write(msgspec.json.encode(document) + b"\0")
            async with asyncio.timeout(seconds):
                await self._writer.drain()
                return await self._waiting[id]
        except (ConnectionError, RuntimeError) as error:
            raise Gone from error
        finally:
            del self._waiting[id]

    @property
    def ended(self) -> bool:
        """Whether nothing comes any more."""
        return self._reading.done()

    async def close(self) -> None:
        """Stop reading, and let go of the pipes."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        self._writer.close()

    async def _read(self) -> None:
        pieces = bytearray()
        skipping = False
        try:
            while chunk := await self._reader.read(_CHUNK):
                if b"\0" not in chunk:
                    skipping = skipping or len(pieces) + len(chunk) > self._most
                    pieces = bytearray() if skipping else pieces + chunk
                    continue
                first, *others = chunk.split(b"\0")
                if skipping or len(pieces) + len(first) > self._most:
                    self.nonsense += 1
                else:
                    self._take(bytes(pieces + first))
                for message in others[:-1]:
                    self._take(message)
                pieces, skipping = bytearray(others[-1]), False
        except (ConnectionError, OSError):
            pass
        finally:
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(Gone())

    def _take(self, message: bytes) -> None:
        try:
            document = msgspec.json.decode(message)
        except (msgspec.DecodeError, RecursionError):
            document = None
        if not isinstance(document, dict):
            self.nonsense += 1
            return
        waiting = self._waiting.get(document["id"]) if isinstance(document.get("id"), int) else None
        if waiting is not None:
            _settle(waiting, document)
        elif isinstance(document.get("method"), str):
            self._event(document)
        else:
            self.nonsense += 1

    def _event(self, document: dict[str, Any]) -> None:
        parameters, session = document.get("params"), document.get("sessionId")
        try:
            self._events(
                document["method"],
                parameters if isinstance(parameters, dict) else {},
                session if isinstance(session, str) else "",
            )
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError):
            self.nonsense += 1


def _settle(waiting: asyncio.Future[dict[str, Any]], document: dict[str, Any]) -> None:
    if waiting.done():
        return
    error, result = document.get("error"), document.get("result")
    if error is not None:
        said = error.get("message") if isinstance(error, dict) else error
        waiting.set_exception(Refused(str(said)[:300]))
    else:
        waiting.set_result(result if isinstance(result, dict) else {})


class Session(msgspec.Struct, frozen=True):
    """One target's session (`flatten`): a page, a frame of another site, a worker. `frame` is its outermost frame's id."""

    devtools: Devtools
    id: str
    frame: str

    async def call(self, method: str, given: dict[str, Any] | None = None, seconds: float = 5.0) -> Any:
        """See Devtools.call."""
        return await self.devtools.call(method, given, session=self.id, seconds=seconds)
