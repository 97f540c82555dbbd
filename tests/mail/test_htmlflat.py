"""Recognising markup that is too costly to parse, and flattening it."""

from __future__ import annotations

import pytest

from sabaki.mail.htmlflat import flatten, is_costly


@pytest.mark.parametrize(
    "markup",
    [
        "<p>text" * 3_000,
        "<table><tr><td>a<td>b</table>" * 1_000,
        "<ul><li>a<li>b</ul>" * 1_000,
        "<br>" * 3_000,
        "<style>" + "a > b { color: red } /* long words here */ " * 2_000 + "</style>",
        "<p>" + "it's a long text with 5 > 4 and so on " * 1_000,
        "<img src='data:image/png;base64," + "ab/cd+" * 5_000 + "'>",
    ],
)
def test_ordinary_long_markup_is_parsed(markup: str) -> None:
    assert not is_costly(markup, 512)


@pytest.mark.parametrize("markup", ["<div>" * 600, "<i><b>x</i>" * 600, "<svg>" + "<td>" * 600])
def test_deep_markup_is_costly(markup: str) -> None:
    assert is_costly(markup, 512)


def test_flatten_keeps_text_and_links() -> None:
    walk = flatten(
        '<p>a &amp; b<br><script>no()</script><a href="https://a.example/?x=1&amp;y=2">c</a><img src=i.png> d<title>t</title>'
    )
    assert "".join(walk.shown).split() == ["a", "&", "b", "c", "d"]
    assert [(link.raw, link.source) for link in walk.links.found] == [
        ("https://a.example/?x=1&y=2", "html:a"),
        ("i.png", "html:img"),
    ]
