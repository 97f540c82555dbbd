"""What went over the net for one view, put together from the browser's events: the pages on the way, the hosts, the lines of a HAR."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from sabaki.model.visit import Resource, Step, Tls
from sabaki.visit import proxy
from sabaki.visit.forms import host
from sabaki.visit.ledger import Exchange

_MOST = 2_000
"""Requests that are kept."""
_LONGEST = 4_000
_MOST_STEPS = 40
_HOW = {
    "metaTagRefresh": "meta",
    "httpHeaderRefresh": "refresh",
    "formSubmissionGet": "form",
    "formSubmissionPost": "form",
    "initialFrameNavigation": "script",
}
MARK = proxy.MARK.decode("ascii").lower()


class Fetched(msgspec.Struct):
    """One request as the browser made it. Times are seconds since the epoch, sizes bytes; `status` is 0 where no answer came."""

    url: str
    method: str
    type: str
    at: float
    main: bool = False
    how: str = ""
    status: int = 0
    status_text: str = ""
    protocol: str = ""
    media_type: str = ""
    request_headers: dict[str, str] = {}
    headers: dict[str, str] = {}
    tls: Tls | None = None
    size: int = 0
    ended: float = 0.0
    error: str = ""
    redirect: str = ""
    cached: bool = False
    ours: bool = False
    """Whether no server answered this but our own proxy, which says in `error` why."""
    sha256: str = ""
    length: int = 0
    """Of the body as the page got it: its SHA-256 ("" where it was not to be had) and its bytes."""

    @property
    def place(self) -> tuple[str, int] | None:
        """Host and port that it went to; None where the URL names none."""
        try:
            parts = urlsplit(self.url)
            port = parts.port or {"http": 80, "ws": 80}.get(parts.scheme, 443)
            return (parts.hostname.rstrip("."), port) if parts.hostname else None
        except ValueError:
            return None


class Traffic:
    """Takes the events of one view. `frame` is the main frame's id, set when it is known; `sessions` are those of workers, whose requests are
    the page's too. From `most` requests on it is `full`, and takes no more.
    """

    def __init__(self, most: int = _MOST) -> None:
        self.frame = ""
        self.sessions: set[str] = set()
        self._most = min(most, _MOST)
        self.fetched: list[Fetched] = []
        self._open: dict[str, Fetched] = {}
        self._next = "start"
        self._moved = 0
        self._refused_some = False
        self._epoch: tuple[float, float] | None = None

    @property
    def moved(self) -> int:
        """How often the main frame set out for another page."""
        return self._moved

    @property
    def full(self) -> bool:
        """Whether more requests were made than are kept."""
        return self._refused_some

    def under_way(self, url: str) -> Fetched | None:
        """The page of the main frame that is on its way from there."""
        return next(
            (each for each in self._open.values() if each.main and each.url.partition("#")[0] == url.partition("#")[0]),
            None,
        )

    def give_up(self) -> None:
        """Nobody waits any longer for a page that has not answered."""
        for each in self._open.values():
            if each.main and not each.status and not each.error:
                each.error = "net::ERR_TIMED_OUT"

    def fetched_by(self, id: str) -> Fetched | None:
        """The request with the browser's id, while it is on its way."""
        return self._open.get(id)

    @property
    def busy(self) -> bool:
        """Whether a page of the main frame is on its way."""
        return not self.full and any(each.main and not each.ended for each in self._open.values())

    def take(self, method: str, given: dict[str, Any]) -> None:
        """An event of the domains Network and Page; others are passed over. Raises KeyError and the like on nonsense."""
        match method:
            case "Network.requestWillBeSent":
                self._asked(given)
            case "Network.responseReceived":
                self._answered(given["requestId"], given["response"])
            case "Network.loadingFinished":
                self._finished(given, float(given.get("encodedDataLength", 0)))
            case "Network.loadingFailed":
                self._failed(given)
            case "Page.frameRequestedNavigation" | "Page.frameScheduledNavigation":
                if given["frameId"] == self.frame:
                    self._next = _HOW.get(str(given["reason"]), "script")

    def _asked(self, given: dict[str, Any]) -> None:
        request, id = given["request"], str(given["requestId"])
        url = (str(request["url"]) + str(request.get("urlFragment", "")))[:_LONGEST]
        before = self._open.get(id)
        if (redirect := given.get("redirectResponse")) is not None and before is not None:
            self._answered(id, redirect)
            before.redirect = url
            before.ended = self._time(given)
        main = given.get("type") == "Document" and given.get("frameId") == self.frame
        how = ("http" if redirect is not None and before is not None else self._next) if main else ""
        if main:
            self._next = "script"
            self._moved += 1
        if not url.startswith(("http:", "https:", "ws:", "wss:")):
            return
        if len(self.fetched) >= self._most:
            self._refused_some = True
            return
        self._open[id] = made = Fetched(
            url,
            str(request.get("method", ""))[:20],
            str(given.get("type", ""))[:30],
            self._time(given),
            main,
            how,
            request_headers=_headers(request.get("headers")),
        )
        self.fetched.append(made)

    def _time(self, given: dict[str, Any]) -> float:
        """The wall's time; events that only have the browser's own clock are put beside one that has both."""
        if "wallTime" in given:
            self._epoch = (float(given["wallTime"]), float(given["timestamp"]))
            return float(given["wallTime"])
        if self._epoch is None:
            return datetime.now(UTC).timestamp()
        return self._epoch[0] + float(given["timestamp"]) - self._epoch[1]

    def _answered(self, id: str, response: dict[str, Any]) -> None:
        each = self._open.get(str(id))
        if each is None:
            return
        each.status = int(response.get("status", 0))
        each.status_text = str(response.get("statusText", ""))[:100]
        each.protocol = str(response.get("protocol", ""))[:20]
        each.media_type = str(response.get("mimeType", ""))[:100]
        each.headers = _headers(response.get("headers"))
        each.cached = bool(response.get("fromDiskCache") or response.get("fromServiceWorker"))
        if (why := each.headers.get(MARK)) is not None:
            each.ours, each.error, each.status, each.status_text, each.media_type = True, f"proxy: {why}", 0, "", ""
        found = _tls(response.get("securityDetails"))
        if found is not None and each.tls is not None and each.tls.error:
            found = msgspec.structs.replace(found, error=each.tls.error)
        each.tls = found or each.tls

    def _finished(self, given: dict[str, Any], size: float) -> None:
        each = self._open.pop(str(given["requestId"]), None)
        if each is not None:
            each.size, each.ended = int(size), self._time(given)

    def _failed(self, given: dict[str, Any]) -> None:
        each = self._open.pop(str(given["requestId"]), None)
        if each is not None:
            # A certificate that was not accepted is known before, and then called off like anything else.
            each.error, each.ended = each.error or str(given.get("errorText", ""))[:100], self._time(given)

    @property
    def pages(self) -> list[Fetched]:
        """The pages of the main frame, in order."""
        return [each for each in self.fetched if each.main][:_MOST_STEPS]

    def steps(self, exchanges: Sequence[Exchange]) -> tuple[Step, ...]:
        """The pages on the way, each with the address that the proxy really connected to."""
        return tuple(
            Step(
                each.url,
                each.how,
                0 if each.error and not each.status else each.status,
                _address(each, exchanges),
                " ".join(each.headers.get("server", "").split())[:100],
                each.media_type,
                each.headers.get("location", "")[:_LONGEST],
                each.tls or (Tls(error=each.error) if "CERT" in each.error or "SSL" in each.error else None),
                _rfc3339(each.at),
            )
            for each in self.pages
        )

    def resources(self, exchanges: list[Exchange], refused: dict[str, int]) -> tuple[Resource, ...]:
        """What came from where, the hosts in the order in which they were asked."""
        connected = _connected(exchanges)
        of: dict[str, list[Fetched]] = {name: [] for each in self.fetched if (name := host(each.url))}
        for each in self.fetched:
            of.get(host(each.url), []).append(each)
        return tuple(
            Resource(
                name,
                len(those := of.get(name, [])),
                sum(each.size for each in those),
                tuple(connected.get(name, ()))[:8],
                tuple(dict.fromkeys(each.type for each in those if each.type)),
                refused.get(name, 0),
            )
            for name in list(dict.fromkeys([*of, *refused]))[:200]
            if name
        )


