"""Which mail is dissected when one was passed on."""

from __future__ import annotations

import pytest

import sabaki
from sabaki.facts import forwards
from sabaki.mail import message
from sabaki.mail.limits import Budget
from sabaki.model.case import Vantage
from sabaki.model.report import Label, Report

PHISH = """\
Return-Path: <billing@kaki.example>
Received: from mail.kaki.example (mail.kaki.example [203.0.113.9])
\tby mx.orchard.example (Postfix) with ESMTP id 4X1 for <hanako@orchard.example>;
\tMon, 3 Mar 2025 08:00:00 +0900 (JST)
From: "Orchard Admin" <admin@kaki.example>
To: hanako@orchard.example
Subject: Your mailbox is full
Date: Mon, 3 Mar 2025 07:59:58 +0900
Message-ID: <1@kaki.example>
Content-Type: text/plain

Sign in within 24 hours to keep your mailbox: http://kaki.example/login?u=hanako@orchard.example
"""
QUOTED_JA = """\
情シス各位

不審なメールが届きました。ご確認ください。

-------- 転送メッセージ --------
件名: 【重要】アカウント停止のお知らせ
日付: Mon, 3 Mar 2025 08:00:00 +0900
差出人: カード会社 <info@kaki.example>
宛先: hanako@orchard.example

お客様のカードの利用を停止しました。24時間以内に http://kaki.example/card へログインしてください。
"""
QUOTED_OUTLOOK = """\
FYI

________________________________
From: Bank <alert@kaki.example>
Sent: Monday, March 3, 2025 8:00 AM
To: Hanako Mori <hanako@orchard.example>
Subject: Unusual sign-in

Confirm your password at http://kaki.example/confirm now.
"""


def wrapped(
    inner: str,
    *,
    sender: str = "Hanako <hanako@orchard.example>",
    to: str = "it@orchard.example",
    subject: str = "Fwd: look",
    kind: str = "message/rfc822",
    name: str = "",
    text: str = "Is this genuine?",
    extra: str = "",
) -> bytes:
    disposition = f'Content-Disposition: attachment; filename="{name}"\n' if name else ""
    return (
        f"From: {sender}\nTo: {to}\nSubject: {subject}\nDate: Mon, 3 Mar 2025 09:00:00 +0900\n"
        f"Message-ID: <2@orchard.example>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b{extra}\n\n"
        f"--b\nContent-Type: text/plain\n\n{text}\n--b\nContent-Type: {kind}\n{disposition}\n{inner}\n--b--\n"
    ).encode()


def plain(text: str, *, to: str = "soc@orchard.example", subject: str = "Fw: look") -> bytes:
    head = (
        f"From: Hanako <hanako@orchard.example>\nTo: {to}\nSubject: {subject}\nDate: Mon, 3 Mar 2025 09:00:00 +0900\n"
    )
    head += (
        "Message-ID: <2@orchard.example>\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
    )
    return f"{head}\n{text}".encode()


def author(report: Report) -> str:
    return report.author.address if report.author else ""


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(wrapped(PHISH), id="a colleague's"),
        pytest.param(wrapped(PHISH, sender="Hanako <hanako@harbour.example>"), id="subject says forwarded"),
        pytest.param(
            wrapped(PHISH, sender="Hanako <hanako@harbour.example>", subject="strange", to="abuse@orchard.example"),
            id="to a desk",
        ),
        pytest.param(wrapped(PHISH, kind="application/octet-stream", name="strange.eml"), id="by its name"),
        pytest.param(
            wrapped(
                PHISH, sender="loop@provider.example", subject="complaint", to="a@b.example", extra="; x=y"
            ).replace(b"multipart/mixed", b"multipart/report; report-type=feedback-report"),
            id="abuse report",
        ),
    ],
)
def test_the_attached_mail_is_dissected(raw: bytes) -> None:
    report = sabaki.dissect(raw)
    assert author(report) == "admin@kaki.example"
    (holder,) = report.source.holders
    assert holder.kind == "mail"
    assert holder.place == "part 2"
    assert holder.reason
    assert holder.reason_ja
    assert holder.reporter is not None
    assert [hop.ip for hop in report.hops] == ["203.0.113.9"]
    assert report.verdict.label is not Label.BENIGN


def test_locations_are_those_of_the_mail_inside() -> None:
    report = sabaki.dissect(wrapped(PHISH))
    assert report.source.size == len(PHISH.rstrip()) or report.source.size == len(PHISH)
    (field,) = [field for field in report.fields if field.key == "subject"]
    assert PHISH[field.location.start : field.location.end].startswith("Subject: Your mailbox")


@pytest.mark.parametrize("text", [QUOTED_JA, QUOTED_OUTLOOK])
def test_the_quoted_mail_is_dissected(text: str) -> None:
    report = sabaki.dissect(plain(text))
    assert author(report).endswith("@kaki.example")
    (holder,) = report.source.holders
    assert holder.kind == "quoted"
    assert report.source.converted
    assert any(url.host == "kaki.example" for url in report.urls)
    assert "ご確認ください" not in report.text
    assert "FYI" not in report.text


def test_a_stranger_who_quotes_is_dissected_himself() -> None:
    raw = plain(QUOTED_OUTLOOK, to="taro@harbour.example").replace(
        b"hanako@orchard.example>\nTo", b"x@nashi.example>\nTo"
    )
    report = sabaki.dissect(raw)
    assert author(report) == "x@nashi.example"
    assert report.source.holders == ()


def test_a_bad_mail_around_is_not_hidden_by_what_it_carries() -> None:
    lure = (
        "Your mailbox orchard.example is suspended. Sign in within 24 hours or it is deleted: "
        "http://orchard.example.kaki.example/login?u=it@orchard.example"
    )
    decoy = PHISH.replace("http://kaki.example/login?u=hanako@orchard.example", "hello")
    report = sabaki.dissect(wrapped(decoy, sender="Orchard Admin <root@nashi.example>", text=lure))
    assert author(report) == "root@nashi.example"


def test_the_reader_may_decide() -> None:
    assert author(sabaki.dissect(wrapped(PHISH), original="outer")) == "hanako@orchard.example"


def test_a_bounce_is_dissected_itself() -> None:
    raw = wrapped(PHISH, subject="Undelivered").replace(
        b"multipart/mixed", b"multipart/report; report-type=delivery-status"
    )
    assert author(sabaki.dissect(raw)) == "hanako@orchard.example"


def test_forwards_of_forwards_end() -> None:
    raw = PHISH
    for _ in range(8):
        raw = wrapped(raw).decode()
    report = sabaki.dissect(raw.encode())
    assert 1 <= len(report.source.holders) <= 5


def test_an_ordinary_mail_needs_no_look() -> None:
    assert not forwards.possible(message.read(PHISH.encode(), Budget()))


def test_own_domains_name_colleagues() -> None:
    raw = wrapped(PHISH, sender="Hanako <h@sub.harbour.example>", to="x@else.example", subject="strange")
    raw = raw.replace(b"Received:", b"X-Received:")
    assert author(sabaki.dissect(raw)) == "h@sub.harbour.example"
    report = sabaki.dissect(raw, vantage=Vantage(own_domains=("harbour.example",)))
    assert author(report) == "admin@kaki.example"
