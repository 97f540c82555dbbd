"""What has changed, as lines for a terminal; what the world said may be anything."""

from __future__ import annotations

import re

import msgspec
import pytest

import sabaki
from sabaki.facts import changes as facts
from sabaki.facts.changes import Change
from sabaki.model.finding import State
from sabaki.model.knowledge import Knowledge, Subject
from sabaki.model.report import Report
from sabaki.render import changes

HOST = Subject("host", "login.drop.example")
MAIL = b"From: a@harbour.example\nSubject: x\n\nhttp://login.drop.example/x\n"
SILENT = Knowledge(source="rdap", subject=HOST, state=State.TEMPERROR, reason="no answer")


@pytest.fixture(scope="module")
def report() -> Report:
    found = sabaki.dissect(MAIL, name="mail.eml")
    return msgspec.structs.replace(found, verdict=msgspec.structs.replace(found.verdict, score=0.0))


def said(report: Report, *found: Change, lang: str = "en", silent: tuple[Knowledge, ...] = ()) -> str:
    return "\n".join(changes.lines(report, report, found, silent, lang))


def test_each_kind_in_both_languages(report: Report) -> None:
    found = (
        Change("names", HOST, "changed", "names.addresses", "192.0.2.1", "198.51.100.9"),
        Change("rdap", HOST, "gone", "registration", "Kaku"),
        Change("feeds", HOST, "changed", "listing.My. list.listed", "not listed", "listed"),
        Change("place", HOST, "new", "place.D", "", "Kobe"),
        Change("safe_browsing", HOST, "lost", after="no answer within 8 s"),
        Change("", HOST, "lost"),
    )
    assert said(report, *found).splitlines() == [
        "mail.eml",
        "  [changed] login[.]drop[.]example (DNS) addresses: 192.0.2.1 -> 198.51.100.9",
        "  [gone] login[.]drop[.]example (RDAP) registration: Kaku -> nothing",
        "  [changed] login[.]drop[.]example (lists on this machine) listed (My. list): not listed -> listed",
        "  [new] login[.]drop[.]example (geolocation database) place (D): Kobe",
        "  [no answer today] login[.]drop[.]example (Google Safe Browsing): no answer within 8 s",
        "  [not asked any more] login[.]drop[.]example: nothing in this case leads there today",
        "  verdict: still Undetermined (0 points)",
    ]
    japanese = said(report, *found, lang="ja").splitlines()
    assert japanese[1] == "  [変化] login[.]drop[.]example（DNS） IPアドレス: 192.0.2.1 -> 198.51.100.9"
    assert japanese[3].endswith("掲載（My. list）: 掲載なし -> 掲載あり")
    assert japanese[-1] == "  判定: 判定できず（0 点）（変わらず）"
    assert re.search("[ぁ-ん]", changes.kept("ja"))
    assert "SPF" in changes.kept("en")


def test_silence_is_never_called_unchanged(report: Report) -> None:
    assert "nothing has changed" in said(report)
    text = said(report, silent=(SILENT, SILENT))
    assert "nothing has changed" not in text
    assert "nothing that was answered has changed" in text
    assert "without an answer" in text
    assert "RDAP 2" in text
    assert "「変化なし」とは限りません" in said(report, lang="ja", silent=(SILENT,))


def test_another_verdict(report: Report) -> None:
    verdict = msgspec.structs.replace(report.verdict, label=sabaki.Label.MALICIOUS, score=120.0)
    now = msgspec.structs.replace(report, verdict=verdict)
    assert "verdict: Undetermined (0 points) -> Malicious (120 points)" in "\n".join(
        changes.lines(report, now, (), (), "en")
    )


def test_what_the_world_said_cannot_take_the_terminal_over(report: Report) -> None:
    hostile = "\x1b]0;x\x07\u202ehttp://login.drop.example/\r\nverdict: fine"
    named = msgspec.structs.replace(report, source=msgspec.structs.replace(report.source, name=hostile))
    found = (
        Change("rdap", HOST, "changed", "registration.holder", hostile, hostile),
        Change("feeds", HOST, "changed", f"listing.{hostile}.listed", hostile, hostile),
        Change("feeds", HOST, "new", f"unheard.{hostile}", "", hostile),
        Change("rdap", Subject("url", f"http://a.example/{hostile}"), "lost", after=hostile),
    )
    for lang in ("en", "ja"):
        lines = list(changes.lines(named, named, found, (), lang))
        assert len(lines) == 1 + len(found) + 1
        text = "\n".join(lines[1:])
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", "\n".join(lines))
        assert "http://" not in text


def test_every_field_that_is_compared_has_words() -> None:
    named = {f"{type.__name__.lower()}.{field}" for type, fields in facts._FIELDS.items() for field in fields} | {
        f"names.{record}" for record in facts._RECORDS
    }
    assert named == set(changes._FIELDS)
    assert {type.__name__.lower() for type in facts._FIELDS} == set(changes._RECORDS)
