"""Mails that two programs read differently: what either of them shows is found, and the ambiguity is said."""

from __future__ import annotations

import base64
import quopri
import random
import time

import pytest

from sabaki.facts import bodies, links, readings
from sabaki.mail import message
from sabaki.mail.limits import Budget
from tests.patience import BLOWN_UP

EVIL = "https://evil.example/x"
LINK = f"<p><a href='{EVIL}'>go</a></p>"
HEAD = b"From: taro@orchard.example\nSubject: x\nMIME-Version: 1.0\n"
PARTS = b"--b\nContent-Type: text/plain\n\nplain\n--b--\n"


def read(raw: bytes) -> tuple[dict[str, tuple[str, bool]], set[str]]:
    """The links by address with their source and whether they can be clicked, and the ids of all defects."""
    budget = Budget()
    mail = message.read(raw, budget)
    found = bodies.read(mail, budget)
    texts = [(body.part, body.text) for body in found.bodies if body.kind == "text"]
    collected = links.collect(texts, list(found.pages.items()), "", budget)
    ids = {defect.id for defect in (*mail.defects, *found.defects)}
    return {url.value: (url.source, url.clickable) for url in collected}, ids


def typed(value: str, body: bytes, more: str = "") -> bytes:
    return HEAD + f"Content-Type: {value}\n{more}\n".encode() + body


MIXED = "multipart/mixed; boundary=b"
SECOND = b"--c\nContent-Type: text/html\n\n" + LINK.encode() + b"\n--c--\n"


@pytest.mark.parametrize(
    ("raw", "defect"),
    [
        (typed("text/plain", LINK.encode(), "Content-Type: text/html\n"), "duplicate_content_type"),
        (
            typed("text/plain", SECOND.replace(b"<a", b"x <a"), "Content-Type: multipart/mixed; boundary=c\n"),
            "duplicate_content_type",
        ),
        (typed("text/html charset=utf-8", LINK.encode()), "content_type_invalid"),
        (typed("multipart/mixed; boundary=b; boundary=c", PARTS + SECOND), "duplicate_parameter"),
        (typed("multipart/mixed; boundary=zzz", SECOND), "boundary_not_found"),
        (typed("text/plain", SECOND), "unannounced_parts"),
        (typed("text/plain; charset=us-ascii", LINK.encode()), "html_under_text_label"),
        (
            typed(
                "text/html",
                base64.encodebytes(LINK.encode()),
                "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n",
            ),
            "duplicate_content_transfer_encoding",
        ),
        (typed("text/html", base64.encodebytes(LINK.encode() * 3)), "base64_unlabelled"),
        (typed("text/html", base64.b64encode(LINK.encode() * 3)), "base64_unlabelled"),
        (
            typed("text/html", quopri.encodestring((LINK.replace("'", '"') + "あ" * 30).encode())),
            "quoted_printable_unlabelled",
        ),
        (typed("text/html; charset=us-ascii", LINK.replace("evil", "ev\0il").encode()), "address_behind_charset"),
        (
            typed("text/html; charset=utf-8", LINK.encode().replace(b"https", b"ht\x1b(Btps")),
            "address_behind_charset",
        ),
        (typed("text/plain", "日本 ".encode() + f"see {EVIL}".encode("cp037")), "address_behind_charset"),
        (typed("text/plain; charset=us-ascii", b"see https+ADo-//evil.example/x"), "address_behind_charset"),
        (
            typed(
                "message/rfc822",
                base64.encodebytes(b"Content-Type: text/html\n\n" + LINK.encode()),
                "Content-Transfer-Encoding: base64\n",
            ),
            "message_encoded",
        ),
        (
            typed(
                "message/partial; id=a; number=1; total=2", b"Subject: y\nContent-Type: text/html\n\n" + LINK.encode()
            ),
            "message_partial",
        ),
        (HEAD + b"https://evil.example/x\nmore text\n", "address_as_field"),
        (
            HEAD.replace(b"Subject: x\n", b"Subject: x\n \n" + b" " + LINK.encode() + b"\n") + b"\nbody\n",
            "blank_line_in_header",
        ),
    ],
)
def test_either_reading_is_read(raw: bytes, defect: str) -> None:
    found, ids = read(raw)
    assert EVIL in found
    assert found[EVIL][1]
    assert defect in ids


@pytest.mark.parametrize(
    ("raw", "source"),
    [
        (typed(MIXED, b"see https://evil.example/x\n" + PARTS), "preamble"),
        (typed(MIXED, PARTS + b"see https://evil.example/x\n"), "epilogue"),
        (typed(MIXED, PARTS + LINK.encode()), "html:a"),
    ],
)
def test_text_outside_the_parts_is_read_but_cannot_be_clicked(raw: bytes, source: str) -> None:
    found, ids = read(raw)
    assert found[EVIL] == (source, False)
    assert ids & {"text_in_preamble", "text_in_epilogue"}


def test_text_in_a_base64_part_is_read() -> None:
    body = base64.encodebytes(b"plain text of the mail " * 9) + b"\n__\nsee https://evil.example/x\n"
    found, ids = read(typed("text/plain", body, "Content-Transfer-Encoding: base64\n"))
    assert EVIL in found
    assert ids & {"text_after_base64", "base64_junk"}


