from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sabaki.facts import liveness
from sabaki.model.finding import State
from sabaki.model.visit import PageState
from sabaki.model.watch import Kind, Leaf, Observation, Page, Registered, Resolution, Seen, Way

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
_WAYS: dict[type, Way] = {Resolution: Way.DNS, Registered: Way.REGISTRATION, Leaf: Way.CERTIFICATE, Page: Way.HTTP}


def seen(hours: float, what: Seen | None, way: Way | None = None, **more: Any) -> Observation:
    at = (BEGIN + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")
    state = State.RAN if what else State.TEMPERROR
    return Observation(at=at, way=way or _WAYS[type(what)], state=state, seen=what, **more)


def page(state: PageState = PageState.ALIVE, **more: Any) -> Page:
    return Page(state=state, url=more.pop("url", "http://a.example/"), **more)


def kinds(*observations: Observation) -> list[Kind]:
    return [event.kind for event in liveness.events("a", observations)]


UP, LOST = page(), page(PageState.NOT_FOUND, status=404)


def test_one_404_is_not_gone_and_what_comes_back_is_revived() -> None:
    assert kinds(seen(0, UP), seen(1, LOST), seen(2, UP)) == [Kind.ALIVE, Kind.NOT_FOUND, Kind.REVIVED]


def test_gone_takes_several_looks_over_several_days() -> None:
    assert kinds(seen(0, UP), *(seen(1 + number, LOST) for number in range(9))) == [Kind.ALIVE, Kind.NOT_FOUND]
    assert kinds(seen(0, UP), seen(1, LOST), seen(200, LOST)) == [Kind.ALIVE, Kind.NOT_FOUND]
    long = [seen(0, UP), seen(1, LOST), seen(30, LOST), seen(80, LOST), seen(200, LOST)]
    assert kinds(*long) == [Kind.ALIVE, Kind.NOT_FOUND, Kind.GONE]
    assert kinds(*long, seen(300, UP)) == [Kind.ALIVE, Kind.NOT_FOUND, Kind.GONE, Kind.REVIVED]


def test_gone_from_here_is_not_gone_while_another_vantage_sees_it() -> None:
    there = [seen(number * 40, UP, vantage="socks5") for number in range(5)]
    here = [seen(1 + number * 40, LOST) for number in range(5)]
    both = sorted([*there, *here], key=lambda each: each.at)
    assert Kind.GONE not in kinds(*both)
    assert Kind.GONE in kinds(*here)


def test_what_we_could_not_look_at_is_no_event() -> None:
    failed = [seen(number, None, Way.HTTP) for number in range(1, 400)]
    assert kinds(seen(0, UP), *failed, seen(401, UP)) == [Kind.ALIVE]
    assert kinds(*failed) == []
    refused = [seen(number, page(PageState.REFUSED)) for number in range(1, 400)]
    assert kinds(seen(0, UP), *refused, seen(401, page(PageState.UNKNOWN))) == [Kind.ALIVE]


def test_what_was_never_there_appears() -> None:
    assert kinds(seen(0, LOST), seen(1, UP), seen(2, LOST), seen(3, UP)) == [
        Kind.NOT_FOUND, Kind.APPEARED, Kind.NOT_FOUND, Kind.REVIVED
    ]  # fmt: skip


def test_a_gate_is_neither_death_nor_life() -> None:
    gate = page(PageState.CHALLENGE)
    assert kinds(seen(0, UP), seen(1, gate), seen(2, UP)) == [Kind.ALIVE, Kind.CLOSED, Kind.ALIVE]
    assert kinds(seen(0, UP), seen(1, LOST), seen(2, gate), seen(3, UP)) == [
        Kind.ALIVE, Kind.NOT_FOUND, Kind.CLOSED, Kind.REVIVED
    ]  # fmt: skip


def test_how_it_is_down_is_told_apart() -> None:
    states = (PageState.SUSPENDED, PageState.PARKED, PageState.UNREACHABLE)
    assert kinds(seen(0, UP), *(seen(1 + at, page(state)) for at, state in enumerate(states))) == [
        Kind.ALIVE, Kind.SUSPENDED, Kind.PARKED, Kind.UNREACHABLE
    ]  # fmt: skip


def resolves(*addresses: str, **more: Any) -> Resolution:
    return Resolution(exists=bool(addresses), addresses=addresses, **more)


def test_a_move_is_to_addresses_that_were_not_known() -> None:
    pool = [resolves("192.0.2.1", "192.0.2.2"), resolves("192.0.2.2", "192.0.2.3"), resolves("192.0.2.1")]
    assert kinds(*(seen(at, each) for at, each in enumerate(pool))) == [Kind.ALIVE]
    moved = [
        *(seen(at, each) for at, each in enumerate(pool)),
        seen(9, resolves("203.0.113.9", networks=("AS64500 X",))),
    ]
    event = liveness.events("a", moved)[-1]
    assert (event.kind, event.before, event.after) == (Kind.MOVED, "192.0.2.1", "203.0.113.9 (AS64500 X)")


def test_a_name_that_goes_and_comes_back_elsewhere() -> None:
    gone = [seen(2 + at, resolves()) for at in range(20)]
    assert kinds(seen(0, resolves("192.0.2.1")), *gone, seen(30, resolves("203.0.113.9"))) == [
        Kind.ALIVE, Kind.NO_NAME, Kind.REVIVED, Kind.MOVED
    ]  # fmt: skip


def test_name_servers() -> None:
    first = resolves("192.0.2.1", name_servers=("ns1.example", "ns2.example"))
    turned = resolves("192.0.2.1", name_servers=("ns2.example", "ns1.example"))
    unknown = resolves("192.0.2.1")
    other = resolves("192.0.2.1", name_servers=("ns.other.example",))
    assert kinds(seen(0, first), seen(1, turned), seen(2, unknown), seen(3, first)) == [Kind.ALIVE]
    assert kinds(seen(0, first), seen(1, unknown), seen(2, other)) == [Kind.ALIVE, Kind.NAME_SERVERS]


def test_certificates_that_take_turns_are_told_once() -> None:
    one, two = Leaf(fingerprint="1", issuer="A", not_before="2026-01-01T00:00:00Z"), Leaf(fingerprint="2", issuer="B")
    found = liveness.events("a", [seen(at, (one, two)[at % 2]) for at in range(8)])
    assert [(each.kind, each.before, each.after) for each in found] == [(Kind.CERTIFICATE, "A, 2026-01-01", "B, ")]


def holds(*status: str, **more: Any) -> Registered:
    return Registered(registered=True, status=status, **more)


def test_a_hold_and_its_end_in_every_spelling() -> None:
    for word in ("client hold", "clientHold", "serverHold", "server hold", "Suspended"):
        assert kinds(seen(0, holds("active")), seen(1, holds("active", word)), seen(2, holds("active"))) == [
            Kind.HOLD, Kind.HOLD_LIFTED
        ]  # fmt: skip
    assert kinds(seen(0, holds("To be suspended")), seen(1, holds("client transfer prohibited"))) == []


def test_another_servers_words_are_not_compared() -> None:
    assert kinds(seen(0, holds("client hold"), source="rdap"), seen(1, holds("ok"), source="whois")) == [Kind.HOLD]


def test_deletion_and_a_new_registration() -> None:
    old, new = holds("ok", created="2020-01-01T00:00:00Z"), holds("ok", created="2026-11-02")
    nothing = Registered(registered=False, status=("not registered",))
    assert kinds(seen(0, old), seen(1, holds("pending delete")), seen(2, nothing), seen(3, nothing), seen(4, new)) == [
        Kind.PENDING_DELETE, Kind.DELETED, Kind.REREGISTERED
    ]  # fmt: skip
    assert kinds(seen(0, old), seen(1, new)) == [Kind.REREGISTERED]
    assert kinds(seen(0, old), seen(1, holds("ok", created="2020-01-01"))) == [], "the same day, less exactly"
    assert kinds(seen(0, nothing), seen(1, new)) == [Kind.DELETED, Kind.APPEARED]


def test_a_date_that_passes() -> None:
    ends = holds("ok", expires="2026-11-05T00:00:00Z")
    assert kinds(*(seen(at * 24, ends) for at in range(9))) == [Kind.EXPIRED]


def test_content_and_where_it_leads() -> None:
    assert kinds(seen(0, page(title="a")), seen(1, page(title="b"))) == [Kind.ALIVE, Kind.CONTENT]
    assert kinds(seen(0, page(url="http://a.example/")), seen(1, page(url="http://b.example/"))) == [
        Kind.ALIVE, Kind.REDIRECTED
    ]  # fmt: skip
    assert kinds(seen(0, page(asks=())), seen(1, page(asks=("password",)))) == [Kind.ALIVE, Kind.CONTENT]
    assert kinds(*(seen(at, page(sha256=str(at))) for at in range(9))) == [Kind.ALIVE], "never twice the same"
    assert kinds(seen(0, page(sha256="1")), seen(1, page(sha256="1")), seen(2, page(sha256="2"))) == [
        Kind.ALIVE, Kind.CONTENT
    ]  # fmt: skip


def test_content_is_compared_across_a_long_absence() -> None:
    lost = [seen(1 + at, LOST) for at in range(30)]
    assert kinds(seen(0, page(title="a")), *lost, seen(99, page(title="b"))) == [
        Kind.ALIVE, Kind.NOT_FOUND, Kind.REVIVED, Kind.CONTENT
    ]  # fmt: skip


def test_only_changes_are_told_and_of_a_kind_few_a_day() -> None:
    flapping = liveness.events("a", [seen(at, (UP, LOST)[at % 2]) for at in range(24)])
    told = liveness.tellable((), flapping)
    assert Kind.ALIVE not in {each.kind for each in told}, "the first look is no change"
    assert [each.kind for each in told].count(Kind.NOT_FOUND) == liveness.TOLD_A_DAY
    later = liveness.events("a", [seen(at, (UP, LOST)[at % 2]) for at in (*range(24), 62, 63)])
    assert len(liveness.tellable(flapping, later[len(flapping) :])) == 2


_PAGES = st.builds(page, st.sampled_from(PageState), title=st.text(max_size=5), sha256=st.sampled_from("123"))
_NAMES = st.builds(
    lambda addresses: resolves(*addresses), st.lists(st.sampled_from(["192.0.2.1", "192.0.2.2", "192.0.2.3"]))
)
_STATUS = st.builds(lambda words: holds(*words), st.lists(st.text(max_size=20)))


@given(st.lists(st.tuples(st.integers(-1_000, 1_000), st.one_of(st.none(), _PAGES, _NAMES, _STATUS))))
def test_the_diary_is_only_ever_continued(history: list[tuple[int, Any]]) -> None:
    """What happened earlier stays what it was, whatever comes and whichever way the clock goes."""
    looks = [seen(hours, what, Way.HTTP if what is None else None) for hours, what in history]
    whole = liveness.events("a", looks)
    for end in range(len(looks)):
        part = liveness.events("a", looks[:end])
        assert whole[: len(part)] == part
    assert liveness.events("a", looks) == whole


def test_standing() -> None:
    assert liveness.standing(UP) == "up"
    assert liveness.standing(LOST) == "down"
    assert liveness.standing(page(PageState.CHALLENGE)) == "closed"
    assert liveness.standing(page(PageState.UNKNOWN)) == ""
    assert liveness.standing(holds("clientHold")) == "held"
    assert liveness.standing(Registered(registered=False)) == "down"
    assert liveness.standing(Leaf(fingerprint="1")) == "up"
    assert liveness.standing(None) == ""
