"""A browser driven over its two pipes, with just enough of the DevTools protocol to open pages and look where they end."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import subprocess
from collections.abc import AsyncIterator, Callable
from typing import Any

_BUFFER = 64_000_000


class Browser:
    """Sends commands and waits for their answers; events are passed over."""

    def __init__(self, reader: asyncio.StreamReader, writer: int) -> None:
        self._reader = reader
        self._writer = writer
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._task = asyncio.ensure_future(self._read())

    async def call(self, method: str, session: str = "", **parameters: Any) -> Any:
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        self._waiting[number] = asyncio.get_running_loop().create_future()
        os.write(self._writer, json.dumps(message).encode() + b"\0")
        async with asyncio.timeout(30):
            return await self._waiting[number]

    async def _read(self) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                message = json.loads((await self._reader.readuntil(b"\0"))[:-1])
                waiting = self._waiting.pop(message.get("id", 0), None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(message.get("result") or message.get("error") or {})
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(EOFError("the browser has ended"))

    def stop(self) -> None:
        self._task.cancel()

    async def visited(self, url: str, seconds: float) -> tuple[str, ...]:
        """Open a page, click into it, wait, close it with what it opened; the places where its tabs ended."""
        made = (await self.call("Target.createTarget", url=url, newWindow=True))["targetId"]
        own: list[Any] = [{"targetId": made}]
        try:
            session = (await self.call("Target.attachToTarget", targetId=made, flatten=True))["sessionId"]
            await asyncio.sleep(seconds / 2)
            for kind in ("mousePressed", "mouseReleased"):
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(1):
                        parameters = {"type": kind, "x": 60, "y": 60, "button": "left", "clickCount": 1}
                        await self.call("Input.dispatchMouseEvent", session, **parameters)
            await asyncio.sleep(seconds / 2)
            found = (await self.call("Target.getTargets"))["targetInfos"]
            own = [each for each in found if made in (each["targetId"], each.get("openerId"))]
            return tuple(each["url"] for each in own)
        finally:
            for each in own:
                await self.call("Target.closeTarget", targetId=each["targetId"])


@contextlib.asynccontextmanager
async def started(command: Callable[[tuple[int, int]], list[str]]) -> AsyncIterator[tuple[Browser, int]]:
    """A browser, and the process that was started; killed at the end. `command` gets the descriptors of its pipes."""
    theirs, ours = os.pipe()
    answers, answered = os.pipe()
    process = await asyncio.create_subprocess_exec(
        *command((theirs, answered)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(theirs, answered),
    )
    os.close(theirs)
    os.close(answered)
    reader = asyncio.StreamReader(limit=_BUFFER)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(answers, "rb")
    )
    browser = Browser(reader, ours)
    try:
        await browser.call("Target.createTarget", url="about:blank")  # without any tab Chromium ends
        yield browser, process.pid
    finally:
        browser.stop()
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        os.close(ours)