@pytest.mark.parametrize(
    ("parameters", "target"),
    [
        ('access-type=URL; URL="https://evil.example/\n  x"', EVIL),
        ("access-type=anon-ftp; site=evil.example; directory=/pub/a; name=x.zip", "ftp://evil.example/pub/a/x.zip"),
    ],
)
def test_external_bodies_are_links(parameters: str, target: str) -> None:
    found, ids = read(typed(f"message/external-body; {parameters}", b"Content-Type: text/html\n\n"))
    assert target in found
    assert "external_body" in ids


def test_relative_links_start_from_the_part() -> None:
    page = b"<a href='x'>go</a>"
    found, _ = read(typed("text/html", page, "Content-Location: https://evil.example/\n"))
    assert EVIL in found
    found, _ = read(typed("text/html", page, 'Content-Base: "https://evil.example/a"\n'))
    assert EVIL in found
    found, _ = read(
        typed("text/html", b"<base href='https://own.example/'>" + page, "Content-Location: https://evil.example/\n")
    )
    assert EVIL not in found


def alternative(text: str, markup: str) -> bytes:
    return typed(
        "multipart/alternative; boundary=b",
        f"--b\nContent-Type: text/plain\n\n{text}\n--b\nContent-Type: text/html\n\n{markup}\n--b--\n".encode(),
    )


def test_alternatives_that_lead_to_other_hosts_are_said() -> None:
    assert "alternatives_differ" in read(alternative("https://good.example/", LINK))[1]
    assert "alternatives_differ" not in read(alternative("https://www.evil.example/other", LINK))[1]
    assert "alternatives_differ" not in read(alternative("no link", LINK))[1]


def test_what_is_odd_without_more_to_read_is_said() -> None:
    related = b"--b\nContent-ID: <a>\n\na\n--b\nContent-ID: <r>\nContent-Type: text/html\n\nb\n--b--\n"
    assert "related_start_elsewhere" in read(typed('multipart/related; boundary=b; start="<r>"', related))[1]
    assert "related_start_elsewhere" not in read(typed('multipart/related; boundary=b; start="<a>"', related))[1]
    assert "nul_in_header" in read(HEAD.replace(b"x", b"\0") + b"\nx")[1]
    assert "bare_lf" in read(HEAD.replace(b"\n", b"\r\n", 1) + b"\nx")[1]
    smuggled = b"\nhello\n.\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n"
    assert "smuggled_commands" in read(HEAD + smuggled)[1]


@pytest.mark.parametrize(
    "raw",
    [
        typed("text/plain; charset=utf-8", "普通の文章です。https://a.example/?x=1\n".encode()),
        typed("text/html; charset=utf-8", b"<p>Hello <a href='https://a.example/?a=b+Ab'>x</a></p>"),
        typed(MIXED, b"This is a multi-part message in MIME format.\n" + PARTS),
        typed("text/plain", b"QUJDREVGRw==\n"),
        HEAD + b"X-Spam-Report: found\n \n more of it\nContent-Type: text/plain\n\nHi\n",
        HEAD + b"X-Source: a\n\nThe header Content-Type: is a field.\n",
    ],
)
def test_plain_mail_has_one_reading(raw: bytes) -> None:
    budget = Budget()
    mail = message.read(raw, budget)
    assert list(readings.others(mail, budget)) == []
    assert list(readings.defects(mail)) == []


def test_mutated_mail_never_raises() -> None:
    chance = random.Random(7)
    seeds = [
        alternative("https://good.example/", LINK),
        typed("text/plain", SECOND, "Content-Type: multipart/mixed; boundary=c\n"),
        typed(
            "multipart/mixed; boundary=b; boundary=c", b"see https://evil.example/x\n" + PARTS + SECOND + LINK.encode()
        ),
        typed("text/html; charset=utf-7", base64.encodebytes(LINK.encode() * 3)),
        typed("message/partial; id=a; number=1", b"Content-Type: text/html\n\n" + LINK.encode()),
    ]
    for seed in seeds:
        for cut in range(0, len(seed), 7):
            read(seed[:cut])
        for _ in range(60):
            raw = bytearray(seed)
            for _ in range(6):
                raw[chance.randrange(len(raw))] = chance.randrange(256)
            read(bytes(raw))


@pytest.mark.parametrize(
    "raw",
    [
        typed("text/plain", b"--a\nContent-Type: text/plain\n\n" * 20_000),
        typed("text/plain", b"+AGg-" * 100_000),
        typed("text/plain", b"A" * 1_000_000 + b"!"),
        typed("text/plain", b"AAAA\n" * 200_000 + b"!"),
        typed("text/html", b'=3D"\n' * 200_000),
        typed("text/plain", b"\x1b(B\0" * 100_000),
        typed("text/plain", b"x", "Content-Type: text/html\n" * 2_000),
        typed("text/plain", b"x", "X: y\n \n" * 20_000),
        typed("multipart/mixed" + "; boundary=b" * 2_000, b"--b\n" * 20_000),
    ],
)
def test_linear_in_hostile_mail(raw: bytes) -> None:
    started = time.process_time()
    read(raw)
    assert time.process_time() - started < BLOWN_UP
