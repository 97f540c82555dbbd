from __future__ import annotations

import io
import re

import msgspec
import pytest
from rich.cells import cell_len
from rich.console import Console

from sabaki.model.authentication import Verification
from sabaki.model.finding import State
from sabaki.model.knowledge import Knowledge
from sabaki.render import article, ending, html, markdown, terminal, world
from sabaki.render.voice import Voice
from tests.render import cases, knowledge
from tests.render.test_article import strings
from tests.render.test_hostile import UNPRINTABLE, tokens
from tests.render.test_html import Reader

LANGS = ("ja", "en")
REPORTS = {"seed": knowledge.report, "hostile": knowledge.hostile}


def test_the_chapters_are_in_the_order_in_which_one_asks() -> None:
    told = article.compose(knowledge.report(), "en")
    ids = [section.id for section in told.sections]
    assert ids[ids.index("links") + 1 : ids.index("findings")] == [
        *("place", "registration", "danger", "hosting", "certificates"),
    ]


def test_what_was_not_asked_is_not_told() -> None:
    assert world.sections(Voice(cases.seed_report(), "en"), ()) == ()
    assert world.lines(Voice(cases.seed_report(), "en"), ()) == ()


@pytest.mark.parametrize("lang", LANGS)
def test_whom_something_was_sent_to_stands_at_the_foot(lang: str) -> None:
    foot = article.compose(knowledge.report(), lang).footer[0]
    assert ("RDAP、WHOIS、Google セーフ ブラウジング" if lang == "ja" else "RDAP, WHOIS, Google Safe Browsing") in foot
    assert "offline" not in foot
    assert "オフライン" not in foot


def test_english_is_free_of_japanese() -> None:
    asked = tuple(piece for piece in knowledge.seed() if piece.subject.value != "gakuin.example")
    sections = world.sections(Voice(cases.seed_report(), "en"), asked)
    assert not re.search("[ぁ-んァ-ン一-龥]", "\n".join(strings(sections)))


class Drawn(Reader):
    """A page with SVG in it: its elements may close themselves."""

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize("lang", LANGS)
def test_every_drawing_is_told_to_those_who_do_not_see_it(lang: str) -> None:
    reader = Drawn(html.render(knowledge.report(), lang))
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    near = [attributes for tag, attributes in reader.tags if tag == "svg" and attributes["class"] == "near"]
    assert len(near) == 2
    for attributes in near:
        assert attributes["role"] == "img"
        assert all(id in ids for id in (attributes["aria-labelledby"] or "").split())
    assert all(
        "aria-hidden" in attributes
        for tag, attributes in reader.tags
        if tag == "svg" and attributes["class"] == "world"
    )


@pytest.mark.parametrize("lang", LANGS)
def test_one_maps_drawing_is_small(lang: str) -> None:
    page = html.render(knowledge.report(), lang)
    drawings = re.findall(r"<figure class=\"map\">.*?</figure>", page, re.S)
    assert len(drawings) == 2
    assert all(len(drawing) < 60_000 for drawing in drawings)


def test_colours_are_the_pages_own() -> None:
    page = html.render(knowledge.report(), "en")
    assert not re.search(r"(fill|stroke)=\"", page)
    for name in ("sea", "land", "shore", "border", "pin"):
        assert page.count(f"--{name}: #") == 3


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("lang", LANGS)
def test_markdown_tells_the_map_in_words(name: str, lang: str) -> None:
    text = markdown.render(REPORTS[name](), lang)
    found = tokens(text)
    assert not {token.type for token in found} & {"link_open", "image", "html_block", "code_block"}
    assert {token.content for token in found if token.type == "html_inline"} <= {"<br>"}
    assert not UNPRINTABLE.search(text)
    assert ("35.68° N" if lang == "en" else "北緯35.68度") in text
    assert "<svg" not in text
    assert "Natural Earth" in text


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("width", [80, 100])
def test_a_terminal_has_it_in_a_few_lines(name: str, lang: str, width: int) -> None:
    out = io.StringIO()
    terminal.render(REPORTS[name](), lang, Console(file=out, width=width))
    lines = out.getvalue().splitlines()
    assert len(lines) <= 60
    assert max(cell_len(line) for line in lines) <= width
    assert not UNPRINTABLE.search(out.getvalue())


def test_the_lines_say_what_matters() -> None:
    rows = world.lines(Voice(knowledge.report(), "en"), knowledge.seed())
    text = "\n".join(f"{head}: {said} {grade}" for head, said, grade in rows)
    for fact in (
        "not a person",
        "Tokyo, Japan",
        "a cloud",
        "La Paz",
        "possible victim",
        "SOCIAL_ENGINEERING",
        "Norcross",
    ):
        assert fact in text
    assert "6.4 years) before the mail arrived" in text


@pytest.mark.parametrize("lang", LANGS)
def test_what_was_sent_earlier_or_not_at_all_has_no_place_at_the_foot(lang: str) -> None:
    asked = tuple(msgspec.structs.replace(piece, cached=True) for piece in knowledge.seed())
    assert world.asked(knowledge.report(asked), lang) == ()
    failed = tuple(
        msgspec.structs.replace(piece, state=State.TEMPERROR, known=(), to=piece.source, cached=False)
        for piece in knowledge.seed()
        if piece.source == "rdap"
    )
    assert world.asked(knowledge.report(failed), lang) == ("RDAP",)
    verified = Verification(asked_at="2026-11-24T10:00:00Z")
    names = knowledge.known("names", "host", "x.example", to="the resolver")
    assert world.asked(knowledge.report((names,), verification=verified), lang) == ("DNS",)


def test_a_world_that_answers_nothing_tells_nothing_and_leaves_all_open() -> None:
    asked = tuple(
        Knowledge(source=piece.source, subject=piece.subject, state=State.TEMPERROR, reason="down", reason_ja="停止中")
        for piece in knowledge.seed()
    )
    report = knowledge.report(asked)
    assert world.sections(Voice(report, "ja"), asked) == ()
    assert {gap.what for gap in ending.gaps(Voice(report, "en"))} >= {"RDAP", "WHOIS", "DNS", "Google Safe Browsing"}


def test_a_thousand_answers_make_no_endless_page() -> None:
    asked = tuple(piece for _ in range(100) for piece in knowledge.seed())
    assert len(html.render(knowledge.report(asked), "en")) < 900_000
