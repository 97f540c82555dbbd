"""A question to a service that wants a key: one GET, its answer in JSON, its refusals in words. Nothing is ever submitted.

The key goes into a header, so that no address that is logged or shown holds it; redirects are not followed with it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import msgspec

from sabaki.model.finding import State
from sabaki.sources.source import Failed, Response, World

T = TypeVar("T")
_MOST = 4_000_000
_SECONDS = 12.0
_REST = 60.0
_LONGEST_REST = 86_400.0
_FORBIDDEN = (402, 403)

_rests: WeakKeyDictionary[Any, dict[str, datetime]] = WeakKeyDictionary()
_refusals: WeakKeyDictionary[Any, dict[str, Failed]] = WeakKeyDictionary()


async def get(
    world: World,
    service: str,
    url: str,
    setting: str,
    header: str,
    form: type[T],
    *,
    headers: dict[str, str] | None = None,
) -> T | None:
    """The answer as `form`; None where the service itself says, in JSON, that it knows nothing of it (404). Raises Failed.

    After "too many questions" (429) the service is left alone for as long as it asks, else for a minute, by the whole run; a key that
    was refused once is not tried again.
    """
    rests, refusals = _rests.setdefault(world, {}), _refusals.setdefault(world, {})
    if service in refusals:
        known = refusals[service]
        raise Failed(known.state, known.reason, known.reason_ja)
    now = world.now()
    if (until := rests.get(service)) and now < until:
        at = until.isoformat(timespec="seconds").replace("+00:00", "Z")
        raise Failed(
            State.TEMPERROR,
            f"not asked: {service} asked to be left alone until {at}",
            f"問い合わせていません（{service} の求めにより、{at} まで控えています）",
        )
    sent = {"Accept": "application/json", header: _key(world, setting)} | (headers or {})
    response = await world.egress.fetch(url, headers=sent, seconds=_SECONDS, most=_MOST, redirects=0)
    if response.status == 429:
        rests[service] = now + timedelta(seconds=_retry_after(response.headers.get("retry-after", "")))
    if response.status == 404 and response.body.lstrip()[:1] in (b"{", b"["):
        return None
    if response.status != 200:
        refused = _refused(service, setting, response)
        if _is_wrong_key(response):
            refusals[service] = refused
        raise refused
    return _read(service, response, form)


def base(world: World, setting: str, default: str) -> str:
    """A service's address: the setting's, where there is one (a proxy of the organisation), else its own."""
    return str(getattr(world.settings, setting, "") or default).rstrip("/")


def _key(world: World, setting: str) -> str:
    key = str(getattr(world.settings, setting, "") or "").strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key or len(key) > 500:
        raise Failed(
            State.PERMERROR,
            f"the setting {setting} does not hold a key",
            f"設定 {setting} の値はAPIキーの形をしていません",
        )
    return key


def _read(service: str, response: Response, form: type[T]) -> T:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind and "json" not in kind:
            raise ValueError(f"it is {kind[:60]}, not JSON")
        return msgspec.json.decode(response.body, type=form)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Failed(
            State.TEMPERROR,
            f"the answer of {service} cannot be read: {error}"[:300],
            f"{service} の応答を読み取れません（{error}）"[:300],
        ) from error


def _is_wrong_key(response: Response) -> bool:
    return response.status == 401 or (response.status == 400 and b"api key" in response.body[:2_000].lower())


def _refused(service: str, setting: str, response: Response) -> Failed:
    status = response.status
    if _is_wrong_key(response):
        return Failed(
            State.PERMERROR,
            f"{service} does not accept the key in {setting} (HTTP {status})",
            f"{service} が設定 {setting} のAPIキーを受け付けません（HTTP {status}）",
        )
    if status in _FORBIDDEN:
        return Failed(
            State.PERMERROR,
            f"{service} does not let the key in {setting} ask this (HTTP {status})",
            f"設定 {setting} のAPIキーでは、{service} にこの問い合わせができません（HTTP {status}）",
        )
    if status == 429:
        return Failed(
            State.TEMPERROR,
            f"{service} answers no more for now: the key's quota is used up (HTTP 429)",
            f"APIキーの割り当てを使い切ったため、{service} がいまは応じません（HTTP 429）",
        )
    if status >= 500:
        return Failed(
            State.TEMPERROR,
            f"{service} has a fault (HTTP {status})",
            f"{service} 側の障害です（HTTP {status}）",
        )
    return Failed(
        State.PERMERROR,
        f"{service} did not accept the question (HTTP {status})",
        f"{service} が問い合わせを受け付けませんでした（HTTP {status}）",
    )


def _retry_after(text: str) -> float:
    """Seconds that a server asks to be left alone for (RFC 9110 section 10.2.3)."""
    return min(float(text), _LONGEST_REST) if text.isascii() and text.isdecimal() and len(text) < 10 else _REST
