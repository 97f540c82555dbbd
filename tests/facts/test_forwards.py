"""Which mail is dissected when one was passed on."""

from __future__ import annotations

import base64
import random

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


# -- how programs quote

SIGNATURE = '<p>Hanako<br><a href="http://signature.orchard.example/">Orchard</a></p>'
LINK = "http://kaki.example/login?u=1"
PLAIN = {
    "Gmail": "FYI\n\n---------- Forwarded message ---------\nFrom: Bank <alert@kaki.example>\n"
    "Date: Mon, Mar 3, 2025 at 8:00 AM\nSubject: Sign-in\nTo: <hanako@orchard.example>\n\n\nGo to {link}\n",
    "Gmail ja": "確認お願いします\n\n---------- Forwarded message ---------\nFrom: 銀行 <alert@kaki.example>\n"
    "Date: 2025年3月3日(月) 8:00\nSubject: Sign-in\nTo: <hanako@orchard.example>\n\n\n{link} を開く\n",
    "Outlook": "See below.\r\n\r\n-----Original Message-----\r\nFrom: Bank [mailto:alert@kaki.example] \r\n"
    "Sent: Monday, March 3, 2025 8:00 AM\r\nTo: Hanako\r\nSubject: Sign-in\r\n\r\nGo to {link}\r\n",
    "Outlook ja": "ご確認ください。\n\n差出人: 銀行 <alert@kaki.example>\n送信日時: 2025年3月3日 8:00\n"
    "宛先: 森 花子 <hanako@orchard.example>\nCC: \n件名: Sign-in\n\n{link}\n",
    "Outlook web": "Hm.\n________________________________\nFrom: Bank <alert@kaki.example>\n"
    "Sent: Monday, March 3, 2025 8:00 AM\nTo: Hanako <hanako@orchard.example>\nSubject: Sign-in\n\n{link}\n",
    "Outlook, wide colons": "差出人：銀行 <alert@kaki.example>\n送信日時：2025年3月3日 8:00\n宛先：hanako@orchard.example\n"
    "件名：Sign-in\n\n{link}\n",
    "Thunderbird": "Hm\n\n\n-------- Forwarded Message --------\nSubject: \tSign-in\nDate: \tMon, 3 Mar 2025 08:00:00 +0900\n"
    "From: \tBank <alert@kaki.example>\nTo: \thanako@orchard.example\n\n\n\n{link}\n",
    "Apple": "Hm\n\nBegin forwarded message:\n\n> From: Bank <alert@kaki.example>\n> Subject: Sign-in\n"
    "> Date: March 3, 2025 at 8:00:00 GMT+9\n> To: hanako@orchard.example\n> \n> Go to {link}\n",
    "Apple ja": "iPhoneから送信\n\n転送されたメッセージ:\n\n> 差出人: 銀行 <alert@kaki.example>\n> 日付: 2025年3月3日 8:00:00 JST\n"
    "> 宛先: hanako@orchard.example\n> 件名: Sign-in\n> \n> {link}\n",
    "Yahoo": "look\n\n----- Forwarded Message -----\nFrom: Bank <alert@kaki.example>\nTo: hanako@orchard.example\n"
    "Sent: Monday, March 3, 2025, 8:00 AM\nSubject: Sign-in\n\n{link}\n",
    "Becky": "森です。\n\nForwarded by Hanako <hanako@orchard.example>\n----------------------- Original Message -----------------------\n"
    " From:    Bank <alert@kaki.example>\n To:      hanako@orchard.example\n Date:    Mon, 03 Mar 2025 08:00:00 +0900\n"
    " Subject: Sign-in\n----\n\n{link}\n--------------------- Original Message Ends --------------------\n",
    "Roundcube": "x\n\n-------- 元のメッセージ --------\n件名: Sign-in\n日付: 2025-03-03 08:00\n差出人: Bank <alert@kaki.example>\n"
    "宛先: hanako@orchard.example\n\n{link}\n",
    "mutt": "x\n\n----- Forwarded message from Bank <alert@kaki.example> -----\n\nDate: Mon, 3 Mar 2025 08:00:00 +0900\n"
    "From: Bank <alert@kaki.example>\nTo: hanako@orchard.example\nSubject: Sign-in\n\n{link}\n\n----- End forwarded message -----\n",
    "folded": "x\n\n---------- Forwarded message ---------\nFrom: Bank <alert@kaki.example>\nDate: Mon, Mar 3, 2025\nSubject: Sign-in\n"
    "To: Hanako Mori <hanako@orchard.example>, Taro Hayashi <taro@orchard.example>,\nJiro <jiro@orchard.example>\n\n{link}\n",
}
MARKUP = {
    "Gmail": '<div dir="ltr">FYI</div>{signature}<div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded '
    'message ---------<br>From: <strong>Bank</strong> <span dir="auto">&lt;<a href="mailto:alert@kaki.example">alert@kaki.example'
    "</a>&gt;</span><br>Date: Mon, Mar 3, 2025 at 8:00 AM<br>Subject: Sign-in<br>To: &lt;hanako@orchard.example&gt;<br></div><br>"
    '<br><a href="{link}"><img src="http://kaki.example/pic.png"></a></div>',
    "Outlook": "<html><head><style>p.x {{color:red}}</style></head><body><p>FYI</p>{signature}<div><div style='border:none;"
    "border-top:solid #E1E1E1 1.0pt'><p><b><span lang=EN-US>From:</span></b><span> Bank &lt;alert@kaki.example&gt; <br><b>Sent:</b>"
    " Monday, March 3, 2025 8:00 AM<br><b>To:</b> Hanako<br><b>Subject:</b> Sign-in<o:p></o:p></span></p></div></div>"
    '<p class=x><a href="{link}">Sign in</a></p></body></html>',
    "Outlook ja": '<body><p>確認お願いします</p>{signature}<hr tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font><b>差出人:</b> 銀行 '
    "&lt;alert@kaki.example&gt;<br><b>送信日時:</b> 2025年3月3日 8:00<br><b>宛先:</b> 森<br><b>件名:</b> Sign-in</font><div>&nbsp;</div>"
    '</div><div><a href="{link}">ログイン</a></div></body>',
    "Thunderbird": '<p>x</p>{signature}<div class="moz-forward-container"><br>-------- 転送メッセージ --------<table><tbody><tr><th>件名: '
    "</th><td>Sign-in</td></tr><tr><th>日付: </th><td>Mon, 3 Mar 2025 08:00:00 +0900</td></tr><tr><th>差出人: </th><td>Bank "
    '<a href="mailto:alert@kaki.example">&lt;alert@kaki.example&gt;</a></td></tr><tr><th>宛先: </th><td>hanako@orchard.example'
    '</td></tr></tbody></table><br><a href="{link}">Go</a></div>',
    "Apple": "<div>x</div>{signature}<blockquote type=cite><div>Begin forwarded message:</div><br><div><span><b>From: </b></span><span>"
    "Bank &lt;<a href='mailto:alert@kaki.example'>alert@kaki.example</a>&gt;<br></span></div><div><b>Subject: </b><b>Sign-in</b></div>"
    "<div><b>Date: </b>March 3, 2025</div><div><b>To: </b>hanako@orchard.example</div><br><div><a href='{link}'>Go</a></div></blockquote>",
}


