"""The world is asked about a case again; here it is a DNS server of the test's own, and everything else is named in its zone or nowhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sabaki.cli import exits
from sabaki.model.report import Report
from tests.cli.test_dissect import OWN, sabaki
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
    assert "[changed] names login.drop.example names.addresses: 99.198.113.170 -> 20.63.138.218" in said
    assert "[変化]" in refreshed(report, moved, tmp_path / "ja", "--lang", "ja")[1]
    document = json.loads(refreshed(report, moved, tmp_path / "json", "--json")[1])
    assert {"source": "names", "kind": "changed"}.items() <= document["changes"][0].items()


def test_nothing_changed_and_the_new_report_is_written(report: Path, tmp_path: Path) -> None:
    file = tmp_path / "today.json"
    code, said = refreshed(report, EXAMPLE, tmp_path / "same", "--lang", "en", "--write", str(file))
    assert code == exits.OK
    assert "nothing has changed since" in said
    then, now = Report.from_json(report.read_bytes()), Report.from_json(file.read_bytes())
    assert now.verification == then.verification
    assert [each.subject for each in now.knowledge] == [each.subject for each in then.knowledge]


def test_a_name_that_is_gone(report: Path, tmp_path: Path) -> None:
    gone = EXAMPLE.replace("login.drop", "other")
    assert "99.198.113.170 -> -" in refreshed(report, gone, tmp_path / "gone")[1]


def test_without_a_dns_server_it_says_what_to_do(report: Path) -> None:
    done = sabaki("refresh", report, "--dns", "127.0.0.1:9")
    assert done.returncode == exits.USAGE
    assert b"no DNS server answers" in done.stderr
