"""Lines and rings cut at straight bounds, and written as the path of an SVG. Points are (x, y) or (longitude, latitude)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Point = tuple[float, float]
Line = list[Point]
Box = tuple[float, float, float, float]
"""The least x, the least y, the greatest x, the greatest y."""


def half_ring(ring: Sequence[Point], axis: int, bound: float, sign: int) -> Line:
    """The part of a ring where `sign * (point[axis] - bound)` is not negative (Sutherland and Hodgman). Empty where there is none."""
    kept: Line = []
    if not ring:
        return kept
    before = ring[-1]
    was = sign * (before[axis] - bound) >= 0
    for point in ring:
        inside = sign * (point[axis] - bound) >= 0
        if inside != was:
            kept.append(_crossing(before, point, axis, bound))
        if inside:
            kept.append(point)
        before, was = point, inside
    return kept


def half_lines(line: Sequence[Point], axis: int, bound: float, sign: int) -> Iterator[Line]:
    """The parts of a line where `sign * (point[axis] - bound)` is not negative."""
    part: Line = []
    before, was = line[0], sign * (line[0][axis] - bound) >= 0
    for point in line:
        inside = sign * (point[axis] - bound) >= 0
        if inside != was:
            part.append(_crossing(before, point, axis, bound))
            if not inside:
                yield part
                part = []
        if inside:
            part.append(point)
        before, was = point, inside
    if len(part) > 1:
        yield part


def _crossing(before: Point, point: Point, axis: int, bound: float) -> Point:
    share = (bound - before[axis]) / (point[axis] - before[axis])
    other = before[1 - axis] + share * (point[1 - axis] - before[1 - axis])
    return (bound, other) if axis == 0 else (other, bound)


def _sides(box: Box) -> tuple[tuple[int, float, int], ...]:
    return (0, box[0], 1), (1, box[1], 1), (0, box[2], -1), (1, box[3], -1)


def ring_in_box(ring: Sequence[Point], box: Box) -> Line:
    """The part of a ring inside a box; it may run along the box's sides. Empty where there is none."""
    kept = list(ring)
    for axis, bound, sign in _sides(box):
        kept = half_ring(kept, axis, bound, sign)
    return kept


def lines_in_box(line: Sequence[Point], box: Box) -> list[Line]:
    """The parts of a line inside a box."""
    parts: list[Line] = [list(line)]
    for axis, bound, sign in _sides(box):
        parts = [kept for part in parts if part for kept in half_lines(part, axis, bound, sign)]
    return parts


def box_of(line: Sequence[Point]) -> Box:
    """The smallest box around a line that has a point."""
    xs, ys = [x for x, _ in line], [y for _, y in line]
    return min(xs), min(ys), max(xs), max(ys)


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes touch."""
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def path(lines: Sequence[Sequence[Point]], step: float, *, closed: bool) -> str:
    """The `d` of an SVG path (SVG 2 section 9.3) in whole units, steps shorter than `step` left out, and rings that are smaller."""
    return "".join(_drawn(line, step, closed=closed) for line in lines)


def _drawn(line: Sequence[Point], step: float, *, closed: bool) -> str:
    points: list[tuple[int, int]] = []
    for x, y in line:
        point = (round(x), round(y))
        if not points or abs(point[0] - points[-1][0]) + abs(point[1] - points[-1][1]) >= step:
            points.append(point)
    if not closed and len(points) > 1:
        points[-1] = (round(line[-1][0]), round(line[-1][1]))
    if len(points) < (3 if closed else 2):
        return ""
    (x, y), steps = points[0], []
    for px, py in points[1:]:
        steps += [_number(px - x), _number(py - y)]
        x, y = px, py
    return f"M{points[0][0]} {points[0][1]}l{''.join(steps).lstrip()}{'z' if closed else ''}"


def _number(value: int) -> str:
    """With what keeps it apart from the number before it: a minus sign does, else a space."""
    return str(value) if value < 0 else f" {value}"
