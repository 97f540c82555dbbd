"""The declarations and colours that decide whether text can be seen."""

from __future__ import annotations

import pytest

from sabaki.mail import css


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("#fff", (255, 255, 255)),
        ("#012345", (1, 35, 69)),
        ("White", (255, 255, 255)),
        ("rgb(1, 2, 3)", (1, 2, 3)),
        ("rgba(0,0,0,0)", css.TRANSPARENT),
        ("transparent", css.TRANSPARENT),
        ("#zzzzzz", css.UNKNOWN),
        ("var(--x)", css.UNKNOWN),
        ("", css.UNKNOWN),
    ],
)
def test_colour(value: str, expected: css.Colour) -> None:
    assert css.colour(value) == expected


def test_unknown_colours_are_alike_to_nothing() -> None:
    assert not css.alike(css.UNKNOWN, css.UNKNOWN)
    assert css.alike((255, 255, 255), (250, 250, 250))
    assert not css.alike((255, 255, 255), (204, 204, 204))


@pytest.mark.parametrize(
    ("value", "expected"), [("1px", 1), ("-9999px", -9999), ("2em", 32), ("auto", None), ("", None)]
)
def test_pixels(value: str, expected: float | None) -> None:
    assert css.pixels(value) == expected


def test_later_rules_win_and_conditions_do_not_count() -> None:
    sheet = css.Sheet()
    sheet.read(
        "/* .x{display:none} */ .x{font-size:0} @media print{.y{display:none}} .x{font-size:12px} td .z{display:none}"
    )
    assert sheet.match("p", "x", "").tiny is False
    assert not sheet.match("p", "y", "").gone
    assert not sheet.match("p", "z", "").gone


def test_comments_are_cut_even_unclosed() -> None:
    assert css.without_comments("a/* b */c/* d") == "ac"
