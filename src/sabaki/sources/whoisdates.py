"""The dates that registries write, in every order that they have, as RFC 3339."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

_LONGEST = 100
"""What is longer than this is no date."""
_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_YEAR_FIRST = re.compile(
    r"(?<![0-9])((?:19|20)[0-9]{2})[-./]\s?([0-9]{1,2}|[A-Za-z]{3,9})[-./]\s?([0-9]{1,2})(?![0-9])"
)
_COMPACT = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})([01][0-9])([0-3][0-9])(?![0-9])")
_DAY_FIRST = re.compile(
    r"(?<![0-9])([0-9]{1,2})[-./\s]\s?([0-9]{1,2}|[A-Za-z]{3,9})[-./,\s]\s?([0-9]{4}|[0-9]{2})(?![0-9:])"
)
_MONTH_FIRST = re.compile(
    r"\b([A-Za-z]{3,9})\s{1,2}([0-9]{1,2}),?\s(?:[0-9]{2}:[0-9]{2}:[0-9]{2}\s(?:[A-Z]{3,4}\s)?)?([0-9]{4})\b"
)
_TIME = re.compile(
    r"(?<![0-9:])([0-2]?[0-9]):([0-5][0-9])(?::([0-5][0-9]))?(?:\.[0-9]{1,9})?"
    r"\s?\(?((?:UTC|GMT)?[+-][0-9]{1,2}(?::?[0-9]{2})?|[A-Z]{1,4}\b)?"
)
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])([0-9]{1,2}):?([0-9]{2})?")
_ZONES = {"Z": 0, "UTC": 0, "GMT": 0, "JST": 9, "KST": 9, "HKT": 8, "CLT": -4, "CLST": -3, "EET": 2, "EEST": 3}
"""Hours; only such abbreviations as mean one zone (CST is three)."""


def parse(text: str) -> str | None:
    """The date in `text`, with its time where the registry says in which zone that is; else the day alone. None for no date.

    Where day and month are both numbers the day comes first, unless that cannot be: no registry that is asked here writes
    it the American way.
    """
    text = text[:_LONGEST]
    for pattern, order in ((_YEAR_FIRST, "ymd"), (_COMPACT, "ymd"), (_DAY_FIRST, "dmy"), (_MONTH_FIRST, "mdy")):
        match = pattern.search(text)
        if match:
            parts = dict(zip(order, match.groups(), strict=True))
            return _formatted(parts["y"], parts["m"], parts["d"], text, match.span())
    return None


def _formatted(year: str, month: str, day: str, text: str, span: tuple[int, int]) -> str | None:
    number = _month(month)
    if number is None:
        return None
    y, d = int(year), int(day)
    if len(year) == 2:
        y += 2000 if y < 70 else 1900
    if number > 12 >= d and month.isdigit():
        number, d = d, number
    try:
        date = datetime(y, number, d)  # noqa: DTZ001  # the zone, if any, comes below
    except ValueError:
        return None
    return _with_time(date, text[span[1] :]) or _with_time(date, text[span[0] : span[1]]) or date.date().isoformat()


def _month(written: str) -> int | None:
    return int(written) if written.isdigit() else _MONTHS.get(written[:3].lower())


def _with_time(date: datetime, text: str) -> str | None:
    """The date with the time that `text` has, if it has one and says the zone."""
    match = _TIME.search(text)
    zone = _zone(match[4] or "") if match else None
    if match is None or zone is None:
        return None
    try:
        at = date.replace(hour=int(match[1]), minute=int(match[2]), second=int(match[3] or 0), tzinfo=zone)
    except ValueError:
        return None
    return at.isoformat().removesuffix("+00:00") + ("Z" if not at.utcoffset() else "")


def _zone(written: str) -> timezone | None:
    if written in _ZONES:
        return timezone(timedelta(hours=_ZONES[written]))
    match = _OFFSET.fullmatch(written)
    if not match or int(match[2]) > 14 or int(match[3] or 0) > 59:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return timezone(-offset if match[1] == "-" else offset)
