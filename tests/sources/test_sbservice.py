"""What both services have in common: each prefix once, answers for as long as they hold, rests."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sabaki.model.finding import State
from sabaki.sources import sbservice
from sabaki.sources.sbproto import Found, FullHash
from sabaki.sources.sbservice import Service, service
from sabaki.sources.source import Failed
from tests.sources.safebrowsing_server import Here, SafeBrowsingServer

ONE, TWO, THREE = b"\1\1\1\1", b"\2\2\2\2", b"\3\3\3\3"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[SafeBrowsingServer]:
    with SafeBrowsingServer() as running:
        yield running


class Asked:
    """A search that notes what it is asked."""

    def __init__(self, seconds: float = 300, hashes: tuple[FullHash, ...] = ()) -> None:
        self.calls: list[tuple[bytes, ...]] = []
        self.seconds, self.hashes = seconds, hashes
        self.go = asyncio.Event()
        self.go.set()
        self.fails = False

    async def __call__(self, prefixes: tuple[bytes, ...]) -> dict[bytes, Found]:
        self.calls.append(prefixes)
        await self.go.wait()
        if self.fails:
            raise Failed(State.TEMPERROR, "no", "いいえ")
        return dict.fromkeys(prefixes, Found(self.hashes, self.seconds))


def test_each_prefix_is_asked_once_for_as_long_as_the_answer_holds(server: SafeBrowsingServer, tmp_path: Path) -> None:
    async def whole() -> None:
        here, known, asked = Here(server, tmp_path), Service(), Asked()
        await known.answers(here, [TWO, ONE, TWO], asked)
        here.pass_time(seconds=299)
        await known.answers(here, [ONE, THREE], asked)
        here.pass_time(seconds=1)
        await known.answers(here, [ONE], asked)
        assert asked.calls == [(ONE, TWO), (THREE,), (ONE,)]

    asyncio.run(whole())


def test_questions_at_the_same_time_share_what_is_under_way(server: SafeBrowsingServer, tmp_path: Path) -> None:
    async def whole() -> None:
        here, known, asked = Here(server, tmp_path), Service(), Asked(seconds=0)
        asked.go.clear()
        first = asyncio.create_task(known.answers(here, [ONE, TWO], asked))
        await asyncio.sleep(0)
        second = asyncio.create_task(known.answers(here, [TWO, THREE], asked))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        asked.go.set()
        assert set(await second) == {TWO, THREE}
        assert asked.calls == [(ONE, TWO), (THREE,)]

    asyncio.run(whole())


def test_a_question_that_nobody_waits_for_is_dropped(server: SafeBrowsingServer, tmp_path: Path) -> None:
    async def whole() -> None:
        here, known, asked = Here(server, tmp_path), Service(), Asked()
        asked.go.clear()
        for _ in range(2):
            waiting = asyncio.create_task(known.answers(here, [ONE], asked))
            await asyncio.sleep(0.01)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        again = asyncio.create_task(known.answers(here, [ONE], asked))
        await asyncio.sleep(0.01)
        asked.go.set()
        assert set(await again) == {ONE}
        assert len(asked.calls) == 3
        assert not known._flights
        assert not known._waiting

    asyncio.run(whole())


def test_a_failure_is_everybodys_and_is_not_kept(server: SafeBrowsingServer, tmp_path: Path) -> None:
    async def whole() -> None:
        here, known, asked = Here(server, tmp_path), Service(), Asked()
        asked.fails = True
        both = await asyncio.gather(*(known.answers(here, [ONE], asked) for _ in range(2)), return_exceptions=True)
        assert [type(each) for each in both] == [Failed, Failed]
        asked.fails = False
        assert await known.answers(here, [ONE], asked)
        assert asked.calls == [(ONE,), (ONE,)]

    asyncio.run(whole())


def test_hashes_of_other_prefixes_are_not_kept(server: SafeBrowsingServer, tmp_path: Path) -> None:
    async def whole() -> None:
        asked = Asked(hashes=(FullHash(ONE * 8), FullHash(THREE * 8)))
        found = await Service().answers(Here(server, tmp_path), [ONE, TWO], asked)
        assert found[ONE].hashes == (FullHash(ONE * 8),)
        assert found[TWO].hashes == ()

    asyncio.run(whole())


def test_what_is_kept_is_bounded(server: SafeBrowsingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbservice, "_MOST_KEPT", 10)

    async def whole() -> None:
        here, known, asked = Here(server, tmp_path), Service(), Asked()
        for at in range(100):
            await known.answers(here, [at.to_bytes(4, "big")], asked)
        assert len(known._kept) <= 11

    asyncio.run(whole())


def test_one_service_for_a_batch(server: SafeBrowsingServer, tmp_path: Path) -> None:
    async def whole() -> None:
        here, other = Here(server, tmp_path), Here(server, tmp_path)
        assert service(here, "a") is service(here, "a")
        assert service(here, "a") is not service(here, "b")
        assert service(here, "a") is not service(other, "a")

    asyncio.run(whole())


async def call(known: Service, here: Here, key: str | None = None) -> str:
    try:
        await known.call(
            here,
            f"{here.settings.safe_browsing_url}/v5/hashes:search?hashPrefixes=AAAAAA",
            key or "test-key",
            "safe_browsing_key",
        )
    except Failed as failed:
        return (
            f"{failed.state}: {failed.reason}{' (key shown)' if 'test-key' in failed.reason + failed.reason_ja else ''}"
        )
    return "ran"


def test_a_server_that_is_down_is_asked_less_and_less(server: SafeBrowsingServer, tmp_path: Path) -> None:
    async def whole() -> None:
        here, known = Here(server, tmp_path), Service()
        server.fault = "down"
        times = []
        for _ in range(3_000):
            before = len(server.paths)
            said = await call(known, here)
            assert said.startswith("temperror")
            assert "key shown" not in said
            if len(server.paths) > before:
                times.append((here.at - NOW).total_seconds())
            here.pass_time(seconds=1)
            if len(times) == 6:
                break
        assert times == [0, 1, 3, 7, 15, 31]
        server.fault = ""
        here.pass_time(minutes=5)
        assert await call(known, here) == "ran"
        assert await call(known, here) == "ran"
        await here.egress.close()

    asyncio.run(whole())


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("Tue, 24 Nov 2026 09:10:00 GMT", 600),
        ("Tue, 24 Nov 2020 09:10:00 GMT", 1),
        ("0", 1),
        ("99999999", 86_400),
        ("9" * 400, 1),
        ("soon", 1),
        ("-5", 1),
        ("", 1),
    ],
)
def test_retry_after_is_honoured_within_reason(
    server: SafeBrowsingServer, tmp_path: Path, header: str, seconds: int
) -> None:
    async def whole() -> None:
        here, known = Here(server, tmp_path), Service()
        server.fault, server.retry_after = "quota", header
        assert "quota" in await call(known, here)
        server.fault = ""
        here.pass_time(seconds=seconds - 0.5)
        assert "left alone until" in await call(known, here)
        assert len(server.paths) == 1
        here.pass_time(seconds=1)
        assert await call(known, here) == "ran"
        await here.egress.close()

    asyncio.run(whole())


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("forbidden", "permerror: Google does not let the key in safe_browsing_key ask"),
        ("redirect", "permerror: 127.0.0.1 leads elsewhere, which is not followed"),
        ("endless", "permerror: the answer is larger"),
        ("down", "temperror: Google's server has a fault (HTTP 503)"),
    ],
)
def test_refusals(server: SafeBrowsingServer, tmp_path: Path, fault: str, expected: str) -> None:
    async def whole() -> None:
        here = Here(server, tmp_path)
        server.fault = fault
        assert (await call(Service(), here)).startswith(expected)
        await here.egress.close()

    asyncio.run(whole())


def test_keys_that_are_wrong_or_none(server: SafeBrowsingServer, tmp_path: Path) -> None:
    async def whole() -> None:
        here = Here(server, tmp_path)
        assert "does not accept the key in safe_browsing_key" in await call(Service(), here, "other")
        assert await call(Service(), here, " test-key\n") == "ran"
        before = len(server.paths)
        for key in (" ", "鍵", "a b", "a\r\nX-Evil: 1", "k" * 501):
            assert "does not hold a key" in await call(Service(), here, key)
        assert len(server.paths) == before
        assert all("test-key" not in path for path in server.paths)
        await here.egress.close()

    asyncio.run(whole())
