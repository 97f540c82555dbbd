from __future__ import annotations

from sabaki.model.finding import State
from sabaki.model.visit import PageState
from sabaki.model.watch import Diary, Event, Kind, Observation, Page, Watch, Way
from sabaki.redact.identifiers import Identifiers
from sabaki.watch.masked import mask, packed, unpacked

VICTIM = Identifiers(addresses=("taro@example.jp",), domains=("example.jp",), tokens=("taro",))


def test_kept_and_read_again() -> None:
    assert unpacked(packed(VICTIM)) == VICTIM
    assert unpacked(b"") == Identifiers()


def test_the_victim_is_nowhere_and_the_rest_stays() -> None:
    coded = "dGFyb0BleGFtcGxlLmpw"
    page = Page(
        state=PageState.ALIVE, url=f"http://bad.test/?u={coded}", title="ようこそ taro@example.jp 様", sha256="ab" * 32
    )
    seen = Observation(at="2026-11-24T12:00:00Z", way=Way.HTTP, state=State.RAN, seen=page, source="egress")
    event = Event(id="e" * 20, kind=Kind.CONTENT, way=Way.HTTP, at=seen.at, before="taro@example.jp", after="x")
    diary = Diary(watch=Watch(name="bad.test", host="bad.test", url="http://bad.test/taro@example.jp"), observations=(seen,), events=(event,))  # fmt: skip
    shown = mask(diary, VICTIM)
    for text in ("taro", "example.jp", coded):
        assert text not in repr(shown)
    assert shown.observations[0].seen.sha256 == "ab" * 32  # type: ignore[union-attr]
    assert (shown.events[0].id, shown.events[0].at, shown.watch.host) == (event.id, event.at, "bad.test")
    assert mask(diary, Identifiers()) == diary
