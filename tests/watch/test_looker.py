"""What a check makes of answers and failures; with real servers in tests/watch/test_cage.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sabaki.model.finding import State
from sabaki.model.knowledge import Knowledge, Names, Network, Registration, Subject
from sabaki.model.lookup import Answer, Lookup
from sabaki.model.visit import Form, FormField, PageState, View, Visit
from sabaki.model.watch import Observation, Page, Registered, Resolution, Watch, Way
from sabaki.sources.source import Failed, Response
from sabaki.watch.looker import Looker, of_visit

HOST, DOMAIN = Subject("host", "www.a.example"), Subject("domain", "a.example")


class Says:
    """Answers as told."""

    def __init__(self, *known: Knowledge) -> None:
        self.known, self.asked = known, []  # type: ignore[var-annotated]

    def gather(self, subjects: Sequence[Subject]) -> tuple[Knowledge, ...]:
        self.asked += subjects
        return self.known


class World:
    """One page, or none."""

    def __init__(self, answer: Response | Failed) -> None:
        self.answer, self.egress = answer, self

    async def fetch(self, url: str, **_: Any) -> Response:
        if isinstance(self.answer, Failed):
            raise self.answer
        return self.answer

    async def certificate(self, host: str, port: int, **_: Any) -> bytes:
        raise Failed(State.TEMPERROR, "no", "")

    async def close(self) -> None:
        pass


def names(*addresses: str, state: State = State.RAN, **more: Any) -> Knowledge:
    return Knowledge(source="names", subject=HOST, state=state, known=(Names(addresses=addresses),), **more)


ZONE = Knowledge(
    source="names",
    subject=DOMAIN,
    state=State.RAN,
    known=(Names(lookups=(Lookup("a.example", "NS", Answer.ANSWER, ("ns2.test", "ns1.test")),)),),
)
RDAP = Knowledge(
    source="rdap", subject=DOMAIN, state=State.RAN, known=(Registration(status=("client hold",), created="2026-11-01"),)
)
PAGE = Response(200, {"content-type": "text/html"}, b"<title>x</title><p>y</p>", "")
SILENT = Failed(State.TEMPERROR, "no answer", "")


def look(near: Says, far: Says, answer: Response | Failed = PAGE, *ways: Way, **more: Any) -> tuple[Observation, ...]:
    watch = Watch(
        name="w", host="www.a.example", domain="a.example", url="http://www.a.example/", ways=ways or tuple(Way)
    )
    looker = Looker(near, far, lambda: World(answer), lambda: datetime(2026, 11, 24, tzinfo=UTC), **more)
    return looker.look(watch)


def test_dns_and_registry() -> None:
    network = Knowledge(source="network", subject=Subject("ip", "192.0.2.1"), state=State.RAN, known=(Network(asn=64500, name="X"),))  # fmt: skip
    dns, registered = look(
        Says(names("192.0.2.2", "192.0.2.1"), ZONE, network), Says(RDAP), PAGE, Way.DNS, Way.REGISTRATION
    )
    assert dns.seen == Resolution(
        exists=True,
        addresses=("192.0.2.1", "192.0.2.2"),
        name_servers=("ns1.test", "ns2.test"),
        networks=("AS64500 X", ""),
    )
    assert isinstance(registered.seen, Registered)
    assert (registered.grade, registered.seen.status, registered.at) == ("T", ("client hold",), "2026-11-24T00:00:00Z")


def test_only_what_is_allowed_is_asked() -> None:
    near, far = Says(names("192.0.2.1")), Says(RDAP)
    assert [each.way for each in look(near, far, PAGE, Way.DNS)] == [Way.DNS]
    assert far.asked == []
    assert [each.way for each in look(near, far, PAGE, Way.REGISTRATION)] == [Way.REGISTRATION]
    assert far.asked == [DOMAIN]


def test_an_address_has_no_name_to_ask_for() -> None:
    near = Says()
    watch = Watch(name="w", host="192.0.2.1")
    assert Looker(near, near, lambda: World(PAGE), lambda: datetime(2026, 11, 24, tzinfo=UTC)).look(watch) == ()


def test_a_dns_that_is_down_says_nothing_of_the_site() -> None:
    dns, http = look(Says(names(state=State.TEMPERROR, reason="SERVFAIL")), Says(), PAGE, Way.DNS, Way.HTTP)
    assert (dns.seen, dns.state, dns.reason) == (None, State.TEMPERROR, "SERVFAIL")
    assert (http.seen, http.state) == (None, State.SKIPPED)


def test_what_the_settings_keep_here_is_not_checked() -> None:
    dns, registered, http = look(Says(), Says(), PAGE, Way.DNS, Way.REGISTRATION, Way.HTTP, may_go=False)
    assert [each.state for each in (dns, registered, http)] == [State.SKIPPED] * 3
    assert "settings" in http.reason


def test_silence_counts_only_while_somebody_else_is_heard() -> None:
    alone = look(Says(names("192.0.2.1")), Says(), SILENT, Way.DNS, Way.HTTP)[-1]
    assert (alone.seen, alone.state) == (None, State.TEMPERROR)
    heard = look(Says(names("192.0.2.1")), Says(RDAP), SILENT, Way.DNS, Way.REGISTRATION, Way.HTTP)[-1]
    assert isinstance(heard.seen, Page)
    assert heard.seen.state is PageState.UNREACHABLE


def test_its_own_earlier_answer_is_nobody_else() -> None:
    world = World(PAGE)
    looker = Looker(Says(names("192.0.2.1")), Says(), lambda: world, lambda: datetime(2026, 11, 24, tzinfo=UTC))
    watch = Watch(name="w", host="www.a.example", domain="a.example", url="http://www.a.example/", ways=(Way.HTTP,))
    assert looker.look(watch)[0].seen is not None
    world.answer = SILENT
    assert looker.look(watch)[0].seen is None


def visit(state: PageState, **more: Any) -> Visit:
    view = View(name="phone", url="http://b.test/", status=200, title="t", state=state, forms=(Form("", fields=(FormField(asks="password"),)),))  # fmt: skip
    return Visit(
        url="http://www.a.example/", outcome=more.pop("outcome", State.RAN), state=state, views=(view,), **more
    )


def test_visits() -> None:
    seen = look(
        Says(names("192.0.2.1")), Says(), PAGE, Way.DNS, Way.VISIT, visitor=lambda watch: visit(PageState.ALIVE)
    )[-1]
    assert seen.seen == Page(state=PageState.ALIVE, url="http://b.test/", status=200, title="t", asks=("password",))
    refused = visit(PageState.UNKNOWN, outcome=State.SKIPPED, reason="no walls")
    not_gone = look(Says(names("192.0.2.1")), Says(), PAGE, Way.DNS, Way.VISIT, visitor=lambda watch: refused)[-1]
    assert (not_gone.seen, not_gone.state, not_gone.reason) == (None, State.SKIPPED, "no walls")
    silent = look(
        Says(names("192.0.2.1")), Says(), PAGE, Way.VISIT, visitor=lambda watch: visit(PageState.UNREACHABLE)
    )[-1]
    assert silent.seen is None
    assert look(Says(), Says(), PAGE, Way.VISIT)[-1].state is State.SKIPPED
    assert of_visit(visit(PageState.ALIVE)).title == "t"
