from __future__ import annotations

from typing import Any

from sabaki.model.finding import State
from sabaki.model.knowledge import Subject
from sabaki.sources import urlscan
from sabaki.sources.source import Failed, registered

from .services import KEY, World, ask_with, reply
from .services import urlscan as server


def ask(subject: Subject, answer: Any = server, key: str = KEY) -> tuple[Any, World]:
    world = World(urlscan_key=key)
    (found,) = ask_with(urlscan.ask, subject, answer, world, "urlscan_url")
    return (found if isinstance(found, Failed) else found[0]), world


def test_no_link_is_sent_and_nothing_submitted() -> None:
    assert registered()["urlscan"].accepts == ("domain", "ip")
    _, world = ask(Subject("domain", "evil.example"))
    assert [(each.method, each.path) for each in world.asked] == [("GET", "/api/v1/search/")]
    assert world.asked[0].query["q"] == ['page.domain:"evil.example"']
    _, world = ask(Subject("ip", "2001:db8::1"))
    assert world.asked[0].query["q"] == ['page.ip:"2001:db8::1"']


def test_a_search_without_verdicts_settles_nothing() -> None:
    found, _ = ask(Subject("domain", "evil.example"))
    assert found.listed is None
    assert "had made: 1, the last on" in found.meaning
    assert "2026-11-20" in found.meaning


def test_never_scanned_is_unknown() -> None:
    found, _ = ask(Subject("domain", "fresh.example"))
    assert found.listed is None
    assert "Unknown is not clean" in found.meaning


def test_verdicts_where_the_account_sees_them() -> None:
    bad = {"task": {"time": "2026-11-02T00:00:00Z"}, "page": {"title": None}, "verdicts": {"malicious": True}}
    good = {"verdicts": {"malicious": False}}
    found, _ = ask(Subject("domain", "evil.example"), lambda _: reply(200, {"results": [bad, good], "total": 9}))
    assert (found.listed, found.threats) == (True, ("scans: 9", "malicious: 1"))
    found, _ = ask(Subject("domain", "evil.example"), lambda _: reply(200, {"results": [good], "total": 1}))
    assert found.listed is None


def test_errors() -> None:
    assert ask(Subject("domain", "evil.example"), key="bad")[0].state is State.PERMERROR
    assert ask(Subject("domain", "evil.example"), lambda _: reply(404, {}))[0].state is State.PERMERROR
    assert ask(Subject("domain", 'x"y.example'))[0].state is State.SKIPPED
