from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sabaki.sources import sbproto, sbwords, web_risk
from sabaki.sources.sbproto import Detail, FullHash
from sabaki.sources.sbservice import Kept
from sabaki.sources.sbwords import Match
from sabaki.sources.urlhash import expressions

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def match(*details: Detail, expression: str = "evil.example/", asked: datetime = NOW) -> Match:
    return Match(expression, details, asked)


def test_a_danger_is_a_suspicion_in_googles_name() -> None:
    found = sbwords.listing("L", (match(Detail("SOCIAL_ENGINEERING")),), LATER)
    assert (found.list, found.listed, found.threats, found.matched) == (
        "L",
        True,
        ("SOCIAL_ENGINEERING",),
        "evil.example/",
    )
    assert found.list_date == "2026-11-24T09:00:00Z"
    assert "suspects" in found.meaning
    assert "Advisory provided by Google" in found.meaning
    assert "疑い" in found.meaning_ja
    assert "危険なサイト" in found.meaning_ja


@pytest.mark.parametrize("threat", sorted({*sbproto.THREATS.values(), *web_risk.THREATS}))
def test_every_threat_has_words_in_both_languages(threat: str) -> None:
    found = sbwords.listing("L", (match(Detail(threat)),), NOW)
    assert found.listed
    assert found.meaning
    assert found.meaning_ja


def test_several_threats_and_places() -> None:
    found = sbwords.listing(
        "L",
        (
            match(Detail("MALWARE"), Detail("SOCIAL_ENGINEERING")),
            match(Detail("MALWARE"), expression="evil.example/a", asked=LATER),
            match(Detail("MALWARE", ("CANARY",)), expression="a.evil.example/"),
        ),
        NOW,
    )
    assert found.threats == ("MALWARE", "SOCIAL_ENGINEERING")
    assert found.matched == "evil.example/, evil.example/a"


@pytest.mark.parametrize(
    "details", [(), (Detail(""),), (Detail("MALWARE", ("CANARY",)),), (Detail("MALWARE", ("FRAME_ONLY",)), Detail(""))]
)
def test_what_browsers_do_not_act_on_settles_nothing(details: tuple[Detail, ...]) -> None:
    found = sbwords.listing("L", (match(*details),), NOW)
    assert found.listed is None
    assert found.threats == ()
    assert found.matched == "evil.example/"
    assert "not clean" in found.meaning
    assert "安全だという意味でもありません" in found.meaning_ja


def test_not_listed_is_said_not_to_be_clean() -> None:
    found = sbwords.listing("L", (), NOW)
    assert found.listed is False
    assert "does not mean that it is clean" in found.meaning
    assert "安全だという意味ではありません" in found.meaning_ja
    assert "2026-11-24T09:00:00Z" in found.meaning
    local = sbwords.listing("L", (), NOW, locally=True)
    assert "nothing was sent" in local.meaning
    assert "外部への問い合わせなし" in local.meaning_ja


def test_a_shared_beginning_is_no_match() -> None:
    wanted = expressions("http://evil.example/a")
    first, second = wanted
    answers = {
        first.prefix: Kept((FullHash(first.prefix + bytes(28), (Detail("MALWARE"),)),), NOW, LATER),
        second.prefix: Kept((FullHash(second.hash, (Detail("MALWARE"),)),), NOW, LATER),
    }
    assert sbwords.matches(wanted, answers) == (Match("evil.example/a", (Detail("MALWARE"),), NOW),)
