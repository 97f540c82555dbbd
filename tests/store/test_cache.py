from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sabaki.model.evidence import Grade
from sabaki.model.finding import State
from sabaki.model.knowledge import Knowledge, Known, Place, Subject
from sabaki.sources.source import Source, World
from sabaki.store.cache import Cache

SUBJECT = Subject("ip", "192.0.2.1")


async def nobody(subject: Subject, world: World) -> tuple[Known, ...]:
    raise AssertionError


SOURCE = Source(id="place", ask=nobody, accepts=("ip",), grade=Grade.THIRD_PARTY, sends="nothing", keeps=3600)
ANSWER = Knowledge(source="place", subject=SUBJECT, state=State.RAN, known=(Place(city="Kobe", latitude=34.7),))


class Clock:
    def __init__(self) -> None:
        self.time = datetime(2026, 11, 24, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cache(tmp_path: Path, clock: Clock) -> Iterator[Cache]:
    kept = Cache(tmp_path / "deep" / "answers.sqlite", clock)
    yield kept
    kept.close()


def test_an_answer_comes_back_marked(cache: Cache) -> None:
    cache.put(SOURCE, ANSWER)
    found = cache.get(SOURCE, SUBJECT)
    assert found is not None
    assert found.cached
    assert found.known == ANSWER.known
    assert cache.get(SOURCE, Subject("ip", "192.0.2.2")) is None


def test_an_old_answer_is_none(cache: Cache, clock: Clock) -> None:
    cache.put(SOURCE, ANSWER)
    clock.time += timedelta(seconds=3599)
    assert cache.get(SOURCE, SUBJECT)
    clock.time += timedelta(seconds=2)
    assert cache.get(SOURCE, SUBJECT) is None


def test_a_failure_is_not_kept(cache: Cache) -> None:
    cache.put(SOURCE, Knowledge(source="place", subject=SUBJECT, state=State.TEMPERROR, reason="down"))
    assert cache.get(SOURCE, SUBJECT) is None


def test_it_is_there_in_the_next_run(tmp_path: Path, clock: Clock) -> None:
    first = Cache(tmp_path / "a.sqlite", clock)
    first.put(SOURCE, ANSWER)
    first.close()
    second = Cache(tmp_path / "a.sqlite", clock)
    assert second.get(SOURCE, SUBJECT)
    second.close()


@pytest.mark.parametrize("content", [b"this is no database at all, but some text" * 100, b"\0" * 4096])
def test_a_damaged_file_is_set_aside(tmp_path: Path, clock: Clock, content: bytes) -> None:
    file = tmp_path / "a.sqlite"
    file.write_bytes(content)
    kept = Cache(file, clock)
    kept.put(SOURCE, ANSWER)
    assert kept.get(SOURCE, SUBJECT)
    kept.close()
    assert len(list(tmp_path.glob("*damaged*"))) == 1
