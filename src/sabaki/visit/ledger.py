"""What went through the proxy and what did not: the evidence of a visit's network, and the limits that it is held to. All of it bounded."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import msgspec

from sabaki.model.visit import Refusal
from sabaki.visit.limits import VisitLimits

MOST_EXCHANGES = 1_000
MOST_REFUSALS = 500
REFUSED, NO_NAME, UNREACHABLE, LIMIT, MALFORMED = "refused", "no_name", "unreachable", "limit", "malformed"
"""Why nothing came of an exchange: what is asked for is none that may be visited; its name leads nowhere; nobody answers; a limit
was reached; it is no request that a proxy gets."""
_COUNTED = (REFUSED, LIMIT, MALFORMED)


class Over(Exception):
    """A limit is reached; `limit` is its name in VisitLimits."""

    def __init__(self, limit: str, most: float) -> None:
        super().__init__(f"limit {limit} ({most:,g}) reached")
        self.limit = limit


class Exchange(msgspec.Struct):
    """One connection through the proxy. `at` is RFC 3339; `address` what was connected to ("" where an upstream proxy did that).

    `status` is the answer's, 0 inside TLS. `sent` and `received` are bytes, seen from the browser. `failure` is "" where it was carried,
    or one of this module's words, and `reason` says it in English.
    """

    at: str
    method: str
    host: str
    port: int
    address: str = ""
    status: int = 0
    sent: int = 0
    received: int = 0
    failure: str = ""
    reason: str = ""


class Ledger:
    """Keeps the log and the counts of one visit. `browsers_own` counts what the browser itself wanted from its maker: not the page's doing."""

    def __init__(self, limits: VisitLimits) -> None:
        self.limits = limits
        self.exchanges: list[Exchange] = []
        self.browsers_own = 0
        self.sent = self.received = self.requests = self.redirects = 0
        self._hosts: set[str] = set()
        self._reached: dict[str, None] = {}
        self._refusals: dict[tuple[str, int, str], int] = {}
        self._until = time.monotonic() + limits.seconds

    @property
    def reached(self) -> tuple[str, ...]:
        """The names of the limits that were reached, in that order."""
        return tuple(self._reached)

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """What was not let through, each host, port and reason once. Host "" stands for the rest where there are too many."""
        return tuple(Refusal(*key, count) for key, count in self._refusals.items())

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return max(0.0, self._until - time.monotonic())

    def opened(self, method: str, host: str, port: int) -> Exchange:
        """A new entry, not yet admitted."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        exchange = Exchange(at, method[:20], host, port)
        if len(self.exchanges) < MOST_EXCHANGES:
            self.exchanges.append(exchange)
        return exchange

    def admit(self, exchange: Exchange) -> None:
        """Count a request and its host. Raises Over."""
        self.requests += 1
        self._within("requests", self.requests)
        self._hosts.add(exchange.host) if len(self._hosts) <= self.limits.hosts else None
        self._within("hosts", len(self._hosts))
        if self.left <= 0:
            self.over("seconds")
        self._within("size", self.received)
        self._within("sent", self.sent)

    def went(self, exchange: Exchange, size: int) -> None:
        """Bytes are about to go out. Raises Over."""
        exchange.sent += size
        self.sent += size
        self._within("sent", self.sent)

    def came(self, exchange: Exchange, size: int) -> None:
        """Bytes came in. Raises Over."""
        exchange.received += size
        self.received += size
        self._within("size", self.received)

    def answered(self, exchange: Exchange, status: int) -> None:
        """Take down the status; redirects are counted. Raises Over."""
        exchange.status = status
        if status in (301, 302, 303, 307, 308):
            self.redirects += 1
            self._within("redirects", self.redirects)

    def failed(self, exchange: Exchange, failure: str, reason: str) -> None:
        """Take down that nothing came of it."""
        exchange.failure, exchange.reason = failure, reason[:300]
        if failure in _COUNTED:
            key = (exchange.host, exchange.port, exchange.reason)
            if key not in self._refusals and len(self._refusals) >= MOST_REFUSALS:
                key = ("", 0, "more refusals than are listed")
            self._refusals[key] = self._refusals.get(key, 0) + 1

    def over(self, limit: str) -> None:
        """A limit is reached. Raises Over."""
        self._reached[limit] = None
        raise Over(limit, getattr(self.limits, limit))

    def _within(self, limit: str, spent: float) -> None:
        if spent > getattr(self.limits, limit):
            self.over(limit)