def marked_up(markup: str, text: str = "", **more: str) -> bytes:
    raw = plain("", **more).partition(b"Content-Type")[0].decode()
    html = f"--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{markup}\n"
    plain_part = (
        f"--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n" if text else ""
    )
    kind = "MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n"
    return f"{raw}{kind}{plain_part}{html}--b--\n".encode()


@pytest.mark.parametrize("program", PLAIN)
def test_text_as_programs_quote_it(program: str) -> None:
    report = sabaki.dissect(plain(PLAIN[program].format(link=LINK)))
    assert author(report) == "alert@kaki.example"
    assert report.subject.text == "Sign-in"
    assert [url.raw for url in report.urls if url.clickable] == [LINK]
    assert any(field.key == "date" and "2025" in field.value for field in report.fields)
    assert "orchard" not in report.text
    assert not report.text.lstrip().startswith(">")


@pytest.mark.parametrize("program", MARKUP)
@pytest.mark.parametrize("text", ["", PLAIN["Gmail"].format(link=LINK)])
def test_markup_as_programs_quote_it(program: str, text: str) -> None:
    report = sabaki.dissect(marked_up(MARKUP[program].format(link=LINK, signature=SIGNATURE), text))
    assert author(report) == "alert@kaki.example"
    assert report.subject.text == "Sign-in"
    assert LINK in [url.raw for url in report.urls if url.source == "html:a"]
    assert not any("signature" in url.raw for url in report.urls)


