"""A server that answers hash prefixes: each prefix asked once, answers kept for as long as it allows, rests taken when it asks for them.

What Safe Browsing and Web Risk have in common. Nothing but prefixes goes out, sorted, so that their order says nothing of a URL.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from sabaki.model.finding import State
from sabaki.sources.sbproto import Found, FullHash
from sabaki.sources.source import Failed, Response, World

Search = Callable[[tuple[bytes, ...]], Awaitable[dict[bytes, Found]]]
"""Prefixes to what a server says of each of them. Raises Failed."""

_SECONDS = 8.0
_MOST_ANSWER = 1_000_000
_MOST_KEPT = 100_000
_LONGEST_REST = 300.0
_LONGEST_WAIT = 86_400.0


class Kept(msgspec.Struct, frozen=True):
    """What is known of a prefix: every listed hash that begins so, when it was asked for, and until when it holds."""

    hashes: tuple[FullHash, ...]
    asked: datetime
    until: datetime


Flight = asyncio.Task[dict[bytes, Kept]]
"""A question that is under way."""


class Service:
    """One server and what it has said. Belongs to one event loop, as the egress does."""

    def __init__(self) -> None:
        self.updating = asyncio.Lock()
        """Held by whoever brings the lists up to date."""
        self._kept: dict[bytes, Kept] = {}
        self._flights: dict[bytes, Flight] = {}
        self._waiting: Counter[Flight] = Counter()
        self._failures = 0
        self._rest: datetime | None = None

    async def answers(self, world: World, prefixes: Iterable[bytes], search: Search) -> dict[bytes, Kept]:
        """What is known of each prefix: kept, under way, or asked for now in one go. Raises Failed if any of it failed."""
        now, known, new = world.now(), dict[bytes, Kept](), list[bytes]()
        flights: set[Flight] = set()
        wanted = sorted(set(prefixes))
        for prefix in wanted:
            kept, flight = self._kept.get(prefix), self._flights.get(prefix)
            if kept is not None and now < kept.until:
                known[prefix] = kept
            elif flight is not None and not flight.cancelling():
                flights.add(flight)
            else:
                new.append(prefix)
        if new:
            flights.add(self._take_off(world, tuple(new), search))
        self._waiting.update(flights)
        try:
            for flight in flights:
                # Shielded: whoever gives up waiting must not take the answer from the others.
                known |= await asyncio.shield(flight)
        finally:
            self._waiting.subtract(flights)
            for flight in flights:
                if not self._waiting[flight]:
                    del self._waiting[flight]
                    flight.cancel()
        return {prefix: known[prefix] for prefix in wanted}

    def _take_off(self, world: World, prefixes: tuple[bytes, ...], search: Search) -> Flight:
        flight = asyncio.get_running_loop().create_task(self._fly(world, prefixes, search))
        self._flights.update(dict.fromkeys(prefixes, flight))

        def landed(task: Flight) -> None:
            for prefix in prefixes:
                if self._flights.get(prefix) is task:
                    del self._flights[prefix]
            if not task.cancelled():
                task.exception()  # looked at, also where nobody waits any more

        flight.add_done_callback(landed)
        return flight

    async def _fly(self, world: World, prefixes: tuple[bytes, ...], search: Search) -> dict[bytes, Kept]:
        asked = world.now()
        found = await search(prefixes)
        now = world.now()
        if len(self._kept) > _MOST_KEPT:
            self._kept.clear()
        kept = {
            prefix: Kept(
                tuple(each for each in found[prefix].hashes if each.hash.startswith(prefix)),
                asked,
                now + timedelta(seconds=found[prefix].seconds),
            )
            for prefix in prefixes
        }
        self._kept |= kept
        return kept

    async def call(
        self, world: World, url: str, key: str, setting: str, *, seconds: float = _SECONDS, most: int = _MOST_ANSWER
    ) -> Response:
        """A GET with the key in its header, so that no address that is logged or shown holds it. Raises Failed unless the answer is 200.

        Redirects are not followed. After a failure the server is left alone: for as long as it says, else 1, 2, 4 ... 300 seconds.
        """
        now = world.now()
        if self._rest is not None and now < self._rest:
            until = self._rest.isoformat(timespec="seconds").replace("+00:00", "Z")
            raise Failed(
                State.TEMPERROR,
                f"not asked: after a failure Google is left alone until {until}",
                f"問い合わせていません（直前の失敗のため、{until} までGoogleへの問い合わせを控えています）",
                sent=False,
            )
        headers = {"X-Goog-Api-Key": _key(key, setting)}
        try:
            response = await world.egress.fetch(url, headers=headers, seconds=seconds, most=most, redirects=0)
        except Failed as failure:
            if failure.state is State.TEMPERROR:
                self._pause(world.now(), None)
            raise
        if response.status == 200:
            self._failures, self._rest = 0, None
            return response
        if response.status == 429 or response.status >= 500:
            self._pause(world.now(), _retry_after(response.headers.get("retry-after", ""), world.now()))
        raise _refusal(response, setting)

    def _pause(self, now: datetime, seconds: float | None) -> None:
        if seconds is None:
            if self._rest is not None and now < self._rest:
                return  # the failures of questions that were under way together count as one
            self._failures += 1
            seconds = min(_LONGEST_REST, 2.0 ** min(self._failures - 1, 10))
        rest = now + timedelta(seconds=seconds)
        self._rest = rest if self._rest is None else max(rest, self._rest)


_services: WeakKeyDictionary[Any, dict[str, Service]] = WeakKeyDictionary()


def service(world: World, name: str) -> Service:
    """The service of a name, as this world's egress knows it: one for a batch."""
    return _services.setdefault(world.egress, {}).setdefault(name, Service())


