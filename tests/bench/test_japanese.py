from __future__ import annotations

import base64

import pytest

from bench import japanese

VECTORS = [
    {"name": "text", "octets": "1b24423d454d571b2842", "declared": "iso-2022-jp", "text": "重要"},
    {"name": "field", "kind": "field", "written": "=?UTF-8?B?6YeN6KaB?=", "text": "重要"},
    {"name": "mailbox", "kind": "mailbox", "written": "=?UTF-8?B?6YeN6KaB?= <a@x.example>", "text": "重要"},
    {"name": "filename", "kind": "filename", "written": "attachment; filename*=utf-8''%E9%87%8D", "text": "重"},
    {"name": "link", "kind": "link", "written": "http://login.example.jp/", "text": "login.example.jp"},
]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_we_read_the_mail_that_a_vector_becomes(vector: japanese.Vector) -> None:
    text = japanese._ours(japanese.mail_of(vector), vector.get("kind", "text"))
    assert japanese.is_right(vector, text)


@pytest.mark.parametrize("name", ["email default", "email compat32"])
def test_the_standard_library_is_asked_fairly(name: str) -> None:
    mails = [
        (base64.b64encode(japanese.mail_of(vector)).decode(), vector.get("kind", "text")) for vector in VECTORS[1:4]
    ]
    assert japanese.read_with(name, mails) == ["重要", "重要", "重"]


def test_the_table_counts_and_shows_nothing_that_steers_a_terminal() -> None:
    read = {"sabaki": ["重要"] * 3 + ["重", "login.example.jp"], "other": ["\x1b$B=E", "重要", "重要", "重", "x"]}
    lines = japanese.table(VECTORS, read).splitlines()
    assert "    other: <1B>$B=E" in lines
    assert lines[-2:] == ["sabaki: 5 of 5 right", "other: 3 of 4 right"]
