from __future__ import annotations

import io
import re

import pytest
from rich.cells import cell_len
from rich.console import Console

from sabaki.model.finding import State
from sabaki.render import terminal
from tests.render import cases
from tests.render.knowledge import known


def shown(name: str, lang: str, width: int = 100, **options: bool) -> str:
    out = io.StringIO()
    terminal.render(cases.ALL[name](), lang, Console(file=out, width=width, **options))  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize("name", cases.ALL)
@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("width", [80, 100])
def test_it_fits(name: str, lang: str, width: int) -> None:
    lines = shown(name, lang, width).splitlines()
    assert len(lines) <= 60
    assert max(cell_len(line) for line in lines) <= width
    assert not any(line != line.rstrip() for line in lines if line.strip())


def test_colour_only_on_a_terminal() -> None:
    assert "\x1b" not in shown("seed", "en")
    assert "\x1b[" in shown("seed", "en", force_terminal=True)


def test_nothing_of_the_mail_is_sent_to_the_terminal() -> None:
    text = shown("hostile", "en")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert "␛]0;x␇" in text
    assert "http://" not in text


def test_the_verdict_stands_first_and_the_account_is_shown() -> None:
    lines = shown("seed", "en").splitlines()
    assert lines[0].startswith("■ Malicious   130 points")
    assert any("office@gakuin.example  A" in line for line in lines)
    assert any("second victim" in line for line in lines)


def test_advice_is_given_where_the_line_is_not_attested() -> None:
    assert "whole header" in shown("unknown", "en")
    assert "被害者" not in shown("unknown", "ja")


def test_markup_of_the_terminal_library_is_text() -> None:
    report = cases.seed_report()
    out = io.StringIO()
    subject = type(report.subject)("[bold]x[/bold] [/nothing]")
    terminal.render(cases.replaced(report, subject=subject), "en", Console(file=out, width=100))
    assert "[bold]x[/bold] [/nothing]" in out.getvalue()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one two three", ["one two", "three"]),
        ("abcdefghijkl", ["abcdefgh", "ijkl"]),
        ("日本語の文です", ["日本語の", "文です"]),
        ("日本語文。です", ["日本語", "文。です"]),
        ("hxxp://ab", ["hxxp://a", "b"]),
        ("", [""]),
    ],
)
def test_wrap(text: str, lines: list[str]) -> None:
    assert terminal.wrap(text, 8) == lines


def test_clipped_keeps_the_space_between_words() -> None:
    assert terminal.clipped("one two three four", 9, 1) == ["one two…"]
    assert terminal.clipped("abc def ghi", 8, 2) == ["abc def", "ghi"]


def test_what_was_not_answered_is_named_where_it_is_short() -> None:
    long = known("safe_browsing", "url", cases.LINK, state=State.SKIPPED, reason="no key")
    late = known("rdap", "domain", "circulo.test", state=State.TEMPERROR, reason="no answer")
    out = io.StringIO()
    terminal.render(cases.replaced(cases.seed_report(), knowledge=(long, late)), "en", Console(file=out, width=100))
    words = " ".join(out.getvalue().split())
    assert "Google Safe Browsing, RDAP (circulo[.]test)" in words
