"""When a watched site is looked at again: soon after something happened, ever more seldom while nothing does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec

STEPS = ("1h", "6h", "1d", "3d", "7d")
"""How long until the next look, after the first, second, ... look that saw nothing new; then always the last."""
CLOCK_SLACK = timedelta(minutes=10)
"""A clock that was set back by less than this is one that was set right."""
_SPREAD = 0.1
_UNITS = {"m": 60, "h": 3_600, "d": 86_400}
_LEAST, _MOST = timedelta(minutes=1), timedelta(days=366)


class Check(msgspec.Struct, frozen=True):
    """A look that was made. `changed` is whether it saw something new, `failed` that it saw nothing at all, through no fault of the site."""

    changed: bool = False
    failed: bool = False


def steps(words: Sequence[str]) -> tuple[timedelta, ...]:
    """Read "30m", "6h", "3d". Raises ValueError where one is none, or where there are none; from a minute to a year."""
    found = tuple(_step(word) for word in words)
    if not found:
        raise ValueError("no steps: name at least one, such as 1h")
    return found


def _step(word: str) -> timedelta:
    number, unit = word[:-1], word[-1:]
    if not (number.isascii() and number.isdigit() and len(number) <= 6 and unit in _UNITS):
        raise ValueError(f"{word[:40]!r} is no step: write a number with m, h or d, such as 30m, 6h, 3d")
    step = timedelta(seconds=int(number) * _UNITS[unit])
    if not _LEAST <= step <= _MOST:
        raise ValueError(f"{word[:40]!r}: a step is at least 1m and at most 366d")
    return step


def next_due(checks: Sequence[Check], now: datetime, steps: Sequence[timedelta], name: str = "") -> datetime:
    """When to look next, `now` being the time of the last of `checks`, the oldest of which comes first.

    Counted from the look that was made and not from when it was due: what was missed is made up by that one look. After looks that
    failed it is tried again sooner, though ever more seldom too. `name` spreads what was begun together over a tenth of a step,
    always by the same amount for the same name.
    """
    step = steps[min(_quiet(checks), len(steps) - 1)]
    if checks and checks[-1].failed:
        step = min(step, steps[min(_failing(checks), len(steps)) - 1])
    return now + step + step * (_SPREAD * _share(name))


def is_due(due: datetime, checked: datetime | None, now: datetime) -> bool:
    """Whether to look now. A last look in the future means that the clock was wrong: then nothing that was reckoned by it counts."""
    return now >= due or (checked is not None and checked - now > CLOCK_SLACK)


def _quiet(checks: Sequence[Check]) -> int:
    """Looks since the last that saw something new, or since the first."""
    count = 0
    for check in reversed(checks):
        if check.changed:
            return count
        count += not check.failed
    return max(0, count - 1)


def _failing(checks: Sequence[Check]) -> int:
    count = 0
    for check in reversed(checks):
        if not check.failed:
            break
        count += 1
    return count


def _share(name: str) -> float:
    """A number from 0 to 1 that belongs to the name."""
    return int.from_bytes(sha256(name.encode()).digest()[:4]) / 2**32 if name else 0.0
