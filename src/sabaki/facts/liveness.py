"""What happened to a watched site, concluded from what was seen of it. One look proves nothing for good: 404 today is alive tomorrow.

Each way of looking is a lane of its own, told apart by who told it and from where: a kit that shows a browser its form and a program
404 is both, and a registry's words are compared with the same registry's words. What could not be looked at is in no lane.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec

from sabaki.mail import urls
from sabaki.model.visit import PageState
from sabaki.model.watch import Event, Kind, Leaf, Observation, Page, Registered, Resolution, Seen, Way

GONE_LOOKS = 3
GONE_SPAN = timedelta(days=3)
"""Not there at so many looks, over so long: then we say that it is gone."""
TOLD_A_DAY = 3
"""Of one kind of event, so many in a day are told: whoever changes his page every hour is not to fill our mailbox."""
_LATELY = 5
"""Looks whose addresses count as known: large sites answer with a few out of many, in turn."""
_REMEMBERED = 50
_UP = "up"
_CLOSED = "closed"
_STANDING: dict[PageState, str | Kind] = {
    PageState.ALIVE: _UP,
    PageState.NOT_FOUND: Kind.NOT_FOUND,
    PageState.GONE: Kind.NOT_FOUND,
    PageState.EMPTY: Kind.NOT_FOUND,
    PageState.PARKED: Kind.PARKED,
    PageState.SUSPENDED: Kind.SUSPENDED,
    PageState.NO_NAME: Kind.NO_NAME,
    PageState.UNREACHABLE: Kind.UNREACHABLE,
    PageState.CHALLENGE: _CLOSED,
    PageState.DECOY: _CLOSED,
    PageState.FORBIDDEN: _CLOSED,
    PageState.BROKEN: _CLOSED,
    PageState.TLS_FAILURE: _CLOSED,
}
"""What is not in here settles nothing, and is passed over."""

_Said = tuple[Kind, str, str]
"""What happened, what was seen before, what is seen now."""


def events(name: str, observations: Iterable[Observation]) -> tuple[Event, ...]:
    """Everything that happened, in the order of the observations. `name` goes into the events' ids. Linear in the observations."""
    lanes: dict[tuple[Way, str, str], _Lane] = {}
    found: list[Event] = []
    for observation in observations:
        if observation.seen is None:
            continue
        lane = lanes.setdefault((observation.way, observation.source, observation.vantage), _Lane())
        others = [other for key, other in lanes.items() if key[0] is observation.way and other is not lane]
        for kind, before, after in lane.take(observation, others):
            found.append(_event(name, observation, lane.since, kind, before, after))
    return tuple(found)


def tellable(events: Iterable[Event], new: Iterable[Event]) -> tuple[Event, ...]:
    """Those of the new events that somebody is told about: changes, and of each kind no more than a few a day. `events` holds the earlier ones."""
    told: list[Event] = []
    earlier = list(events)
    for event in new:
        day_before = _time(event.at) - timedelta(days=1)
        same = [each for each in earlier if each.kind is event.kind and each.way is event.way]
        recent = sum(day_before < _time(each.at) <= _time(event.at) for each in same[-2 * TOLD_A_DAY :])
        if event.since and recent < TOLD_A_DAY:
            told.append(event)
        earlier.append(event)
    return tuple(told)


def standing(seen: Seen | None) -> str:
    """How a thing stands by one look: "up", "closed", "down", "held", or "" where that settles nothing."""
    match seen:
        case Resolution():
            return _UP if seen.exists else "down"
        case Registered():
            return "down" if not seen.registered else "held" if _held(seen) or _ending(seen) else _UP
        case Page():
            how = _STANDING.get(seen.state, "")
            return "down" if isinstance(how, Kind) else how
        case Leaf():
            return _UP
        case _:
            return ""


def _event(name: str, seen: Observation, since: str, kind: Kind, before: str, after: str) -> Event:
    key = repr((name, str(kind), str(seen.way), seen.source, seen.vantage, seen.at, after))
    return Event(
        id=sha256(key.encode("utf-8", "replace")).hexdigest()[:20],
        kind=kind,
        way=seen.way,
        at=seen.at,
        since=since,
        before=before,
        after=after,
        grade=seen.grade,
    )