def _key(key: str, setting: str) -> str:
    key = key.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key or len(key) > 500:
        raise Failed(
            State.PERMERROR,
            f"the setting {setting} does not hold a key",
            f"設定 {setting} の値はAPIキーの形をしていません",
        )
    return key


def _retry_after(text: str, now: datetime) -> float | None:
    """Seconds that a server asks to be left alone for (RFC 9110 section 10.2.3: a number or a date); None where it does not say."""
    if text.isascii() and text.isdigit() and len(text) < 10:
        seconds = float(text)
    else:
        try:
            at = parsedate_to_datetime(text[:60])
            seconds = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    return min(max(seconds, 1.0), _LONGEST_WAIT)


def _refusal(response: Response, setting: str) -> Failed:
    status, said = response.status, response.body[:4_000]
    if status == 400 and (b"API_KEY_INVALID" in said or b"API key" in said):
        return Failed(
            State.PERMERROR,
            f"Google does not accept the key in {setting}: it is wrong or expired",
            f"Googleが設定 {setting} のAPIキーを受け付けません（誤りか期限切れです）",
        )
    if status in (401, 403):
        return Failed(
            State.PERMERROR,
            f"Google does not let the key in {setting} ask: the API is not enabled in its project, or the key is restricted",
            f"設定 {setting} のAPIキーでは問い合わせが許可されません（プロジェクトでAPIが有効でないか、キーに制限があります）",
        )
    if status == 429:
        return Failed(
            State.TEMPERROR,
            "Google answers no more for now: the key's quota is used up (HTTP 429)",
            "APIキーの割り当てを使い切ったため、Googleがいまは応じません（HTTP 429）",
        )
    if status >= 500:
        return Failed(
            State.TEMPERROR,
            f"Google's server has a fault (HTTP {status})",
            f"Googleのサーバー側の障害です（HTTP {status}）",
        )
    return Failed(
        State.PERMERROR,
        f"Google did not accept the question (HTTP {status})",
        f"Googleが問い合わせを受け付けませんでした（HTTP {status}）",
    )


def unreadable(reason: str) -> Failed:
    """An answer that is not what it should be: nothing is known by it."""
    return Failed(
        State.TEMPERROR,
        f"Google's answer cannot be read: {reason}",
        "Googleの応答を読み取れません（壊れているか、別のサーバーの応答です）",
    )
