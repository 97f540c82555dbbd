"""What a page does while it is looked at: counted, answered, bounded. With a browser that is played, and with a real one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sabaki.visit import capture
from sabaki.visit.capture import Look
from sabaki.visit.devtools import Session
from sabaki.visit.limits import VisitLimits
from sabaki.visit.profiles import profile

CERTIFICATE = "net::ERR_CERT_AUTHORITY_INVALID"


class Played:
    """A browser that answers everything with nothing, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []

    async def call(
        self, method: str, given: dict[str, Any] | None = None, *, session: str = "", seconds: float = 0
    ) -> dict[str, Any]:
        self.asked.append((method, given or {}))
        return {}

    def methods(self) -> list[str]:
        return [method for method, _ in self.asked]


def look(work: Callable[[Look, Played], None], limits: VisitLimits | None = None, **more: Any) -> tuple[Look, Played]:
    """A look whose page is there, and what came of the events that `work` hands to it."""
    played = Played()
    browser: Any = SimpleNamespace(devtools=played, root=None)
    made = Look(
        browser,
        profile("desktop", "ja-JP", "Asia/Tokyo", "Chrome/156.0"),
        limits or VisitLimits(),
        Path("none"),
        **more,
    )

    async def go() -> None:
        made._target, made._context = "page", "context"
        made._page = made._sessions["s"] = Session(browser.devtools, "s", "page")
        made.traffic.frame = "page"
        work(made, played)
        for _ in range(20):
            await asyncio.sleep(0)

    asyncio.run(go())
    return made, played


def dialog(kind: str) -> dict[str, Any]:
    return {"type": kind, "message": "x" * 1_000}


def test_dialogs_are_said_no_to_and_leaving_yes() -> None:
    def work(made: Look, _: Played) -> None:
        for kind in ("alert", "confirm", "prompt", "beforeunload"):
            made.event("Page.javascriptDialogOpening", dialog(kind), "s")

    made, played = look(work)
    assert [given["accept"] for method, given in played.asked if method == "Page.handleJavaScriptDialog"] == [
        False,
        False,
        False,
        True,
    ]
    assert len(made.captured.dialogs) == 4
    assert max(map(len, made.captured.dialogs)) == 300


@pytest.mark.parametrize(
    ("limit", "method", "given"),
    [
        ("dialogs", "Page.javascriptDialogOpening", dialog("alert")),
        ("popups", "Page.windowOpen", {"url": "http://a.test/"}),
    ],
)
def test_what_a_page_does_too_often_it_is_made_to_stop(limit: str, method: str, given: dict[str, Any]) -> None:
    made, played = look(lambda made, _: [made.event(method, given, "s") for _ in range(40)] and None)
    assert made.captured.reached == [limit]
    assert played.methods().count("Runtime.terminateExecution") == 1
    assert ("Emulation.setScriptExecutionDisabled", {"value": True}) in played.asked


def test_a_console_that_floods_is_shut() -> None:
    line = {"type": "log", "args": [{"value": "x" * 1_000}] * 100}
    made, played = look(lambda made, _: [made.event("Runtime.consoleAPICalled", line, "s") for _ in range(60)] and None)
    assert len(made.captured.console) == 50
    assert max(map(len, made.captured.console)) == 300
    assert "Runtime.disable" in played.methods()


def test_a_window_is_closed_and_another_contexts_left_alone() -> None:
    def work(made: Look, _: Played) -> None:
        for context in ("context", "other"):
            target = {"type": "page", "targetId": f"of-{context}", "openerId": "page", "browserContextId": context}
            made.event("Target.targetCreated", {"targetInfo": target}, "")

    _, played = look(work)
    assert [given for method, given in played.asked if method == "Target.closeTarget"] == [{"targetId": "of-context"}]


@pytest.mark.parametrize(("insecure", "action"), [(False, "cancel"), (True, "continue")])
def test_a_certificate_is_passed_only_where_that_is_wanted(insecure: bool, action: str) -> None:
    def work(made: Look, _: Played) -> None:
        request = {"url": "https://a.test/", "method": "GET"}
        sent = {
            "requestId": "1",
            "request": request,
            "type": "Document",
            "frameId": "page",
            "timestamp": 1,
            "wallTime": 2,
        }
        made.event("Network.requestWillBeSent", sent, "s")
        made.event(
            "Security.certificateError", {"eventId": 7, "errorType": "ERR_X", "requestURL": "https://a.test/"}, "s"
        )
        made.event("Network.loadingFailed", {"requestId": "1", "errorText": "net::ERR_ABORTED", "timestamp": 3}, "s")

    made, played = look(work, insecure=insecure)
    assert ("Security.handleCertificateError", {"eventId": 7, "action": action}) in played.asked
    (page,) = made.traffic.pages
    assert page.tls is not None
    assert page.tls.error == "net::ERR_X"
    assert page.error == ("net::ERR_ABORTED" if insecure else "net::ERR_X")


