"""A browser that talks nonsense, too much, too late or not at all breaks nothing."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sabaki.visit.devtools import Devtools, Gone, Refused, Session


class Fake:
    """The browser's end of the pipes."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self._come = asyncio.Semaphore(0)
        self._theirs, self._ours_out = os.pipe()
        self._ours_in, self._theirs_out = os.pipe()

    async def open(self, most: int = 64_000_000) -> Devtools:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(self._ours_in, "rb", 0))
        transport, protocol = await loop.connect_write_pipe(
            asyncio.streams.FlowControlMixin, os.fdopen(self._ours_out, "wb", 0)
        )
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        return Devtools(reader, writer, self._event, most)

    async def says(self, *raw: bytes) -> None:
        for each in raw:
            await asyncio.to_thread(self._write, each)

    def _write(self, raw: bytes) -> None:
        while raw:
            raw = raw[os.write(self._theirs_out, raw) :]

    async def hears(self) -> list[dict[str, Any]]:
        raw = await asyncio.to_thread(os.read, self._theirs, 1_000_000)
        return [json.loads(each) for each in raw.split(b"\0") if each]

    async def heard(self, count: int) -> None:
        """Until so many events have come."""
        for _ in range(count):
            await asyncio.wait_for(self._come.acquire(), 30)

    def _event(self, *event: Any) -> None:
        self.events.append(event)
        self._come.release()

    def ends(self) -> None:
        os.close(self._theirs_out)
        self._theirs_out = -1

    def close(self) -> None:
        os.close(self._theirs)
        if self._theirs_out >= 0:
            os.close(self._theirs_out)


def run(work: Callable[[Fake, Devtools], Awaitable[None]], most: int = 64_000_000) -> Fake:
    fake = Fake()

    async def go() -> None:
        devtools = await fake.open(most)
        try:
            await work(fake, devtools)
        finally:
            await devtools.close()
            fake.close()

    asyncio.run(asyncio.wait_for(go(), 60))
    return fake


def answer(**document: Any) -> bytes:
    return json.dumps(document).encode() + b"\0"


def test_answers_find_their_questions_in_any_order() -> None:
    async def work(fake: Fake, devtools: Devtools) -> None:
        first = asyncio.ensure_future(devtools.call("A.a"))
        second = asyncio.ensure_future(Session(devtools, "s", "f").call("B.b", {"x": 1}))
        await asyncio.sleep(0)
        asked = await fake.hears()
        assert asked == [
            {"id": 1, "method": "A.a", "params": {}},
            {"id": 2, "method": "B.b", "params": {"x": 1}, "sessionId": "s"},
        ]
        await fake.says(answer(id=2, result={"n": 2}), answer(id=1, result={"n": 1}))
        assert (await first, await second) == ({"n": 1}, {"n": 2})

    run(work)


def test_an_error_an_odd_answer_and_none() -> None:
    async def work(fake: Fake, devtools: Devtools) -> None:
        calls = [asyncio.ensure_future(devtools.call("A.a")) for _ in range(3)]
        await asyncio.sleep(0)
        await fake.says(
            answer(id=1, error={"message": "no" * 1_000}), answer(id=2, result=[1]), answer(id=3, error="odd")
        )
        with pytest.raises(Refused) as refused:
            await calls[0]
        assert len(str(refused.value)) == 300
        assert await calls[1] == {}
        with pytest.raises(Refused):
            await calls[2]
        with pytest.raises(TimeoutError):
            await devtools.call("A.a", seconds=0.01)
        await fake.says(answer(id=4, result={}))  # too late
        assert not devtools.ended

    assert run(work).events == []


def test_nonsense_is_counted_and_events_come_through() -> None:
    nonsense = (
        b"\0",
        b"{",
        b"\xff\xfe\0",
        b"[1,2]\0",
        b"null\0",
        b'{"id":"1"}\0',
        b'{"id":77,"result":{}}\0',
        b'{"method":5}\0',
        b"[" * 100_000 + b"\0",
    )

    async def work(fake: Fake, devtools: Devtools) -> None:
        await fake.says(
            *nonsense, b'{"method":"E.e","params":[1],"sessionId":9}\0', answer(method="E.f", params={"a": 1})
        )
        await fake.heard(2)
        assert devtools.nonsense == 8

    assert run(work).events == [("E.e", {}, ""), ("E.f", {"a": 1}, "")]


def test_what_taking_an_event_raises_is_dropped_with_it() -> None:
    async def work(fake: Fake, devtools: Devtools) -> None:
        def raising(*_: Any) -> None:
            raise KeyError("frameId")

        devtools._events = raising
        await fake.says(answer(method="E.e"))
        call = asyncio.ensure_future(devtools.call("A.a"))
        await asyncio.sleep(0)
        await fake.says(answer(id=1, result={"fine": True}))
        assert await call == {"fine": True}
        assert devtools.nonsense == 1

    run(work)


def test_a_message_that_is_too_long_is_passed_over_and_the_next_one_read() -> None:
    async def work(fake: Fake, devtools: Devtools) -> None:
        call = asyncio.ensure_future(devtools.call("A.a"))
        await asyncio.sleep(0)
        await fake.says(b'{"id":1,"result":{"x":"' + b"x" * 3_000_000, b'"}}\0' + answer(id=1, result={"short": 1}))
        assert await call == {"short": 1}
        assert devtools.nonsense == 1

    run(work, most=1_000_000)


def test_a_browser_that_ends_ends_the_calls() -> None:
    async def work(fake: Fake, devtools: Devtools) -> None:
        call = asyncio.ensure_future(devtools.call("A.a"))
        await asyncio.sleep(0)
        fake.ends()
        with pytest.raises(Gone):
            await call
        assert devtools.ended
        with pytest.raises(Gone):
            await devtools.call("A.b")

    run(work)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=8))
def test_no_bytes_break_it(pieces: list[bytes]) -> None:
    async def work(fake: Fake, devtools: Devtools) -> None:
        await fake.says(*pieces, b"\0", answer(method="Last.one"))
        call = asyncio.ensure_future(devtools.call("A.a"))
        await asyncio.sleep(0)
        await fake.says(answer(id=1, result={"fine": True}))
        assert await call == {"fine": True}

    run(work)
