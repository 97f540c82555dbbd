from __future__ import annotations

from typing import Any

import pytest

from sabaki.model.finding import State
from sabaki.model.knowledge import Subject
from sabaki.sources import abuseipdb
from sabaki.sources.source import Failed

from .services import KEY, World, ask_with, reply
from .services import abuseipdb as server


def ask(ip: str, answer: Any = server, key: str = KEY) -> tuple[Any, World]:
    world = World(abuseipdb_key=key)
    (found,) = ask_with(abuseipdb.ask, Subject("ip", ip), answer, world, "abuseipdb_url")
    return (found if isinstance(found, Failed) else found[0]), world


def test_reports_are_counted() -> None:
    found, world = ask("192.0.2.1")
    assert world.asked[0].query == {"ipAddress": ["192.0.2.1"], "maxAgeInDays": ["90"]}
    assert found.listed is True
    assert "Reports in 90 days: 12, users who made them: 7" in found.meaning
    assert "75 点" in found.meaning_ja
    assert found.threats[:2] == ("abuseConfidenceScore: 75", "totalReports: 12")


def test_no_report_is_not_clean() -> None:
    found, _ = ask("2001:db8::1")
    assert (found.listed, found.matched) == (False, "")
    assert "Not reported is not clean" in found.meaning


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"abuseConfidenceScore": 0, "totalReports": 3}, "settles nothing"),
        ({"abuseConfidenceScore": 40, "totalReports": 300, "isWhitelisted": True}, "well-known services"),
    ],
)
def test_what_settles_nothing(data: dict[str, Any], says: str) -> None:
    found, _ = ask("192.0.2.1", lambda _: reply(200, {"data": data}))
    assert found.listed is None
    assert says in found.meaning


def test_errors() -> None:
    assert ask("192.0.2.1", key="wrong")[0].state is State.PERMERROR
    assert ask("192.0.2.1", lambda _: reply(422, {"errors": [{"detail": "no address"}]}))[0].state is State.PERMERROR
    assert ask("192.0.2.1", lambda _: reply(200, {"data": {}}))[0].state is State.TEMPERROR
