from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest

from sabaki.cli import rounds
from sabaki.cli.rounds import Work
from sabaki.model.finding import State
from sabaki.model.lookup import Answer, Lookup
from sabaki.model.watch import Watch, Way
from sabaki.settings import Settings
from sabaki.sources.source import Failed, Response
from sabaki.store.watches import Watches


class World:
    """The names resolve; pages answer with `status`; registries do not."""

    status = 200
    asked: list[str] = []  # noqa: RUF012  # one for all worlds, on purpose

    def __init__(self, data: Path) -> None:
        self.settings, self.data, self.egress, self.questions = Settings(), data, self, 0

    async def lookup(self, name: str, type: str) -> Lookup:
        self.asked.append(f"{type} {name}")
        return Lookup(name, type, Answer.ANSWER, ("203.0.113.5",) if type == "A" else ())

    async def fetch(self, url: str, **_: Any) -> Response:
        self.asked.append(url)
        if "a.test" not in url:
            raise Failed(State.TEMPERROR, "down", "")
        return Response(self.status, {"content-type": "text/html"}, b"<title>x</title><p>y</p>", url)

    async def exchange(self, *_: Any, **__: Any) -> bytes:
        raise Failed(State.TEMPERROR, "down", "")

    def now(self) -> datetime:
        return datetime(2026, 11, 24, tzinfo=UTC)

    async def close(self) -> None:
        pass


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Watches]:
    opened = Watches(tmp_path / "watches.sqlite")
    yield opened
    opened.close()
    World.status, World.asked = 200, []


def test_a_round_is_made_and_said(store: Watches, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clock = SimpleNamespace(time=datetime(2026, 11, 24, tzinfo=UTC))
    ways = (Way.DNS, Way.REGISTRATION, Way.HTTP)
    store.add(Watch(name="w", host="a.test", domain="a.test", url="http://a.test/", ways=ways), clock.time)

    def go(*, as_json: bool) -> tuple[str, str]:
        work = Work(
            Settings(), (), store, "en", as_json=as_json, now=lambda: clock.time, outside=lambda: World(tmp_path)
        )
        work.go(stay=False)
        return tuple(capsys.readouterr())  # type: ignore[return-value]

    out, err = go(as_json=False)
    assert "w: The name resolves. [V]" in out
    assert "1 looked at" in err
    out, err = go(as_json=False)
    assert (out, "nothing was due" in err) == ("", True)
    assert not any(asked.startswith("PTR") for asked in World.asked)
    World.status = 404
    clock.time += timedelta(days=1)
    out, _ = go(as_json=True)
    (line,) = out.splitlines()
    assert [event["kind"] for event in json.loads(line)["events"]] == ["not_found"]


def test_red_means_that_nothing_is_watched(store: Watches) -> None:
    store.add(Watch(name="w", host="a.test"), datetime(2026, 11, 24, tzinfo=UTC))
    work = Work(Settings(tlp="red"), (), store, "en", as_json=False, now=lambda: datetime(2026, 11, 25, tzinfo=UTC))
    with pytest.raises(click.UsageError, match="RED"):
        work.go(stay=False)


def test_where_no_server_answers_nothing_is_looked_at(store: Watches) -> None:
    store.add(Watch(name="w", host="a.test", domain="a.test"), datetime(2026, 11, 24, tzinfo=UTC))
    chosen = Settings(dns_timeout=0.2)
    work = Work(chosen, ("127.0.0.1:1",), store, "en", as_json=False, now=lambda: datetime(2026, 11, 25, tzinfo=UTC))
    with pytest.raises(click.UsageError, match="nothing is lost"):
        work.go(stay=False)
    assert store.due(datetime(2026, 11, 25, tzinfo=UTC)) == 1
    diary = store.diary("w")
    assert diary is not None
    assert diary.observations == ()


def test_staying_goes_on_after_a_failure(
    store: Watches, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store.add(Watch(name="w", host="a.test", domain="a.test"), datetime(2026, 11, 24, tzinfo=UTC))
    rests: list[float] = []

    def pause(self: Any, most: float = 60.0, at_least: float = 0.0) -> bool:
        rests.append(at_least)
        return len(rests) < 3

    monkeypatch.setattr(rounds.Rounds, "pause", pause)
    chosen = Settings(dns_timeout=0.2)
    Work(chosen, ("127.0.0.1:1",), store, "en", as_json=False, now=lambda: datetime(2026, 11, 25, tzinfo=UTC)).go(
        stay=True
    )
    assert rests == [60.0] * 3
    assert capsys.readouterr().err.count("no DNS server answers") == 3


def test_a_visit_where_walls_cannot_be_put_up_is_not_made(
    store: Watches, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sabaki.visit import layers, walls

    def cannot() -> None:
        raise walls.CannotShut("no namespaces", "名前空間がありません")

    monkeypatch.setattr(layers, "require", cannot)
    world = World(tmp_path)
    world.addresses = None  # type: ignore[attr-defined]
    work = Work(Settings(), (), store, "en", as_json=False, now=world.now, outside=lambda: world)
    found = work._visit(Watch(name="w", host="a.test", url="http://a.test/"))
    assert found.outcome is State.SKIPPED
    assert "no namespaces" in found.reason
