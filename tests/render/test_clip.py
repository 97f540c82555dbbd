from __future__ import annotations

import re

from sabaki.render import clip

SQUARE = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]


def area(ring: list[tuple[float, float]]) -> float:
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def test_a_ring_is_cut_at_a_box() -> None:
    assert area(clip.ring_in_box(SQUARE, (5, 5, 20, 20))) == 25
    assert clip.ring_in_box(SQUARE, (11, 11, 20, 20)) == []
    assert area(clip.ring_in_box(SQUARE, (2, 2, 4, 4))) == 4


def test_a_line_that_leaves_and_comes_back_is_two_lines() -> None:
    line = [(1.0, 1.0), (1.0, 9.0), (3.0, 9.0), (3.0, 1.0)]
    parts = clip.lines_in_box(line, (0, 0, 10, 5))
    assert parts == [[(1.0, 1.0), (1.0, 5.0)], [(3.0, 5.0), (3.0, 1.0)]]
    assert clip.lines_in_box(line, (20, 20, 30, 30)) == []


def test_a_path_is_whole_numbers_and_as_short_as_they_allow() -> None:
    assert clip.path([[(0, 0), (3, -4), (10.4, 5.6)]], 1, closed=False) == "M0 0l3-4 7 10"
    assert clip.path([SQUARE], 1, closed=True) == "M0 0l10 0 0 10-10 0z"
    assert re.fullmatch(r"[MLlz\d -]*", clip.path([SQUARE, SQUARE], 2, closed=True))


def test_what_is_smaller_than_a_step_is_left_out() -> None:
    assert clip.path([[(0, 0), (0.2, 0.2), (0.1, 0.4)]], 2, closed=True) == ""
    assert clip.path([[(0, 0), (1, 0), (2, 0), (9, 0)]], 4, closed=False) == "M0 0l9 0"


def test_boxes() -> None:
    assert clip.box_of(SQUARE) == (0, 0, 10, 10)
    assert clip.overlap((0, 0, 1, 1), (1, 1, 2, 2))
    assert not clip.overlap((0, 0, 1, 1), (2, 0, 3, 1))
