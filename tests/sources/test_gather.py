from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sabaki.model.evidence import Grade
from sabaki.model.finding import State
from sabaki.model.knowledge import Knowledge, Known, Names, Place, Subject
from sabaki.model.lookup import Answer, Lookup
from sabaki.sources.gather import Budget, Gatherer
from sabaki.sources.source import Ask, Declined, Failed, Source, World

HOST = Subject("host", "a.example")
IP = Subject("ip", "203.0.113.5")


class Outside:
    """A world with nothing in it but a clock."""

    egress: Any = None
    settings: Any = SimpleNamespace(some_key="")
    data = Path()

    async def lookup(self, name: str, type: str) -> Lookup:
        return Lookup(name, type, Answer.NXDOMAIN)

    def now(self) -> datetime:
        return datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def source(
    id: str, ask: Ask, *accepts: str, timeout: float = 5.0, needs: str = "", sends: str = "ip", instead_of: str = ""
) -> Source:
    return Source(
        id=id,
        ask=ask,
        accepts=accepts,
        grade=Grade.THIRD_PARTY,
        sends=sends,
        instead_of=instead_of,
        to="somebody",
        to_ja="誰か",
        timeout=timeout,
        needs=needs,
    )


def gatherer(*sources: Source, **more: Any) -> Gatherer:
    return Gatherer(Outside(), {each.id: each for each in sources}, **more)


async def names(subject: Subject, world: World) -> tuple[Known, ...]:
    return (Names(addresses=(IP.value,)),)


async def place(subject: Subject, world: World) -> tuple[Known, ...]:
    return (Place(city="Kobe"),)


async def refuses(subject: Subject, world: World) -> tuple[Known, ...]:
    raise Failed(State.PERMERROR, "no", "いいえ")


async def breaks(subject: Subject, world: World) -> tuple[Known, ...]:
    raise KeyError("oops")


async def sleeps(subject: Subject, world: World) -> tuple[Known, ...]:
    await asyncio.sleep(60)
    raise AssertionError


def states(found: tuple[Knowledge, ...]) -> list[str]:
    return [f"{each.source} {each.subject.value} {each.state}" for each in found]


def test_what_one_answer_leads_to_is_asked_next() -> None:
    with gatherer(source("dns", names, "host"), source("place", place, "ip")) as asking:
        found = asking.gather([HOST])
    assert states(found) == ["dns a.example ran", "place 203.0.113.5 ran"]
    assert (found[1].sent, found[1].to, found[1].obtained_at) == (IP.value, "somebody", "2026-11-24T10:00:00Z")


def test_failures_are_kept_and_hurt_nobody_else() -> None:
    sources = [source("a", refuses, "ip"), source("b", breaks, "ip"), source("c", place, "ip")]
    with gatherer(*sources) as asking:
        found = asking.gather([IP])
    assert states(found) == [f"a {IP.value} permerror", f"b {IP.value} permerror", f"c {IP.value} ran"]
    assert found[0].reason_ja == "いいえ"
    assert "KeyError" in found[1].reason


def test_a_slow_source_costs_its_own_time_only() -> None:
    with gatherer(source("slow", sleeps, "ip", timeout=0.2), source("quick", place, "ip")) as asking:
        found = asking.gather([IP])
    assert states(found) == [f"quick {IP.value} ran", f"slow {IP.value} temperror"]


def test_a_question_that_failed_was_sent_all_the_same() -> None:
    async def unable(subject: Subject, world: World) -> tuple[Known, ...]:
        raise Failed(State.SKIPPED, "nobody to ask", "問い合わせ先なし")

    async def resting(subject: Subject, world: World) -> tuple[Known, ...]:
        raise Failed(State.TEMPERROR, "later", "後で", sent=False)

    asked = [source("a", refuses, "ip"), source("b", breaks, "ip"), source("c", sleeps, "ip", timeout=0.1)]
    hashed, table = (
        source("d", refuses, "ip", sends="hash-prefix"),
        source("e", refuses, "ip", sends="nothing"),
    )
    with gatherer(*asked, hashed, table, source("f", unable, "ip"), source("g", resting, "ip")) as asking:
        found = {each.source: (each.sent, each.to) for each in asking.gather([IP])}
    went = (IP.value, "somebody")
    assert found == {
        **dict.fromkeys("abc", went),
        "d": ("hash-prefix", "somebody"),
        **dict.fromkeys("efg", ("", "")),
    }


def test_what_was_asked_when_the_time_was_up_is_told() -> None:
    first = source("first", sleeps, "ip", timeout=60)
    with gatherer(first, source("then", place, "ip", instead_of="first"), budget=Budget(seconds=0.2)) as asking:
        found = {each.source: (each.sent, each.obtained_at) for each in asking.gather([IP])}
    assert found == {"first": (IP.value, "2026-11-24T10:00:00Z"), "then": ("", None)}


def test_the_case_s_time_ends_all_waiting() -> None:
    with gatherer(source("slow", sleeps, "ip", timeout=60), budget=Budget(seconds=0.2)) as asking:
        (found,) = asking.gather([IP])
    assert found.state is State.TEMPERROR
    assert "time for this mail" in found.reason


def test_without_its_key_a_source_is_not_asked() -> None:
    with gatherer(source("keyed", breaks, "ip", needs="some_key")) as asking:
        (found,) = asking.gather([IP])
    assert found.state is State.SKIPPED
    assert "some_key" in found.reason
    assert asking.asked == {}


