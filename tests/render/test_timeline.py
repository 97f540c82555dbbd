from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from sabaki.model.visit import PageState
from sabaki.model.watch import Observation, Page, Way
from sabaki.render import timeline
from tests.render.diaries import look, made, story

NAMES = {way: str(way) for way in Way}


def page(hours: float, state: PageState | None) -> Observation:
    return look(hours, Way.HTTP, Page(state=state, status=200) if state else None)


def test_bars_stand_for_looks_of_one_mind_and_gaps_for_what_nobody_saw() -> None:
    drawn, _ = timeline.draw(
        made(page(0, PageState.ALIVE), page(50, PageState.ALIVE), page(100, PageState.NOT_FOUND)), "en", NAMES
    )
    assert drawn is not None
    (lane,) = drawn.lanes
    up, down = lane.bars
    assert (up.role, down.role) == ("up", "down")
    assert abs((up.x + up.width / 2) - (timeline._LEFT + (timeline.WIDTH - timeline._LEFT - 16) / 4)) < 5, "to scale"
    assert lane.gaps == ((up.x + up.width, down.x),)
    assert len(lane.looks) == 3
    assert up.text == "alive (200)"


def test_a_look_that_could_not_be_made_joins_and_parts_nothing() -> None:
    drawn, _ = timeline.draw(made(page(0, PageState.ALIVE), page(50, None), page(100, PageState.ALIVE)), "en", NAMES)
    assert drawn is not None
    assert (len(drawn.lanes[0].bars), len(drawn.lanes[0].missed), drawn.missed) == (1, 1, "could not look")


def test_numbers_are_those_of_the_events() -> None:
    drawn, numbers = timeline.draw(story(), "ja", NAMES)
    assert drawn is not None
    assert [numbers[event.id] for event in story().events] == [flag.number for flag in drawn.flags]
    assert [lane.name for lane in drawn.lanes] == [str(way) for way in Way]
    assert drawn.description


@given(st.lists(st.tuples(st.integers(-2_000, 20_000), st.sampled_from([*PageState, None])), min_size=1, max_size=80))
def test_everything_stays_in_the_frame_and_no_number_covers_another(looks: list[tuple[int, PageState | None]]) -> None:
    drawn, _ = timeline.draw(made(*(page(hours, state) for hours, state in looks)), "en", NAMES)
    if drawn is None:
        return
    places = sorted(flag.x for flag in drawn.flags)
    assert all(b - a >= timeline._FLAG for a, b in pairwise(places))
    assert not places or (places[0] >= timeline._LEFT - 24 * 4 and places[-1] <= drawn.width)
    for lane in drawn.lanes:
        assert all(bar.x >= timeline._LEFT and bar.x + bar.width <= drawn.width for bar in lane.bars)
        assert all(a <= b for a, b in lane.gaps)
        assert 0 < lane.y < drawn.height
    assert len(drawn.ticks) <= 12


@given(
    st.lists(st.tuples(st.integers(0, 20_000), st.sampled_from([*PageState, None])), max_size=60), st.integers(40, 120)
)
def test_in_characters_it_keeps_to_its_width(looks: list[tuple[int, PageState | None]], width: int) -> None:
    rows = list(timeline.characters(made(*(page(hours, state) for hours, state in looks)), "en", NAMES, width))
    assert all(cell_len(row) <= width for row in rows[:-1])


def test_in_characters() -> None:
    looks = (
        page(0, PageState.ALIVE),
        page(40, PageState.ALIVE),
        page(60, PageState.NOT_FOUND),
        page(100, PageState.NOT_FOUND),
    )
    row = next(timeline.characters(made(*looks), "en", NAMES, 30))
    assert row.startswith("http  ██████████")
    assert row.endswith("·")
    assert "  ·" in row
