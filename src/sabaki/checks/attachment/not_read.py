"""A file could not be looked into."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import carried
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity, State
from sabaki.registry import Hit, check


@check(severity=Severity.INFO, weight=0)
def not_read(case: Case) -> Iterator[Hit]:
    """A file that came with the mail could not be read: it is locked, too large, or its reader was stopped."""
    unread = [file for file in case.files if file.state is not State.RAN]
    if unread:
        en, ja = carried.place(case, unread[0])
        more = len(unread) - 1
        yield Hit(
            f"{en} could not be looked into: {unread[0].reason}" + (f" (and {more} more)" if more else ""),
            f"{ja} の中身は確認できていません。{unread[0].reason_ja}" + (f"（ほか{more}件）" if more else ""),
            Grade.VERIFIED,
            tuple(carried.evidence(case, file) for file in unread[:5]),
            "What could not be looked into is not thereby clean.",
            "確認できなかったものは、安全だという意味ではありません。",
        )
