from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sabaki.model.finding import State
from sabaki.model.report import Report
from sabaki.model.visit import (
    Artifact,
    Download,
    Form,
    FormField,
    Mode,
    PageState,
    Refusal,
    Resource,
    Step,
    Tls,
    View,
    Visit,
)
from sabaki.render import html, markdown, visits
from sabaki.render.blocks import Picture, Statement, Table
from sabaki.render.voice import Voice
from tests.render import cases

LINK = "https://login.evil.test/kagoya"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def view(name: str = "desktop", **more: Any) -> View:
    given: dict[str, Any] = {
        "url": LINK,
        "status": 200,
        "title": "ログイン",
        "steps": (
            Step("https://a.evil.test/", "start", 302, "203.0.113.9", "nginx"),
            Step(LINK, "http", 200, "203.0.113.9", tls=Tls(issuer="Some CA", not_before="2026-11-01T00:00:00Z")),
        ),
        "forms": (
            Form(
                "https://collect.test/p.php",
                "post",
                (FormField(asks="login"), FormField(asks="password")),
                elsewhere=True,
            ),
        ),
        "resources": (
            Resource("login.evil.test", 3, 900, ("203.0.113.9",)),
            Resource("cdn.test", 1, 50, ("203.0.113.8",)),
        ),
        "downloads": (Download("https://login.evil.test/f", "f.exe", 10, "ab" * 32),),
    }
    return View(name=name, **given | more)


def visit(**more: Any) -> Visit:
    given: dict[str, Any] = {
        "url": LINK,
        "visited": LINK,
        "outcome": State.RAN,
        "state": PageState.ALIVE,
        "state_reason": "it answers with a page that asks for a password",
        "state_reason_ja": "パスワードを求めるページが表示されます",
        "started_at": "2026-11-24T10:00:00Z",
        "locale": "ja-JP",
        "zone": "Asia/Tokyo",
        "views": (view(), view("phone")),
        "refusals": (Refusal("inside.evil.test", 80, "10.0.0.1 is not globally routable", 2),),
        "artifacts": (
            Artifact("screenshot", "cd" * 32, 28, "image/png", "2026-11-24T10:00:01Z", "desktop", 1366, 768),
        ),
    }
    return Visit(**given | more)


def report(*been: Visit) -> Report:
    return msgspec.structs.replace(cases.seed_report(), visits=been)


def shown(lang: str, *been: Visit) -> str:
    return html.render(report(*been), lang, pictures={"cd" * 32: PNG})


def test_where_nobody_went_there_is_no_chapter() -> None:
    assert visits.section(Voice(report(), "en")) is None
    assert list(visits.lines(Voice(report(), "en"))) == []


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_chapter(lang: str) -> None:
    section = visits.section(Voice(report(visit()), lang, {"cd" * 32: PNG}))
    assert section is not None
    assert [type(block) for block in section.blocks] == [
        Statement,
        Picture,
        Table,
        Table,
        Statement,
        Statement,
        Statement,
    ]
    page = shown(lang, visit())
    for text in ("hxxps://login[.]evil[.]test/kagoya", "203.0.113.9", "Some CA", "f.exe", "data:image/png;base64,"):
        assert text in page
    assert LINK not in page


def test_both_views_of_one_form_are_one_row() -> None:
    section = visits.section(Voice(report(visit()), "en"))
    assert section is not None
    forms = section.blocks[2]
    assert isinstance(forms, Table)
    assert [row[0].text for row in forms.rows] == ["a password"]
    assert forms.rows[0][1].note == "another site than the page's"


def test_a_visit_that_failed_says_why_and_nothing_else() -> None:
    failed = visit(outcome=State.SKIPPED, reason="no bubblewrap", reason_ja="bubblewrapがありません")
    section = visits.section(Voice(report(failed), "ja"))
    assert section is not None
    (only,) = section.blocks
    assert isinstance(only, Statement)
    assert only.text == "訪問していません。bubblewrapがありません"


def test_a_picture_that_may_not_be_shown_is_not() -> None:
    assert "<img" not in html.render(report(visit()), "en")


def test_verbatim_and_a_proxy_are_told() -> None:
    section = visits.section(Voice(report(visit(mode=Mode.VERBATIM, vantage="socks5")), "en"))
    assert section is not None
    first = section.blocks[0]
    assert isinstance(first, Statement)
    assert "as in the mail" in first.detail
    assert "socks5" in first.detail


def test_hostile_words_of_a_page_are_shown_and_do_nothing() -> None:
    bad = "<script>alert(1)</script>\x1b[31m\u202egpj|`[x](https://evil.test/)"
    evil = visit(
        state_reason=bad,
        views=(view(title=bad, steps=(Step(bad, bad, 200, bad, bad, tls=Tls(issuer=bad, error=bad)),)),),
        refusals=(Refusal(bad, 1, bad),),
    )
    page = shown("en", evil)
    assert "<script" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    text = markdown.render(report(evil), "en")
    assert "\x1b" not in text
    assert "](https://evil.test" not in text


def test_a_browser_that_was_ended_at_once_has_nothing_to_show_and_the_page_is_whole() -> None:
    ended = visit(views=(View(name="desktop"), View(name="phone")), refusals=(), artifacts=(), state=PageState.UNKNOWN)
    for lang in ("en", "ja"):
        assert "</html>" in html.render(report(ended), lang)
        assert markdown.render(report(ended), lang)
