"""The world is asked about a case again; here it is a DNS server of the test's own, and everything else is named in its zone or nowhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from sabaki.cli import exits
from sabaki.model.report import Report
from tests.cli.test_dissect import OWN, sabaki
from tests.cli.test_lookups import watched
from tests.sources import nsd


@contextmanager
def serving(zone: str, folder: Path) -> Iterator[int]:
    folder.mkdir()
    with nsd.serving({"example": zone}, folder) as port:
        yield port


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    if nsd.program() is None:
        pytest.skip("nsd is not there (apt install nsd, or `make live`, which fetches it)")
    file = tmp_path / "report.json"
    with serving(EXAMPLE, tmp_path / "then") as port:
        done = sabaki("dissect", LETTER, *OWN, "--online", "--dns", f"127.0.0.1:{port}", "--json", stdin=MAIL)
    assert done.returncode == exits.OK, done.stderr
    file.write_bytes(done.stdout)
    return file


LETTER = "-"
MAIL = b"From: a@harbour.example\nTo: b@nashi.example\nSubject: x\n\nhttp://login.drop.example/x\n"
EXAMPLE = (
    "$ORIGIN example.\n$TTL 300\n@ SOA ns root 1 3600 600 86400 60\n@ NS ns\nns A 127.0.0.1\n"
    "login.drop A 99.198.113.170\n"
)


def refreshed(report: Path, zone: str, folder: Path, *more: str) -> tuple[int, str]:
    with serving(zone, folder) as port:
        done = sabaki("refresh", report, "--dns", f"127.0.0.1:{port}", *more)
    return done.returncode, done.stdout.decode()


def test_what_moved_is_told_in_both_languages_and_for_machines(report: Path, tmp_path: Path) -> None:
    moved = EXAMPLE.replace("99.198.113.170", "20.63.138.218")
    code, said = refreshed(report, moved, tmp_path / "en", "--lang", "en")
    assert code == exits.OK
    assert "[changed] login[.]drop[.]example (DNS) addresses: 99.198.113.170 -> 20.63.138.218" in said
    assert "SPF, DKIM, ARC and DMARC said is as it was verified then" in said
    japanese = refreshed(report, moved, tmp_path / "ja", "--lang", "ja")[1]
    assert "（DNS） IPアドレス: 99.198.113.170 -> 20.63.138.218" in japanese
    assert "当時検証したまま" in japanese
    document = json.loads(refreshed(report, moved, tmp_path / "json", "--json")[1])
    assert set(document) == {"source", "changes", "not_answered", "verdict_before", "verdict"}
    (change,) = [each for each in document["changes"] if each["source"] == "names" and each["kind"] == "changed"]
    assert (change["field"], change["after"]) == ("names.addresses", "20.63.138.218")


def test_what_is_kept_from_earlier_is_asked_for_again(report: Path, tmp_path: Path) -> None:
    """The answer of then is younger than a source keeps it; a second look takes it from there, and refresh does not."""
    moved = EXAMPLE.replace("99.198.113.170", "20.63.138.218")
    with serving(moved, tmp_path / "moved") as port:
        kept = sabaki("dissect", LETTER, *OWN, "--online", "--dns", f"127.0.0.1:{port}", "--json", stdin=MAIL)
    first = [
        each for each in json.loads(kept.stdout)["knowledge"] if each["source"] == "names" and each["state"] == "ran"
    ]
    assert {each["cached"] for each in first} == {True}
    file = tmp_path / "today.json"
    refreshed(report, moved, tmp_path / "again", "--write", str(file))
    now = [each for each in Report.from_json(file.read_bytes()).knowledge if each.source == "names"]
    assert not any(each.cached for each in now)
    # And what it was told is kept in its turn.
    with serving(EXAMPLE, tmp_path / "back") as port:
        later = sabaki("dissect", LETTER, *OWN, "--online", "--dns", f"127.0.0.1:{port}", "--json", stdin=MAIL)
    assert b"20.63.138.218" in later.stdout


def test_nothing_changed_and_the_new_report_is_written(report: Path, tmp_path: Path) -> None:
    file = tmp_path / "today.json"
    code, said = refreshed(report, EXAMPLE, tmp_path / "same", "--lang", "en", "--write", str(file))
    assert code == exits.OK
    assert re.search("nothing (that was answered )?has changed", said)
    then, now = Report.from_json(report.read_bytes()), Report.from_json(file.read_bytes())
    assert now.verification == then.verification
    assert [each.subject for each in now.knowledge] == [each.subject for each in then.knowledge]


def test_a_name_that_is_gone(report: Path, tmp_path: Path) -> None:
    gone = EXAMPLE.replace("login.drop", "other")
    said = refreshed(report, gone, tmp_path / "gone", "--lang", "en")[1]
    assert "[gone] login[.]drop[.]example (DNS) in the DNS: 99.198.113.170 -> nothing" in said


def test_several_cases_in_their_order(report: Path, tmp_path: Path) -> None:
    lines = tmp_path / "reports.jsonl"
    one = Report.from_json(report.read_bytes())
    named = [
        msgspec.structs.replace(one, source=msgspec.structs.replace(one.source, name=f"{at}.eml")) for at in range(5)
    ]
    lines.write_bytes(b"".join(each.to_json() + b"\n" for each in named))
    file = tmp_path / "today.jsonl"
    code, said = refreshed(lines, EXAMPLE, tmp_path / "several", "--json", "--write", str(file))
    assert code == exits.OK
    names = [f"{at}.eml" for at in range(5)]
    assert [json.loads(line)["source"]["name"] for line in said.splitlines()] == names
    assert [Report.from_json(line).source.name for line in file.read_bytes().splitlines()] == names


def test_where_the_report_cannot_be_written_nobody_is_asked(report: Path, tmp_path: Path) -> None:
    done = watched("refresh", report, "--write", tmp_path / "none" / "x.json")
    assert done.returncode == exits.USAGE
    assert b"--write" in done.stderr


def test_with_tlp_red_nobody_is_asked(report: Path, tmp_path: Path) -> None:
    (tmp_path / "red.toml").write_text('tlp = "red"\n')
    done = watched("refresh", report, "--settings", tmp_path / "red.toml")
    assert done.returncode == exits.USAGE
    assert b"TLP:RED" in done.stderr


def test_without_a_dns_server_it_says_what_to_do(report: Path) -> None:
    done = sabaki("refresh", report, "--dns", "127.0.0.1:9")
    assert done.returncode == exits.USAGE
    assert b"no DNS server answers" in done.stderr
