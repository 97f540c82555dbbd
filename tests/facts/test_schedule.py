from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.facts.schedule import STEPS, Check, is_due, next_due, steps

NOW = datetime(2026, 11, 24, tzinfo=UTC)
HOUR = timedelta(hours=1)
CHANGED, QUIET, FAILED = Check(changed=True), Check(), Check(failed=True)


def waits(*checks: Check) -> timedelta:
    return next_due(checks, NOW, steps(STEPS)) - NOW


def test_it_slows_down_and_stays_slow() -> None:
    found = [waits(CHANGED, *[QUIET] * count) for count in range(7)]
    assert found == [HOUR, 6 * HOUR, 24 * HOUR, 72 * HOUR, 168 * HOUR, 168 * HOUR, 168 * HOUR]
    assert waits(QUIET) == HOUR, "a first look that saw nothing happen begins the same way"


def test_a_change_makes_it_fast_again() -> None:
    assert waits(CHANGED, *[QUIET] * 9, CHANGED) == HOUR
    assert waits(CHANGED, *[QUIET] * 9, CHANGED, QUIET) == 6 * HOUR


def test_after_a_failure_it_is_tried_sooner_and_that_slows_down_too() -> None:
    slow = [CHANGED, *[QUIET] * 9]
    assert [waits(*slow, *[FAILED] * count) for count in (1, 2, 3, 4, 5, 6)] == [
        HOUR, 6 * HOUR, 24 * HOUR, 72 * HOUR, 168 * HOUR, 168 * HOUR
    ]  # fmt: skip
    assert waits(*slow, FAILED, FAILED, QUIET) == 168 * HOUR, "a failure is no change"
    assert waits(CHANGED, FAILED, FAILED) == HOUR, "never later than without the failure"


def test_what_was_missed_is_made_up_by_one_look() -> None:
    due = next_due([CHANGED], NOW, steps(STEPS))
    back = NOW + timedelta(days=30)
    assert is_due(due, NOW, back)
    assert not is_due(next_due([CHANGED, QUIET], back, steps(STEPS)), back, back)


def test_a_clock_that_was_wrong_keeps_nothing_waiting() -> None:
    wrong = datetime(2031, 1, 1, tzinfo=UTC)
    due = next_due([CHANGED, *[QUIET] * 5], wrong, steps(STEPS))
    assert is_due(due, wrong, NOW)
    assert not is_due(next_due([QUIET], NOW, steps(STEPS)), NOW, NOW)
    assert not is_due(NOW + HOUR, NOW + timedelta(minutes=5), NOW), "a clock that was set right by a little"


@given(st.text(min_size=1, max_size=50), st.lists(st.sampled_from([CHANGED, QUIET, FAILED]), max_size=30))
def test_the_spread_is_small_and_always_the_same(name: str, checks: list[Check]) -> None:
    plain = next_due(checks, NOW, steps(STEPS)) - NOW
    spread = next_due(checks, NOW, steps(STEPS), name) - NOW
    assert plain <= spread <= plain * 1.1
    assert spread == next_due(checks, NOW, steps(STEPS), name) - NOW


def test_names_are_spread() -> None:
    assert len({next_due([QUIET], NOW, steps(STEPS), f"host{number}") for number in range(1_000)}) > 900


@pytest.mark.parametrize(
    "words", [(), ("",), ("h",), ("1",), ("1w",), ("-1h",), ("0m",), ("99999d",), ("１h",), ("1h", "x")]
)
def test_steps_that_are_none(words: tuple[str, ...]) -> None:
    with pytest.raises(ValueError):
        steps(words)
