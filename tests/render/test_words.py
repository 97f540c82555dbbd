from __future__ import annotations

import re

import pytest

from sabaki.model.case import Trust
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.model.report import Label
from sabaki.render import words
from sabaki.sources.source import registered

PAIRS = [
    pair
    for table in (
        words.VERDICTS,
        words.GRADES,
        words.GRADES_EXPLAINED,
        words.SEVERITIES,
        words.TRUSTS,
        words.TRAITS,
        words.STEPS,
        words.SOURCES,
    )
    for pair in table.values()
]


def test_nothing_lacks_its_words() -> None:
    assert set(words.VERDICTS) == set(Label)
    assert set(words.GRADES) == set(words.GRADES_EXPLAINED) == set(Grade)
    assert set(words.SEVERITIES) == set(Severity)
    assert set(words.TRUSTS) == set(Trust)


@pytest.mark.parametrize("pair", PAIRS)
def test_english_is_english_and_japanese_japanese(pair: words.Pair) -> None:
    assert not re.search("[ぁ-んァ-ン一-龥]", pair[0])
    assert re.search("[ぁ-んァ-ン一-龥]", pair[1]) or pair[0] == pair[1] or pair[1].isascii()


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0 s"), (59.6, "60 s"), (600, "10 min"), (90_000, "25 h"), (200_000, "2 days")]
)
def test_duration(seconds: float, shown: str) -> None:
    assert words.duration(seconds, "en") == shown


def test_a_skew_of_two_seconds_is_not_a_day() -> None:
    assert words.duration(-2, "en").startswith("−2 s")
    assert words.duration(-2, "ja").startswith("−2 秒")


def test_when_keeps_the_zone() -> None:
    assert words.when("2022-08-08T05:07:29+09:00") == "2022-08-08 05:07:29 +09:00"
    assert words.when("2026-04-05T16:57:29-07:00") == "2026-04-05 16:57:29 −07:00"
    assert words.when("2026-04-05T16:57:29Z") == "2026-04-05 16:57:29 UTC"
    assert words.when(None) == ""


def test_every_source_has_a_name_and_every_name_its_source() -> None:
    assert set(words.SOURCES) == set(registered())
    assert (
        words.source("safe_browsing", "ja") == words.step("source:safe_browsing", "ja") == "Google セーフ ブラウジング"
    )


def test_what_is_not_known_keeps_its_id() -> None:
    assert words.source("a_new_one", "en") == "a new one"
    assert words.trait("brand_new_trait", "ja") == "brand_new_trait"
    assert words.step("check:link/x", "en") == "link/x"
