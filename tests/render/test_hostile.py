from __future__ import annotations

import io
import re
from functools import cache

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.console import Console

from sabaki import pipeline
from sabaki.model.case import Vantage
from sabaki.model.report import Report
from sabaki.render import html, line, markdown, terminal
from tests.render import hostile
from tests.render.test_html import Reader

KINDS = sorted(hostile.payloads())
LANGS = ("ja", "en")
UNPRINTABLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ATTRIBUTE_VALUES = re.compile(
    r"[a-z0-9 -]*|[A-Za-z]{2}|g?[VATIS]|grade g[VATIS]|(margin-left:\d+\.\d%;)?(width|left):\d+\.\d%|[\w-]+-title|utf-8|Content-Security-Policy"
    r"|default-src 'none'; style-src 'unsafe-inline'; img-src data:|width=device-width, initial-scale=1"
)
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "article", "header", "section", "footer", "p", "h1", "h2"),
    *("h3", "div", "strong", "small", "code", "q", "ul", "ol", "li", "figure", "figcaption", "blockquote", "aside"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "abbr", "span", "i", "b"),
}
WIDTH = 90


@cache
def report(kind: str, vantage: Vantage | None = hostile.OURS) -> Report:
    return hostile.report(kind, vantage)


def every(function: object) -> object:
    """Each payload, in both languages, with and without a trust line that was named."""
    for name, values in (("kind", KINDS), ("lang", LANGS), ("vantage", (hostile.OURS, None))):
        function = pytest.mark.parametrize(name, values)(function)
    return function


@pytest.mark.parametrize("kind", KINDS)
def test_the_payload_arrives_everywhere(kind: str) -> None:
    told = report(kind)
    arrived = [
        *(told.source.name, told.subject.text, told.sender.author[0].display_name, told.sender.message_id),
        *(told.bodies[0].text, told.parts[-1].filename, told.origin.helo + told.hops[-1].text),
        *(result.text for result in told.stamps if result.field_name.lower() == "x-spam-flag"),
    ]
    probe = hostile.payloads()[kind][:8].strip("\x1b")
    assert all(hostile.MARK in text or probe in text for text in arrived), arrived


@every
def test_html_is_our_markup_and_nothing_else(kind: str, lang: str, vantage: Vantage | None) -> None:
    is_our_page(html.render(report(kind, vantage), lang))


def is_our_page(page: str) -> None:
    """No tag, no attribute and no style but ours, and nothing that steers or loads."""
    reader = Reader(page)
    assert reader.open == []
    assert {tag for tag, _ in reader.tags} <= TAGS
    for tag, attributes in reader.tags:
        for key, value in attributes.items():
            assert not key.startswith("on")
            assert hostile.MARK not in (value or "")
            assert key in ("title", "data-head", "content", "lang") or ATTRIBUTE_VALUES.fullmatch(value or ""), (
                tag,
                key,
                value,
            )
    assert hostile.MARK not in page[page.index("<style>") : page.index("</style>")]
    assert page.count("<style>") == page.count("</style>") == page.count("<title>") == 1
    assert not UNPRINTABLE.search(page)
    assert "http://" not in page


@every
def test_a_template_in_the_mail_is_text(kind: str, lang: str, vantage: Vantage | None) -> None:
    words = "".join(Reader(html.render(report(kind, vantage), lang)).words)
    assert ("{{7*7}}{% raw %}" in words) == (kind == "template")


def tokens(text: str) -> list[Token]:
    parsed = MarkdownIt("commonmark").enable("table").parse(text)
    return [inner for token in parsed for inner in (token, *(token.children or ()))]


@every
def test_markdown_holds_no_link_no_image_and_no_markup_of_the_mail(
    kind: str, lang: str, vantage: Vantage | None
) -> None:
    is_our_markdown(markdown.render(report(kind, vantage), lang))


def is_our_markdown(text: str) -> None:
    """No link, no image, no markup but ours, and nothing that GFM would link by itself."""
    found = tokens(text)
    assert not {token.type for token in found} & {"link_open", "image", "html_block", "code_block"}
    assert {token.content for token in found if token.type == "html_inline"} <= {"<br>"}
    headings = [token for token in found if token.type == "heading_open"]
    assert [token.tag for token in headings].count("h1") == 1
    assert {token.tag for token in headings} <= {"h1", "h2"}
    assert not UNPRINTABLE.search(text)
    # What GFM links by itself: URLs, www. and mail addresses in plain text.
    plain = "\n".join(token.content for token in found if token.type == "text")
    assert not re.search(r"https?://", plain)
    assert not re.search(r"[\w.+-]@[\w-]", plain)
    assert not re.search(r"(?i)(?<!\\)www\.", "\n".join(part for part in re.split(r"`+[^`\n]+`+|(?s:```.*?```)", text)))


@every
def test_markdown_tables_keep_their_columns(kind: str, lang: str, vantage: Vantage | None) -> None:
    columns: list[int] = []
    for token in tokens(markdown.render(report(kind, vantage), lang)):
        if token.type == "tr_open":
            columns.append(0)
        elif token.type in ("td_open", "th_open"):
            columns[-1] += 1
    assert set(columns) <= {2, 3, 4}


@every
@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_terminal_is_sent_text_and_our_colours_only(
    kind: str, lang: str, vantage: Vantage | None, is_terminal: bool
) -> None:
    is_our_terminal(report(kind, vantage), lang, is_terminal=is_terminal)


def is_our_terminal(told: Report, lang: str, *, is_terminal: bool) -> None:
    """Text and colours of ours, nothing that steers."""
    for output in (terminal, line):
        sent = io.StringIO()
        console = Console(
            file=sent, force_terminal=is_terminal, width=WIDTH, color_system="standard" if is_terminal else None
        )
        output.render(told, lang, console)
        shown = COLOUR.sub("", sent.getvalue()) if is_terminal else sent.getvalue()
        assert not UNPRINTABLE.search(shown)
        assert output is terminal or shown.count("\n") == 1


LONG = "A" * 60_000
LONG_MAIL = f"""Return-Path: <{LONG}@evil.example>
Received: from {LONG} ({LONG} [192.0.2.66]) by mx.harbour.example with ESMTP; Thu, 5 Nov 2026 10:00:00 +0000
Received: from {LONG} by {LONG} with ESMTP; Thu, 5 Nov 2026 09:00:00 +0000
Authentication-Results: {LONG}; spf={LONG}
From: {LONG} <{LONG}@evil.example>
To: {LONG} <bob@harbour.example>
Subject: {LONG}
Message-ID: <{LONG}@evil.example>
X-Spam-Flag: YES {LONG}
Content-Type: application/x; name="{LONG}"
Content-Disposition: attachment

{LONG}
"""


@pytest.mark.parametrize("lang", LANGS)
def test_a_page_stays_small_whatever_the_sender_writes(lang: str) -> None:
    told = pipeline.dissect(LONG_MAIL.encode(), vantage=hostile.OURS)
    for output in (html, markdown):
        assert len(output.render(told, lang)) < 60_000
