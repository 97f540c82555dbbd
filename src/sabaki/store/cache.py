"""Answers of sources, kept in SQLite. A damaged or foreign file is set aside and begun anew: it holds nothing that cannot be asked again."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from sabaki.model.finding import State
from sabaki.model.knowledge import Knowledge, Subject
from sabaki.sources.source import Source

_VERSION = 1
_SCHEMA = """
create table if not exists answers (
    source text not null, kind text not null, value text not null, obtained real not null, known blob not null,
    primary key (source, kind, value)
) without rowid
"""
_KEPT = 200_000
"""Answers kept; the oldest go first."""


class Cache:
    """A cache on disk. May be used by several threads and processes at once (WAL)."""

    def __init__(
        self, file: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC), *, fresh: bool = False
    ) -> None:
        """Open it, or make it with its directory; with `fresh` it gives nothing out and only keeps what is new.

        Raises OSError where the directory cannot be made.
        """
        self._fresh = fresh
        file.parent.mkdir(parents=True, exist_ok=True)
        self._now = now
        self._lock = threading.Lock()
        try:
            self._rows = _open(file)
        except sqlite3.DatabaseError:
            file.replace(file.with_suffix(f".damaged-{now():%Y%m%d%H%M%S}"))
            self._rows = _open(file)

    def close(self) -> None:
        """Let the oldest go, and close."""
        with self._lock:
            self._rows.execute(
                "delete from answers where obtained < (select obtained from answers order by obtained desc limit 1 offset ?)",
                (_KEPT,),
            )
            self._rows.commit()
            self._rows.close()

    def get(self, source: Source, subject: Subject) -> Knowledge | None:
        """The answer if it is young enough, marked as cached. One that cannot be read any more is none."""
        if self._fresh:
            return None
        oldest = self._now().timestamp() - source.keeps
        with self._lock:
            row = self._rows.execute(
                "select known from answers where source = ? and kind = ? and value = ? and obtained >= ?",
                (source.id, subject.kind, subject.value, oldest),
            ).fetchone()
        if row is None:
            return None
        try:
            return msgspec.structs.replace(msgspec.json.decode(row[0], type=Knowledge), cached=True)
        except msgspec.MsgspecError:
            return None

    def put(self, source: Source, known: Knowledge) -> None:
        """Keep an answer. Failures are not kept: next time may be better."""
        if known.state is not State.RAN:
            return
        subject = known.subject
        with self._lock:
            self._rows.execute(
                "insert or replace into answers values (?, ?, ?, ?, ?)",
                (source.id, subject.kind, subject.value, self._now().timestamp(), msgspec.json.encode(known)),
            )
            self._rows.commit()


def _open(file: Path) -> sqlite3.Connection:
    rows = sqlite3.connect(file, timeout=10, check_same_thread=False)
    (version,) = rows.execute("pragma user_version").fetchone()
    if version not in (0, _VERSION):
        rows.close()
        raise sqlite3.DatabaseError(f"version {version}")
    rows.execute("pragma journal_mode = wal")
    rows.execute("pragma synchronous = normal")
    rows.execute(_SCHEMA)
    rows.execute(f"pragma user_version = {_VERSION}")
    rows.commit()
    return rows
