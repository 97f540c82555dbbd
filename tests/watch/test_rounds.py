from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sabaki.facts import schedule
from sabaki.model.finding import State
from sabaki.model.visit import PageState
from sabaki.model.watch import Diary, Notice, Observation, Page, Watch, Way
from sabaki.sources.source import Failed
from sabaki.store.watches import MOST_TRIES, Watches
from sabaki.watch.rounds import Done, Rounds, Told

STEPS = schedule.steps(schedule.STEPS)


class Clock:
    def __init__(self) -> None:
        self.time = datetime(2026, 11, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


class Site:
    """What a check sees, and how often each was made."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.state, self.made = clock, PageState.ALIVE, []  # type: ignore[var-annotated]
        self.error: BaseException | None = None
        self.ours = False

    def __call__(self, watch: Watch) -> tuple[Observation, ...]:
        self.made.append(watch.name)
        if self.error:
            raise self.error
        at = self.clock().isoformat()
        if self.ours:
            return (Observation(at=at, way=Way.HTTP, state=State.TEMPERROR, reason="no network"),)
        return (Observation(at=at, way=Way.HTTP, state=State.RAN, seen=Page(state=self.state), source="egress"),)


class Receiver(list[str]):
    def __init__(self) -> None:
        super().__init__()
        self.fails = False

    def __call__(self, notice: Notice, watch: Watch, victim: bytes) -> None:
        if self.fails:
            raise Failed(State.TEMPERROR, "nobody home", "")
        self.append(notice.id)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Watches]:
    opened = Watches(tmp_path / "watches.sqlite")
    yield opened
    opened.close()


def diary(store: Watches, name: str = "a") -> Diary:
    found = store.diary(name)
    assert found is not None
    return found


def made(store: Watches, *names: str, channels: tuple[str, ...] = ("command",)) -> tuple[Rounds, Site, Receiver, Clock]:
    clock, told = Clock(), Receiver()
    for name in names or ("a",):
        store.add(Watch(name=name, host=f"{name}.example"), clock())
    return Rounds(store, told, clock, steps=STEPS, channels=channels), Site(clock), told, clock


def run(rounds: Rounds, look: Callable[[Watch], tuple[Observation, ...]]) -> list[Done | Told]:
    return list(rounds.run(look))


def test_a_week_off_is_made_up_once(store: Watches) -> None:
    rounds, site, _, clock = made(store, "a", "b", "c")
    run(rounds, site)
    clock.time += timedelta(days=30)
    run(rounds, site)
    run(rounds, site)
    assert sorted(site.made) == sorted(["a", "b", "c"] * 2)


def test_it_slows_down_until_something_happens(store: Watches) -> None:
    rounds, site, told, clock = made(store)
    waits = []
    for number in range(8):
        site.state = PageState.NOT_FOUND if number == 6 else PageState.ALIVE
        run(rounds, site)
        due = datetime.fromisoformat(diary(store).due)
        waits.append((due - clock()).total_seconds() / 3_600 + 0.001)
        clock.time = due + timedelta(seconds=1)
    steps = [1, 6, 24, 72, 168, 168, 1, 1]
    assert all(step <= wait <= 1.1 * step + 0.01 for step, wait in zip(steps, waits, strict=True)), waits
    assert len(told) == 2


def test_a_notice_goes_out_once(store: Watches) -> None:
    rounds, site, told, clock = made(store)
    run(rounds, site)
    assert told == [], "the first look is no change"
    site.state = PageState.NOT_FOUND
    clock.time += timedelta(days=1)
    run(rounds, site)
    run(rounds, site)
    assert len(told) == len(set(told)) == 1
    assert [each.state for each in diary(store).notices] == ["sent"]


def test_what_cannot_be_told_is_kept_tried_again_and_given_up(store: Watches) -> None:
    rounds, site, told, clock = made(store)
    run(rounds, site)
    site.state, told.fails = PageState.NOT_FOUND, True
    clock.time += timedelta(days=1)
    for _ in range(2 * MOST_TRIES):
        run(rounds, site)
        clock.time += timedelta(days=1)
    notice = diary(store).notices[0]
    assert (notice.state, notice.tries, notice.reason) == ("given_up", MOST_TRIES, "nobody home")


def test_a_failure_of_ours_is_no_event_and_is_tried_again_soon(store: Watches) -> None:
    rounds, site, told, clock = made(store)
    for _ in range(6):
        run(rounds, site)
        clock.time += timedelta(days=8)
    site.ours = True
    (done,) = run(rounds, site)
    assert isinstance(done, Done)
    assert done.failed
    assert (done.events, told) == ((), [])
    assert datetime.fromisoformat(diary(store).due) - clock() < timedelta(hours=2)


def test_one_that_breaks_our_code_does_not_stop_the_others(store: Watches) -> None:
    rounds, site, _, _ = made(store, "a", "b")

    def look(watch: Watch) -> tuple[Observation, ...]:
        if watch.name == "a":
            raise RecursionError("deep")
        return site(watch)

    assert len(run(rounds, look)) == 2
    (seen,) = diary(store, "a").observations
    assert (seen.state, seen.seen) == (State.PERMERROR, None)
    assert "RecursionError: deep" in seen.reason


def test_removed_while_it_was_looked_at(store: Watches) -> None:
    rounds, site, _, _ = made(store)

    def look(watch: Watch) -> tuple[Observation, ...]:
        store.remove("a")
        return site(watch)

    (done,) = run(rounds, look)
    assert isinstance(done, Done)
    assert done.lost


def test_interrupted_finishes_what_is_under_way_and_begins_nothing(store: Watches) -> None:
    rounds, site, _, _ = made(store, *(f"w{number:02}" for number in range(40)))
    go_on = threading.Event()

    def look(watch: Watch) -> tuple[Observation, ...]:
        rounds.stop()
        go_on.wait(30)
        return site(watch)

    threading.Timer(0.3, go_on.set).start()
    done = run(rounds, look)
    assert 0 < len(done) <= 8
    assert store.due(datetime(2026, 11, 1, tzinfo=UTC)) == 40 - len(done)


def test_an_interrupt_loses_nothing(store: Watches) -> None:
    rounds, site, _, _ = made(store, *(f"w{number:02}" for number in range(40)))
    going = rounds.run(site)
    for _ in range(3):
        next(going)
    with pytest.raises(KeyboardInterrupt):
        going.throw(KeyboardInterrupt)
    written = [each for each in store.list() if each.checked]
    assert len(written) == len(site.made) < 40
    run(Rounds(store, Receiver(), site.clock, steps=STEPS), site)
    assert sorted(site.made) == [f"w{number:02}" for number in range(40)]


def test_waiting(store: Watches) -> None:
    rounds, site, _, clock = made(store)
    assert rounds.waits
    run(rounds, site)
    assert not rounds.waits
    clock.time -= timedelta(days=400)
    assert rounds.waits, "a clock that was set back keeps nothing waiting"
    rounds.stop()
    assert not rounds.pause()
