from __future__ import annotations

import pytest

from sabaki.model.watch import Diary
from sabaki.render import diary, escape, html, markdown
from sabaki.render.blocks import Table, Timeline
from tests.render.diaries import made, story

LANGS = ("en", "ja")


@pytest.mark.parametrize("lang", LANGS)
def test_a_page_in_every_output_shows_and_obeys_nothing(lang: str) -> None:
    told = diary.article(story(), lang, masked=True)
    page = html.page(told)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "http://evil" not in page
    assert "hxxp://evil[.]test" in page
    assert page.count("<svg") >= 2
    text = markdown.page(told)
    assert "<script" not in text
    assert "](http" not in text
    assert "http://" not in text.replace("hxxp://", "")


@pytest.mark.parametrize("lang", LANGS)
def test_a_section_that_others_can_join(lang: str) -> None:
    found = diary.section(diary.Tongue(lang), story())
    assert found.id == "watch"
    assert [type(block) for block in found.blocks[:3]][1:] == [Timeline, Table]
    happened = found.blocks[2]
    assert isinstance(happened, Table)
    assert len(happened.rows) == len(story().events)
    assert happened.rows[0][0].text == "1"


@pytest.mark.parametrize("lang", LANGS)
def test_on_a_terminal(lang: str) -> None:
    lines = [escape.terminal(line) for line in diary.lines(story(), lang, 80)]
    text = "\n".join(lines)
    assert "\x1b" not in text
    assert "http://evil" not in text
    assert "hxxp://www[.]site[.]example/x" in lines[0]
    for event in story().events:
        assert event.at[:10] in text
    assert "n1 (webhook)" in text
    assert "n0" not in text, "what was sent is no news"


@pytest.mark.parametrize("lang", LANGS)
def test_a_diary_that_is_empty(lang: str) -> None:
    empty = made()
    assert "<svg" not in html.page(diary.article(empty, lang, masked=False))
    assert list(diary.lines(empty, lang))
    bare = Diary(watch=empty.watch)
    assert html.page(diary.article(bare, lang, masked=False))


def test_the_languages_are_not_mixed() -> None:
    english = " ".join(diary.lines(story(), "en", 80))
    assert not any("\u3040" < char < "\u30ff" for char in english)
    assert "監視" in diary.article(story(), "ja", masked=False).kicker
