"""A two-dimensional code that was drawn without a picture, as the grid of its modules."""

from __future__ import annotations

import math
import re
from itertools import groupby

import msgspec

SMALLEST = 11
LARGEST = 200
"""Modules on a side: a Micro QR code has 11, the largest QR code 177 and its quiet zone."""
WIDEST = 1_000
"""Cells on a side of what is looked at: a module may be drawn with several."""
_QUIET = 4
_SCALE = 4
_RUNS = re.compile("0+|1+")


class Drawn(msgspec.Struct, frozen=True):
    """A grid of modules. `rows` has a string of "1" (dark) and "0" (light) for each, all of the same length."""

    rows: tuple[str, ...]

    @property
    def width(self) -> int:
        """Modules in a row."""
        return len(self.rows[0]) if self.rows else 0

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(self.rows)

    def to_pbm(self) -> bytes:
        """The grid as a picture (portable bitmap, P4): four pixels a module, a quiet zone of four modules around."""
        width = (self.width + 2 * _QUIET) * _SCALE
        octets = (width + 7) // 8
        edge = "0" * (_QUIET * _SCALE)
        blank = b"\x00" * (octets * _QUIET * _SCALE)
        body = []
        for row in self.rows:
            line = edge + "".join(module * _SCALE for module in row) + edge
            packed = int(line.ljust(octets * 8, "0"), 2).to_bytes(octets, "big")
            body.append(packed * _SCALE)
        height = (self.height + 2 * _QUIET) * _SCALE
        return b"P4\n%d %d\n" % (width, height) + blank + b"".join(body) + blank


def from_cells(cells: list[str]) -> Drawn | None:
    """The code that a block of cells may be: without what is around it, one cell a module, dark on light.

    `cells` has a row of "1" and "0" each; short rows go on with "0". None where it cannot be a code by its shape.
    """
    rows = _cropped(cells)
    if not rows:
        return None
    rows = _one_a_module(rows)
    if _is_light_on_dark(rows):
        rows = _cropped([row.translate(_INVERTED) for row in rows])
        if not rows:
            return None
    width, height = len(rows[0]), len(rows)
    dark = sum(row.count("1") for row in rows)
    if not (SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST):
        return None
    if abs(width - height) > max(2, height // 10) or not 0.2 < dark / (width * height) < 0.8:
        return None
    return Drawn(tuple(rows))


_INVERTED = str.maketrans("01", "10")


def _cropped(cells: list[str]) -> list[str]:
    """Without empty rows, wherever they are (a code has none), and without the empty columns at the sides."""
    rows = [row[:WIDEST] for row in cells[:WIDEST] if "1" in row[:WIDEST]]
    if not rows:
        return []
    left = min(row.index("1") for row in rows)
    right = max(row.rindex("1") for row in rows) + 1
    return [row[left:right].ljust(right - left, "0") for row in rows]


def _one_a_module(rows: list[str]) -> list[str]:
    """Draw a module with one cell: by the greatest common divisor of all runs, or by the shape of the whole."""
    across = _unit(rows)
    down = math.gcd(*(len(list(same)) for _, same in groupby(rows)))
    width, height = len(rows[0]) // across, len(rows) // down
    # A line of noise spoils the divisor, but characters are drawn two for a module because they are half as wide.
    if across == 1 and 1.8 < width / height < 2.2 and height >= SMALLEST:
        across = 2
    if down == 1 and 1.8 < height / width < 2.2 and width >= SMALLEST:
        down = 2
    return [row[across // 2 :: across] for row in rows[down // 2 :: down]] if across * down > 1 else rows


def _unit(rows: list[str]) -> int:
    unit = 0
    for row in rows:
        for run in _RUNS.findall(row):
            unit = math.gcd(unit, len(run))
        if unit == 1:
            break
    return unit or 1


def _is_light_on_dark(rows: list[str]) -> bool:
    """Whether the ink is the light part: it is all around then, or in the corners, where a code is dark, is none."""
    sides = (rows[0], rows[-1], "".join(row[0] for row in rows), "".join(row[-1] for row in rows))
    if all(side.count("1") > 0.9 * len(side) for side in sides):
        return True
    corners = (rows[0][:5], rows[0][-5:], rows[-1][:5])
    return sum(corner.count("0") >= 4 for corner in corners) >= 2
