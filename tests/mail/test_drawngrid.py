"""Grids of modules: cut out, brought to one cell a module, dark on light."""

from __future__ import annotations

from sabaki.mail.drawngrid import Drawn, from_cells
from tests.mail.test_drawncodes import MODULES, inverted


def enlarged(rows: list[str], across: int, down: int) -> list[str]:
    return ["".join(module * across for module in row) for row in rows for _ in range(down)]


def test_a_grid_as_it_is() -> None:
    assert from_cells(MODULES) == Drawn(tuple(MODULES))


def test_modules_of_several_cells_and_blank_rows_around() -> None:
    cells = ["", "000", *("000" + row for row in enlarged(MODULES, 4, 2)), ""]
    assert from_cells(cells) == Drawn(tuple(MODULES))


def test_a_spoilt_row_does_not_hide_that_modules_are_two_wide() -> None:
    cells = enlarged(MODULES, 2, 1)
    cells[9] = cells[9][:20] + "1" + cells[9][21:]
    drawn = from_cells(cells)
    assert drawn is not None
    assert (drawn.width, drawn.height) == (25, 25)
    assert [row for i, row in enumerate(drawn.rows) if i != 9] == [row for i, row in enumerate(MODULES) if i != 9]


def test_light_on_dark_is_turned() -> None:
    assert from_cells(inverted(MODULES)) == Drawn(tuple(MODULES))
    bare = ["".join("10"[int(module)] for module in row) for row in MODULES]
    assert from_cells(bare) == Drawn(tuple(MODULES))


def test_shapes_that_are_no_code() -> None:
    assert from_cells([]) is None
    assert from_cells(["1" * 30] * 30) is None
    assert from_cells(["10" * 5] * 10) is None
    assert from_cells(["10" * 50, "01" * 50] * 8) is None
    assert from_cells(["10" * 400, "01" * 400] * 400) is None


def test_the_picture_has_a_quiet_zone_and_four_pixels_a_module() -> None:
    picture = Drawn(("10", "01")).to_pbm()
    header, _, rest = picture.partition(b"\n40 40\n")
    assert header == b"P4"
    assert len(rest) == 5 * 40
    assert rest[: 5 * 16] == bytes(5 * 16)
    assert rest[5 * 16 : 5 * 17] == b"\x00\x00\xf0\x00\x00"
    assert rest[5 * 20 : 5 * 21] == b"\x00\x00\x0f\x00\x00"
