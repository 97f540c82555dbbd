"""What holds for every mail, whoever wrote it: reading never raises, loses nothing, and says where it stopped."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

import sabaki
from sabaki.mail import message
from sabaki.mail.limits import Budget, Limits
from sabaki.model.evidence import Location
from sabaki.model.message import Message, Part
from tests import mails

READS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DISSECTIONS = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(raw: bytes, limits: Limits | None = None) -> Message:
    return message.read(raw, Budget(limits))


def within(inner: Location, outer: Location) -> bool:
    return outer.start <= inner.start <= inner.end <= outer.end


def assert_header_is_tiled(raw: bytes, part: Part) -> None:
    """Fields follow each other, with nothing but line ends between them, up to the body."""
    position = part.header.start
    for field in part.fields:
        assert position <= field.location.start <= field.location.end <= part.header.end
        assert raw[position : field.location.start].strip(b"\r\n") == b""
        position = field.location.end
    assert raw[position : part.body.start].strip(b"\r\n") == b""
    assert part.header.end <= part.body.start <= part.body.end <= len(raw)


def assert_tree_nests(mail: Message) -> None:
    by_path = {part.path: part for part in mail.parts}
    assert len(by_path) == len(mail.parts), "paths are unique"
    listed = [path for part in mail.parts for path in part.children]
    assert sorted(listed) == sorted(set(by_path) - {""}), "every part but the root is in one other"
    for part in mail.parts:
        position = part.body.start
        for path in part.children:
            child = by_path[path]
            assert within(Location(child.header.start, child.body.end), part.body)
            assert child.header.start >= position, "siblings do not overlap"
            position = child.body.end


@given(mails.any_bytes())
@READS
def test_reading_keeps_every_byte_in_its_place(raw: bytes) -> None:
    mail = read(raw)
    root = mail.parts[0]
    assert (mail.prefix.start, mail.prefix.end, root.body.end) == (0, root.header.start, len(raw))
    for part in mail.parts:
        assert_header_is_tiled(raw, part)
    assert_tree_nests(mail)
    assert set(mail.contents) <= {part.path for part in mail.parts}
    for defect in mail.defects:
        assert defect.location is None or 0 <= defect.location.start <= defect.location.end <= len(raw)


@given(mails.any_bytes())
@READS
def test_a_part_by_itself_reads_the_same(raw: bytes) -> None:
    """An attached message gives the same fields when its bytes are read alone."""
    mail = read(raw)
    for part in mail.parts:
        if part.content_type == "message/rfc822" and part.children and part.body.start < part.body.end:
            alone = read(raw[part.body.start : part.body.end])
            inside = next(one for one in mail.parts if one.path == part.children[0])
            if alone.prefix.end == 0:
                assert [field.raw_value for field in alone.fields] == [field.raw_value for field in inside.fields]


@given(mails.any_bytes())
@READS
def test_what_is_cut_is_named(raw: bytes) -> None:
    whole = read(raw)
    tight = Limits(fields=6, parts=2, nesting=2, encoded_words=1, field_interpreted=60, decoded_size=200, parameters=1)
    less = read(raw, tight)
    lost = (
        len(less.parts) < len(whole.parts)
        or sum(map(len, less.contents.values())) < sum(map(len, whole.contents.values()))
        or [field.value for part in less.parts for field in part.fields]
        != [field.value for part in whole.parts for field in part.fields]
    )
    assert not lost or less.limits


@given(mails.built())
@READS
def test_lf_crlf_and_cr_give_the_same_tree(raw: bytes) -> None:
    def shape(mail: Message) -> list[object]:
        return [
            (
                part.path,
                part.content_type,
                part.filename,
                part.disposition,
                part.children,
                [(field.key, field.value) for field in part.fields],
                mail.contents.get(part.path, b"").replace(b"\r\n", b"\n").replace(b"\r", b"\n").strip(b"\n"),
            )
            for part in mail.parts
        ]

    lf = shape(read(raw))
    assert shape(read(raw.replace(b"\n", b"\r\n"))) == lf
    if b"=" not in raw.partition(b"quoted-printable")[2] and b"\n " not in raw and b"\n\t" not in raw:
        assert shape(read(raw.replace(b"\n", b"\r"))) == lf


def face(report: sabaki.Report) -> list[object]:
    """What must not depend on line ends."""
    return [
        report.verdict.label,
        report.verdict.score,
        [(field.key, field.value) for field in report.fields],
        [body.text.replace("\r\n", "\n").strip() for body in report.bodies],
        [url.value for url in report.urls],
        sorted(finding.id for finding in report.findings),
    ]


@given(mails.built())
@DISSECTIONS
def test_lf_and_crlf_give_the_same_verdict(raw: bytes) -> None:
    assert face(sabaki.dissect(raw)) == face(sabaki.dissect(raw.replace(b"\n", b"\r\n")))


@given(mails.any_bytes())
@DISSECTIONS
def test_a_report_is_the_same_twice_and_survives_its_json(raw: bytes) -> None:
    report = sabaki.dissect(raw)
    document = report.to_json()
    assert sabaki.Report.from_json(document).to_json() == document
    assert sabaki.dissect(raw).to_json() == document
    assert [outcome for outcome in report.outcomes if outcome.state == "permerror"] == []


@pytest.mark.parametrize("limit", sorted(set(msgspec.structs.asdict(Limits())) & {"fields", "parts", "nesting"}))
def test_a_limit_of_nought_still_gives_a_mail(limit: str) -> None:
    mail = read(mails.SAMPLES[0], msgspec.structs.replace(Limits(), **{limit: 0}))
    assert mail.parts[0].body.end == len(mails.SAMPLES[0])
    assert mail.raw == mails.SAMPLES[0]
