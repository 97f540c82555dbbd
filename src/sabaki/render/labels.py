"""Where words stand on a map: beside their points, inside the frame, and not over each other."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from sabaki.render.blocks import Mark
from sabaki.render.clip import Box, overlap

_NARROW, _WIDE = 0.6, 1.0
_SPACE = 8.0


def width(text: str, size: float) -> float:
    """How wide a text is about, in the units of its size."""
    return size * sum(_WIDE if unicodedata.east_asian_width(char) in "WF" else _NARROW for char in text)


class Layout:
    """The words placed so far, in a frame of `across` by `down` units."""

    def __init__(self, across: float, down: float) -> None:
        self._frame = (0.0, 0.0, across, down)
        self._taken: list[Box] = []

    def block(self, box: Box) -> None:
        """Keep a place free of words."""
        self._taken.append(box)

    def place(self, x: float, y: float, text: str, size: float, gaps: Iterable[float] = (14.0,)) -> Mark | None:
        """Put a text beside a point, at the first distance and on the first side where it fits; None where it does not."""
        wide = width(text, size)
        for gap in gaps:
            for anchor, left, base in (
                ("start", x + gap, y + size * 0.36),
                ("end", x - gap - wide, y + size * 0.36),
                ("middle", x - wide / 2, y - gap),
                ("middle", x - wide / 2, y + gap + size * 0.8),
            ):
                box = (left - _SPACE, base - size * 0.9, left + wide + _SPACE, base + size * 0.3)
                if self._free(box):
                    self._taken.append(box)
                    at = {"start": left, "end": left + wide, "middle": left + wide / 2}[anchor]
                    return Mark(round(x), round(y), round(at), round(base), anchor, text)
        return None

    def _free(self, box: Box) -> bool:
        frame = self._frame
        inside = box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2] and box[3] <= frame[3]
        return inside and not any(overlap(box, taken) for taken in self._taken)
