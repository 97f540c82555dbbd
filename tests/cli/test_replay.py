"""A report is judged again from its own record, and nobody is asked."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

import sabaki as library
from sabaki.cli import exits
from sabaki.cli.replay import differences
from sabaki.model.report import Report
from tests.cli.test_dissect import OWN, SEED, sabaki
from tests.cli.test_lookups import watched


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("replay") / "report.json"
    file.write_bytes(sabaki("dissect", SEED, *OWN, "--json").stdout)
    return file


def test_the_same_byte_for_byte_and_no_socket_is_touched(report: Path) -> None:
    done = watched("replay", report, "--json")
    assert (done.returncode, done.stdout) == (exits.OK, report.read_bytes())
    assert b"the same, byte for byte" in done.stderr


def test_several_on_lines_of_their_own(report: Path, tmp_path: Path) -> None:
    lines = tmp_path / "reports.jsonl"
    lines.write_bytes((Report.from_json(report.read_bytes()).to_json() + b"\n") * 3)
    done = watched("replay", lines, "--json")
    assert (done.returncode, done.stdout) == (exits.OK, lines.read_bytes())


def test_what_differs_is_told_and_ends_with_a_code_of_its_own(report: Path, tmp_path: Path) -> None:
    document = json.loads(report.read_bytes())
    document["verdict"]["score"] = 1.0
    document["findings"] = document["findings"][1:]
    document["findings"][0]["weight"] = 99.0
    document["tool"]["version"] = "0.0.1"
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(document))
    done = watched("replay", changed)
    assert done.returncode == exits.DIFFERS
    said = done.stdout.decode()
    for text in ("written by sabaki 0.0.1", "verdict: Malicious (1 points)", "newly found: ", "instead of 99"):
        assert text in said
    japanese = watched("replay", changed, "--lang", "ja").stdout.decode()
    for text in ("報告を書いたのは sabaki 0.0.1", "判定: 悪意あり（1 点）", "今回のみ: ", "重みが 99 から"):
        assert text in japanese


def test_articles_are_masked(report: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert watched("replay", report, "--html", page, "--lang", "ja").returncode == exits.OK
    text = page.read_text("utf-8")
    assert "jimusho" not in text
    assert 'lang="ja"' in text


def test_what_is_no_report_says_what_to_do(tmp_path: Path) -> None:
    done = sabaki("replay", tmp_path / "none.json")
    assert done.returncode == exits.USAGE
    assert b"write one with" in done.stderr
    (tmp_path / "bad.json").write_text("{}")
    assert sabaki("replay", tmp_path / "bad.json").returncode == exits.USAGE


def test_only_words_of_ours_changed() -> None:
    now = library.dissect(b"From: a@example.jp\n\nx\n")
    then = msgspec.structs.replace(now, outcomes=now.outcomes[1:])
    assert [en for en, _ in differences(then, now)] == ["not the same in the JSON: outcomes"]
    assert list(differences(now, now)) == []


def test_no_difference_goes_untold() -> None:
    """Whatever is not the same byte for byte has a line: evidence of a finding, the schema's version, the summary."""
    now = library.dissect(b"From: a@example.jp\nReply-To: b@example.net\n\nhttp://192.0.2.1/\n")
    assert now.findings
    (first, *others) = now.findings
    for then, named in (
        (msgspec.structs.replace(now, findings=(msgspec.structs.replace(first, detail="x"), *others)), first.id),
        (msgspec.structs.replace(now, findings=(msgspec.structs.replace(first, evidence=()), *others)), first.id),
        (msgspec.structs.replace(now, findings=(first, *now.findings)), "no longer found"),
        (msgspec.structs.replace(now, findings=(*others, first)), "another order"),
        (msgspec.structs.replace(now, schema_version="1.0"), "schema_version"),
        (msgspec.structs.replace(now, tool=msgspec.structs.replace(now.tool, name="x")), "tool"),
        (msgspec.structs.replace(now, verdict=msgspec.structs.replace(now.verdict, summary="x")), "verdict"),
    ):
        told = [en for en, _ in differences(then, now)]
        assert any(named in line for line in told), (named, told)
