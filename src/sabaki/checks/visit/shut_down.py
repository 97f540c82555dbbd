"""Somebody has shut the page down already."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.model.case import Case
from sabaki.model.evidence import Evidence, Grade, Provenance
from sabaki.model.finding import Severity, State
from sabaki.model.visit import PageState
from sabaki.registry import Hit, check


@check(severity=Severity.INFO, weight=4)
def shut_down(case: Case) -> Iterator[Hit]:
    """A visit found that the host has suspended the site: somebody there thought it bad. It may come back elsewhere."""
    for visit in case.visits:
        if visit.outcome is State.RAN and visit.state is PageState.SUSPENDED:
            yield Hit(
                "the host has shut the site down",
                "リンク先のサイトは、ホスティング事業者によって停止されています",
                Grade.VERIFIED,
                (
                    Evidence(
                        "page",
                        visit.state_reason[:300],
                        Grade.VERIFIED,
                        Provenance("visit", str(visit.mode), obtained_at=visit.started_at),
                    ),
                ),
                "Unpaid bills shut sites down as well.",
                "料金の未払いで停止されることもあります。",
            )
            return
