"""What a service does wrong, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest

from sabaki.model.finding import State
from sabaki.model.knowledge import Subject
from sabaki.sources import keyed
from sabaki.sources.source import Failed

from .services import KEY, Asked, Reply, World, ask_with, reply

SUBJECT = Subject("domain", "evil.example")


def asks(answer: Any, times: int = 1, world: World | None = None, key: str = KEY) -> tuple[list[Any], World]:
    world = world or World(x_key=key)

    async def ask(subject: Subject, world: World) -> Any:
        url = f"{keyed.base(world, 'x_url', 'https://x.example')}/a?b=c"
        return await keyed.get(world, "X", url, "x_key", "X-Key", dict[str, int])

    return ask_with(ask, [SUBJECT] * times, answer, world, "x_url"), world


def test_an_answer_and_what_was_sent() -> None:
    answers, world = asks(lambda _: reply(200, {"a": 1}))
    assert answers == [{"a": 1}]
    assert (world.asked[0].method, world.asked[0].path) == ("GET", "/a")
    assert world.asked[0].headers["x-key"] == KEY
    assert KEY not in str(world.asked[0].query)


def test_unknown_is_none_where_the_service_itself_says_so() -> None:
    assert asks(lambda _: reply(404, {"error": "NotFound"}))[0] == [None]
    assert isinstance(asks(lambda _: reply(404, b"<h1>proxy</h1>"))[0][0], Failed)


@pytest.mark.parametrize(
    ("status", "body", "state", "says"),
    [
        (401, {}, State.PERMERROR, "does not accept the key in x_key"),
        (400, {"message": "Invalid API key format"}, State.PERMERROR, "does not accept the key"),
        (400, {"message": "bad query"}, State.PERMERROR, "did not accept the question"),
        (403, {}, State.PERMERROR, "does not let the key"),
        (429, {}, State.TEMPERROR, "quota"),
        (500, b"oops", State.TEMPERROR, "has a fault (HTTP 500)"),
        (503, {}, State.TEMPERROR, "HTTP 503"),
        (302, {}, State.PERMERROR, "leads elsewhere"),
        (200, b"<html>", State.TEMPERROR, "not JSON"),
        (200, ["a"], State.TEMPERROR, "cannot be read"),
        (200, {"a": "b"}, State.TEMPERROR, "cannot be read"),
    ],
)
def test_a_refusal_is_a_failure_with_its_reason(status: int, body: Any, state: State, says: str) -> None:
    (failure,), _ = asks(lambda _: reply(status, body, {"Location": "http://other.example/"}))
    assert isinstance(failure, Failed)
    assert failure.state is state
    assert says in failure.reason
    assert failure.reason_ja
    assert KEY not in failure.reason + failure.reason_ja


def test_a_service_that_has_had_enough_is_left_alone() -> None:
    answers, world = asks(lambda _: reply(429, {}, {"Retry-After": "120"}), 3)
    assert len(world.asked) == 1
    assert "2026-11-24T12:02:00Z" in answers[2].reason
    assert answers[2].state is State.TEMPERROR


def test_a_key_that_was_refused_is_not_tried_again() -> None:
    answers, world = asks(lambda _: reply(401, {}), 3)
    assert len(world.asked) == 1
    assert [each.state for each in answers] == [State.PERMERROR] * 3


@pytest.mark.parametrize("key", ["", "two words", "日本", "a\nb", "x" * 501])
def test_what_is_no_key_is_not_sent(key: str) -> None:
    answers, world = asks(lambda _: reply(200, {}), key=key)
    assert (answers[0].state, world.asked) == (State.PERMERROR, [])


def test_deep_and_endless_answers_are_failures() -> None:
    deep = b'{"a":' + b"[" * 100_000

    def serve(_: Asked) -> Reply:
        return 200, {"Content-Type": "application/json"}, deep

    assert asks(serve)[0][0].state is State.TEMPERROR
    assert "larger than" in asks(lambda _: reply(200, b" " * 4_100_000))[0][0].reason
