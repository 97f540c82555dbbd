"""Links out of attributes, and what form fields ask for."""

from __future__ import annotations

import pytest

from sabaki.mail.htmllinks import Links, asked_for


def test_inline_pictures_are_no_links() -> None:
    links = Links("")
    links.element("img", {"src": "data:image/png;base64,AA"})
    links.style("background:url(data:image/png;base64,AA)")
    assert links.found == []


def test_a_page_in_a_link_is_one() -> None:
    links = Links("")
    links.element("a", {"href": "data:text/html,<h1>x</h1>"})
    assert [link.raw for link in links.found] == ["data:text/html,<h1>x</h1>"]


def test_script_links_show_their_targets() -> None:
    links = Links("")
    links.element("a", {"href": "javascript:location='https://a.example/x'"})
    assert [(link.raw, link.source) for link in links.found][1:] == [("https://a.example/x", "html:script")]
    assert links.has_script


def test_pages_inside_are_kept_for_the_reader() -> None:
    links = Links("<iframe srcdoc=x>")
    links.element("iframe", {"srcdoc": "<p>x</p>"})
    links.element("a", {"href": " data:text/html,<p>y</p>"}, seen=False)
    assert links.pages == [("<p>x</p>", True), ("data:text/html,<p>y</p>", False)]


def test_animation_gives_a_link_its_target() -> None:
    links = Links("")
    links.element("set", {"attributename": "xlink:href", "to": "https://a.example/"})
    links.element("set", {"attributename": "fill", "to": "https://b.example/"})
    assert [link.raw for link in links.found] == ["https://a.example/"]


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ({"type": "PASSWORD"}, "password"),
        ({"type": "checkbox"}, ""),
        ({"name": "cvv2"}, "card"),
        ({"placeholder": "カード番号"}, "card"),
        ({"placeholder": "ワンタイムパスワード"}, "code"),
        ({"name": "user"}, "text"),
        ({"type": None}, "text"),
    ],
)
def test_asked_for(attributes: dict[str, str | None], kind: str) -> None:
    assert asked_for("input", attributes) == kind