def test_many_mails_at_once_share_one_question() -> None:
    asked: list[Subject] = []
    together = threading.Barrier(8)

    async def slow(subject: Subject, world: World) -> tuple[Known, ...]:
        asked.append(subject)
        await asyncio.sleep(0.2)
        return (Place(city="Kobe"),)

    with gatherer(source("place", slow, "ip")) as asking, ThreadPoolExecutor(8) as threads:

        def one(_: int) -> tuple[Knowledge, ...]:
            together.wait()
            return asking.gather([IP])

        found = list(threads.map(one, range(8)))
    assert asked == [IP]
    assert len({each[0] for each in found}) == 1


def test_the_budget_of_subjects_and_questions() -> None:
    many = [Subject("ip", f"203.0.113.{last}") for last in range(100)]
    with gatherer(source("place", place, "ip"), budget=Budget(subjects=10)) as asking:
        assert len(asking.gather(many)) == 10
    with gatherer(source("place", place, "ip"), budget=Budget(subjects=90, questions=7)) as asking:
        assert len(asking.gather(many)) == 7
    with gatherer(source("place", place, "ip"), budget=Budget(run=3)) as asking:
        assert [each.state for each in asking.gather(many[:5])].count(State.SKIPPED) == 2


class Kept:
    def __init__(self) -> None:
        self.answers: dict[Subject, Knowledge] = {}

    def get(self, source: Source, subject: Subject) -> Knowledge | None:
        return self.answers.get(subject)

    def put(self, source: Source, known: Knowledge) -> None:
        self.answers[known.subject] = known


def test_the_cache_is_asked_first_and_gets_answers_only() -> None:
    cache = Kept()
    with gatherer(source("place", place, "ip"), source("bad", refuses, "host"), cache=cache) as asking:
        asking.gather([IP, HOST])
    assert list(cache.answers) == [IP]
    with gatherer(source("place", breaks, "ip"), cache=cache) as asking:
        (found,) = asking.gather([IP])
    assert found.state is State.RAN
    assert asking.asked == {}


def test_order_does_not_depend_on_who_is_quicker() -> None:
    async def first(subject: Subject, world: World) -> tuple[Known, ...]:
        await asyncio.sleep(0.1)
        return ()

    with gatherer(source("a", first, "ip"), source("b", place, "ip")) as asking:
        assert [each.source for each in asking.gather([IP])] == ["a", "b"]


async def declines(subject: Subject, world: World) -> tuple[Known, ...]:
    raise Declined


async def knows_nothing(subject: Subject, world: World) -> tuple[Known, ...]:
    return ()


def test_a_question_that_is_none_for_a_source_leaves_nothing_open() -> None:
    with gatherer(source("a", declines, "ip"), source("b", place, "ip")) as asking:
        assert states(asking.gather([IP])) == [f"b {IP.value} ran"]


def test_one_source_stands_in_for_another_where_that_one_had_nothing_to_say() -> None:
    second = source("second", place, "ip", instead_of="first")
    for first, expected in (
        (place, [f"first {IP.value} ran"]),
        (refuses, [f"first {IP.value} permerror", f"second {IP.value} ran"]),
        (knows_nothing, [f"first {IP.value} ran", f"second {IP.value} ran"]),
        (declines, [f"second {IP.value} ran"]),
    ):
        with gatherer(source("first", first, "ip"), second) as asking:
            assert states(asking.gather([IP])) == expected


def test_what_lies_here_has_no_time_and_names_nobody() -> None:
    with gatherer(source("table", place, "ip", sends="nothing")) as asking:
        (found,) = asking.gather([IP])
    assert (found.sent, found.to, found.obtained_at) == ("", "", None)


def test_what_may_not_leave_is_not_asked() -> None:
    world = Outside()
    world.settings = SimpleNamespace(leaving=frozenset({"hash-prefix"}))
    kinds = {"a": "ip", "b": "nothing", "c": "hash-prefix", "d": "name"}
    sources = {id: source(id, place, "ip", sends=sends) for id, sends in kinds.items()}
    with Gatherer(world, sources) as asking:
        assert [each.source for each in asking.gather([IP])] == ["b", "c"]


def test_what_tells_the_recipient_is_sent_to_nobody_as_it_stands() -> None:
    link = Subject("url", "https://a.example/?u=hanako@harbour.example", private=True)
    sources = [source("full", place, "url", sends="url"), source("hashed", place, "url", sends="hash-prefix")]
    with gatherer(*sources) as asking:
        found = asking.gather([link])
    assert [f"{each.source} {each.state}" for each in found] == ["full skipped", "hashed ran"]
    assert asking.asked == {"hashed": 1}


def test_the_dns_is_shared() -> None:
    with gatherer() as asking:
        assert asking.ask("a.example", "A", seconds=2).status is Answer.NXDOMAIN
        assert asking.known("a.example", "A") is None
        assert asking.questions == 0


def test_a_dns_that_says_nothing_costs_the_seconds_given() -> None:
    class Silent(Outside):
        async def lookup(self, name: str, type: str) -> Lookup:
            await asyncio.sleep(60)
            raise AssertionError

    with Gatherer(Silent(), {}) as asking:
        assert asking.ask("a.example", "A", seconds=0.1).status is Answer.TEMPERROR
