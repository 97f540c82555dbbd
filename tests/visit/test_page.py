"""A look in the report's words."""

from __future__ import annotations

from typing import Any

from sabaki.model.visit import PageState
from sabaki.visit import page
from sabaki.visit.capture import Captured
from sabaki.visit.collect import Collected
from sabaki.visit.ledger import Exchange
from sabaki.visit.traffic import Fetched, Traffic

URL = "http://a.test/x"


def view(captured: Captured, *fetched: Fetched, exchanges: tuple[Exchange, ...] = ()) -> Any:
    traffic = Traffic()
    traffic.fetched = list(fetched)
    return page.view(captured, traffic, list(exchanges), name="desktop", asked=URL)


def fetched(**more: Any) -> Fetched:
    return Fetched(URL, "GET", "Document", 1.0, main=True, how="start", **more)


def test_nothing_came() -> None:
    found = view(Captured())
    assert (found.url, found.status, found.text, found.steps) == (URL, 0, "", ())
    assert found.state is PageState.UNKNOWN


def test_what_the_proxy_refused_is_refused() -> None:
    refused = Exchange(
        "2026-11-25T00:00:00.000Z", "GET", "a.test", 80, failure="refused", reason="10.0.0.1 is not globally routable"
    )
    found = view(Captured(), fetched(error="proxy: refused", ours=True), exchanges=(refused,))
    assert found.state is PageState.REFUSED
    assert found.resources[0].refused == 1


def test_cookies_have_no_values_and_odd_dates_none() -> None:
    cookies: list[dict[str, Any]] = [
        {"name": "a", "value": "secret", "domain": ".a.test", "expires": 1_790_000_000.5, "secure": True},
        {"name": "b", "expires": 1e300},
        {"name": 5, "expires": "x"},
    ]
    found = view(Captured(collected=Collected(cookies=cookies)))
    assert "secret" not in str(found)
    assert [each.expires for each in found.cookies] == ["2026-09-21T14:13:20Z", None, None]
    assert found.cookies[0].secure


def test_windows_come_behind_the_pages() -> None:
    found = view(Captured(popups=["http://b.test/"]), fetched(status=200))
    assert [(step.url, step.how) for step in found.steps] == [(URL, "start"), ("http://b.test/", "window")]


def test_what_stands_in_the_end_counts() -> None:
    seen = {"url": "http://a.test/y#z", "title": "t", "text": "main", "language": "ja"}
    frame = {"text": "inner"}
    found = view(Captured(collected=Collected(page=seen, frames=[frame])), fetched(status=200))
    assert (found.url, found.title, found.text, found.language) == ("http://a.test/y#z", "t", "main\ninner", "ja")


def test_of_a_real_page(seen: Any) -> None:
    (found,) = seen["everything"].views
    assert (found.icon_hash, len(found.icon)) == (found.icon_hash, 64)
    assert found.icon_hash is not None
    names = {cookie.name: cookie for cookie in found.cookies}
    assert names["kept"].http_only
    assert names["kept"].expires is not None
    assert "secret-value" not in str(found)
    assert found.state is PageState.ALIVE