def test_events_of_strangers_and_nonsense_are_no_events() -> None:
    def work(made: Look, _: Played) -> None:
        made.event("Page.javascriptDialogOpening", dialog("alert"), "stranger")
        for method in ("Target.targetCreated", "Browser.downloadProgress", "Target.attachedToTarget"):
            with pytest.raises((KeyError, TypeError)):
                made.event(method, {}, "s")

    made, played = look(work)
    assert made.captured == capture.Captured(collected=made.captured.collected)
    assert played.asked == []


def test_the_page_that_is_gone() -> None:
    made, _ = look(lambda made, _: made.event("Target.targetCrashed", {"targetId": "page"}, ""))
    assert made.captured.crashed
    made, _ = look(lambda made, _: made.event("Target.detachedFromTarget", {"sessionId": "s"}, ""))
    assert made.captured.crashed


def test_a_page_is_let_on_and_a_file_is_not() -> None:
    def paused(kind: str) -> dict[str, Any]:
        headers = [{"name": "Content-Type", "value": kind}]
        return {
            "requestId": kind,
            "request": {"url": "http://a.test/x.zip"},
            "responseStatusCode": 200,
            "responseHeaders": headers,
        }

    def work(made: Look, _: Played) -> None:
        made.event("Fetch.requestPaused", paused("text/html"), "s")
        made.event("Fetch.requestPaused", paused("application/zip"), "s")

    made, played = look(work)
    assert ("Fetch.continueRequest", {"requestId": "text/html"}) in played.asked
    assert ("Fetch.failRequest", {"requestId": "application/zip", "errorReason": "Aborted"}) in played.asked
    assert [(each.name, each.complete) for each in made.captured.downloads] == [("x.zip", False)]


def test_a_storm_of_all_kinds_is_weathered(seen: Any) -> None:
    visit = seen["storm"]
    (view,) = visit.views
    assert set(visit.limits) & {"dialogs", "popups", "downloads"}
    assert "view_seconds" not in visit.limits
    assert view.text == "storm"
    assert sum(step.how == "window" for step in view.steps) == 5
    assert view.downloads
    assert len(view.dialogs) <= 20


def test_a_circle_ends(seen: Any) -> None:
    visit = seen["circle"]
    assert "redirects" in visit.limits
    assert 20 <= len(visit.views[0].steps) <= 50


def test_a_script_that_never_ends_does_not_hide_the_page(seen: Any) -> None:
    assert seen["busy"].views[0].text == "busy"
    assert "screenshot" in [each.kind for each in seen["busy"].artifacts]


def test_the_whole_way(seen: Any) -> None:
    (view,) = seen["everything"].views
    assert [(step.how, step.status) for step in view.steps] == [
        ("start", 302),
        ("http", 200),
        ("meta", 200),
        ("refresh", 200),
        ("script", 200),
        ("window", 0),
    ]
    assert view.url == "http://odd.test/#fragment-stays"
    assert {step.address for step in view.steps if step.how != "window"} == {"9.9.9.1"}
    assert view.dialogs == ("alert: ようこそ",)
    assert "log: hello ja-JP" in view.console
    hosts = {each.host: each for each in view.resources}
    assert hosts["private.test"].refused == 1
    assert hosts["odd.test"].addresses == ("9.9.9.1",)


def test_a_certificate_that_no_browser_accepts(seen: Any) -> None:
    (view,) = seen["certificate"].views
    (step,) = view.steps
    assert (view.state, view.error, step.status) == ("tls_failure", CERTIFICATE, 0)
    assert step.tls is not None
    assert (step.tls.subject, step.tls.error, step.address) == ("self-signed.test", CERTIFICATE, "9.9.9.2")


def test_and_where_it_is_gone_past(seen: Any) -> None:
    (view,) = seen["insecure"].views
    assert view.status == 200
    assert view.steps[0].tls.error == CERTIFICATE
    assert view.steps[0].tls.issuer == "self-signed.test"
    assert view.title == "会員ログイン"
