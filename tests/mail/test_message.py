"""Reading a whole mail: lossless, never raising, fast."""

import email.message
import email.parser
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.mail import charsets, message
from sabaki.mail.limits import Budget, Limits
from sabaki.model.message import Message

CORPORA = Path(__file__).parents[2].parent / "shared" / "corpora"
SAMPLE = (
    b"Received: from x (HELO y) (a@b.example@192.0.2.1) by z; Mon, 8 Aug 2022 05:07:29 +0900\r\n"
    b"From: =?UTF-8?B?44K144O844OQ44O8?= <admin@jimusho.example>\r\nSubject: =?UTF-8?Q?=E4=BF=9D?=\r\n =?UTF-8?Q?=E7=95=99?=\r\n"
    b"Content-Type: multipart/mixed; boundary=B\r\n\r\n"
    b"--B\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n5L+d55WZ\r\n"
    b"--B\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nhttp://evil.example/\r\n--B--\r\n"
)


def read(raw: bytes, **limits: int) -> Message:
    return message.read(raw, Budget(Limits(**limits)))


def test_sample() -> None:
    mail = read(SAMPLE)
    assert mail.sha256 == hashlib.sha256(SAMPLE).hexdigest()
    assert mail.raw is SAMPLE
    assert [field.key for field in mail.fields] == ["received", "from", "subject", "content-type"]
    assert mail.first("subject").value == "保留"  # type: ignore[union-attr]
    assert charsets.decode(mail.contents["1"], "utf-8").text == "保留"
    assert mail.contents["2.1"] == b"http://evil.example/"
    assert (mail.defects, mail.limits) == ((), ())


@pytest.mark.parametrize(
    ("prefix", "defects"),
    [
        (b"From a@b.example Mon Aug  8 05:07:31 2022\n", []),
        (b">From a@b.example Mon Aug  8 05:07:31 2022\n", []),
        (b"From a@b\n>From c@d\n", []),
        (b"\r\n\r\n", ["text_before_header"]),
        (b"\xef\xbb\xbf", ["text_before_header"]),
    ],
)
def test_prefix(prefix: bytes, defects: list[str]) -> None:
    mail = read(prefix + b"Subject: x\n\nbody")
    assert (mail.prefix.start, mail.prefix.end) == (0, len(prefix))
    assert [field.key for field in mail.fields] == ["subject"]
    assert [defect.id for defect in mail.defects] == defects


def test_from_with_a_space_before_its_colon_is_a_field() -> None:
    assert [field.key for field in read(b"From : a@b.example\n\n").fields] == ["from"]


@pytest.mark.parametrize("raw", [b"", b"\n", b"\0" * 100, bytes(range(256)), b"hello", b"From ", b"\r"])
def test_bytes_that_are_no_mail(raw: bytes) -> None:
    assert read(raw).parts[0].path == ""


def test_message_size_limit_keeps_what_it_has() -> None:
    mail = read(b"Subject: x\n\n" + b"a" * 100, message_size=50)
    assert mail.contents[""] == b"a" * 38
    assert mail.sha256 == hashlib.sha256(b"Subject: x\n\n" + b"a" * 100).hexdigest()
    assert [limit.name for limit in mail.limits] == ["message_size"]


def test_flood_of_defects_is_cut() -> None:
    mail = read(b"X : y\n" * 100 + b"\n", defects=10)
    assert len(mail.defects) == 10
    assert [limit.name for limit in mail.limits] == ["defects"]


@given(st.binary(max_size=400))
def test_never_raises(raw: bytes) -> None:
    read(raw)


@given(st.lists(st.tuples(st.integers(0, len(SAMPLE)), st.integers(0, 6), st.binary(max_size=4)), max_size=8))
def test_mutated_mail_never_raises_and_loses_no_span(changes: list[tuple[int, int, bytes]]) -> None:
    raw = SAMPLE
    for at, cut, put in changes:
        raw = raw[:at] + put + raw[at + cut :]
    mail = read(raw)
    root = mail.parts[0]
    position = root.header.start
    for field in root.fields:
        assert raw[position : field.location.start].strip(b"\r\n") == b""
        position = field.location.end
    assert raw[position : root.body.start].strip(b"\r\n") == b""
    assert root.body.end == len(raw)


def test_lf_and_crlf_agree() -> None:
    crlf, lf = read(SAMPLE), read(SAMPLE.replace(b"\r\n", b"\n"))
    assert [(f.name, f.value) for f in crlf.fields] == [(f.name, f.value) for f in lf.fields]
    assert {path: octets.replace(b"\r\n", b"\n") for path, octets in crlf.contents.items()} == lf.contents


@pytest.fixture(scope="module")
def corpora() -> list[Path]:
    paths = sorted(CORPORA.glob("*/*.eml"))
    if not paths:
        pytest.skip("no corpora beside the project")
    return paths


def test_corpora_spans_tile_and_texts_decode(corpora: list[Path]) -> None:
    for path in corpora:
        raw = path.read_bytes()
        mail = read(raw)
        position = mail.prefix.end
        for field in mail.fields:
            assert raw[position : field.location.start] in (b"", b"\n", b"\r\n", b"\r"), path.name
            position = field.location.end
        for part in mail.parts:
            if part.content_type.startswith("text/") and part.path in mail.contents:
                charsets.decode(mail.contents[part.path], part.parameters.get("charset"))


def _outline(entity: email.message.Message, path: str, prefix: str, inside: str | None) -> list[tuple[str, str]]:
    kind = entity.get_content_type()
    here = path
    if inside is not None and kind.startswith("multipart/"):
        here, prefix = (f"{inside}.TEXT" if inside else "TEXT"), inside
    found = [(here, kind)]
    if entity.is_multipart():
        container = here if kind.startswith("message/") else None
        for number, child in enumerate(entity.get_payload(), 1):
            assert isinstance(child, email.message.Message)
            number_inside = f"{prefix}.{number}" if prefix else str(number)
            found += _outline(child, number_inside, number_inside, container)
    return found


def test_corpora_give_the_tree_that_the_standard_library_gives(corpora: list[Path]) -> None:
    parser = email.parser.BytesParser()
    different = []
    for path in corpora:
        raw = path.read_bytes()
        mail = read(raw)
        if [(part.path, part.content_type) for part in mail.parts] != _outline(parser.parsebytes(raw), "", "", None):
            different.append(path.name)
    assert len(different) <= len(corpora) // 500, different
