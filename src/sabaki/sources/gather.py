"""Asks the sources for what a case needs: each question once, within budgets, every answer and every failure kept.

One Gatherer serves a whole batch. Its event loop runs in a thread of its own, so that many mails, each in a thread, wait side by
side; two that ask the same thing share one question. A source that is slow or down costs its own time and nobody else's.
"""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Protocol, Self

import msgspec

from sabaki.model.finding import State
from sabaki.model.knowledge import Knowledge, Names, Subject
from sabaki.model.lookup import Answer, Lookup
from sabaki.protocols import resolver
from sabaki.sources.source import Declined, Failed, Source, World

AT_ONCE = 16
"""Questions that one source is asked at the same time."""


class Cache(Protocol):
    """Answers of earlier. `get` gives none that is older than the source keeps them."""

    def get(self, source: Source, subject: Subject) -> Knowledge | None:
        """The answer, marked as cached, or None."""
        ...  # pragma: no cover

    def put(self, source: Source, known: Knowledge) -> None:
        """Keep an answer."""
        ...  # pragma: no cover


class Budget(msgspec.Struct, frozen=True):
    """How much is asked: `subjects` and `questions` a case, `seconds` for all of a case, `run` questions a source in a run."""

    subjects: int = 60
    questions: int = 200
    seconds: float = 30.0
    run: int = 100_000


