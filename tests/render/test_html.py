from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser

import pytest

from sabaki.render import html
from tests.render import cases

VOID = {"meta"}


class Reader(HTMLParser):
    """Reads a page as a browser does: its tags, whether they close, every attribute."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("name", cases.ALL)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_page_is_well_formed_and_loads_and_runs_nothing(name: str, lang: str) -> None:
    reader = Reader(html.render(cases.ALL[name](), lang))
    assert reader.open == []
    assert {tag for tag, _ in reader.tags}.isdisjoint(
        {"script", "link", "img", "iframe", "a", "form", "object", "embed", "base", "svg", "input", "video"}
    )
    attributes = {key for _, attrs in reader.tags for key in attrs}
    assert attributes <= {
        *("class", "id", "lang", "title", "style", "charset", "http-equiv", "content", "name", "scope"),
        *("aria-labelledby", "aria-hidden", "data-head"),
    }
    styles = [attrs["style"] for _, attrs in reader.tags if "style" in attrs]
    assert all(re.fullmatch(r"(width|left):\d+\.\d%", style or "") for style in styles)


def test_the_policy_forbids_everything_but_the_pages_own_style() -> None:
    page = html.render(cases.seed_report(), "ja")
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page
    assert '<html lang="ja">' in page
    assert "url(" not in page
    assert "@import" not in page


def test_nothing_of_the_mail_is_obeyed() -> None:
    page = html.render(cases.hostile_report(), "en")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", page)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "&lt;U+202E&gt;" in page
    assert "http://" not in page


def test_headings_are_in_order_and_every_grade_has_its_name() -> None:
    reader = Reader(html.render(cases.seed_report(), "en"))
    levels = [int(tag[1]) for tag, _ in reader.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    badges = [attrs for tag, attrs in reader.tags if tag == "abbr"]
    assert badges
    assert all(badge["title"] for badge in badges)


def test_the_verdict_colours_the_page() -> None:
    assert '<body class="malicious">' in html.render(cases.seed_report(), "en")
    assert '<body class="benign">' in html.render(cases.wanted_report(), "en")


def test_masking_is_said() -> None:
    assert "masked" in html.render(cases.seed_report(), "en")
    assert 'class="masked"' not in html.render(cases.seed_report(), "en", redacted=False)
