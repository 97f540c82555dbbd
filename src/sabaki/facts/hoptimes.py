"""Dates that no server writes, and times that cannot be, in Received fields below the trust line.

Queues hold mail back for days, clocks are minutes off, zones are set wrong by whole hours, batteries die and a year is 1970:
none of that is a sign. What remains is what a server's own date function cannot bring out.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache

import msgspec

from sabaki.model.case import Hop, Sign

_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_DAYS = "mon tue wed thu fri sat sun".split()
_WRITTEN = re.compile(
    r"(?:([A-Za-z]{3}),?\s{1,8})?(\d{1,2})\s{1,8}([A-Za-z]{3})\s{1,8}(\d{2,5})\s{1,8}(\d{1,2}):(\d{2})(?::(\d{2}))?"
    r"(?:\s{1,8}([+-])(\d{2})(\d{2})(?!\d))?(?:\s{0,8}\(([^()]{1,40})\))?"
)
_RATWARE = re.compile(
    r"[A-Z][a-z]{2},\s{1,4}\d{1,2}\s{1,4}\d{4}\s{1,4}\d{1,2}:\d{2}(?::\d{2})?(?:\s{1,4}[AP]M)?\s{1,4}[+-]\d{4}"
)
"""`Sep, 19 2002 2:02:18 AM -0700`: the date of a mailing program that makes up its Received fields."""
_HALF_OF_DAY = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?\s?[AP]M\s{1,4}[+-]\d{4}")
_FURTHEST_EAST, _FURTHEST_WEST = 14 * 60, 12 * 60
_ZONES: dict[str, tuple[int, ...]] = {
    "PST": (-480,), "PDT": (-420,), "MST": (-420, 390, 480), "MDT": (-360,), "CST": (-360, -300, 480, 570, 630),
    "CDT": (-300, -240), "EST": (-300, 600, 660), "EDT": (-240, 660), "AKST": (-540,), "AKDT": (-480,), "HST": (-600,),
    "WET": (0,), "WEST": (60,), "BST": (60, 360), "CET": (60,), "CEST": (120,), "MET": (60,),
    "MEST": (120,), "EET": (120,), "EEST": (180,), "MSK": (180, 240), "MSD": (240,), "JST": (540,), "KST": (540, 510, 600),
    "HKT": (480,), "SGT": (480,), "PHT": (480,), "NZST": (720,), "NZDT": (780,), "AEST": (600,), "AEDT": (660,),
}  # fmt: skip
"""Minutes east of UTC that each name can stand for. Names that are not here say nothing: "UTC" is any zone's name where somebody
wrote `TZ=UTC-9`."""
_CLOCKS = timedelta(hours=26)
"""Twelve hours west to fourteen east: no zone, however wrong, explains more."""
_SKEW = timedelta(hours=2)


class Written(msgspec.Struct, frozen=True):
    """The date of a Received field as its characters are, not as it may be meant. `offset` is in minutes, None without one."""

    weekday: str
    day: int
    month: int
    year: int
    hour: int
    minute: int
    second: int
    digits: str
    offset: int | None
    zone: str


def written(hop: Hop) -> Written | None:
    """The date behind the last semicolon where it has the form of RFC 5322 section 3.3; None otherwise."""
    return _written(hop.text.rpartition(";")[2][:160].strip())


@lru_cache(maxsize=128)  # two look at each hop
def _written(text: str) -> Written | None:
    match = _WRITTEN.match(text)
    if not match or match.group(3).lower() not in _MONTHS:
        return None
    weekday, day, month, year, hour, minute, second, sign, east, rest, zone = match.groups()
    offset = (int(east) * 60 + int(rest)) * (-1 if sign == "-" else 1) if sign else None
    if sign and int(rest) > 59:
        offset = 9_999
    return Written(
        weekday=(weekday or "").lower(),
        day=int(day),
        month=_MONTHS[month.lower()],
        year=int(year) + (2000 if int(year) < 50 else 1900) if len(year) == 2 else int(year),
        hour=int(hour),
        minute=int(minute),
        second=int(second or 0),
        digits=year,
        offset=offset,
        zone=zone or "",
    )


def signs(hop: Hop) -> Iterator[Sign]:
    """What cannot be in the date itself."""
    behind = hop.text.rpartition(";")[2][:160].strip()
    if _RATWARE.match(behind) or _HALF_OF_DAY.search(behind):
        yield Sign("date_form", behind[:60], strong=True)
        return
    found = written(hop)
    if found is None:
        return
    if found.digits.startswith("0") and len(found.digits) > 2:
        yield Sign("year_form", found.digits)
    if not _is_possible(found):
        yield Sign("date_impossible", behind[:60], strong=True)
    elif found.weekday in _DAYS and 1900 < found.year < 2999 and found.weekday != _weekday(found):
        yield Sign("weekday_wrong", behind[:60], strong=True)
    if found.offset is not None:
        yield from _zone(found.offset, found.zone, behind)


def _is_possible(found: Written) -> bool:
    if found.year < 1 or found.year > 9999:
        return False
    days = monthrange(found.year, found.month)[1]
    return 1 <= found.day <= days and found.hour < 24 and found.minute < 60 and found.second <= 60


def _weekday(found: Written) -> str:
    return _DAYS[date(found.year, found.month, found.day).weekday()]


def _zone(offset: int, name: str, behind: str) -> Iterator[Sign]:
    if not -_FURTHEST_WEST <= offset <= _FURTHEST_EAST:
        yield Sign("zone_impossible", behind[:60], strong=True)
        return
    meant = _ZONES.get(name.strip())
    if not meant or not offset:  # a zone's name that the machine does not know leaves it at UTC, under that name
        return
    # An hour of summer time, and the sign the wrong way round (POSIX counts west), are ordinary slips.
    if all(abs(offset - one) > 60 and offset != -one for one in meant):
        yield Sign("zone_name_wrong", behind[:60], strong=True)


def future(hop: Hop, sent: str | None, received: str | None) -> Iterator[Sign]:
    """A hop later than the moment at which the mail was in our hands; `received` is that date, `sent` the mail's own.

    Where the mail's own date is as late as the hop, it may be the receiving server's clock that is slow.
    """
    if hop.date and received:
        ahead = _between(hop.date, received)
        if ahead > _CLOCKS:
            agrees = sent is not None and abs(_between(hop.date, sent)) <= _CLOCKS
            yield Sign("time_future", f"{_hours(ahead)} h", strong=not agrees)


def backwards(hop: Hop, above: Hop, received: str | None) -> Iterator[Sign]:
    """A hop later than the one above it, by more than clocks and zones explain."""
    if not hop.date or not above.date or (received and _between(hop.date, received) > _CLOCKS):
        return
    ahead = _between(hop.date, above.date)
    beside = ahead % timedelta(minutes=30)
    by_zone = min(beside, timedelta(minutes=30) - beside) <= timedelta(minutes=5)
    if ahead > _CLOCKS or (ahead > _SKEW and not by_zone):
        yield Sign("time_backwards", f"{_hours(ahead)} h")


def before_date(hop: Hop, sent: str | None, received: str | None) -> Iterator[Sign]:
    """A hop a week and more before the mail says that it was written, though that time fits its arrival."""
    if not (hop.date and sent and received):
        return
    early = _between(sent, hop.date)
    if abs(_between(received, sent)) < _CLOCKS and early > timedelta(days=7):
        yield Sign("before_date", f"{early.days} d")


def _between(later: str, earlier: str) -> timedelta:
    return _moment(later) - _moment(earlier)


_moment = lru_cache(maxsize=256)(datetime.fromisoformat)


def _hours(span: timedelta) -> int:
    return int(span.total_seconds() // 3600)
