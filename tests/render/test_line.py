from __future__ import annotations

import io

from rich.console import Console

import sabaki
from sabaki.render import line


def shown(raw: bytes, lang: str) -> str:
    out = io.StringIO()
    line.render(sabaki.dissect(raw, name="x.eml"), lang, Console(file=out, width=100))
    return out.getvalue()


def test_one_line_in_both_languages() -> None:
    raw = "From: a@example.jp\nSubject: 請求書の件\n\nx\n".encode()
    assert shown(raw, "en").startswith("undetermined")
    assert shown(raw, "ja").startswith("判定できず")
    assert shown(raw, "ja").count("\n") == 1
    assert "請求書の件" in shown(raw, "ja")


def test_controls_are_shown_not_sent() -> None:
    assert "\x1b" not in shown(b"From: a@example.jp\nSubject: a\x1b]0;owned\x07b\n\nx\n", "en")
