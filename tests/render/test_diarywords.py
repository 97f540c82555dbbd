from __future__ import annotations

import pytest

from sabaki.model.watch import Event, Kind, Way
from sabaki.render import diarywords
from sabaki.render.diarywords import seen, sentence, told
from tests.render.diaries import HOSTILE, look, story


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("way", list(Way))
def test_everything_that_may_happen_has_a_sentence(lang: str, way: Way) -> None:
    found = set()
    for kind in Kind:
        text = sentence(
            Event(id="e", kind=kind, way=way, at="2026-11-24T12:00:00Z", before="not_found", after="up"), lang
        )
        assert text.isascii() is (lang == "en") or "→" in text or "“" in text
        assert "{" not in text
        assert text[-1] in ".。）」”" or kind in (Kind.MOVED, Kind.NAME_SERVERS, Kind.REDIRECTED)
        found.add(text)
    assert len(found) == len(Kind)


def test_what_others_wrote_is_defused_and_cut() -> None:
    for kind in (Kind.CONTENT, Kind.CERTIFICATE, Kind.HOLD, Kind.REDIRECTED, Kind.NAME_SERVERS, Kind.REVIVED):
        event = Event(
            id="e", kind=kind, way=Way.HTTP, at="2026-11-24T12:00:00Z", before="{after}", after=f"{HOSTILE}{'x' * 999}"
        )
        text = sentence(event, "en")
        assert "http://evil.test" not in text
        assert len(text) < 500


def test_a_browsers_word_is_called_so() -> None:
    assert told(Event(id="e", kind=Kind.ALIVE, way=Way.VISIT, at=""), "en") == "The page is there. (in a browser)"


def test_every_look_has_a_line() -> None:
    for observation in story().observations:
        for lang in ("en", "ja"):
            assert seen(observation, lang)
            assert "http://evil.test" not in seen(observation, lang)
    assert seen(look(0, Way.HTTP, None, reason="a", reason_ja="あ"), "ja") == "確認できず: あ"
    assert set(diarywords.WAYS) == set(Way)
