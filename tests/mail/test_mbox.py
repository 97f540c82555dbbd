from __future__ import annotations

import mmap
import random
import tempfile
import time

import pytest

from sabaki.mail import mbox
from tests.patience import BLOWN_UP

LINE = b"From a@example.jp Thu Jan  1 00:00:00 2026\n"
HEAD = b"From: a@example.jp\nSubject: x\n\n"


def parts(content: bytes) -> list[bytes]:
    return [content[start:end] for start, end in mbox.split(content)]


def test_each_mail_begins_with_its_line() -> None:
    one, two = LINE + HEAD + b"first\n", LINE + HEAD + b"second\n"
    assert parts(one + b"\n" + two) == [one, two]


def test_crlf() -> None:
    one = (LINE + HEAD + b"first\n").replace(b"\n", b"\r\n")
    assert parts(one + b"\r\n" + one) == [one, one]


@pytest.mark.parametrize(
    "line",
    [
        b"From a@example.jp Thu Jan  1 00:00:00 2026",
        b"From MAILER-DAEMON Thu Jan 01 00:00:00 2026",
        b"From - Thu Jan  1 00:00:00 2026",
        b"From a@example.jp  Thu, 1 Jan 2026 00:00:00 +0900",
        b"From 1234567890@xxx Sun Jan 04 12:00:00 +0000 2026",
        b'From "a b"@example.jp Thu Jan  1 00:00:00 JST 2026',
        b"From a@example.jp 2026-01-01 00:00:00",
    ],
)
def test_the_lines_that_programs_write(line: bytes) -> None:
    content = (line + b"\n" + HEAD + b"text\n\n") * 2
    assert mbox.looks_like_mbox(content)
    assert len(parts(content)) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"text\n\nFrom here on it is a letter.\n",
        b"text\n\nFrom Monday 12:30 on we are open\nand closed later\n",
        b"text\nFrom a@example.jp Thu Jan  1 00:00:00 2026\nSubject: no empty line before\n",
        b"text\n\n>From a@example.jp Thu Jan  1 00:00:00 2026\nSubject: quoted\n",
        b"text\n\n From a@example.jp Thu Jan  1 00:00:00 2026\nSubject: indented\n",
    ],
)
def test_a_from_in_the_text_is_text(body: bytes) -> None:
    assert parts(LINE + HEAD + body) == [LINE + HEAD + body]


def test_a_length_is_believed_where_a_mail_follows() -> None:
    inner = LINE + HEAD + b"attached as it is\n"
    body = b"text\n\n" + inner
    head = LINE + b"Subject: x\nContent-Length: %d\n\n" % len(body)
    last = LINE + HEAD + b"last\n"
    assert parts(head + body + b"\n" + last) == [head + body, last]
    wrong = head.replace(b"Content-Length: ", b"Content-Length: 9")
    assert len(parts(wrong + body + b"\n" + last)) == 3


def test_what_is_none() -> None:
    for content in (b"", b"From: a@example.jp\n\nx", b"From here\nto there: far\n", LINE, LINE + b"no header\n"):
        assert not mbox.looks_like_mbox(content)
    assert parts(b"") == []
    assert parts(HEAD + b"x") == [HEAD + b"x"]


def test_empty_lines_and_a_mark_before_the_first() -> None:
    content = b"\xef\xbb\xbf\n\n" + LINE + HEAD + b"x\n"
    assert mbox.looks_like_mbox(content)
    assert parts(content) == [LINE + HEAD + b"x\n"]


def test_it_reads_a_mapped_file() -> None:
    content = (LINE + HEAD + b"text\n\n") * 50
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            assert mbox.looks_like_mbox(mapped)
            assert [*mbox.split(mapped)] == [*mbox.split(content)]
            assert len([*mbox.split(mapped)]) == 50


def test_nothing_is_lost_between_the_mails() -> None:
    chance = random.Random(4)
    pieces = [LINE, HEAD, b"\n", b"\r\n", b"text\n", b"Content-Length: 20\n", b">From x\n", b"From ", b"\n\n"]
    for _ in range(300):
        content = LINE + HEAD + b"".join(chance.choices(pieces, k=40))
        at = 0
        for start, end in mbox.split(content):
            assert content[at:start].strip() == b""
            assert start < end
            at = end
        assert content[at:].strip() == b""


def test_linear_on_lines_that_are_none() -> None:
    started = time.monotonic()
    for junk in (b"\n\nFrom ", b"\n\nFrom a Thu Jan  1 00:00:00 2026\n", b"\n" * 9, b"From " * 3):
        assert [*mbox.split(LINE + HEAD + junk * 200_000)]
    assert time.monotonic() - started < BLOWN_UP
