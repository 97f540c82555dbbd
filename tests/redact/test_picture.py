from __future__ import annotations

import io
import json
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

import sabaki
from sabaki.redact import picture

GREY = (120, 120, 120)
REPORT = sabaki.dissect(
    b"From: a@evil.test\nTo: Hanako Mori <hanako.mori@harbour.example>\nSubject: x\n\nx\n",
    vantage=sabaki.Vantage(own_domains=("harbour.example",)),
)


def png(size: tuple[int, int] = (400, 200), **saved: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (255, 255, 255)).save(out, "PNG", **saved)
    return out.getvalue()


def layout(*words: tuple[str, float, float, float, float]) -> bytes:
    return json.dumps({"words": words}).encode()


def pixel(content: bytes, x: int, y: int) -> tuple[int, ...]:
    found = Image.open(io.BytesIO(content)).convert("RGB").getpixel((x, y))
    assert isinstance(found, tuple)
    return found


def test_an_address_in_a_field_is_painted_over_and_the_rest_is_not() -> None:
    shown = picture.masked(
        png(), layout(("hanako.mori@harbour.example", 50, 50, 100, 20), ("Log in", 50, 100, 60, 20)), REPORT
    )
    assert pixel(shown, 60, 60) == GREY
    assert pixel(shown, 60, 110) == (255, 255, 255)
    assert pixel(shown, 200, 60) == (255, 255, 255)


def test_an_address_cut_into_pieces_on_one_line() -> None:
    pieces = [("hanako.", 10, 10, 45, 20), ("mori@harb", 58, 12, 48, 16), ("our.example", 110, 10, 40, 20)]
    shown = picture.masked(png(), layout(*pieces, ("far below", 10, 150, 40, 20)), REPORT)
    assert [pixel(shown, x, 18) for x in (20, 70, 120)] == [GREY] * 3
    assert pixel(shown, 20, 160) == (255, 255, 255)


def test_nothing_but_pixels_comes_out() -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "hanako.mori@harbour.example")
    for shown in (picture.masked(png(pnginfo=told), layout(), REPORT), picture.plain(png(pnginfo=told))):
        assert b"hanako" not in shown
        assert b"tEXt" not in shown


def test_large_ones_are_shown_smaller() -> None:
    shown = Image.open(io.BytesIO(picture.plain(png((2_000, 6_000)))))
    assert shown.size == (1_000, 1_600)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no picture", layout()),
        (png()[:60], layout()),
        (png(), b"{}"),
        (png(), b"nonsense"),
        (png(), b'{"words": [["x", 1]]}'),
        (png(), b'{"words": [["x", "a", 1, 1, 1]]}'),
    ],
)
def test_what_cannot_be_read_is_not_shown(content: bytes, words: bytes) -> None:
    with pytest.raises(picture.CannotMask):
        picture.masked(content, words, REPORT)


def test_odd_boxes_paint_what_they_can() -> None:
    shown = picture.masked(
        png(), layout(("hanako.mori@harbour.example", -50, -10, 5_000, 30), ("", 0, 0, 0, 0)), REPORT
    )
    assert pixel(shown, 399, 10) == GREY
