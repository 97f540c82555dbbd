from __future__ import annotations

import sqlite3
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sabaki.facts.schedule import Check
from sabaki.model.finding import State
from sabaki.model.watch import Event, Kind, Notice, Observation, Resolution, Watch, Way
from sabaki.store import watches
from sabaki.store.watches import Damaged, Known, Lost, Watches

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLENTY = 10.0
"""Seconds for what takes a hundredth of that: a query that reads all rows each time would take longer."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Watches]:
    opened = Watches(tmp_path / "deep" / "watches.sqlite")
    yield opened
    opened.close()


def watch(name: str) -> Watch:
    return Watch(name=name, host=f"{name}.example", domain="example")


def seen(name: str = "a") -> Observation:
    return Observation(at="2026-11-24T12:00:00Z", way=Way.DNS, state=State.RAN, seen=Resolution(exists=True))


def event(id: str = "e") -> Event:
    return Event(id=id, kind=Kind.REVIVED, way=Way.DNS, at="2026-11-24T12:00:00Z")


def notice(id: str = "n") -> Notice:
    return Notice(id=id, watch="a", channel="command", event=event())


def checked(store: Watches, now: datetime = NOW, due: datetime = NOW + HOUR, *notices: Notice) -> None:
    taken = store.take(now, "me")
    assert taken is not None
    store.record(taken, Check(changed=True), now, due, [seen()], [event()], notices)


def test_a_round_is_written_whole(store: Watches) -> None:
    store.add(watch("a"), NOW, b"victim")
    assert (store.due(NOW), store.due(NOW - HOUR)) == (1, 0)
    checked(store, NOW, NOW + HOUR, notice())
    diary = store.diary("a")
    assert diary is not None
    assert (diary.observations, diary.events, diary.notices) == ((seen(),), (event(),), (notice(),))
    assert diary.due == "2026-11-24T13:00:00Z"
    assert store.checks("a") == (Check(changed=True),)
    assert store.victim("a") == b"victim"
    assert store.take(NOW, "me") is None
    assert store.take(NOW + HOUR, "me") is not None


def test_it_is_for_its_owner_alone(store: Watches, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "deep" / "watches.sqlite").stat().st_mode) == 0o600


def test_a_check_belongs_to_one(store: Watches, tmp_path: Path) -> None:
    store.add(watch("a"), NOW)
    other = Watches(tmp_path / "deep" / "watches.sqlite")
    mine = store.take(NOW, "me")
    assert mine is not None
    assert other.take(NOW, "you") is None
    later = NOW + watches.LEASE + timedelta(seconds=1)
    yours = other.take(later, "you")
    assert yours is not None
    with pytest.raises(Lost):
        store.record(mine, Check(), NOW, NOW + HOUR, [seen()])
    diary = store.diary("a")
    assert diary is not None
    assert diary.observations == ()
    other.record(yours, Check(), later, later + HOUR, [seen()])
    other.close()


def test_what_is_given_back_can_be_taken_at_once(store: Watches) -> None:
    store.add(watch("a"), NOW)
    mine = store.take(NOW, "me")
    assert mine is not None
    store.release(mine)
    assert store.take(NOW, "you") is not None


def test_the_lease_of_one_that_is_gone_ends(store: Watches) -> None:
    store.add(watch("a"), NOW)
    store.take(NOW, "dead")
    assert store.reclaim(lambda token: token != "dead") == 0
    assert store.take(NOW, "me") is None
    assert store.reclaim(lambda token: token == "dead") == 1
    assert store.take(NOW, "me") is not None


def test_a_check_that_ends_whoever_makes_it_rests(store: Watches) -> None:
    for name in ("a", "b"):
        store.add(watch(name), NOW)
    made = []
    for _ in range(watches.MOST_DROPPED + 1):
        store.reclaim(lambda token: True)
        taken = store.take(NOW, "dead")
        made.append(taken.watch.name if taken else "")
    assert made == ["a", "a", "a", "b"]
    assert store.due(NOW + watches.DROPPED_REST) == 2


def test_removed_under_way(store: Watches) -> None:
    store.add(watch("a"), NOW)
    mine = store.take(NOW, "me")
    assert mine is not None
    assert store.remove("a")
    store.add(watch("a"), NOW)
    with pytest.raises(Lost):
        store.record(mine, Check(), NOW, NOW + HOUR, [seen()])
    assert not store.remove("b")


def test_a_removed_watch_leaves_nothing(store: Watches, tmp_path: Path) -> None:
    store.add(watch("a"), NOW)
    checked(store, NOW, NOW + HOUR, notice())
    store.remove("a")
    rows = sqlite3.connect(tmp_path / "deep" / "watches.sqlite")
    for table in ("watches", "observations", "events", "notices"):
        assert rows.execute(f"select count(*) from {table}").fetchone() == (0,)
    rows.close()


def test_a_name_is_taken_once(store: Watches) -> None:
    store.add(watch("a"), NOW)
    with pytest.raises(Known):
        store.add(watch("a"), NOW)
    assert store.names() == {"a"}
    assert store.diary("b") is None


def test_a_clock_that_was_years_ahead(store: Watches) -> None:
    wrong = datetime(2035, 1, 1, tzinfo=UTC)
    store.add(watch("a"), NOW)
    checked(store, wrong, wrong + 168 * HOUR)
    store.add(watch("b"), NOW)
    assert store.due(NOW) == 2
    store.take(wrong, "wrong")
    names = {taken.watch.name for _ in range(2) if (taken := store.take(NOW, "me"))}
    assert names == {"a", "b"}, "a lease of the wrong clock does not count either"


def test_a_notice_is_counted_before_it_is_told_and_given_up_in_the_end(store: Watches) -> None:
    store.add(watch("a"), NOW)
    checked(store, NOW, NOW + HOUR, notice())
    now, tries = NOW, []
    while (taken := store.take_notice(now)) is not None:
        assert store.take_notice(now) is None, "not again at once: it may be under way"
        tries.append((now - NOW, taken.tries))
        assert taken.id == "n"
        kept = store.failed(taken, "no answer", now)
        now += timedelta(days=1)
    assert [count for _, count in tries] == [1, 2, 3, 4, 5, 6]
    assert (kept.state, kept.reason) == ("given_up", "no answer")


def test_who_dies_while_telling_tells_again_under_the_same_id(store: Watches) -> None:
    store.add(watch("a"), NOW)
    checked(store, NOW, NOW + HOUR, notice())
    first = store.take_notice(NOW)
    assert store.take_notice(NOW + timedelta(minutes=4)) is None
    second = store.take_notice(NOW + timedelta(minutes=6))
    assert first is not None
    assert second is not None
    assert (first.id, second.id, second.tries) == ("n", "n", 2)
    store.sent(second, NOW)
    assert store.take_notice(NOW + timedelta(days=30)) is None


def test_the_same_event_is_kept_once(store: Watches) -> None:
    store.add(watch("a"), NOW)
    checked(store, NOW, NOW, notice())
    checked(store, NOW, NOW + HOUR, notice())
    diary = store.diary("a")
    assert diary is not None
    assert (len(diary.observations), len(diary.events), len(diary.notices)) == (2, 1, 1)


def test_ten_thousand_are_listed_and_taken_quickly(store: Watches) -> None:
    with store._writing() as rows:
        import msgspec

        rows.executemany(
            "insert into watches (name, watch, victim, due, checked) values (?, ?, '', ?, ?)",
            [
                (
                    f"w{number}",
                    msgspec.json.encode(watch(f"w{number}")),
                    (NOW + number * HOUR).timestamp(),
                    NOW.timestamp(),
                )
                for number in range(-200, 10_000)
            ],
        )
    begun = time.monotonic()
    assert len(store.list()) == 10_200
    taken = 0
    while (found := store.take(NOW, "me")) is not None:
        store.record(found, Check(), NOW, NOW + HOUR, [seen()])
        taken += 1
    assert taken == 201
    assert store.next_due() == NOW + HOUR
    assert time.monotonic() - begun < PLENTY


def test_the_plan_uses_the_indexes(store: Watches) -> None:
    asked = {"now": 1, "ahead": 2, "longest": 3}
    with store._reading() as rows:
        for query in (watches._TAKE, watches._COUNT_DUE):
            plan = " ".join(row[3] for row in rows.execute(f"explain query plan {query}", asked))
            assert "watches_due" in plan
            assert "SCAN watches" not in plan.replace("SCAN watches USING INDEX", "")


@pytest.mark.parametrize(
    "content", [b"not a database, and long enough to be one " * 50, b"SQLite format 3\0" + b"\xff" * 5_000]
)
def test_a_damaged_file_is_said_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "watches.sqlite"
    file.write_bytes(content)
    with pytest.raises(Damaged, match=r"watches\.sqlite.*backup"):
        Watches(file)
    assert file.read_bytes() == content


def test_a_file_that_is_damaged_in_its_middle(tmp_path: Path) -> None:
    file = tmp_path / "watches.sqlite"
    store = Watches(file)
    for number in range(300):
        store.add(watch(f"w{number}"), NOW)
    store.close()
    content = bytearray(file.read_bytes())
    content[8_192:-4_096] = b"\x55" * (len(content) - 12_288)
    file.write_bytes(content)
    with pytest.raises(Damaged):
        Watches(file).list()


def test_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "watches.sqlite"
    rows = sqlite3.connect(file)
    rows.execute("pragma user_version = 9")
    rows.commit()
    rows.close()
    with pytest.raises(Damaged, match="version 9"):
        Watches(file)


def test_a_directory_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Damaged):
        Watches(tmp_path / "file" / "watches.sqlite")
