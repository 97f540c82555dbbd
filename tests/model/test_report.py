from __future__ import annotations

import msgspec
import pytest

import sabaki
from sabaki.model.report import SCHEMA_VERSION, Report

MAIL = b"From: a@example.jp\nTo: b@example.net\nSubject: =?utf-8?b?5pel5pys?=\nDate: Mon, 8 Aug 2022 05:07:29 +0900\n\nhttp://example.com/x?y#z\n"


def test_json_round_trip() -> None:
    report = sabaki.dissect(MAIL, name="x.eml")
    document = report.to_json()
    assert Report.from_json(document) == report
    assert Report.from_json(document).to_json() == document


def test_top_level_keys() -> None:
    document = msgspec.json.decode(sabaki.dissect(MAIL).to_json())
    assert {"hops", "urls", "findings", "outcomes", "limits", "verdict", "origin", "subject"} <= set(document)
    assert document["schema_version"] == SCHEMA_VERSION
    assert document["subject"]["text"] == "日本"
    assert document["subject"]["stamp"] is None
    for finding in document["findings"]:
        assert {"id", "severity", "grade", "title", "evidence"} <= set(finding)


def test_another_schema_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        Report.from_json(b'{"schema_version": "1.0"}')


def test_the_schema_describes_every_top_level_key() -> None:
    schema = Report.json_schema()
    definition = schema["$defs"]["Report"]
    assert set(definition["properties"]) == set(Report.__struct_fields__)
