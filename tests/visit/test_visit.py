"""A visit as a whole: what it says when nobody can go, and what it says of places where nobody may."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sabaki.model.finding import State
from sabaki.model.visit import PageState, Visit
from sabaki.sources.egress import Guard
from sabaki.visit import visit as module
from sabaki.visit import walls
from sabaki.visit.visit import Wanted, visit


async def nowhere(host: str) -> tuple[str, ...]:
    return ()


def go(wanted: Wanted) -> Visit:
    return asyncio.run(visit("http://a.test/#taro", wanted, guard=Guard(nowhere), keep=lambda content: ""))


def test_walls_that_do_not_stand_mean_nobody_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot() -> None:
        raise walls.CannotShut("bwrap is not there", "bwrapがありません")

    monkeypatch.setattr(module.layers, "require", cannot)
    monkeypatch.setattr(module, "Browser", None)
    found = go(Wanted(visited="http://a.test/#hanako"))
    assert found.outcome is State.SKIPPED
    assert found.reason == "not visited: bwrap is not there"
    assert found.reason_ja == "訪問していません。bwrapがありません"
    assert (found.url, found.visited, found.views) == ("http://a.test/#taro", "http://a.test/#hanako", ())


def test_a_browser_that_does_not_start_means_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def __init__(self, *_: Any) -> None: ...

        async def __aenter__(self) -> None:
            raise walls.CannotShut("Chromium did not start", "起動しません")

        async def __aexit__(self, *_: Any) -> None: ...

    monkeypatch.setattr(module.layers, "require", lambda: None)
    monkeypatch.setattr(module, "Browser", Broken)
    assert go(Wanted(visited="http://a.test/")).outcome is State.SKIPPED


def test_a_view_that_is_late_leaves_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow:
        version, reached, ended = "Chrome/156.0", (), False

        def __init__(self, *_: Any) -> None: ...

        async def __aenter__(self) -> Any:
            return self

        async def __aexit__(self, *_: Any) -> None: ...

    class Waiting(module.Look):
        async def go(self, url: str, seconds: float) -> None:
            await asyncio.sleep(60)

    monkeypatch.setattr(module.layers, "require", lambda: None)
    monkeypatch.setattr(module, "Browser", Slow)
    monkeypatch.setattr(module, "Look", Waiting)
    limits = module.VisitLimits(seconds=0.2)
    found = asyncio.run(
        visit(
            "http://a.test/", Wanted(visited="http://a.test/"), guard=Guard(nowhere), keep=lambda _: "", limits=limits
        )
    )
    assert found.outcome is State.RAN
    assert [view.name for view in found.views] == ["desktop"]
    assert found.limits == ("seconds",)


def test_a_private_address_is_not_gone_to(seen: Any) -> None:
    found = seen["private"]
    assert (found.outcome, found.state) == (State.RAN, PageState.REFUSED)
    assert [(each.host, each.port) for each in found.refusals][:1] == [("private.test", 80)]
    assert [each.kind for each in found.artifacts] == ["har"]


def test_what_is_written_down_of_it(seen: Any) -> None:
    found = seen["everything"]
    assert found.browser.startswith("Chrome/")
    assert (found.vantage, found.locale, found.zone) == ("direct", "ja-JP", "Asia/Tokyo")
    assert found.seconds < 60
    assert found.limits == ()