class Gatherer:
    """Asks `sources` in a `world`. Use it in a `with`; `gather` may be called from many threads at once."""

    def __init__(
        self, world: World, sources: Mapping[str, Source], cache: Cache | None = None, budget: Budget | None = None
    ) -> None:
        self._world = world
        self._sources = sources
        self._cache = cache
        self._budget = budget or Budget()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sabaki-gather", daemon=True)
        self._flights: dict[tuple[str, Subject], asyncio.Task[Knowledge | None]] = {}
        self._under_way: dict[tuple[str, Subject], str | None] = {}
        """Questions that were put to their source, and when."""
        self._gates: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE))
        self.asked: dict[str, int] = defaultdict(int)
        """Questions that went out, by source; what came from the cache or was shared is not among them."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._finish(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _finish(self) -> None:
        """Nobody waits for what is still under way."""
        tasks = [task for task in self._flights.values() if not task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        close: Callable[[], object] | None = getattr(self._world, "close", None)
        if close is not None:
            closing = close()
            if asyncio.iscoroutine(closing):
                await closing

    def gather(self, subjects: Iterable[Subject]) -> tuple[Knowledge, ...]:
        """What the sources say of the subjects and of what those lead to (a host's addresses), sorted by source and subject."""
        return asyncio.run_coroutine_threadsafe(self._gather(tuple(subjects)), self._loop).result()

    @property
    def questions(self) -> int:
        """Questions that were sent to the DNS."""
        return int(getattr(self._world, "questions", 0))

    def known(self, name: str, type: str) -> Lookup | None:
        """What the DNS said earlier; None where it was not asked."""
        known: Lookup | None = self._world.known(name, type) if hasattr(self._world, "known") else None
        return known

    def ask(self, name: str, type: str, *, seconds: float) -> Lookup:
        """Ask the DNS as the sources do, and share their answers; "no answer" after `seconds`."""
        asked = asyncio.run_coroutine_threadsafe(self._world.lookup(name, type), self._loop)
        try:
            return asked.result(seconds)
        except TimeoutError:
            asked.cancel()
            return Lookup(*resolver.key(name, type), Answer.TEMPERROR, detail=resolver.NO_ANSWER)

    async def _gather(self, subjects: tuple[Subject, ...]) -> tuple[Knowledge, ...]:
        """Rounds over a bounded work-list: what one round finds is asked about in the next."""
        found: dict[tuple[str, Subject], Knowledge] = {}
        until = self._loop.time() + self._budget.seconds
        seen: dict[Subject, None] = {}
        new = subjects
        while new:
            room = self._budget.subjects - len(seen)
            round_, new = tuple(dict.fromkeys(each for each in new if each not in seen))[:room], ()
            seen.update(dict.fromkeys(round_))
            asked = [(source, each) for each in round_ for source in self._accepting(each)]
            asked = asked[: max(0, self._budget.questions - len(found))]
            answers = [known for known in await self._told(until, asked) if known is not None]
            found.update({(known.source, known.subject): known for known in answers})
            new = tuple(subject for known in answers for subject in _leads(known))
        return tuple(known for _, known in sorted(found.items(), key=lambda item: item[0]))

    def _accepting(self, subject: Subject) -> list[Source]:
        """Those that can be asked and may: what the settings do not let leave is not asked for."""
        allowed: frozenset[str] | None = getattr(self._world.settings, "leaving", None)
        accepting = (source for source in self._sources.values() if subject.kind in source.accepts)
        return [each for each in accepting if allowed is None or each.leaves(subject.kind) in allowed | {""}]

    async def _told(self, until: float, asked: list[tuple[Source, Subject]]) -> list[Knowledge | None]:
        """The answers that come in the case's time. The questions go on for whoever else waits for them."""
        flights = [self._flight(source, subject) for source, subject in asked]
        waiting = {flight for flight in flights if not flight.done()}
        if waiting:
            await asyncio.wait(waiting, timeout=max(0.01, until - self._loop.time()))
        return [
            flight.result() if flight.done() else self._late(source, subject)
            for flight, (source, subject) in zip(flights, asked, strict=True)
        ]

    def _late(self, source: Source, subject: Subject) -> Knowledge:
        key = (source.id, subject)
        late = _failed(
            source,
            subject,
            State.TEMPERROR,
            "the time for this mail was used up before an answer came",
            "このメールに割り当てた時間内に、応答がありませんでした",
        )
        return _sent(late, source, self._under_way[key]) if key in self._under_way else late

    def _flight(self, source: Source, subject: Subject) -> asyncio.Task[Knowledge | None]:
        """The one question under way, or a new one. A finished one serves the rest of the batch."""
        key = (source.id, subject)
        flight = self._flights.get(key)
        if flight is None or (flight.done() and flight.cancelled()):
            flight = self._flights[key] = self._loop.create_task(self._ask(source, subject))
        return flight

    async def _ask(self, source: Source, subject: Subject) -> Knowledge | None:
        """The answer or the failure; None where the question is none for this source."""
        kept = self._cache.get(source, subject) if self._cache else None
        if kept is not None:
            return kept
        first = self._sources.get(source.instead_of)
        if first and (earlier := await asyncio.shield(self._flight(first, subject))) and earlier.known:
            return None
        if subject.private and source.leaves(subject.kind) == subject.kind:
            return _failed(
                source,
                subject,
                State.SKIPPED,
                "not asked: the link tells who its recipient is",
                "リンクに受信者を示す情報が含まれるため、問い合わせていません",
            )
        missing = source.needs and not getattr(self._world.settings, source.needs, None)
        if missing:
            return _failed(
                source,
                subject,
                State.SKIPPED,
                f"not asked: the setting {source.needs} is not given",
                f"問い合わせていません（設定 {source.needs} がありません）",
            )
        async with self._gates[source.id]:
            if self.asked[source.id] >= self._budget.run:
                return _failed(
                    source,
                    subject,
                    State.SKIPPED,
                    "not asked: the run's budget is used up",
                    "問い合わせの上限に達したため、問い合わせていません",
                )
            self.asked[source.id] += 1
            known = await self._answer(source, subject)
        if self._cache and known is not None and known.state is State.RAN:
            self._cache.put(source, known)
        return known

    async def _answer(self, source: Source, subject: Subject) -> Knowledge | None:
        leaves = source.leaves(subject.kind)
        # What lies on this machine has dates of its own; the same mail gives the same report.
        at = self._world.now().isoformat(timespec="seconds").replace("+00:00", "Z") if leaves else None
        self._under_way[(source.id, subject)] = at
        try:
            async with asyncio.timeout(source.timeout):
                known = await source.ask(subject, self._world)
        except Declined:
            return None
        except Failed as failure:
            answer = _failed(source, subject, failure.state, failure.reason, failure.reason_ja)
            return _sent(answer, source, at) if failure.sent else msgspec.structs.replace(answer, obtained_at=at)
        except TimeoutError:
            reason = f"no answer within {source.timeout:g} s"
            answer = _failed(
                source, subject, State.TEMPERROR, reason, f"{source.timeout:g} 秒以内に応答がありませんでした"
            )
            return _sent(answer, source, at)
        except Exception as error:  # noqa: BLE001  # the one place: a faulty source must not take the others with it
            reason = f"the source failed: {type(error).__name__}: {error}"[:300]
            answer = _failed(source, subject, State.PERMERROR, reason, f"情報源の処理に失敗しました: {error}"[:300])
            return _sent(answer, source, at)
        return _sent(
            Knowledge(source=source.id, subject=subject, state=State.RAN, grade=source.grade, known=known), source, at
        )


def _sent(known: Knowledge, source: Source, at: str | None) -> Knowledge:
    """With what left the machine, whom it went to, and when: a question that failed was asked all the same."""
    leaves = source.leaves(known.subject.kind)
    sent = leaves if leaves in ("", "hash-prefix") else known.subject.value
    return msgspec.structs.replace(known, sent=sent, to=source.to if leaves else "", obtained_at=at)


def _failed(source: Source, subject: Subject, state: State, reason: str, reason_ja: str) -> Knowledge:
    return Knowledge(
        source=source.id, subject=subject, state=state, reason=reason, reason_ja=reason_ja, grade=source.grade
    )


def _leads(known: Knowledge) -> tuple[Subject, ...]:
    """What an answer leads to: the addresses behind a link's host."""
    if known.subject.kind != "host":
        return ()
    return tuple(Subject("ip", ip) for each in known.known if isinstance(each, Names) for ip in each.addresses[:4])
