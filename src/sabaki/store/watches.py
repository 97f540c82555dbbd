"""Watches and their diaries, kept in SQLite. What one round saw, what it concluded, whom to tell and when to look again are one transaction.

Several processes may work on one file. A check is taken on lease: it belongs to whoever took it until the lease ends, and what comes of it
is written only by the one that still holds it. Whatever ends a process between two transactions costs the check under way, and no more.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from sabaki.facts.schedule import CLOCK_SLACK, Check
from sabaki.model.watch import Diary, Event, Notice, Observation, Watch

LEASE = timedelta(minutes=10)
"""Longer than any check takes; after it another process takes a check up that was never finished."""
MOST_DROPPED = 3
"""A check that has ended so many processes is put off by DROPPED_REST, so that the others get their turn."""
DROPPED_REST = timedelta(days=1)
MOST_TRIES = 6
"""A notice is tried so often, then given up."""
FIRST_WAIT = timedelta(minutes=5)
"""Until a notice is tried again; each time twice as long."""
_VERSION = 1
_READ = 20_000
"""Observations of a watch that are read, the newest ones."""
_CHECKS = 64
_SCHEMA = """
create table if not exists watches (
    name text primary key, watch blob not null, victim blob not null, due real not null, checked real,
    leased_to text not null default '', leased_until real not null default 0, checks text not null default '',
    dropped integer not null default 0
);
create index if not exists watches_leased on watches (leased_to) where leased_to <> '';
create index if not exists watches_due on watches (due);
create index if not exists watches_checked on watches (checked);
create table if not exists observations (
    id integer primary key, watch text not null references watches (name) on delete cascade, observation blob not null
);
create index if not exists observations_watch on observations (watch, id);
create table if not exists events (
    id text primary key, number integer not null, watch text not null references watches (name) on delete cascade, event blob not null
);
create index if not exists events_watch on events (watch, number);
create table if not exists notices (
    id text primary key, watch text not null references watches (name) on delete cascade, notice blob not null,
    state text not null, due real not null, tries integer not null
);
create index if not exists notices_due on notices (state, due);
create index if not exists notices_watch on notices (watch);
"""
_COUNT_DUE = "select count(*) from watches where due <= :now or checked > :ahead"
# A last look in the future means that the clock was wrong then: what was reckoned by it does not count. Nor does a lease that ends
# later than any that is begun now.
_TAKE = """
select name, watch, leased_to, dropped from watches
where (due <= :now or checked > :ahead) and (leased_until <= :now or leased_until > :longest) order by due limit 1
"""


class Damaged(Exception):
    """The file cannot be used; the message says why and what to do. It holds what cannot be seen again, so it is never set aside unasked."""


class Known(Exception):
    """A watch of that name is there already."""


class Lost(Exception):
    """The check no longer belongs to who wants to write it: the lease ended, or the watch was removed. Nothing was written."""


class Due(msgspec.Struct, frozen=True):
    """A check that was taken on lease: the watch, and the token to write its outcome with."""

    watch: Watch
    token: str


class Listed(msgspec.Struct, frozen=True):
    """A watch in the list. Times are RFC 3339; `checked` is "" where it was never looked at."""

    watch: Watch
    due: str
    checked: str = ""
    events: int = 0


class Watches:
    """The store. May be used by several threads and processes at once (WAL); every change is durable when it returns."""

    def __init__(self, file: Path) -> None:
        """Open it, or make it with its directory, readable by its owner alone. Raises Damaged."""
        self._file = file
        self._lock = threading.RLock()
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
            self._rows = _open(file)
        except OSError as error:
            raise Damaged(f"{file}: cannot be opened ({error.strerror})") from error
        except sqlite3.Error as error:
            raise _damaged(file, error) from error

    def close(self) -> None:
        """Close it."""
        with self._lock:
            self._rows.close()

    def add(self, watch: Watch, now: datetime, victim: bytes = b"") -> None:
        """Take a watch up; it is due at once. `victim` is what must not be shown, opaque here. Raises Known."""
        with self._writing() as rows:
            try:
                rows.execute(
                    "insert into watches (name, watch, victim, due) values (?, ?, ?, ?)",
                    (watch.name, msgspec.json.encode(watch), victim, now.timestamp()),
                )
            except sqlite3.IntegrityError:
                raise Known(watch.name) from None

    def remove(self, name: str) -> bool:
        """Forget a watch and its diary. Whether it was there."""
        with self._writing() as rows:
            return rows.execute("delete from watches where name = ?", (name,)).rowcount > 0

    def list(self) -> tuple[Listed, ...]:
        """All watches, the next due first."""
        with self._reading() as rows:
            found = rows.execute(
                "select watch, due, checked, (select count(*) from events where events.watch = watches.name)"
                " from watches order by due, name"
            ).fetchall()
        return tuple(
            Listed(_watch(watch), _written(due), _written(checked) if checked is not None else "", events)
            for watch, due, checked, events in found
        )

    def names(self) -> frozenset[str]:
        """The names that are taken."""
        with self._reading() as rows:
            return frozenset(name for (name,) in rows.execute("select name from watches"))

    def victim(self, name: str) -> bytes:
        """What must not be shown of a watch, as it was given to `add`; b"" where there is none."""
        with self._reading() as rows:
            row = rows.execute("select victim from watches where name = ?", (name,)).fetchone()
        return bytes(row[0]) if row else b""

    def diary(self, name: str) -> Diary | None:
        """Everything of one watch; None where there is none of that name."""
        with self._reading() as rows:
            row = rows.execute("select watch, due from watches where name = ?", (name,)).fetchone()
            if row is None:
                return None
            seen = rows.execute(
                "select observation from observations where watch = ? order by id desc limit ?", (name, _READ)
            ).fetchall()
            happened = rows.execute("select event from events where watch = ? order by number", (name,)).fetchall()
            told = rows.execute("select notice from notices where watch = ? order by rowid", (name,)).fetchall()
        return Diary(
            watch=_watch(row[0]),
            due=_written(row[1]),
            observations=tuple(_all(Observation, reversed(seen))),
            events=tuple(_all(Event, happened)),
            notices=tuple(_all(Notice, told)),
        )

    def checks(self, name: str) -> tuple[Check, ...]:
        """How the last looks at a watch went, the oldest first."""
        with self._reading() as rows:
            row = rows.execute("select checks from watches where name = ?", (name,)).fetchone()
        return tuple(Check(mark == "c", mark == "f") for mark in (row[0] if row else ""))

    def due(self, now: datetime) -> int:
        """How many watches are due."""
        with self._reading() as rows:
            return int(rows.execute(_COUNT_DUE, _due_at(now)).fetchone()[0])

    def next_due(self) -> datetime | None:
        """When the next look or notice is due; None where nothing is waiting for its time."""
        with self._reading() as rows:
            (first,) = rows.execute("select min(due) from watches").fetchone()
            (notice,) = rows.execute("select min(due) from notices where state = 'waiting'").fetchone()
        times = [each for each in (first, notice) if each is not None]
        return datetime.fromtimestamp(min(times), UTC) if times else None

    def take(self, now: datetime, token: str) -> Due | None:
        """Take the check that has been due longest, on lease; None where nothing is due that nobody else works on."""
        with self._writing() as rows:
            while row := rows.execute(_TAKE, {**_due_at(now), **_free_at(now)}).fetchone():
                name, watch, before, dropped = row
                dropped += bool(before)
                if dropped < MOST_DROPPED:
                    rows.execute(
                        "update watches set leased_to = ?, leased_until = ?, dropped = ? where name = ?",
                        (token, (now + LEASE).timestamp(), dropped, name),
                    )
                    return Due(_watch(watch), token)
                rows.execute(
                    "update watches set leased_to = '', leased_until = 0, dropped = 0, due = ?, checked = null where name = ?",
                    ((now + DROPPED_REST).timestamp(), name),
                )
        return None

    def release(self, due: Due) -> None:
        """Give a check back that was not made."""
        with self._writing() as rows:
            rows.execute(
                "update watches set leased_to = '', leased_until = 0 where name = ? and leased_to = ?",
                (due.watch.name, due.token),
            )

    def reclaim(self, is_gone: Callable[[str], bool]) -> int:
        """End the leases of those that are gone for certain, before their time. How many."""
        with self._writing() as rows:
            held = [token for (token,) in rows.execute("select distinct leased_to from watches where leased_to <> ''")]
            # The token stays: whoever takes the check next sees that it was dropped.
            return sum(
                rows.execute(
                    "update watches set leased_until = 0 where leased_to = ? and leased_until > 0", (token,)
                ).rowcount
                for token in held
                if is_gone(token)
            )

    def record(
        self,
        due: Due,
        check: Check,
        checked: datetime,
        next_due: datetime,
        observations: Sequence[Observation],
        events: Sequence[Event] = (),
        notices: Sequence[Notice] = (),
    ) -> None:
        """Write what a look saw and led to, and give the lease back; all of it or nothing. Raises Lost."""
        name = due.watch.name
        mark = "f" if check.failed else "c" if check.changed else "q"
        with self._writing() as rows:
            written = rows.execute(
                "update watches set checked = ?, due = ?, leased_to = '', leased_until = 0, dropped = 0,"
                " checks = substr(checks || ?, ?) where name = ? and leased_to = ?",
                (checked.timestamp(), next_due.timestamp(), mark, -_CHECKS, name, due.token),
            )
            if written.rowcount != 1:
                raise Lost(name)
            rows.executemany(
                "insert into observations (watch, observation) values (?, ?)",
                [(name, msgspec.json.encode(each)) for each in observations],
            )
            rows.executemany(
                "insert or ignore into events values (?, (select coalesce(max(number), 0) + 1 from events), ?, ?)",
                [(each.id, name, msgspec.json.encode(each)) for each in events],
            )
            rows.executemany(
                "insert or ignore into notices values (?, ?, ?, ?, ?, ?)",
                [(each.id, name, msgspec.json.encode(each), each.state, checked.timestamp(), 0) for each in notices],
            )

    def take_notice(self, now: datetime) -> Notice | None:
        """The notice that has waited longest, its try counted and the next one put off before it is made. None where none is due.

        So a notice is told at least once: who is ended between sending it and `sent` sends it again, under the same id. And it is
        tried MOST_TRIES times at most, whatever ends the trying.
        """
        with self._writing() as rows:
            row = rows.execute(
                "select id, notice, tries from notices where state = 'waiting' and (due <= ? or due > ?) order by due, id limit 1",
                (now.timestamp(), (now + FIRST_WAIT * 2**MOST_TRIES + CLOCK_SLACK).timestamp()),
            ).fetchone()
            if row is None:
                return None
            id, document, tries = row[0], row[1], row[2] + 1
            notice = msgspec.structs.replace(msgspec.json.decode(document, type=Notice), tries=tries)
            wait = FIRST_WAIT * 2 ** (tries - 1)
            self._keep_notice(rows, notice, now + wait)
        assert notice.id == id
        return notice

    def sent(self, notice: Notice, now: datetime) -> None:
        """The notice has been told."""
        with self._writing() as rows:
            self._keep_notice(rows, msgspec.structs.replace(notice, state="sent", reason=""), now)

    def failed(self, notice: Notice, reason: str, now: datetime) -> Notice:
        """The notice could not be told; it is tried again, unless it has been often enough. As it is now."""
        state = "given_up" if notice.tries >= MOST_TRIES else "waiting"
        kept = msgspec.structs.replace(notice, state=state, reason=reason[:500])
        with self._writing() as rows:
            self._keep_notice(rows, kept, now + FIRST_WAIT * 2 ** max(0, notice.tries - 1))
        return kept

    def _keep_notice(self, rows: sqlite3.Connection, notice: Notice, due: datetime) -> None:
        rows.execute(
            "update notices set notice = ?, state = ?, due = ?, tries = ? where id = ?",
            (msgspec.json.encode(notice), notice.state, due.timestamp(), notice.tries, notice.id),
        )

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._rows
            except (sqlite3.DatabaseError, msgspec.MsgspecError) as error:
                raise _damaged(self._file, error) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, begun as a writer: two that read the same and then both write cannot be."""
        with self._reading() as rows:
            rows.execute("begin immediate")
            try:
                yield rows
            except BaseException:
                rows.execute("rollback")
                raise
            rows.execute("commit")