class _Lane:
    """What one way of looking has seen so far."""

    def __init__(self) -> None:
        self.since = ""
        self._last = ""
        self._how: str | Kind = ""
        self._settled: str | Kind = ""
        self._was_up = False
        self._gone = False
        self._down_since = ""
        self._down_looks = 0
        self._seen: list[Seen] = []
        self._ever: dict[str, None] = {}

    @property
    def is_up(self) -> bool:
        """Whether the last look found it there."""
        return self._how == _UP

    def take(self, observation: Observation, others: list[_Lane]) -> Iterator[_Said]:
        """What this look says has happened since the one before."""
        seen = observation.seen
        self.since = self._last
        match seen:
            case Resolution():
                yield from self._stands(_UP if seen.exists else Kind.NO_NAME, observation.at, others)
                yield from self._resolved(seen)
            case Page():
                how = _STANDING.get(seen.state)
                if how is None:
                    return
                yield from self._stands(how, observation.at, others)
                yield from self._shown(seen)
            case Registered():
                yield from self._registered(seen, observation.at)
            case Leaf():
                yield from self._certified(seen)
            case None:
                return
        self._last = observation.at
        if isinstance(seen, Registered | Leaf) or standing(seen) == _UP:
            self._seen = [*self._seen[-_LATELY:], seen]

    def _stands(self, how: str | Kind, at: str, others: list[_Lane]) -> Iterator[_Said]:
        before = self._how
        if how == _UP:
            yield from self._is_there(before)
        elif how == _CLOSED:
            if before != how:
                yield Kind.CLOSED, str(before), str(how)
        else:
            if before != how:
                yield Kind(how), str(before), str(how)
            yield from self._is_down(at, others)
        if how in (_UP, _CLOSED):
            self._down_since, self._down_looks, self._gone = "", 0, False
        if how != _CLOSED:
            self._settled = how
        self._how = how
        self._was_up = self._was_up or how == _UP

    def _is_there(self, before: str | Kind) -> Iterator[_Said]:
        if isinstance(self._settled, Kind):
            yield Kind.REVIVED if self._was_up else Kind.APPEARED, str(self._settled), _UP
        elif before != _UP:
            yield Kind.ALIVE, str(before), _UP

    def _is_down(self, at: str, others: list[_Lane]) -> Iterator[_Said]:
        self._down_since = self._down_since or at
        self._down_looks += 1
        lasted = _time(at) - _time(self._down_since)
        if self._gone or self._down_looks < GONE_LOOKS or lasted < GONE_SPAN or any(each.is_up for each in others):
            return
        self._gone = True
        yield Kind.GONE, self._down_since, at

    def _resolved(self, new: Resolution) -> Iterator[_Said]:
        earlier = [each for each in self._seen if isinstance(each, Resolution)]
        reached = [each for each in earlier if each.addresses]
        known = {address for each in reached for address in each.addresses}
        if reached and new.addresses and known.isdisjoint(new.addresses):
            yield Kind.MOVED, _addresses(reached[-1]), _addresses(new)
        served = next((each.name_servers for each in reversed(earlier) if each.name_servers), None)
        if served and new.name_servers and set(served) != set(new.name_servers):
            yield Kind.NAME_SERVERS, ", ".join(served), ", ".join(new.name_servers)

    def _shown(self, new: Page) -> Iterator[_Said]:
        """What a page that is there shows, against what it showed when it was there last."""
        if _STANDING.get(new.state) != _UP:
            return
        shown = [each for each in self._seen if isinstance(each, Page)]
        if not shown:
            return
        old = shown[-1]
        if _host(old.url) != _host(new.url):
            yield Kind.REDIRECTED, _host(old.url), _host(new.url)
        steady = len(shown) > 1 and shown[-2].sha256 == old.sha256
        if old.title != new.title or old.asks != new.asks or (steady and old.sha256 != new.sha256):
            yield Kind.CONTENT, _content(old), _content(new)

    def _certified(self, new: Leaf) -> Iterator[_Said]:
        known = bool(self._ever)
        if known and new.fingerprint not in self._ever:
            old = next((each for each in reversed(self._seen) if isinstance(each, Leaf)), None)
            yield Kind.CERTIFICATE, _leaf(old) if old else "", _leaf(new)
        self._ever = dict.fromkeys([*list(self._ever)[-_REMEMBERED:], new.fingerprint])

    def _registered(self, new: Registered, at: str) -> Iterator[_Said]:
        old = next((each for each in reversed(self._seen) if isinstance(each, Registered)), None)
        if not new.registered:
            if old is None or old.registered:
                yield Kind.DELETED, _status(old) if old else "", _status(new)
            return
        if old and not old.registered:
            yield Kind.REREGISTERED if self._was_up else Kind.APPEARED, "", new.created or ""
        elif old and _later(old.created, new.created):
            yield Kind.REREGISTERED, old.created or "", new.created or ""
        self._was_up = True
        yield from _turned(old, new, _held, Kind.HOLD, Kind.HOLD_LIFTED)
        yield from _turned(old, new, _ending, Kind.PENDING_DELETE, None)
        expired = bool(new.expires) and _day(new.expires) < at[:10]
        if expired and not (old and old.expires == new.expires and _day(old.expires) < self._last[:10]):
            yield Kind.EXPIRED, "", new.expires or ""


class _Has(msgspec.Struct, frozen=True):
    """Whether a registration has one of some statuses, as RDAP, EPP and WHOIS spell them ("client hold", "clientHold", "Suspended")."""

    words: tuple[str, ...]

    def __call__(self, registered: Registered) -> bool:
        spelt = ["".join(filter(str.isalpha, status.lower())) for status in registered.status[:50]]
        return any(word in status and not status.startswith("tobe") for status in spelt for word in self.words)


def _turned(old: Registered | None, new: Registered, has: _Has, on: Kind, off: Kind | None) -> Iterator[_Said]:
    """A status that came, or went."""
    before, after = bool(old and has(old)), has(new)
    if after and not before:
        yield on, _status(old) if old else "", _status(new)
    elif before and not after and off:
        yield off, _status(old) if old else "", _status(new)


_held = _Has(("clienthold", "serverhold", "registrarhold", "suspended", "inactive"))
_ending = _Has(("pendingdelete", "redemptionperiod", "pendingpurge"))


def _later(old: str | None, new: str | None) -> bool:
    """Whether a date is a later day. Servers give the same time more or less exactly."""
    return bool(old and new) and _day(new) > _day(old)


def _day(date: str | None) -> str:
    return (date or "")[:10]


def _status(registered: Registered) -> str:
    return ", ".join(registered.status[:8])


def _addresses(resolution: Resolution) -> str:
    networks = "; ".join(dict.fromkeys(each for each in resolution.networks if each))
    return ", ".join(resolution.addresses[:4]) + (f" ({networks})" if networks else "")


def _leaf(leaf: Leaf) -> str:
    return f"{leaf.issuer}, {_day(leaf.not_before)}"


def _content(page: Page) -> str:
    return page.title + (f" [{', '.join(page.asks)}]" if page.asks else "")


def _host(url: str) -> str:
    found = urls.parse(url, "text")
    return (found.ip or found.host) if found else ""


def _time(at: str) -> datetime:
    return datetime.fromisoformat(at)
