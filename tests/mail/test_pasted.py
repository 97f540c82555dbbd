"""A mail out of what people paste."""

from __future__ import annotations

import random

import pytest

from sabaki.mail import message, pasted
from sabaki.mail.limits import Budget

HEADER = """\
Return-Path: <billing@kaki.example>
Received: from mail.kaki.example (mail.kaki.example [203.0.113.9])
\tby mx.orchard.example (Postfix) with ESMTP id 4X1
\tfor <hanako@orchard.example>; Mon, 3 Mar 2025 08:00:00 +0900 (JST)
DKIM-Signature: v=1; a=rsa-sha256; d=kaki.example; s=a;
\th=from:to:subject:date;
\tbh=abc=; b=def=
From: "Admin" <admin@kaki.example>
To: hanako@orchard.example
Subject: Your mailbox is full
Date: Mon, 3 Mar 2025 07:59:58 +0900
Message-ID: <1@kaki.example>
"""
BODY = "Sign in: http://kaki.example/login\n\nBye\n"
MAIL = f"{HEADER}\n{BODY}"
GMAIL = """\
Original Message
Message ID\t<1@kaki.example>
Created at:\tMon, Mar 3, 2025 at 8:00 AM (Delivered after 2 seconds)
From:\tAdmin <admin@other.example>
To:\thanako@orchard.example
Subject:\tYour mailbox is full
SPF:\tPASS with IP 203.0.113.9 Learn more

Download Original

Copy to clipboard
"""
GMAIL_JA = """\
元のメッセージ
メッセージ ID\t<1@kaki.example>
作成日:\t2025年3月3日 8:00（2 秒後に配信済み）
From:\tAdmin <admin@other.example>
To:\thanako@orchard.example
件名:\tYour mailbox is full
元のメールをダウンロード
クリップボードにコピー
"""
WIDE = "\n".join(line.replace(": ", "：", 1) if line[0] not in "\t" else line for line in HEADER.splitlines())


def quoted(text: str, mark: str) -> str:
    return "\n".join(f"{mark}{line}".rstrip(" ") for line in text.split("\n"))


def fields(raw: bytes) -> dict[str, str]:
    return {field.key: field.value for field in message.read(raw, Budget()).fields}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Hello,\n\nplease look at this mail:\n\n" + MAIL, id="words before it"),
        pytest.param("Please look\n" + MAIL, id="words right before it"),
        pytest.param(
            "不審なメールが届きました。\nヘッダーは次のとおりです。\n\n" + MAIL, id="Japanese words before it"
        ),
        pytest.param("Subject line was: full\n\n-----\n" + MAIL, id="rule"),
        pytest.param("see below\n\n" + HEADER, id="without a body"),
        pytest.param(quoted(MAIL, "> "), id="quoted"),
        pytest.param("Look:\n\n" + quoted(MAIL, "> > "), id="quoted twice"),
        pytest.param(quoted(MAIL, "    "), id="indented"),
        pytest.param(MAIL.replace("\n\t", "\n"), id="folds lost"),
        pytest.param("x\n\n" + MAIL.replace("\t", "        "), id="tabs to spaces"),
        pytest.param("x\n\n" + MAIL.replace(": ", ":\xa0").replace("\t", "\xa0\xa0"), id="no-break spaces"),
        pytest.param("x\n\n" + MAIL.replace("<", "&lt;").replace(">", "&gt;"), id="entities"),
        pytest.param(f"<html><body><pre>{MAIL.replace('<', '&lt;')}</pre></body></html>", id="web page"),
        pytest.param(GMAIL + MAIL, id="Gmail's page"),
        pytest.param(GMAIL_JA + MAIL, id="Gmail's page in Japanese"),
        pytest.param("ヘッダー\n\n" + WIDE + "\n", id="wide colons"),
        pytest.param("x\n\n" + HEADER.replace("\n", "\n\n"), id="an empty line after each"),
        pytest.param("x\r\n\r\n" + MAIL.replace("\n", "\r\n"), id="CRLF"),
    ],
)
def test_the_mail_is_found(text: str) -> None:
    raw = pasted.clean(text.encode())
    assert raw is not None
    assert raw != text.encode()
    found = fields(raw)
    assert found["from"].endswith("<admin@kaki.example>")
    assert found["to"] == "hanako@orchard.example"
    assert "by mx.orchard.example" in found["received"]
    assert "08:00:00 +0900" in found["received"]
    assert found["dkim-signature"].endswith("b=def=")
    assert "h=from:to:subject:date" in found["dkim-signature"]
    assert "" not in found
    if "http" in text:
        assert b"http://kaki.example/login" in message.read(raw, Budget()).contents[""]


def test_utf_16_as_editors_save_it() -> None:
    assert pasted.clean(MAIL.encode("utf-16")) == MAIL.encode()


@pytest.mark.parametrize(
    "text", [MAIL, "From: a@example.jp\n\nx", "From a@example.jp Mon Mar  3 08:00:00 2025\n" + MAIL]
)
def test_a_mail_stays_as_it_is(text: str) -> None:
    assert pasted.clean(text.encode()) == text.encode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "From here on\nSubject to change: yes\n",
        "差出人: a\n件名: b\n",
        "Please write\n\nFrom: you\nTo: me\nSubject: it\n\nand send it.",
        "words\n" * 100 + "\n" + MAIL,
        "\0\0\0\n\n" + MAIL,
        "%PDF-1.4\n" + "x" * 100_000 + MAIL,
        "Only one:\n\nReceived: only\n",
    ],
)
def test_no_mail(text: str) -> None:
    assert pasted.clean(text.encode()) is None
    assert pasted.find(text.encode()) is None


def test_the_place_is_where_the_header_starts() -> None:
    found = pasted.find(b"Look:\n\n" + MAIL.encode())
    assert found is not None
    assert (found.start, found.changed) == (7, True)
    assert found.raw == MAIL.encode()


def test_a_list_of_fields_is_no_field() -> None:
    text = MAIL.replace("\th=from:to:subject:date;", "h=from:to\nfrom:to:subject:date;").replace("\n\t", "\n")
    raw = pasted.clean(text.encode())
    assert raw is not None
    assert [field.key for field in message.read(raw, Budget()).fields].count("from") == 1


def test_folds_are_missed_only_where_several_are_lost() -> None:
    assert not pasted.has_lost_folds(MAIL.encode())
    assert not pasted.has_lost_folds(b"From: a@example.jp\n\nby the way\nfor you\nid 4\n")
    assert pasted.has_lost_folds(MAIL.replace("\n\t", "\n").encode())
    assert pasted.is_mail(MAIL.encode())
    assert not pasted.is_mail(MAIL.replace("\n\t", "\n").encode())


def test_nothing_raises() -> None:
    chance = random.Random(4)
    text = ("Look:\n\n" + quoted(MAIL, "> ")).encode()
    for cut in range(0, len(text), 7):
        pasted.clean(text[:cut])
    for _ in range(300):
        broken = bytearray(text)
        for _ in range(8):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        pasted.clean(bytes(broken))


@pytest.mark.parametrize("piece", ["> " * 30_000, "Received: x\n" * 60_000, "From: x\n\n" * 60_000, "<pre>" * 60_000])
def test_floods_end(piece: str) -> None:
    pasted.clean(("Hello\n\n" + piece + MAIL).encode())
