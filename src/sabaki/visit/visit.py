"""The careful visit: a shut-in browser goes to a link, as a desktop and as a phone, and what it saw comes back."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import msgspec

from sabaki.facts import pagestate
from sabaki.model.finding import State
from sabaki.model.visit import Artifact, Mode, View, Visit
from sabaki.sources.egress import Guard
from sabaki.visit import layers, page, walls
from sabaki.visit.browser import Browser
from sabaki.visit.capture import Look
from sabaki.visit.limits import VisitLimits
from sabaki.visit.page import Keep
from sabaki.visit.profiles import profile
from sabaki.visit.proxy import Proxy

_SPARE = 1.0
"""Seconds of a view's share that are kept for starting and ending."""
_LEAST = 2.0


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """How to go. `visited` is what is asked for instead of the link (strip.py), `sent` what stands in it for the recipient's address.

    `locale` ("ja-JP") and `zone` ("Asia/Tokyo") are those of the mail. `views` are of "desktop" and "phone". `agent` replaces the User-Agent.
    `upstream` is another proxy ("socks5://127.0.0.1:9050"), "" for none. `insecure`: go on where the certificate is none that a browser accepts.
    """

    visited: str
    mode: Mode = Mode.STRIPPED
    sent: tuple[str, ...] = ()
    locale: str = "ja-JP"
    zone: str = "Asia/Tokyo"
    views: tuple[str, ...] = ("desktop", "phone")
    agent: str = ""
    upstream: str = ""
    insecure: bool = False


async def visit(url: str, wanted: Wanted, *, guard: Guard, keep: Keep, limits: VisitLimits | None = None) -> Visit:
    """Visit a link. Never raises for what the page does; where the walls do not stand, the outcome is SKIPPED and says why.

    `guard` decides about every address, `keep` takes what is kept.
    """
    limits = limits or VisitLimits()
    began, clock = datetime.now(UTC), time.monotonic()
    common: dict[str, Any] = {
        "url": url,
        "visited": wanted.visited,
        "mode": wanted.mode,
        "started_at": began.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "locale": wanted.locale,
        "zone": wanted.zone,
    }
    try:
        await asyncio.to_thread(layers.require)
        return await _Visit(wanted, guard, keep, limits).go(common, clock)
    except walls.CannotShut as reason:
        return Visit(
            outcome=State.SKIPPED,
            reason=f"not visited: {reason}",
            reason_ja=f"訪問していません。{reason.reason_ja}",
            **common,
        )


class _Visit:
    def __init__(self, wanted: Wanted, guard: Guard, keep: Keep, limits: VisitLimits) -> None:
        self._wanted = wanted
        self._guard = guard
        self._keep = keep
        self._limits = limits
        self._look: Look | None = None
        self._views: list[View] = []
        self._artifacts: list[Artifact] = []
        self._reached: list[str] = []

    def _event(self, method: str, given: dict[str, Any], session: str) -> None:
        if self._look is not None:
            self._look.event(method, given, session)

    async def go(self, common: dict[str, Any], clock: float) -> Visit:
        async with Proxy(self._guard, self._limits, self._wanted.upstream) as proxy:
            version = await self._all_views(proxy)
            views = pagestate.compare(self._views)
            standing = pagestate.together(views)
            return Visit(
                outcome=State.RAN if self._views else State.TEMPERROR,
                reason="" if self._views else "the browser ended before it could look",
                reason_ja="" if self._views else "ブラウザーが途中で終了したため、確認できませんでした",
                state=standing.state,
                state_reason=standing.reason,
                state_reason_ja=standing.reason_ja,
                seconds=round(time.monotonic() - clock, 1),
                vantage=proxy.vantage,
                browser=version,
                views=tuple(views),
                refusals=proxy.refusals,
                artifacts=tuple(self._artifacts),
                limits=tuple(dict.fromkeys([*self._reached, *proxy.reached])),
                **common,
            )

    async def _all_views(self, proxy: Proxy) -> str:
        """Each view, in a browser of its own where the last one was killed; gives the browser's version."""
        version = ""
        waiting = list(self._wanted.views)
        until = asyncio.get_running_loop().time() + self._limits.seconds
        try:
            async with asyncio.timeout_at(until):
                while waiting:
                    async with Browser(proxy.socket, self._limits, self._event) as browser:
                        version = browser.version
                        while waiting and not browser.ended:
                            share = (until - asyncio.get_running_loop().time()) / len(waiting)
                            await self._one_view(browser, proxy, waiting.pop(0), max(share - _SPARE, _LEAST))
                    self._reached += browser.reached
        except TimeoutError:
            self._reached.append("seconds")
        return version

    async def _one_view(self, browser: Browser, proxy: Proxy, name: str, seconds: float) -> None:
        wanted, before = self._wanted, len(proxy.exchanges)
        visitor = profile(name, wanted.locale, wanted.zone, browser.version, wanted.agent)
        self._look = look = Look(browser, visitor, self._limits, proxy.socket, insecure=wanted.insecure)
        try:
            await look.go(wanted.visited, seconds)
        finally:
            self._look = None
            exchanges = proxy.exchanges[before:]
            seen = page.view(look.captured, look.traffic, exchanges, name=name, asked=wanted.visited, sent=wanted.sent)
            self._views.append(seen)
            self._artifacts += page.artifacts(look.captured, look.traffic, visitor, browser.version, self._keep)
            self._reached += look.captured.reached
