"""The escape attempts that are made with every run of the tests; `make escapes` makes all of them and prints the table."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.visit import escape_world, escapes
from tests.visit.escape_channels import CHANNELS, MARK, Page, pointed
from tests.visit.escape_world import World, number_of, target
from tests.visit.escapes import Outcome

CHOSEN = (
    *("redirect 302", "redirect 307", "Refresh header", "meta refresh", "location.href", "window.open", "form POST"),
    *("img", "module import", "CSS @import", "CSS font", "iframe", "iframe srcdoc", "object", "video", "favicon"),
    *("manifest", "preconnect", "dns-prefetch", "prefetch", "speculation rules prerender", "CSP report-uri"),
    *("ping attribute", "fetch keepalive", "XHR", "sendBeacon", "EventSource", "WebSocket", "https", "Worker fetch"),
    *("SharedWorker", "ServiceWorker", "WebRTC, STUN", "WebRTC, TURN by TCP", "name: private", "name: v4-mapped"),
    *("name: NAT64", "name: one global, one loopback", "address: decimal", "address: localhost"),
    *("rebinding, same origin", "rebinding, WebSocket", "file: opened by the page", "chrome: opened by the page"),
)
UNPROXIED = frozenset(("dns-prefetch", "WebRTC, STUN", "WebRTC, TURN by TCP", "prefetch", "manifest"))
"""What does not even reach the proxy behind the walls."""


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    if reason := escapes.why_not():
        pytest.skip(reason)
    numbers = [number for number, channel in enumerate(CHANNELS) if channel.id in CHOSEN]
    with ThreadPoolExecutor() as both:
        found = both.map(escapes.attempt, escapes.CALLERS, (numbers, numbers))
        return dict(zip(escapes.CALLERS, found, strict=True))


@pytest.mark.parametrize("caller", escapes.CALLERS)
def test_nobody_reaches_a_canary(outcomes: dict[str, Outcome], caller: str) -> None:
    assert {row.channel: row.canary for row in outcomes[caller].rows if row.canary} == {}


@pytest.mark.parametrize("caller", escapes.CALLERS)
def test_the_same_pages_reach_somebody_where_that_is_allowed_or_nothing_holds_them(
    outcomes: dict[str, Outcome], caller: str
) -> None:
    rows = outcomes[caller].rows[:-1]
    assert len(rows) == len(CHOSEN)
    unproven = {row.channel for row in rows if not row.proven}
    assert len(rows) - len(unproven) >= 30, unproven


@pytest.mark.parametrize("caller", escapes.CALLERS)
def test_what_was_refused_is_in_the_proxys_log(outcomes: dict[str, Outcome], caller: str) -> None:
    silent = {
        row.channel
        for row in outcomes[caller].rows[:-1]
        if row.control and not row.refused and row.channel not in UNPROXIED and "opened by the page" not in row.channel
    }
    assert silent == set()


@pytest.mark.parametrize("caller", escapes.CALLERS)
def test_every_renderer_was_locked_while_pages_were_open(outcomes: dict[str, Outcome], caller: str) -> None:
    renderers = [state for state, _ in outcomes[caller].states if state.startswith("renderer")]
    assert renderers
    # One filter is that of the walls, which all of them have; the other is Chromium's own.
    assert all("Seccomp 2 (2 filters), NoNewPrivs 1, CapEff 0000000000000000" in state for state in renderers)
    assert not any(state.endswith("uid 0") for state, _ in outcomes[caller].states)


# -- the test's own means


def test_there_are_many_channels_and_each_has_its_own_name() -> None:
    assert len({channel.id for channel in CHANNELS}) == len(CHANNELS) > 100
    assert {channel.id for channel in CHANNELS} >= set(CHOSEN)


def test_a_page_is_pointed_at_its_target() -> None:
    page = pointed(Page(f"<img src='{MARK}'>", fields=(f"Link: <{MARK}>",)), "http://a.test/t/1")
    assert page.html == "<img src='http://a.test/t/1'>"
    assert page.fields == ("Link: <http://a.test/t/1>",)


def test_a_visitor_is_told_by_the_address_that_it_came_to() -> None:
    world = World()
    for address, port, path in (
        ("127.0.7.1", 80, ""),
        ("10.66.7.1", 443, ""),
        ("169.254.169.254", 80, "/t/7"),
        ("20.66.7.1", 3000, ""),
        ("20.66.7.1", 80, ""),
        (escape_world.PAGE, 80, "/c/7"),
        ("127.0.0.1", 22, ""),
    ):
        world.note(address, port, path)
    assert (world.canary[7], world.canary[-1], world.control[7]) == (4, 1, 1)


def test_names_and_addresses_belong_to_their_channel() -> None:
    for number, channel in enumerate(CHANNELS):
        assert str(number) in target(channel, number, control=True) or channel.seen == "dns"
    assert [number_of(host) for host in ("loop-9.test", "127.0.9.1", "fd66::9", "::ffff:10.66.9.1", "a.test")] == [
        9
    ] * 4 + [-1]
