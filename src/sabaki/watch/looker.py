"""One check of one watch: looks in each way that is allowed, and says of each what was seen, or why nothing was.

A failure of ours is never taken for one of the site. That its server does not answer is believed only where in the same round somebody
else's did: otherwise it may as well be our own network that is down.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from sabaki.mail import urls
from sabaki.model.evidence import Grade
from sabaki.model.finding import State
from sabaki.model.knowledge import Knowledge, Names, Network, Registration, Subject
from sabaki.model.visit import PageState, Visit
from sabaki.model.watch import Observation, Page, Registered, Resolution, Seen, Watch, Way
from sabaki.sources.rdap import NOT_REGISTERED
from sabaki.sources.source import Egress, Failed
from sabaki.watch import leaf, page

_MOST = 20
_SOURCES = {Way.HTTP: "egress", Way.VISIT: "visit"}
_NOBODY_ELSE = (
    "no connection, and nobody else was reached in this round: it may be our own network",
    "接続できません。この回ではほかのどこにも接続できておらず、こちら側の通信障害の可能性があります",
)
_NO_NAME = ("not asked for: the name leads nowhere now", "ホスト名が名前解決できないため、確認していません")
_NO_DNS = ("not asked for: the DNS gave no answer", "DNSの応答がないため、確認していません")
_NOT_ALLOWED = ("the settings do not let it leave", "設定により、外部への送信が許可されていません")


class Asks(Protocol):
    """Answers about subjects (sources/gather.py)."""

    def gather(self, subjects: Sequence[Subject]) -> tuple[Knowledge, ...]:
        """What is known of them."""
        ...  # pragma: no cover


Visitor = Callable[[Watch], Visit]
"""Visits the link of a watch with a browser that is shut in (visit/)."""
Outside = Callable[[], Any]
"""A new world with a way out, to be closed after use: each look has a loop of its own."""


class Looker:
    """Looks. One for a round; may be used by many threads. `names` answers for the DNS and networks, `registries` for registrations."""

    def __init__(
        self,
        names: Asks,
        registries: Asks,
        outside: Outside,
        now: Callable[[], datetime],
        visitor: Visitor | None = None,
        *,
        may_go: bool = True,
    ) -> None:
        self._names, self._registries, self._outside, self._visitor = names, registries, outside, visitor
        self._now, self._may_go = now, may_go
        self._reached: set[str] = set()

    def look(self, watch: Watch) -> tuple[Observation, ...]:
        """What is seen of it now, in the order in which it was looked at."""
        found = [*self._asked(watch)]
        name = next((each for each in found if each.way is Way.DNS), None)
        found += self._gone_to(watch, name)
        return tuple(found)

    def _asked(self, watch: Watch) -> list[Observation]:
        """What others say: the DNS, the registry. The host itself sees nothing of it but the question to its name server."""
        found: list[Observation] = []
        if not watch.domain:
            return found
        if Way.DNS in watch.ways:
            known = self._names.gather((Subject("host", watch.host), Subject("domain", watch.domain)))
            found.append(self._resolved(watch, known))
        if Way.REGISTRATION in watch.ways:
            found.append(self._registered(self._registries.gather((Subject("domain", watch.domain),))))
        return found

    def _resolved(self, watch: Watch, known: tuple[Knowledge, ...]) -> Observation:
        host = next((each for each in known if each.source == "names" and each.subject.kind == "host"), None)
        if host is None or host.state is not State.RAN:
            return self._unseen(Way.DNS, "names", host)
        names = next((each for each in host.known if isinstance(each, Names)), Names())
        zone = next((each for each in known if each.source == "names" and each.subject.kind == "domain"), None)
        servers = [each for part in (zone.known if zone else ()) if isinstance(part, Names) for each in part.lookups]
        served = next((each.records for each in servers if each.type == "NS" and each.known), None)
        networks = {
            each.subject.value: f"AS{part.asn} {part.name}"
            for each in known
            if each.source == "network"
            for part in each.known
            if isinstance(part, Network) and part.asn
        }
        seen = Resolution(
            exists=bool(names.addresses),
            addresses=tuple(sorted(names.addresses))[:_MOST],
            canonical_name=names.canonical_name,
            name_servers=tuple(sorted(served))[:_MOST] if served is not None else None,
            networks=tuple(dict.fromkeys(networks.get(each, "") for each in sorted(names.addresses)[:_MOST])),
        )
        return self._seen(Way.DNS, "names", seen)

    def _registered(self, known: tuple[Knowledge, ...]) -> Observation:
        for each in known:
            for part in each.known:
                if isinstance(part, Registration) and each.state is State.RAN:
                    self._reached.add("registry")
                    return self._seen(Way.REGISTRATION, each.source, _of_registry(part), Grade.THIRD_PARTY)
        failed = next((each for each in known if each.state is not State.RAN), None)
        return self._unseen(Way.REGISTRATION, failed.source if failed else "rdap", failed)

    def _gone_to(self, watch: Watch, name: Observation | None) -> list[Observation]:
        """What the host itself shows, where we may go there and its name leads anywhere."""
        wanted = [way for way in (Way.HTTP, Way.VISIT) if way in watch.ways and watch.url]
        if not wanted:
            return []
        if not self._may_go:
            return [self._failed(way, _SOURCES[way], State.SKIPPED, *_NOT_ALLOWED) for way in wanted]
        if name and not (isinstance(name.seen, Resolution) and name.seen.exists):
            reason = _NO_NAME if isinstance(name.seen, Resolution) else _NO_DNS
            return [self._failed(way, _SOURCES[way], State.SKIPPED, *reason) for way in wanted]
        found = asyncio.run(self._over_http(watch.url)) if Way.HTTP in wanted else []
        return [*found, self._visited(watch)] if Way.VISIT in wanted else found

    async def _over_http(self, url: str) -> list[Observation]:
        world = self._outside()
        parsed = urls.parse(url, "text")
        found = []
        try:
            if parsed and parsed.scheme == "https":
                found.append(await self._shown(parsed.ip or parsed.host, parsed.port or 443, world.egress))
            found.append(await self._page(url, world.egress))
        finally:
            await world.close()
        return found

    async def _shown(self, host: str, port: int, egress: Egress) -> Observation:
        try:
            der = await egress.certificate(host, port)
        except Failed as failure:
            return self._failed(Way.CERTIFICATE, "egress", failure.state, failure.reason, failure.reason_ja)
        self._reached.add(host)
        return self._seen(Way.CERTIFICATE, "egress", leaf.read(der))

    async def _page(self, url: str, egress: Egress) -> Observation:
        try:
            seen = await page.look(url, egress)
        except Failed as failure:
            return self._not_reached(Way.HTTP, "egress", url, failure.reason, failure.reason_ja)
        if seen.status:
            self._reached.add(url)
        return self._seen(Way.HTTP, "egress", seen)

    def _visited(self, watch: Watch) -> Observation:
        if self._visitor is None:
            return self._failed(
                Way.VISIT,
                "visit",
                State.SKIPPED,
                "no browser may go there from here",
                "この環境ではブラウザーによる訪問を行いません",
            )
        visit = self._visitor(watch)
        if visit.outcome is not State.RAN:
            return self._failed(Way.VISIT, "visit", visit.outcome, visit.reason, visit.reason_ja)
        if visit.state in (PageState.UNREACHABLE, PageState.NO_NAME):
            seen = self._not_reached(Way.VISIT, "visit", watch.url, visit.state_reason, visit.state_reason_ja)
        else:
            self._reached.add(watch.url)
            seen = self._seen(Way.VISIT, "visit", of_visit(visit))
        return msgspec.structs.replace(seen, vantage=visit.vantage)

    def _not_reached(self, way: Way, source: str, url: str, reason: str, reason_ja: str) -> Observation:
        """Its server does not answer; or else ours is the fault."""
        if not self._reached - {url}:
            return self._failed(way, source, State.TEMPERROR, *_NOBODY_ELSE)
        return self._seen(
            way, source, Page(state=PageState.UNREACHABLE, url=url, reason=reason[:300], reason_ja=reason_ja[:300])
        )

    def _at(self) -> str:
        return self._now().isoformat(timespec="seconds").replace("+00:00", "Z")

    def _seen(self, way: Way, source: str, seen: Seen, grade: Grade = Grade.VERIFIED) -> Observation:
        return Observation(at=self._at(), way=way, state=State.RAN, seen=seen, source=source, grade=grade)

    def _unseen(self, way: Way, source: str, known: Knowledge | None) -> Observation:
        if known is None:
            return self._failed(way, source, State.SKIPPED, *_NOT_ALLOWED)
        state = known.state if known.state is not State.RAN else State.TEMPERROR
        return self._failed(way, source, state, known.reason, known.reason_ja)

    def _failed(self, way: Way, source: str, state: State, reason: str, reason_ja: str) -> Observation:
        return Observation(
            at=self._at(), way=way, state=state, reason=reason[:300], reason_ja=reason_ja[:300], source=source
        )


def _of_registry(part: Registration) -> Registered:
    registered = NOT_REGISTERED not in part.status
    return Registered(
        registered=registered,
        status=tuple(status[:100] for status in part.status[:_MOST]),
        created=part.created,
        expires=part.expires,
        registrar=part.registrar[:200],
        server=part.server[:200],
    )


def of_visit(visit: Visit) -> Page:
    """What a visit saw, as one page: that of the view whose state is the visit's."""
    view = next((each for each in visit.views if each.state is visit.state), visit.views[0] if visit.views else None)
    return Page(
        state=visit.state,
        url=view.url[:4_000] if view else visit.visited[:4_000],
        status=view.status if view else 0,
        title=view.title[:300] if view else "",
        redirects=sum(step.how != "start" for step in view.steps) if view else 0,
        asks=tuple(dict.fromkeys(ask for form in view.forms for ask in form.asks)) if view else (),
        reason=visit.state_reason[:300],
        reason_ja=visit.state_reason_ja[:300],
    )
