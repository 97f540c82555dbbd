from __future__ import annotations

import base64

import sabaki


def place(raw: bytes) -> bytes:
    report = sabaki.dissect(raw)
    location = report.urls[0].location
    assert location is not None
    return raw[location.start : location.end]


def test_a_link_in_plain_sight_is_placed_where_it_begins() -> None:
    assert place(b"From: a@example.jp\n\nsee https://example.test/a/b\n").startswith(b"https://example.test/")


def test_a_link_under_base64_has_the_place_of_its_part() -> None:
    body = base64.b64encode(b"see https://example.test/a")
    raw = b"From: a@example.jp\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n" + body + b"\n"
    assert place(raw).strip() == body


def test_in_a_multipart_the_part_that_carries_it_is_named() -> None:
    raw = (
        b'From: a@example.jp\nContent-Type: multipart/mixed; boundary="B"\n\n--B\n\nnothing here\n'
        b"--B\nContent-Type: text/html\n\n<a href=https://example.test/x>x</a>\n--B--\n"
    )
    url = sabaki.dissect(raw).urls[0]
    assert url.location is not None
    assert url.location.part == "2"
