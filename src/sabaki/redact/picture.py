"""Screenshots without the victim: what the page showed is known with its place, and what identifies somebody is painted over.

The picture that comes out is drawn anew: it holds pixels and nothing of the file that came in.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import msgspec
from PIL import Image, ImageDraw

from sabaki.model.report import Report
from sabaki.redact import identifiers
from sabaki.redact.mask import Masker

_MOST_PIXELS = 40_000_000
_WIDEST, _HIGHEST = 1_000, 1_600
"""Pixels of what is shown; the original is kept as it is."""
_PAINT = (120, 120, 120)
_MARGIN = 3
_PIECES = 4
"""Into so many boxes side by side an address may be cut."""
_LINE = 0.6
"""Boxes whose middles are closer than this part of their height stand on one line."""

Box = tuple[str, float, float, float, float]
"""A text and the box that it stands in, in pixels: left, top, width, height."""


class CannotMask(Exception):
    """The picture cannot be shown: it, or the list of what stands on it, cannot be read."""


def masked(png: bytes, layout: bytes, report: Report) -> bytes:
    """The picture for publication, as PNG. `layout` is the artifact of that name of the same view. Raises CannotMask."""
    boxes = _read(layout)
    picture = _opened(png)
    draw = ImageDraw.Draw(picture)
    for _, left, top, width, height in telling(boxes, Masker(identifiers.of(report))):
        corners = (left - _MARGIN, top - _MARGIN, left + width + _MARGIN, top + height + _MARGIN)
        draw.rectangle(corners, fill=_PAINT)
    return _written(picture)


def plain(png: bytes) -> bytes:
    """The picture for one's own eyes, drawn anew. Raises CannotMask."""
    return _written(_opened(png))


def telling(boxes: list[Box], mask: Masker) -> Iterator[Box]:
    """The boxes whose text identifies somebody, alone or together with what stands beside it on the same line."""
    for line in _lines(boxes):
        told = {at for at, box in enumerate(line) if mask(box[0]) != box[0]}
        for size in range(2, _PIECES + 1):
            for at in range(len(line) - size + 1):
                if _tells_together(line[at : at + size], mask):
                    told.update(range(at, at + size))
        yield from (line[at] for at in sorted(told))


def _tells_together(boxes: list[Box], mask: Masker) -> bool:
    """Whether texts that stand side by side say more than each alone."""
    gap = boxes[1][1] - (boxes[0][1] + boxes[0][3])
    between = "" if gap < boxes[0][4] / 2 else " "
    return mask(between.join(box[0] for box in boxes)) != between.join(mask(box[0]) for box in boxes)


def _read(layout: bytes) -> list[Box]:
    try:
        document = msgspec.json.decode(layout)
        return [
            (str(text), float(left), float(top), float(width), float(height))
            for text, left, top, width, height in document["words"]
        ]
    except (msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
        raise CannotMask("the list of what stands on the screenshot cannot be read") from error


def _lines(boxes: list[Box]) -> Iterator[list[Box]]:
    """The boxes line by line, from the left."""
    line: list[Box] = []
    for box in sorted(boxes, key=lambda box: (box[2] + box[4] / 2, box[1])):
        middle = box[2] + box[4] / 2
        if line and abs(middle - (line[-1][2] + line[-1][4] / 2)) > _LINE * max(1.0, min(box[4], line[-1][4])):
            yield sorted(line, key=lambda each: each[1])
            line = []
        line.append(box)
    if line:
        yield sorted(line, key=lambda each: each[1])


def _opened(png: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise CannotMask("the screenshot is too large")
            drawn = Image.new("RGB", opened.size, (255, 255, 255))
            drawn.paste(opened.convert("RGB"))
            return drawn
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise CannotMask("the screenshot cannot be read") from error


def _written(picture: Image.Image) -> bytes:
    scale = min(1.0, _WIDEST / picture.width)
    shown = picture if scale == 1.0 else picture.resize((_WIDEST, max(1, round(picture.height * scale))))
    if shown.height > _HIGHEST:
        shown = shown.crop((0, 0, shown.width, _HIGHEST))
    out = io.BytesIO()
    shown.quantize(128, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()
