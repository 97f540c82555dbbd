"""The Date that the mail bears is far from when it came in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_AHEAD_HOURS = 6.0
_BEHIND_HOURS = 24.0 * 7


@check(severity=Severity.LOW, weight=6, references=("RFC 5322 section 3.6.1",))
def date_skew(case: Case) -> Iterator[Hit]:
    """Date lies hours ahead of, or more than a week behind, the time at which a server above the trust line took the mail in."""
    origin = case.origin
    if not case.sender.date or not origin.date or origin.grade is Grade.SELF_DECLARED:
        return
    written, taken = datetime.fromisoformat(case.sender.date), datetime.fromisoformat(origin.date)
    hours = (written - taken).total_seconds() / 3600
    if -_BEHIND_HOURS <= hours <= _AHEAD_HOURS:
        return
    ahead = hours > 0
    amount = round(abs(hours)) if abs(hours) < 48 else round(abs(hours) / 24)
    unit, unit_ja = ("hours", "時間") if abs(hours) < 48 else ("days", "日")
    yield Hit(
        f"Date lies {amount} {unit} {'ahead of' if ahead else 'behind'} the time at which the mail came in",
        f"記載された日時（Date）が、実際の受け付けより{amount}{unit_ja}{'先' if ahead else '前'}になっています",
        Grade.INFERRED,
        tuple(cite.field(field) for field in case.all("date")),
        "A wrong clock does that too, and so does mail that waited long.",
        "時計の狂いや、長く滞留したメールでも起こります。",
    )
