"""Japanese mail as it really comes: every vector of japanese.yml, one reader each, and as a whole mail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from sabaki.mail import addresses, charsets, fields, parameters, urlfind, urls
from sabaki.mail.limits import Budget

VECTORS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "japanese.yml").read_text("utf-8"))


def of(kind: str) -> list[Any]:
    return [pytest.param(vector, id=vector["name"]) for vector in VECTORS if vector.get("kind", "text") == kind]


@pytest.mark.parametrize("vector", of("text"))
def test_text(vector: dict[str, Any]) -> None:
    decoded = charsets.decode(bytes.fromhex(vector["octets"]), vector["declared"])
    assert decoded.text == vector["text"]
    assert (decoded.charset, decoded.how) == (vector["charset"], vector["how"])
    assert decoded.how != "detected" or decoded.defects, "detection is never silent"


@pytest.mark.parametrize("vector", of("field"))
def test_field(vector: dict[str, Any]) -> None:
    raw = b"Subject: " + vector["written"].encode("latin-1") + b"\r\n\r\n"
    field = fields.read(raw, 0, len(raw), Budget()).fields[0]
    assert field.value == vector["text"]
    assert (field.charset, field.charset_how) == (vector["charset"], vector["how"])


@pytest.mark.parametrize("vector", of("filename"))
def test_file_name(vector: dict[str, Any]) -> None:
    assert parameters.parse(vector["written"], Budget()).parameters["filename"] == vector["text"]


@pytest.mark.parametrize("vector", of("mailbox"))
def test_mailbox(vector: dict[str, Any]) -> None:
    mailboxes = addresses.parse_mailboxes(vector["written"], Budget())
    assert [(one.address, one.display_name) for one in mailboxes] == [(vector["address"], vector["text"])]


@pytest.mark.parametrize("vector", of("link"))
def test_link(vector: dict[str, Any]) -> None:
    text = vector["written"].encode("latin-1").decode("utf-8")
    seen = [urls.parse(found.raw, "text") for found in urlfind.find(text)]
    assert [url.host for url in seen if url] == [vector["text"]]


def test_every_kind_is_tried() -> None:
    assert {vector.get("kind", "text") for vector in VECTORS} == {"text", "field", "filename", "mailbox", "link"}
