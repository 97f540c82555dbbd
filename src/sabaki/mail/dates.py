"""Dates of mail (RFC 5322 sections 3.3 and 4.3, and what is written instead) as RFC 3339."""

from __future__ import annotations

import datetime
import re
from functools import lru_cache

from sabaki.mail import lexer

_LONGEST = 200
_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_ZONES = {
    "ut": 0, "gmt": 0, "utc": 0, "z": 0, "wet": 0,
    "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
    "akst": -540, "akdt": -480, "hst": -600, "ast": -240, "adt": -180, "nst": -210, "ndt": -150,
    "jst": 540, "kst": 540, "hkt": 480, "sgt": 480, "cet": 60, "met": 60, "mez": 60, "cest": 120, "mest": 120,
    "mesz": 120, "bst": 60, "west": 60, "eet": 120, "eest": 180, "msk": 180, "msd": 240, "aest": 600, "aedt": 660,
    "acst": 570, "awst": 480, "nzst": 720, "nzdt": 780, "sast": 120, "brt": -180,
}  # fmt: skip
"""Minutes east of UTC. Names that several places use ("ist") are left out: unknown, as RFC 5322 section 4.3 has it."""

_CLOCK = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{1,2})(?:[:.](?P<second>\d{1,2})(?:[.,]\d{1,9})?)?(?:\s?(?P<half>[AaPp])\.?[Mm]\.?)?"
_ZONE = r"\s*(?P<zone>.{0,40})"
_FORMS = (
    re.compile(
        r"(?:[^\d\s]{1,12}\s+)?(?P<day>\d{1,2})[\s-]{1,4}(?P<month>[A-Za-z]{3,9})\.?,?[\s-]{1,4}(?P<year>\d{2,6}),?\s+"
        + _CLOCK
        + _ZONE
    ),
    re.compile(
        r"(?:[A-Za-z]{3,9},?\s+)?(?P<month>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2}),?\s+"
        + _CLOCK
        + r"\s+(?P<zone>.{0,40}?)\s*(?P<year>\d{4})(?P<after>\s.{0,20})?"
    ),
    re.compile(
        r"(?:[A-Za-z]{3,9},?\s+)?(?P<month>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4}),?\s+"
        + _CLOCK
        + _ZONE
    ),
    re.compile(r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})[T\s]{1,4}" + _CLOCK + _ZONE),
)
_OFFSET = re.compile(r"(?:GMT|UTC|UT)?\s?([+-])(\d{1,2}):?(\d{2})?(?!\d)", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z]{1,5}")


def parse(text: str) -> str | None:
    """The date as RFC 3339 with its zone ("2022-08-08T05:07:31+09:00"), or None where it is none or out of range.

    An unknown zone gives "-00:00": the time is UTC, where it was written is not known (RFC 3339 section 4.3).
    Without a zone one in a comment counts ("(JST)"). Leap seconds are given as second 59.
    """
    return _parse(text[:_LONGEST])


@lru_cache(maxsize=512)  # a mail's dates are asked for by several readers
def _parse(text: str) -> str | None:
    plain = " ".join(lexer.without_comments(text).split())
    plain = plain.split(",", 1)[1].strip() if _starts_with_day_name(plain) else plain
    for form in _FORMS:
        match = form.match(plain)
        if match:
            return _formatted(match, text)
    return None


def _starts_with_day_name(plain: str) -> bool:
    front, comma, _ = plain.partition(",")
    front = front.strip()
    return bool(comma) and len(front) <= 12 and not any(character.isdigit() for character in front) and " " not in front


def _formatted(match: re.Match[str], text: str) -> str | None:
    written = match.groupdict()
    month = int(written["month"]) if written["month"].isdigit() else _MONTHS.get(written["month"][:3].lower(), 0)
    hour = int(written["hour"])
    if written["half"]:
        hour = hour % 12 + (12 if written["half"] in "pP" else 0)
    zone = _zone(f"{written['zone']} {written.get('after') or ''}".strip(), text)
    if zone is None:
        return None
    second = min(int(written["second"] or 0), 59) if int(written["second"] or 0) <= 60 else 99
    try:
        moment = datetime.datetime(  # noqa: DTZ001  # the zone is written behind it as it was found
            _year(written["year"]), month, int(written["day"]), hour, int(written["minute"]), second
        )
    except ValueError:
        return None
    return moment.isoformat() + zone if 1900 <= moment.year <= 2999 else None


def _year(digits: str) -> int:
    """Two and three digits as RFC 5322 section 4.3 reads them."""
    year = int(digits)
    if len(digits) == 2:
        return year + (2000 if year < 50 else 1900)
    return year + 1900 if len(digits) == 3 else year


def _zone(written: str, text: str) -> str | None:
    """The zone as "+09:00"; None where an offset is impossible."""
    if match := _OFFSET.match(written):
        hours, minutes = int(match.group(2)), int(match.group(3) or 0)
        if hours > 15 or minutes > 59:
            return None
        return f"{match.group(1)}{hours:02}:{minutes:02}"
    if written.startswith(("+", "-")):
        return None
    names = [name.group() for name in (_NAME.match(written),) if name]
    if not names:
        names = [token.text for token in lexer.tokenize(text) if token.kind is lexer.Kind.COMMENT]
    offset = next((_ZONES[name.lower()] for name in names if name.lower() in _ZONES), None)
    if offset is None:
        return "-00:00"
    sign = "-" if offset < 0 else "+"
    return f"{sign}{abs(offset) // 60:02}:{abs(offset) % 60:02}"
