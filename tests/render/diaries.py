"""A diary for the tests of the renderers: a site that goes, comes back and moves, written by somebody who wants to be believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sabaki.facts import liveness
from sabaki.model.evidence import Grade
from sabaki.model.finding import State
from sabaki.model.visit import PageState
from sabaki.model.watch import Diary, Leaf, Notice, Observation, Page, Registered, Resolution, Seen, Watch, Way

BEGIN = datetime(2026, 11, 1, 9, tzinfo=UTC)
HOSTILE = "</title><script>alert(1)</script> http://evil.test/x \x1b[2J\u202e |*_`[x](http://y.test)"


def look(hours: float, way: Way, seen: Seen | None, **more: str) -> Observation:
    at = (BEGIN + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")
    grade = Grade.THIRD_PARTY if way is Way.REGISTRATION else Grade.VERIFIED
    state = State.RAN if seen else State.TEMPERROR
    return Observation(at=at, way=way, state=state, seen=seen, grade=grade, source="x", **more)


def made(*observations: Observation) -> Diary:
    events = liveness.events("w", observations)
    notices = tuple(
        Notice(id=f"n{number}", watch="w", channel="webhook", event=event, state=state, tries=number, reason=HOSTILE)
        for number, (event, state) in enumerate(zip(events, ("sent", "waiting", "given_up"), strict=False))
    )
    watch = Watch(name="w", host="www.site.example", domain="site.example", url="http://www.site.example/x", ways=tuple(Way), added_at="2026-11-01T09:00:00Z")  # fmt: skip
    return Diary(watch=watch, observations=observations, events=events, notices=notices, due="2026-11-20T09:00:00Z")


def story() -> Diary:
    def page(state: PageState, status: int, title: str = "x") -> Page:
        return Page(state=state, status=status, title=title, url="http://www.site.example/x")

    return made(
        look(0, Way.DNS, Resolution(exists=True, addresses=("203.0.113.5",), networks=("AS64500 Example",))),
        look(0, Way.REGISTRATION, Registered(registered=True, status=("active",), created="2026-10-30")),
        look(0, Way.CERTIFICATE, Leaf(fingerprint="1", issuer=HOSTILE, not_before="2026-10-31T00:00:00Z")),
        look(0, Way.HTTP, page(PageState.ALIVE, 200, HOSTILE)),
        look(30, Way.HTTP, page(PageState.NOT_FOUND, 404)),
        look(80, Way.HTTP, None, reason="no connection", reason_ja="接続できません"),
        look(120, Way.HTTP, page(PageState.ALIVE, 200, "other")),
        look(121, Way.DNS, Resolution(exists=True, addresses=("198.51.100.7",), name_servers=("ns.evil.test",))),
        look(200, Way.REGISTRATION, Registered(registered=True, status=("client hold",), created="2026-10-30")),
        look(201, Way.DNS, Resolution(exists=False)),
        look(300, Way.CERTIFICATE, Leaf(fingerprint="2", issuer="Other", not_before="2026-11-10T00:00:00Z")),
        look(320, Way.VISIT, page(PageState.CHALLENGE, 403)),
    )
