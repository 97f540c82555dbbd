"""Queue ids: what shape each mail server gives them, and the time that most of them hold.

A server that writes its queue id and its date into one field takes both from one clock, however wrong that clock is. So an id
that holds another day than the date beside it was not made where the field says. The shapes are those of the servers' own
source code: Postfix mail_queue.h, sendmail's assign_queueid, Exim's specification (section 3.4), and Gmail's as it is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sabaki.model.case import Hop, Sign

_BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_POSTFIX = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"
"""Without vowels, so that no id spells a word."""
_MOST_MICROSECONDS = 999_999
_SHORT = re.compile(r"[0-9A-F]{6,24}")
_LONG = re.compile(rf"([{_POSTFIX}]{{6,7}})[{_POSTFIX}]{{4}}z[{_POSTFIX[:-1]}]{{1,12}}")
_EXIM = re.compile(r"([0-9A-Za-z]{6})-(?:[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|[0-9A-Za-z]{11}-[0-9A-Za-z]{4})")
"""Until 4.96 and since 4.97; in front the seconds."""
_SENDMAIL = re.compile(r"([0-9A-Za-x]{6})[0-9A-Za-x]{1,2}\d{5,9}")
_SENDMAIL_8_9 = re.compile(r"([A-X])[A-Z][A-Z]\d{5,6}")
_SENDMAIL_VERSION = re.compile(r"\(8\.(\d{1,2})\.\d{1,2}(?:\.\d{1,10})?[A-Za-z+\d]{0,6}/")
_OTHER_SOFTWARE = re.compile(r"\((?!Exim )[A-Za-z-]{3,20} \d")
"""`(Gmexim 0.1`: kin of Exim's that may fill its ids as they like."""
_GMAIL = re.compile(r"\.(20\d\d)\.(\d\d)\.(\d\d)\.(\d\d)\.(\d\d)\.(\d\d)$")
_GMAIL_EPOCH = re.compile(r"\.(1[0-4]\d{11})$")
_SAME = timedelta(days=2)
"""Further apart, id and date are not of one clock: an id may be older than its field by as long as a session lasts."""


def signs(hop: Hop) -> Iterator[Sign]:
    """An id that its server cannot have given, or one that holds another time than the field's date."""
    if not hop.id:
        return
    if hop.dialect == "postfix" and "(Postfix)" in hop.text:  # another name may stand for another program
        yield from _postfix(hop)
    elif (
        hop.dialect == "sendmail" and hop.id[-2:-1] != "-"
    ):  # Proofpoint borrows the form; `478yh8sjn7-1` is its own id
        yield from _sendmail(hop)
    elif hop.dialect == "gmail":
        yield from _gmail(hop)
    elif (match := _EXIM.fullmatch(hop.id)) and not _OTHER_SOFTWARE.search(hop.text):
        yield from _exim(hop, match.group(1))
    elif hop.dialect == "exim" and "(Exim " in hop.text:
        yield Sign("id_form", hop.id, strong=True)


def _number(digits: str, alphabet: str) -> int:
    value = 0
    for digit in digits:
        value = value * len(alphabet) + alphabet.index(digit)
    return value


def _compare(hop: Hop, seconds: int) -> Iterator[Sign]:
    """Whether the seconds since 1970 in an id are those of the date, give or take."""
    if not hop.date or seconds > 9_999_999_999:
        return
    held = datetime.fromtimestamp(seconds, UTC)
    if abs(held - datetime.fromisoformat(hop.date)) > _SAME:
        yield Sign("id_time", f"{hop.id}: {held:%Y-%m-%d %H:%M}", strong=True)


def _postfix(hop: Hop) -> Iterator[Sign]:
    """`enable_long_queue_ids` or five hexadecimal digits of microseconds and the inode."""
    if match := _LONG.fullmatch(hop.id):
        yield from _compare(hop, _number(match.group(1), _POSTFIX))
    elif not _SHORT.fullmatch(hop.id) or int(hop.id[:5], 16) > _MOST_MICROSECONDS:
        yield Sign("id_form", hop.id, strong=True)


def _exim(hop: Hop, front: str) -> Iterator[Sign]:
    """Where file names know no case (Cygwin, Darwin) the base is 36."""
    found = list(_compare(hop, _number(front, _BASE_62)))
    if front.upper() == front and not list(_compare(hop, _number(front, _BASE_62[:36]))):
        return
    yield from found


def _sendmail(hop: Hop) -> Iterator[Sign]:
    """From 8.10 on year (mod 60), month, day, hour, minute and second, in UTC; before, a letter for the local hour."""
    match = _SENDMAIL_VERSION.search(hop.text)
    if not match:
        return
    shape = _SENDMAIL if int(match.group(1)) >= 10 else _SENDMAIL_8_9
    found = shape.fullmatch(hop.id)
    if not found:
        # Not every build keeps to its version's form: said, but no more than that.
        yield Sign("id_form", hop.id)
    elif shape is _SENDMAIL:
        yield from _sendmail_time(hop, [_BASE_62.index(character) for character in found.group(1)])
    elif hop.date:
        apart = (datetime.fromisoformat(hop.date).hour - "ABCDEFGHIJKLMNOPQRSTUVWX".index(found.group(1))) % 24
        if 2 <= apart <= 22:
            yield Sign("id_time", f"{hop.id}: {24 - apart} h", strong=False)


def _sendmail_time(hop: Hop, numbers: list[int]) -> Iterator[Sign]:
    year, month, day, hour, minute, second = numbers
    try:
        held = datetime(2000, month + 1, day, hour, minute, min(second, 59), tzinfo=UTC)  # a leap year takes every day
    except ValueError:
        yield Sign("id_form", hop.id, strong=True)
        return
    if not hop.date:
        return
    date = datetime.fromisoformat(hop.date).astimezone(UTC)
    for written in (date - _SAME, date, date + _SAME):  # at the turn of a year id and date may have different ones
        if (written.year - 1900) % 60 == year and abs(_in_year(held, written.year) - date) <= _SAME:
            return
    yield Sign("id_time", f"{hop.id}: {held:%m-%d %H:%M}", strong=True)


def _in_year(held: datetime, year: int) -> datetime:
    try:
        return held.replace(year=year)
    except ValueError:  # 29 February
        return held.replace(year=year, month=3, day=1)


def _gmail(hop: Hop) -> Iterator[Sign]:
    """`...2023.07.26.10.59.04`, in the same local time as the date; earlier milliseconds since 1970."""
    if hop.id != hop.id.lower():
        yield Sign("id_form", hop.id, strong=True)
        return
    if match := _GMAIL_EPOCH.search(hop.id):
        yield from _compare(hop, int(match.group(1)) // 1000)
    match = _GMAIL.search(hop.id)
    if not match or not hop.date:
        return
    try:
        held = datetime(*(int(number) for number in match.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        yield Sign("id_form", hop.id, strong=True)
        return
    if abs(held - datetime.fromisoformat(hop.date).replace(tzinfo=None)) > _SAME:
        yield Sign("id_time", f"{hop.id}: {held:%Y-%m-%d %H:%M}", strong=True)
