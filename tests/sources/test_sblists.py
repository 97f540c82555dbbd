"""Local lists: whole, in pieces, changed, damaged, lied about; kept in files that are looked up where they lie."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sabaki.model.finding import State
from sabaki.sources import sblists, urlhash
from sabaki.sources.sblists import HashList, Head
from sabaki.sources.sbproto import Garbled, ListUpdate, Rice
from sabaki.sources.sbservice import service
from sabaki.sources.source import Failed
from tests.sources.safebrowsing_server import Here, SafeBrowsingServer, sha


@pytest.fixture
def server() -> Iterator[SafeBrowsingServer]:
    with SafeBrowsingServer() as running:
        yield running


def run(here: Here, *names: str) -> tuple[Head, ...]:
    async def whole() -> tuple[Head, ...]:
        made = service(here, "test")
        try:
            return await sblists.update(
                here, made, here.settings.safe_browsing_url, here.settings.safe_browsing_key, names or sblists.NAMES
            )
        finally:
            await here.egress.close()

    return asyncio.run(whole())


def again(here: Here, server: SafeBrowsingServer) -> Here:
    """The same directory, later, by another process."""
    later = Here(server, here.data)
    later.at = here.at
    return later


def entries(here: Here, name: str) -> list[bytes]:
    known = sblists.opened(here.data, name)
    assert known is not None
    return list(known)


def prefixes(count: int, seed: int = 1) -> list[bytes]:
    chance = random.Random(seed)
    return sorted({chance.randbytes(4) for _ in range(count)})


def test_lists_are_fetched_verified_and_looked_up(server: SafeBrowsingServer, tmp_path: Path) -> None:
    here = Here(server, tmp_path)
    server.publish("se-4b", [*prefixes(5_000), "evil.example/"])
    server.publish("gc-32b", ["good.example/", "fine.example/"])
    heads = run(here)
    assert {head.name: head.count for head in heads} == dict.fromkeys(sblists.NAMES, 0) | {"se-4b": 5_001, "gc-32b": 2}
    assert all(head.complete and head.due == here.at + timedelta(seconds=1800) for head in heads)
    known = sblists.opened(tmp_path, "se-4b")
    assert known is not None
    assert sha("evil.example/") in known
    assert all(each in known for each in prefixes(5_000))
    assert sha("other.example/") not in known
    assert b"\xff\xff\xff\xff" not in known
    assert list(known) == sorted(known)
    lists = sblists.fresh(tmp_path, here.at)
    assert lists is not None
    assert [each.text for each in lists.suspects(urlhash.expressions("http://a.evil.example/x"))] == ["evil.example/"]
    assert lists.likely(urlhash.expressions("http://good.example/login"))
    assert not lists.likely(urlhash.expressions("http://evil.example/"))
    assert {path.suffix for path in (tmp_path / sblists.DIRECTORY).iterdir()} == {".list"}


def test_changes_are_applied_and_the_wait_is_honoured(server: SafeBrowsingServer, tmp_path: Path) -> None:
    first, second = prefixes(2_000), prefixes(2_000)[300:] + prefixes(50, seed=2)
    here = Here(server, tmp_path)
    server.publish("se-4b", first)
    run(here)
    server.publish("se-4b", second)
    before = len(server.list_requests)
    here = again(here, server)
    here.pass_time(seconds=1799)
    run(here)
    assert len(server.list_requests) == before
    assert entries(here, "se-4b") == first
    here = again(here, server)
    here.pass_time(seconds=1)
    run(here)
    assert entries(here, "se-4b") == sorted(second)
    assert len(server.list_requests) == before + 1
    assert len(server.list_requests[-1]["version"]) == len(sblists.NAMES)


def test_a_list_that_did_not_change_is_as_fresh_as_a_new_one(server: SafeBrowsingServer, tmp_path: Path) -> None:
    here = Here(server, tmp_path)
    server.publish("se-4b", ["evil.example/"])
    run(here)
    here = again(here, server)
    here.pass_time(hours=30)
    assert sblists.fresh(tmp_path, here.at) is None
    run(here)
    lists = sblists.fresh(tmp_path, here.at)
    assert lists is not None
    assert lists.date == here.at
    assert sha("evil.example/") in lists.threats[0]


def test_large_lists_come_in_pieces_and_an_interrupted_fetch_goes_on(
    server: SafeBrowsingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sblists, "_PIECE", 1_024)
    here = Here(server, tmp_path)
    server.publish("se-4b", prefixes(4_000))
    calls = 0
    real = sblists._store

    def dies(*given: Any, **more: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        real(*given, **more)

    monkeypatch.setattr(sblists, "_store", dies)
    with pytest.raises(KeyboardInterrupt):
        run(here, "se-4b")
    held = sblists.opened(tmp_path, "se-4b")
    assert held is not None
    assert len(held) == 2_048
    assert not held.head.complete
    assert sblists.fresh(tmp_path, here.at) is None
    before = len(server.list_requests)
    here = again(here, server)
    run(here, "se-4b")
    assert entries(here, "se-4b") == prefixes(4_000)
    assert len(server.list_requests) == before + 2
    assert all("version" in query for query in server.list_requests[before:])


def damage(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def apply(file: Path) -> None:
        raw = change(file.read_bytes())
        file.unlink()
        file.write_bytes(raw)

    return apply


@pytest.mark.parametrize(
    "spoil",
    [
        damage(lambda raw: raw[:-1]),
        damage(lambda raw: raw[:-1] + bytes((raw[-1] ^ 1,))),
        damage(lambda raw: raw + b"\0\0\0\0"),
        damage(lambda raw: b""),
        damage(lambda raw: b"x" + raw),
        damage(lambda raw: raw.replace(b'"count":1', b'"count":-')),
        damage(lambda raw: raw.replace(b'"width":4', b'"width":0')),
        Path.unlink,
    ],
)
def test_a_damaged_list_is_no_list_and_is_fetched_anew(
    server: SafeBrowsingServer, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    here = Here(server, tmp_path)
    server.publish("se-4b", ["evil.example/"])
    run(here)
    spoil(tmp_path / sblists.DIRECTORY / "se-4b.list")
    assert sblists.opened(tmp_path, "se-4b") is None
    assert sblists.fresh(tmp_path, here.at) is None
    run(again(here, server))
    assert entries(here, "se-4b") == [sha("evil.example/")[:4]]
    assert server.list_requests[-1]["names"] == ["se-4b"]
    assert "version" not in server.list_requests[-1]


def test_a_list_that_drifted_is_fetched_anew_in_the_same_update(server: SafeBrowsingServer, tmp_path: Path) -> None:
    here = Here(server, tmp_path)
    server.publish("se-4b", prefixes(100))
    run(here)
    known = sblists.opened(tmp_path, "se-4b")
    assert known is not None
    other = b"".join(prefixes(100, seed=9))
    checksum = hashlib.sha256(other).digest()
    head = msgspec.structs.replace(known.head, checksum=checksum, count=len(other) // 4)
    sblists._write(tmp_path / sblists.DIRECTORY, head, other)
    server.publish("se-4b", prefixes(120))
    here = again(here, server)
    here.pass_time(hours=1)
    run(here)
    assert entries(here, "se-4b") == prefixes(120)
    assert "version" not in server.list_requests[-1]


@pytest.mark.parametrize(
    "fault",
    [
        "checksum",
        "rice parameter",
        "rice count",
        "garbage",
        "truncated",
        "empty",
        "portal",
        "down",
        "quota",
        "forbidden",
        "redirect",
    ],
)
def test_a_failed_update_leaves_what_was_there(server: SafeBrowsingServer, tmp_path: Path, fault: str) -> None:
    here = Here(server, tmp_path)
    server.publish("se-4b", prefixes(100))
    run(here)
    server.publish("se-4b", prefixes(200, seed=3))
    server.fault = fault
    here = again(here, server)
    here.pass_time(hours=1)
    with pytest.raises(Failed) as failed:
        run(here)
    assert failed.value.state in (State.TEMPERROR, State.PERMERROR)
    assert server.key not in failed.value.reason + failed.value.reason_ja
    assert entries(here, "se-4b") == prefixes(100)
    assert {path.suffix for path in (tmp_path / sblists.DIRECTORY).iterdir()} == {".list"}


def test_an_answer_without_end_is_cut_off(
    server: SafeBrowsingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sblists, "_MOST_BYTES", 300_000)
    server.fault = "endless"
    with pytest.raises(Failed, match="larger"):
        run(Here(server, tmp_path))


def test_a_server_that_always_has_more_is_left(
    server: SafeBrowsingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sblists, "_ROUNDS", 7)
    server.wait_seconds = 0
    with pytest.raises(Failed, match="end"):
        run(Here(server, tmp_path), "se-4b")
    assert len(server.list_requests) == sblists._ROUNDS


def test_a_directory_that_cannot_be_written(server: SafeBrowsingServer, tmp_path: Path) -> None:
    (tmp_path / sblists.DIRECTORY).write_text("a file in its place")
    with pytest.raises(Failed, match="stored") as failed:
        run(Here(server, tmp_path))
    assert failed.value.state is State.PERMERROR


@pytest.mark.parametrize(
    ("held", "update"),
    [
        (None, ListUpdate("x", partial=True, additions=Rice(4, 1))),
        ([b"aaaa"], ListUpdate("x", partial=True, removals=Rice(4, 1))),
        ([], ListUpdate("x", removals=Rice(4, 0))),
        ([b"aaaa"], ListUpdate("x", partial=True, additions=Rice(32, 1))),
        ([], ListUpdate("x", additions=Rice(4, 1, 3, 9_000_000, bytes(9_000_000)))),
    ],
)
def test_updates_that_do_not_fit(held: list[bytes] | None, update: ListUpdate) -> None:
    with pytest.raises(Garbled):
        sblists.applied(held, update, 4)


def test_removals_come_before_additions() -> None:
    update = ListUpdate("x", partial=True, removals=Rice(4, 1), additions=Rice(4, int.from_bytes(b"abca", "big")))
    assert sblists.applied([b"aaaa", b"bbbb", b"cccc"], update, 4) == [b"aaaa", b"abca", b"cccc"]


def test_an_empty_answer_does_not_empty_a_list(server: SafeBrowsingServer, tmp_path: Path) -> None:
    here = Here(server, tmp_path)
    server.publish("se-4b", ["evil.example/"])
    run(here)
    with pytest.raises(Garbled):
        sblists._store(tmp_path, ListUpdate("se-4b", b"other", wait=60), here.at, anew=False)
    with pytest.raises(Garbled):
        sblists._store(tmp_path, ListUpdate("se-4b", wait=60), here.at, anew=True)
    assert entries(here, "se-4b") == [sha("evil.example/")[:4]]


def test_a_version_that_does_not_fit_its_place_is_refused(tmp_path: Path) -> None:
    for length, fits in ((2_048, True), (2_049, False)):
        update = ListUpdate(
            "se-4b", b"\xff" * length, additions=Rice(4, 1), checksum=hashlib.sha256(b"\0\0\0\1").digest()
        )
        try:
            sblists._store(tmp_path, update, datetime(2026, 11, 24, tzinfo=UTC), anew=True)
        except Garbled:
            assert not fits
        else:
            assert sblists.opened(tmp_path, "se-4b") is not None


def test_a_list_is_replaced_under_a_reader(server: SafeBrowsingServer, tmp_path: Path) -> None:
    here = Here(server, tmp_path)
    server.publish("se-4b", ["evil.example/"])
    run(here)
    held = sblists.opened(tmp_path, "se-4b")
    server.publish("se-4b", ["other.example/"])
    here = again(here, server)
    here.pass_time(hours=1)
    run(here)
    assert held is not None
    assert sha("evil.example/") in held
    assert entries(here, "se-4b") == [sha("other.example/")[:4]]


def test_a_file_that_is_no_list(tmp_path: Path) -> None:
    file = tmp_path / "x.list"
    file.write_bytes(b"sabaki hash list 1\n" + b"a" * 10_000)
    with pytest.raises(ValueError):
        HashList(file)


def current(here: Here) -> Coroutine[Any, Any, sblists.Lists]:
    return sblists.current(
        here, service(here, "test"), here.settings.safe_browsing_url, here.settings.safe_browsing_key, 10
    )


def test_old_lists_do_for_a_day_and_no_longer(server: SafeBrowsingServer, tmp_path: Path) -> None:
    here = Here(server, tmp_path)

    async def whole() -> None:
        made = (await current(here)).date
        assert made == here.at
        server.fault = "down"
        here.pass_time(hours=23)
        assert (await current(here)).date == made
        here.pass_time(hours=1)
        with pytest.raises(Failed):
            await current(here)
        await here.egress.close()

    asyncio.run(whole())
