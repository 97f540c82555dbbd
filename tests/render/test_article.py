from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import pytest

from sabaki.model.report import Report
from sabaki.render import article
from sabaki.render.blocks import Article, Bullets, Notice, Statement
from tests.render import cases

ORDER = [
    "glance", "subject", "sender", "header", "way",
    "proof", "text", "links",
    "findings", "verdict", "unchecked", "conclusion", "advice", "legend",
]  # fmt: skip
ACCUSING = re.compile("attacker|victim|criminal|fraud|phishing|犯人|被害|詐欺|狙い|乗っ取|悪用|装って", re.IGNORECASE)


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from strings(item)
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from strings(getattr(value, field))


def told(report: Report, lang: str = "en") -> Article:
    return article.compose(report, lang)


def text(article: Article) -> str:
    return "\n".join(strings(article))


def test_the_order_is_the_experts() -> None:
    assert [section.id for section in told(cases.seed_report()).sections] == ORDER


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_both_languages_tell_the_same(lang: str) -> None:
    page = told(cases.seed_report(), lang)
    everything = text(page)
    for fact in ("office@gakuin.example", "20.63.138.218", "circulo[.]test", "2022-08-08 05:07:29 +09:00"):
        assert fact in everything
    assert page.lang == lang
    assert "http://" not in everything


def test_english_is_free_of_japanese_but_for_the_mail() -> None:
    report = cases.wanted_report()
    assert not re.search("[ぁ-んァ-ン一-龥]", text(told(report, "en")))


def test_japanese_is_japanese() -> None:
    page = told(cases.wanted_report(), "ja")
    for section in page.sections:
        assert re.search("[ぁ-んァ-ン一-龥]", section.title)
        for block in section.blocks:
            if isinstance(block, Statement) and not block.text.startswith("From: "):
                assert re.search("[ぁ-んァ-ン一-龥]", block.text), block


@pytest.mark.parametrize("make", [cases.wanted_report, cases.unknown_report])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_who_is_not_accused_is_not_called_names(make: object, lang: str) -> None:
    sections = [s for s in told(make(), lang).sections if s.id not in ("advice", "legend", "unchecked")]  # type: ignore[operator]
    assert not ACCUSING.search("\n".join(strings(tuple(sections))))


def test_the_account_is_a_headline_and_its_owner_a_victim_by_inference_only() -> None:
    way = next(s for s in told(cases.seed_report()).sections if s.id == "way")
    notice = way.blocks[0]
    assert isinstance(notice, Notice)
    assert "office@gakuin.example" in notice.title
    assert notice.grade == "I"
    assert "second victim" in notice.text


def test_an_account_that_no_check_speaks_of_is_nobodys_victim() -> None:
    report = cases.seed_report()
    report = cases.replaced(report, findings=tuple(f for f in report.findings if f.id != "route/taken_over_account"))
    page = told(report)
    way = next(s for s in page.sections if s.id == "way")
    assert isinstance(way.blocks[0], Notice)
    assert way.blocks[0].grade == "A"
    assert "victim" not in text(page)


def test_what_could_not_be_checked_is_all_there() -> None:
    unchecked = next(s for s in told(cases.seed_report()).sections if s.id == "unchecked")
    shown = "\n".join(strings(unchecked))
    for step in ("DKIM", "reputation", "the site itself"):
        assert step in shown
    assert "offline, and" not in shown


def test_where_no_line_can_be_drawn_the_advice_stands_first() -> None:
    way = next(s for s in told(cases.unknown_report()).sections if s.id == "way")
    assert isinstance(way.blocks[0], Notice)
    assert "whole header" in way.blocks[0].text


def test_every_finding_is_told_with_its_grade() -> None:
    page = told(cases.seed_report())
    bulleted = [item for s in page.sections for b in s.blocks if isinstance(b, Bullets) for item in b.items]
    by_text = {item.text: item.grade for item in bulleted}
    assert by_text["It asks for a login."] == "I"
    assert by_text["A link carries jimusho.example as bait in front of its real owner, circulo[.]test."] == "V"


def test_masking_is_said_only_where_it_was_done() -> None:
    assert "masked" in article.compose(cases.seed_report(), "en", redacted=True).masked
    assert article.compose(cases.seed_report(), "en", redacted=False).masked == ""
