from __future__ import annotations

import re

import pytest

from sabaki.render import markdown
from tests.render import cases


@pytest.mark.parametrize("name", cases.ALL)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_no_link_no_html_no_control(name: str, lang: str) -> None:
    text = markdown.render(cases.ALL[name](), lang)
    outside = re.sub(r"(?s)(`{3,})text\n.*?\n\1", "", text)
    outside = re.sub(r"(`+)(?!`).*?[^`]\1(?!`)", "", outside)
    assert "http://" not in text
    assert not re.search(r"(?<!\\)\]\(", outside)
    assert set(re.findall(r"<[^>\n]*>", outside)) <= {"<br>"}
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_tables_are_whole() -> None:
    for make in cases.ALL.values():
        width = 0
        for line in markdown.render(make(), "en").splitlines():
            cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("| ") else 0
            assert not width or not cells or cells == width, line
            width = cells


def test_headings_are_ours_alone() -> None:
    text = markdown.render(cases.hostile_report(), "en")
    outside = re.sub(r"(?s)(`{3,})text\n.*?\n\1", "", text)
    headings = [line for line in outside.splitlines() if line.startswith("#")]
    assert len(headings) == 15
    assert headings[1] == "## The mail at a glance"


def test_grades_stand_beside_the_sentences() -> None:
    text = markdown.render(cases.seed_report(), "ja")
    assert r"ログインを求めています。 **\[I\]**" in text
    assert "信頼線" in text