def test_what_came_with_the_quoted_mail_stays_with_it() -> None:
    text = PLAIN["Gmail"].format(link=LINK)
    raw = wrapped(
        "MZ" + "0" * 80, kind="application/octet-stream", name="invoice.exe", text=text, to="soc@orchard.example"
    )
    report = sabaki.dissect(raw)
    assert author(report) == "alert@kaki.example"
    assert [part.filename for part in report.parts if part.filename] == ["invoice.exe"]


def test_an_attached_mail_that_came_with_the_quoted_one_is_not_the_original() -> None:
    report = sabaki.dissect(wrapped(PHISH, text=PLAIN["Gmail"].format(link=LINK), to="soc@orchard.example"))
    assert author(report) == "alert@kaki.example"
    same = PLAIN["Gmail"].format(link=LINK).replace("Sign-in", "Your mailbox is full")
    report = sabaki.dissect(wrapped(PHISH, text=same, to="soc@orchard.example"))
    assert author(report) == "admin@kaki.example"


def test_a_pasted_mail_is_dissected() -> None:
    report = sabaki.dissect(plain(f"Is this genuine? The header:\n\n{PHISH}"))
    assert author(report) == "admin@kaki.example"
    assert [holder.kind for holder in report.source.holders] == ["pasted"]
    assert [hop.ip for hop in report.hops] == ["203.0.113.9"]


# -- how programs attach


@pytest.mark.parametrize(
    "more",
    [
        {"subject": "3|<1@kaki.example>|203.0.113.9|admin@kaki.example|(Your mailbox is full)"},
        {"subject": "Phishing: Your mailbox is full"},
        {"subject": "[Phish Alert] Your mailbox is full", "name": "phish_alert_sp2_2.0.0.0.eml"},
        {"subject": "不審なメールの報告"},
        {"subject": "【社外】転送：重要"},
        {"subject": "List post requires approval", "to": "list-owner@lists.example"},
        {"subject": "hello", "sender": "hanako@orchard.example", "to": "x@y.example"},
        {"kind": "message/rfc822; x-spam-type=original", "subject": "Your mailbox is full"},
    ],
)
def test_how_reports_look(more: dict[str, str]) -> None:
    given = {"sender": "Hanako <hanako@nashi.example>", "to": "x@harbour.example", **more}
    assert author(sabaki.dissect(wrapped(PHISH, **given))) == "admin@kaki.example"


def test_an_encoded_mail_is_read_too() -> None:
    inner = "Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(PHISH.encode()).decode()
    raw = wrapped("", text="x").replace(b"message/rfc822\n\n", b"message/rfc822\n" + inner.encode())
    assert author(sabaki.dissect(raw)) == "admin@kaki.example"


def test_of_several_the_worst_is_taken() -> None:
    harmless = "From: a@nashi.example\nTo: b@orchard.example\nSubject: Lunch\nDate: Mon, 3 Mar 2025 08:00:00 +0900\n\nAt noon?\n"
    raw = wrapped(f"{harmless}\n--b\nContent-Type: message/rfc822\n\n{PHISH}")
    report = sabaki.dissect(raw)
    assert author(report) == "admin@kaki.example"
    assert report.source.holders[0].place == "part 3"
    assert "2 attached" in report.source.holders[0].reason


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Subject: Fwd: look", b"Subject: Re: Fwd: look"),
        (b"Subject: Fwd: look", b"X-Failed-Recipients: a@b.example\nSubject: Undelivered"),
        (b"From: Hanako", b"Return-Path: <>\nFrom: MAILER-DAEMON@orchard.example\nX-From: Hanako"),
        (
            b"--b\nContent-Type: message",
            b"--b\nContent-Type: message/delivery-status\n\nStatus: 5.1.1\n--b\nContent-Type: message",
        ),
        (b"multipart/mixed", b"multipart/digest"),
    ],
)
def test_what_is_never_taken_apart(old: bytes, new: bytes) -> None:
    raw = wrapped(PHISH)
    assert old in raw
    assert sabaki.dissect(raw.replace(old, new, 1)).source.holders == ()


