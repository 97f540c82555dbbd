"""Rounds: what is due is looked at, what happened is written down, who wants to know is told. Ends at any moment without losing more than
the check under way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec

from sabaki.facts import liveness, schedule
from sabaki.model.finding import State
from sabaki.model.watch import Event, Notice, Observation, Watch, Way
from sabaki.sources.source import Failed
from sabaki.store import holders
from sabaki.store.watches import Due, Lost, Watches

AT_ONCE = 8
_BEAT = 0.2
"""Seconds between two looks at whether we are to stop."""

Look = Callable[[Watch], tuple[Observation, ...]]
Tell = Callable[[Notice, Watch, bytes], None]
"""Tells of a notice; gets the watch and what must not be shown. Raises Failed."""


class Done(msgspec.Struct, frozen=True):
    """A check that was made: what it saw and what that means. `lost` is set where somebody else had taken it over, and nothing was written."""

    watch: Watch
    observations: tuple[Observation, ...] = ()
    events: tuple[Event, ...] = ()
    next_due: str = ""
    lost: bool = False

    @property
    def failed(self) -> bool:
        """Whether nothing at all could be looked at."""
        return all(each.seen is None for each in self.observations)


class Told(msgspec.Struct, frozen=True):
    """How the telling of one notice went, `notice` being as it is kept now."""

    notice: Notice


class Rounds:
    """Makes rounds over a store. `channels` are whom to tell of each event; `now` is the clock, handed in."""

    def __init__(
        self,
        store: Watches,
        tell: Tell,
        now: Callable[[], datetime],
        *,
        steps: tuple[timedelta, ...],
        channels: tuple[str, ...] = (),
        at_once: int = AT_ONCE,
    ) -> None:
        self._store, self._tell, self._now = store, tell, now
        self._steps, self._channels, self._at_once = steps, channels, at_once
        self._token = holders.me()
        self._stop = threading.Event()

    def stop(self) -> None:
        """Begin no further check; those under way are finished."""
        self._stop.set()

    @property
    def waits(self) -> bool:
        """Whether anything is due: a look, or a notice to be told again."""
        due = self._store.next_due()
        return due is not None and (due <= self._now() or self._store.due(self._now()) > 0)

    def run(self, look: Look) -> Generator[Done | Told, None, None]:
        """One round: everything that is due once, then what is to be told. What is due again meanwhile waits for the next round."""
        self._store.reclaim(holders.is_gone)
        yield from self._checks(look)
        yield from self._notices()

    def _checks(self, look: Look) -> Iterator[Done]:
        made: set[str] = set()
        with self._workers() as pool:
            under_way: set[Future[Done]] = set()
            while True:
                while len(under_way) < self._at_once and not self._stop.is_set():
                    due = self._store.take(self._now(), self._token)
                    if due is None or due.watch.name in made:
                        if due is not None:
                            self._store.release(due)
                        break
                    made.add(due.watch.name)
                    under_way.add(pool.submit(self._check, due, look))
                if not under_way:
                    return
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for each in done:
                    yield each.result()

    @contextmanager
    def _workers(self) -> Iterator[ThreadPoolExecutor]:
        """Whoever stops listening, or interrupts, has what is under way finished, and nothing new begun."""
        with ThreadPoolExecutor(self._at_once, thread_name_prefix="sabaki-watch") as pool:
            try:
                yield pool
            except BaseException:
                self._stop.set()
                raise

    def _check(self, due: Due, look: Look) -> Done:
        name = due.watch.name
        observations = self._looked(due.watch, look)
        diary = self._store.diary(name)
        if diary is None:
            return Done(due.watch, lost=True)
        before = len(liveness.events(name, diary.observations))
        events = liveness.events(name, (*diary.observations, *observations))[before:]
        done = Done(due.watch, observations, events)
        now = self._now()
        check = schedule.Check(changed=bool(events), failed=done.failed)
        next_due = schedule.next_due((*self._store.checks(name), check), now, self._steps, name)
        told = liveness.tellable(diary.events, events)
        notices = tuple(_notice(name, channel, event) for event in told for channel in self._channels)
        try:
            self._store.record(due, check, now, next_due, observations, events, notices)
        except Lost:
            return Done(due.watch, lost=True)
        return msgspec.structs.replace(done, next_due=next_due.isoformat(timespec="seconds"))

    def _looked(self, watch: Watch, look: Look) -> tuple[Observation, ...]:
        try:
            return look(watch)
        except Exception as error:  # noqa: BLE001  # the one place: what one page does to our code is not to end the round
            at = self._now().isoformat(timespec="seconds").replace("+00:00", "Z")
            reason = f"looking failed: {type(error).__name__}: {error}"[:300]
            reason_ja = f"確認の処理に失敗しました: {type(error).__name__}: {error}"[:300]
            way = next(iter(watch.ways), Way.DNS)
            return (Observation(at=at, way=way, state=State.PERMERROR, reason=reason, reason_ja=reason_ja),)

    def _notices(self) -> Iterator[Told]:
        while not self._stop.is_set() and (notice := self._store.take_notice(self._now())) is not None:
            diary = self._store.diary(notice.watch)
            if diary is None:
                continue
            try:
                self._tell(notice, diary.watch, self._store.victim(notice.watch))
            except Failed as failure:
                yield Told(self._store.failed(notice, failure.reason, self._now()))
                continue
            self._store.sent(notice, self._now())
            yield Told(msgspec.structs.replace(notice, state="sent"))

    def pause(self, most: float = 60.0, at_least: float = 0.0) -> bool:
        """Wait until something is due, `most` seconds at most: a clock may be set, a watch added. False where we are to stop."""
        waited = 0.0
        while not self._stop.wait(_BEAT) and (waited < at_least or (waited < most and not self.waits)):
            waited += _BEAT
        return not self._stop.is_set()


def _notice(name: str, channel: str, event: Event) -> Notice:
    id = sha256(f"{event.id} {channel}".encode()).hexdigest()[:20]
    return Notice(id=id, watch=name, channel=channel, event=event)
