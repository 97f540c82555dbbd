"""Codes drawn with coloured elements, in the many ways that there are; and newsletters, which have none."""

from __future__ import annotations

from itertools import groupby

import pytest

from sabaki.mail import drawntables
from tests.mail.test_drawncodes import MODULES, inverted, table

COLOURS = {"1": "#000", "0": "#fff"}


def lines(cell: str, between: str, rows: list[str] | None = None) -> str:
    """Each row's modules through `cell`, whose COLOUR and NAME are filled in."""
    return between.join(
        "".join(cell.replace("COLOUR", COLOURS[module]).replace("NAME", "wb"[int(module)]) for module in row)
        for row in rows or MODULES
    )


def in_runs(cell: str, start: str, end: str) -> str:
    """Each run of a row's modules as one cell, COUNT wide."""
    return "".join(
        start
        + "".join(
            cell.replace("COLOUR", COLOURS[module]).replace("COUNT", str(len(list(run))))
            for module, run in groupby(row)
        )
        + end
        for row in MODULES
    )


@pytest.mark.parametrize(
    "markup",
    [
        table(MODULES),
        table(inverted(MODULES)),
        "<table><tr>"
        + lines("<td style='background-color:COLOUR;width:4px'>&nbsp;</td>\n", "</tr>\n<tr>")
        + "</tr></table>",
        "<style>.b{background:#000} .w{background:#fff}</style><table><tr>"
        + lines('<td class="NAME"></td>', "</tr><tr>")
        + "</table>",
        "<table><tr>" + lines("<td bgcolor=COLOUR>", "<tr>") + "</table>",
        "<table><tr>" + lines("<td><font color=COLOUR>█</font></td>", "</tr><tr>") + "</table>",
        "<table><tr>" + lines('<td bgcolor="COLOUR"><img src="cid:s" width=4 height=4></td>', "</tr><tr>") + "</table>",
        "<table>" + in_runs('<td colspan=COUNT bgcolor="COLOUR"></td>', "<tr>", "</tr>") + "</table>",
        in_runs('<td style="width:COUNT0px;height:10px;background:COLOUR"></td>', "<table><tr>", "</tr></table>"),
        "<div>" + lines('<div style="width:4px;background:COLOUR"></div>', "</div><div>") + "</div>",
        '<div style="width:100px">' + lines('<div style="float:left;background:COLOUR"></div>', "") + "</div>",
        "<p>" + lines('<span style="background:COLOUR">&nbsp;&nbsp;</span>', "<br>\n") + "</p>",
        "<pre>" + lines('<b style="background:COLOUR">  </b>', "\n") + "</pre>",
        "<div>" + lines('<img src="cid:NAME" width=4 height=4>', "<br>") + "</div>",
        "<table><tr><td>" * 3 + table(MODULES) + "</td></tr></table>" * 3,
        table(MODULES).replace("<tr>", "<tr>" + "<!-- x -->"),
    ],
)
def test_ways_to_draw_a_code(markup: str) -> None:
    assert drawntables.has_many_cells(markup)
    assert [list(drawn.rows) for drawn in drawntables.find(f"<html><body><p>Hello</p>{markup}</body></html>")] == [
        MODULES
    ]


def test_every_cell_another_shade() -> None:
    shades = "".join(
        "<tr>"
        + "".join(
            f'<td bgcolor="#{(0 if module == "1" else 225) + (x + y) % 30:02x}{(x * y) % 25 + 230 * (module == "0"):02x}e0"></td>'
            for x, module in enumerate(row)
        )
        + "</tr>"
        for y, row in enumerate(MODULES)
    )
    assert [list(drawn.rows) for drawn in drawntables.find(f"<table>{shades}</table>")] == [MODULES]


def test_the_look_of_a_newsletter() -> None:
    row = '<tr><td width="20" class="x"></td><td><a href="http://a.example/">Offer</a> text</td><td bgcolor="#fff"></td></tr>'
    markup = f"<table>{row * 400}</table>"
    assert list(drawntables.find(markup)) == []
    assert not drawntables.has_many_cells(row * 20)
    assert not drawntables.has_many_cells("<p>plain</p>" * 2_000)


def test_a_calendar_is_no_code() -> None:
    row = "<tr>" + "".join(f'<td bgcolor="{"#eee" if day % 7 else "#f00"}">{day}</td>' for day in range(31)) + "</tr>"
    assert list(drawntables.find(f"<table>{row * 31}</table>")) == []


def test_stripes_are_no_code() -> None:
    stripes = (
        "<tr>" + '<td bgcolor="#000"></td>' * 30 + "</tr>" + "<tr>" + '<td bgcolor="#fff"></td>' * 30 + "</tr>"
    ) * 15
    assert list(drawntables.find(f"<table>{stripes}</table>")) == []


def test_deep_nesting_is_not_parsed() -> None:
    assert list(drawntables.find("<div>" * 5_000 + table(MODULES))) == []
