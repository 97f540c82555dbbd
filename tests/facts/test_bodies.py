"""What a person sees of a mail, part by part."""

from __future__ import annotations

import pytest

from sabaki.facts import bodies
from sabaki.mail import message
from sabaki.mail.limits import Budget, Limits


def read(mail: bytes, limits: Limits | None = None) -> bodies.Read:
    budget = Budget(limits)
    return bodies.read(message.read(mail, budget), budget)


def multipart(kind: str, *parts: bytes) -> bytes:
    head = f"From: taro@orchard.example\nMIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary=b\n\n".encode()
    return head + b"".join(b"--b\n" + part + b"\n" for part in parts) + b"--b--\n"


TEXT = b"Content-Type: text/plain; charset=utf-8\n\nplain words\n"
HTML = b"Content-Type: text/html; charset=utf-8\n\n<p>marked words</p>\n"


def test_of_alternatives_only_the_last_is_shown() -> None:
    found = read(multipart("alternative", TEXT, HTML)).bodies
    assert [(body.kind, body.shown) for body in found] == [("text", False), ("html", True)]


def test_an_empty_last_alternative_leaves_the_one_before_it_in_sight() -> None:
    found = read(multipart("alternative", TEXT, b"Content-Type: text/html; charset=utf-8\n\n")).bodies
    assert [body.shown for body in found if body.kind == "text"] == [True]


def test_alternatives_that_no_program_shows_do_not_hide_the_text() -> None:
    found = read(multipart("alternative", TEXT, b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\n")).bodies
    assert [(body.part, body.shown) for body in found] == [("1", True)]


def test_what_lies_inside_a_hidden_alternative_is_hidden_too() -> None:
    inner = b"Content-Type: multipart/related; boundary=c\n\n--c\n" + TEXT + b"--c--\n"
    found = read(multipart("alternative", inner, HTML)).bodies
    assert [(body.part, body.shown) for body in found] == [("1.1", False), ("2", True)]


def test_parts_of_a_mixed_mail_are_all_shown() -> None:
    assert [body.shown for body in read(multipart("mixed", TEXT, HTML)).bodies] == [True, True]


def test_an_attached_page_is_read_but_not_shown() -> None:
    page = (
        b'Content-Type: application/octet-stream\nContent-Disposition: attachment; filename="login.html"\n\n'
        b'<title>Sign in</title><form action="https://drop.invalid/"><input type="password"></form>\n'
    )
    read_mail = read(multipart("mixed", TEXT, page))
    attached = read_mail.bodies[1]
    assert (attached.kind, attached.shown, attached.attached) == ("html", False, True)
    assert "password" in attached.forms
    assert attached.title == "Sign in"
    assert list(read_mail.pages) == ["2"]


@pytest.mark.parametrize("kind", ["text/calendar", "text/rfc822-headers", "image/png", "application/pdf"])
def test_what_is_no_text_for_people_is_left_out(kind: str) -> None:
    part = f"Content-Type: {kind}\n\nx\n".encode()
    assert [body.part for body in read(multipart("mixed", TEXT, part)).bodies] == ["1"]


def test_hidden_text_is_kept_apart_from_what_is_shown() -> None:
    page = b'Content-Type: text/html; charset=utf-8\n\n<p>seen</p><div style="display:none">unseen</div>\n'
    (body,) = read(page).bodies
    assert "seen" in body.text
    assert "unseen" not in body.text
    assert "unseen" in body.hidden


@pytest.mark.parametrize("charset", ["iso-2022-jp", "shift_jis", "euc-jp", "utf-8"])
def test_the_charset_that_the_markup_names_is_used_where_the_header_names_none(charset: str) -> None:
    markup = f'<html><head><meta charset="{charset}"></head><body>保留中のメッセージ</body></html>'
    (body,) = read(b"Content-Type: text/html\n\n" + markup.encode(charset)).bodies
    assert "保留中のメッセージ" in body.text


def test_a_declared_charset_that_does_not_fit_is_noted() -> None:
    found = read(
        b"Content-Type: text/plain; charset=utf-8\n\n" + "保留中のメッセージをお受け取りください。".encode("cp932")
    )
    assert "保留中のメッセージ" in found.bodies[0].text
    assert found.bodies[0].charset_how == "detected"
    assert "charset_mismatch" in {defect.id for defect in found.defects}


def test_the_limit_on_text_is_shared_by_all_parts_and_what_fits_is_kept() -> None:
    budget = Budget(Limits(text_interpreted=30))
    long = b"Content-Type: text/plain; charset=utf-8\n\n" + b"a" * 20 + b"\n"
    found = bodies.read(message.read(multipart("mixed", long, long, long), budget), budget)
    assert sum(len(body.text) for body in found.bodies) == 30
    assert [limit.name for limit in budget.reached] == ["text_interpreted"]


def test_a_mail_without_a_body_has_none() -> None:
    assert all(not body.text.strip() for body in read(b"From: taro@orchard.example\n\n").bodies)
