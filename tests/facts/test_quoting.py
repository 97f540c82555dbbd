"""The quoted header in text and markup, and the mail made of it."""

from __future__ import annotations

import pytest

from sabaki.facts import quoting
from sabaki.mail import message
from sabaki.mail.limits import Budget

HEAD = "From: Bank <alert@kaki.example>\nSent: Monday\nTo: me\nSubject: Hello\n"


@pytest.mark.parametrize(
    ("written", "mailbox"),
    [
        ("Name [mailto:a@kaki.example]", '"Name" <a@kaki.example>'),
        ("Name <a@kaki.example<mailto:a@kaki.example>>", '"Name" <a@kaki.example>'),
        ('"Name" a@kaki.example', '"Name" <a@kaki.example>'),
        ("a@kaki.example", "<a@kaki.example>"),
        ("*Name* <a@kaki.example>", '"Name" <a@kaki.example>'),
        ('"support@bank.example" <a@kaki.example>', '"support@bank.example" <a@kaki.example>'),
        ("x@y.example on behalf of Name [a@kaki.example]", '"Name" <a@kaki.example>'),
        ("銀行＜a＠kaki.example＞", '"銀行" <a@kaki.example>'),
        ("Only Name", '"Only Name"'),
    ],
)
def test_mailboxes_as_programs_show_them(written: str, mailbox: str) -> None:
    raw = quoting.write({"from": written, "date": "2025年3月3日 8:00"}, [("plain", "hi")], [], "b")
    fields = {field.key: field.value for field in message.read(raw, Budget()).fields}
    assert fields["from"] == mailbox
    assert fields["date"] == "2025年3月3日 8:00"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "From: me\n",
        "To: me\nSubject: it\nDate: today\n",
        "From: the start\nwords\nwords\nTo: the end\nSubject: both\n",
        "-----Original Message-----\nwords\n",
    ],
)
def test_no_quoted_header(text: str) -> None:
    assert quoting.find(text, unmarked=True) is None


def test_without_a_line_that_announces_it_only_when_asked() -> None:
    assert quoting.find(HEAD, unmarked=False) is None
    assert quoting.find(HEAD, unmarked=True) is not None
    assert quoting.find(f"-- Forwarded message --\n{HEAD}", unmarked=False) is not None


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("差出人", "from"),
        ("Von", "from"),
        ("De ", "from"),
        ("Da", "from"),
        ("Van", "from"),
        ("发件人", "from"),
        ("보낸 사람", "from"),
    ],
)
def test_labels_of_other_languages(label: str, key: str) -> None:
    found = quoting.find(f"{label}: a@kaki.example\nSent: x\nSubject: y\n", unmarked=True)
    assert found is not None
    assert found.fields[key] == "a@kaki.example"


def test_values_in_the_line_below_their_label() -> None:
    found = quoting.find("From:\nBank <a@kaki.example>\nSent:\nMonday\nSubject:\nHello\n\nText", unmarked=True)
    assert found is not None
    assert found.fields == {"from": "Bank <a@kaki.example>", "date": "Monday", "subject": "Hello"}


def test_markup_is_cut_where_the_header_stands() -> None:
    markup = f"<style>p {{color: red}}</style><base href='http://kaki.example/'><p>mine</p><hr><p>{HEAD.replace(chr(10), '<br>')}</p>"
    found = quoting.in_markup(f"{markup}<a href=x><img src=y></a>", unmarked=True)
    assert found is not None
    _, above, below = found
    assert "mine" in above
    assert "alert" not in above
    assert below.startswith("<style>p {color: red}</style><base")
    assert below.endswith("<a href=x><img src=y></a>")
    assert "mine" not in below
    assert "Hello" not in below


def test_lines_in_comments_and_scripts_are_no_header() -> None:
    for markup in (f"<!--\n{HEAD}-->", f"<script>{HEAD.replace(chr(10), '<br>')}</script>"):
        assert quoting.in_markup(markup, unmarked=True) is None


@pytest.mark.parametrize(
    "text",
    [
        "<" * 1_000_000,
        "<!--" * 200_000,
        "From: x\n" * 100_000,
        "----- Forwarded message -----\n" * 50_000,
        "&lt;" * 200_000,
        "-" * 1_000_000,
    ],
)
def test_floods_end(text: str) -> None:
    assert quoting.find(text, unmarked=True) is None
    assert quoting.in_markup(text, unmarked=True) is None
