"""The walk over a parsed tree."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

from sabaki.mail.htmlwalk import Walk


def walked(markup: str) -> Walk:
    walk = Walk(markup)
    root = LexborHTMLParser(markup).root
    assert root is not None
    walk.run(root)
    return walk


def test_text_after_a_link_is_not_on_it() -> None:
    walk = walked("<p><a href='x'>on<span>it</span></a>off</p><a href='y'></a>off")
    assert ["".join(link.pieces) for link in walk.links.found] == ["onit", ""]


def test_a_style_is_undone_behind_its_element() -> None:
    walk = walked("<div style='display:none'>a</div>b<div style='display:none'>c</div>d")
    assert "".join(walk.shown).split() == ["b", "d"]
    assert "".join(walk.hidden).split() == ["a", "c"]


def test_deep_trees_need_no_recursion() -> None:
    assert "".join(walked("<div>" * 2_000 + "x").shown).strip() == "x"


def test_templates_and_closed_dialogs_are_not_shown() -> None:
    assert "".join(walked("<template>a</template><dialog>b</dialog><noscript>c</noscript>").shown).split() == ["c"]