# -- what an attacker may try

HARMLESS = (
    "From: a@nashi.example\nTo: b@orchard.example\nSubject: Lunch\nDate: Mon, 3 Mar 2025 08:00:00 +0900\n\nAt noon?\n"
)
LURE = (
    "Your mailbox it@orchard.example is suspended. Sign in with your password within 24 hours or it is deleted: "
    "http://orchard.example.kaki.example/login?u=it@orchard.example"
)


@pytest.mark.parametrize(
    "part",
    [
        f"--b\nContent-Type: text/plain\n\n{LURE}\n",
        f'--b\nContent-Type: text/html\n\n<a href="{LURE.rpartition(" ")[2]}">{LURE}</a><form><input type=password></form>\n',
        f'--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename="invoice.pdf.exe"\n\nMZ{"0" * 90}\n',
    ],
)
def test_a_payload_beside_a_harmless_mail_keeps_the_mail_around(part: str) -> None:
    raw = wrapped(HARMLESS, sender="Orchard Admin <root@nashi.example>").replace(b"--b--", part.encode() + b"--b--")
    assert author(sabaki.dissect(raw)) == "root@nashi.example"


def test_a_payload_before_the_first_part_keeps_the_mail_around() -> None:
    raw = wrapped(HARMLESS, sender="Orchard Admin <root@nashi.example>")
    raw = raw.replace(b"\n--b\n", b"\n" + LURE.encode() + b"\n--b\n", 1)
    assert author(sabaki.dissect(raw)) == "root@nashi.example"


def test_a_forged_colleague_is_no_reporter() -> None:
    head = (
        b"Received: from evil.example (evil.example [203.0.113.66]) by mx.orchard.example; Mon, 3 Mar 2025 09:00:01 +0900\n"
        b"Authentication-Results: mx.orchard.example; dmarc=fail header.from=orchard.example; spf=fail smtp.mailfrom=x@orchard.example\n"
    )
    raw = head + plain(QUOTED_OUTLOOK, to="taro@orchard.example")
    vantage = Vantage(own_hosts=("mx.orchard.example",), own_domains=("orchard.example",))
    assert author(sabaki.dissect(raw, vantage=vantage)) == "hanako@orchard.example"


def test_two_at_a_public_provider_are_no_colleagues() -> None:
    raw = plain(QUOTED_OUTLOOK, to="taro@gmail.com").replace(b"hanako@orchard.example>\nTo", b"x@gmail.com>\nTo")
    assert author(sabaki.dissect(raw)) == "x@gmail.com"


def test_floods_end() -> None:
    many = "".join(f"--b\nContent-Type: message/rfc822\n\n{HARMLESS}\n" for _ in range(3_000))
    assert sabaki.dissect(wrapped(HARMLESS).replace(b"--b--", many.encode() + b"--b--")).subject.text
    assert author(sabaki.dissect(plain(PLAIN["Gmail"].format(link=LINK) + "words\n" * 200_000))) == "alert@kaki.example"
    chain = "".join(PLAIN["Gmail"].format(link=LINK) for _ in range(1_000))
    assert sabaki.dissect(plain(chain)).source.holders


def test_nothing_raises_on_damage() -> None:
    chance = random.Random(5)
    raw = marked_up(MARKUP["Outlook"].format(link=LINK, signature=SIGNATURE), PLAIN["Gmail"].format(link=LINK))
    for _ in range(60):
        broken = bytearray(raw)
        for _ in range(12):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        assert sabaki.dissect(bytes(broken)).verdict