def _headers(given: Any) -> dict[str, str]:
    if not isinstance(given, dict):
        return {}
    return {str(name).lower()[:100]: str(value)[:_LONGEST] for name, value in list(given.items())[:100]}


def _tls(given: Any) -> Tls | None:
    if not isinstance(given, dict):
        return None
    names = given.get("sanList")
    return Tls(
        protocol=str(given.get("protocol", ""))[:30],
        cipher=str(given.get("cipher", ""))[:60],
        subject=str(given.get("subjectName", ""))[:300],
        issuer=str(given.get("issuer", ""))[:300],
        names=tuple(str(name)[:300] for name in names[:50]) if isinstance(names, list) else (),
        not_before=_rfc3339(float(given["validFrom"])) if given.get("validFrom") else None,
        not_after=_rfc3339(float(given["validTo"])) if given.get("validTo") else None,
    )


def _connected(exchanges: Iterable[Exchange]) -> dict[str, dict[str, None]]:
    found: dict[str, dict[str, None]] = {}
    for each in exchanges:
        if each.address:
            found.setdefault(each.host.rstrip("."), {})[each.address] = None
    return found


def _address(each: Fetched, exchanges: Sequence[Exchange]) -> str:
    """Where a page came from: the last connection to its host that was made before it ended."""
    name = host(each.url)
    made = [one for one in exchanges if one.address and one.host.rstrip(".") == name]
    until = datetime.fromtimestamp((each.ended or each.at) + 0.001, UTC).isoformat(timespec="milliseconds")
    before = [one for one in made if one.at[:23] <= until[:23]]
    found = before[-1:] or made[:1]
    return found[0].address if found else ""


def _rfc3339(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    except (OverflowError, ValueError, OSError):
        return ""