def _due_at(now: datetime) -> dict[str, float]:
    return {"now": now.timestamp(), "ahead": (now + CLOCK_SLACK).timestamp()}


def _free_at(now: datetime) -> dict[str, float]:
    return {"longest": (now + LEASE + CLOCK_SLACK).timestamp()}


def _open(file: Path) -> sqlite3.Connection:
    rows = sqlite3.connect(file, timeout=30, check_same_thread=False, isolation_level=None)
    try:
        (version,) = rows.execute("pragma user_version").fetchone()
        if version not in (0, _VERSION):
            raise sqlite3.DatabaseError(f"it is of version {version}, and this program knows {_VERSION}")
        rows.execute("pragma journal_mode = wal")
        rows.execute("pragma synchronous = full")
        rows.execute("pragma foreign_keys = on")
        if version == 0:
            rows.execute("begin immediate")
            with closing(rows.cursor()) as cursor:
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    cursor.execute(statement)
            rows.execute(f"pragma user_version = {_VERSION}")
            rows.execute("commit")
    except sqlite3.Error:
        rows.close()
        raise
    return rows


def _damaged(file: Path, error: Exception) -> Damaged:
    return Damaged(
        f"{file}: the watches cannot be read or written ({error}); "
        "nothing was changed. Restore it from a backup, or move it away to begin anew"
    )


def _watch(document: bytes) -> Watch:
    return msgspec.json.decode(document, type=Watch)


def _all(type: Any, found: Iterable[tuple[bytes]]) -> Iterator[Any]:
    return (msgspec.json.decode(document, type=type) for (document,) in found)


def _written(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
