from __future__ import annotations

from pathlib import Path

import pytest

from bench import route
from sabaki.model.case import Vantage

EDGE = (
    "Received: from mail.evil.invalid (mail.evil.invalid [198.51.100.7]) by mx.own.example (Postfix) with ESMTP id 1;"
    " Mon, 3 Mar 2025 10:15:04 +0900\n"
)
ACCOUNT = (
    "Received: from pc (unknown [192.0.2.7]) (Authenticated sender: office@gakuin.example) by mail.evil.invalid (Postfix)"
    " with ESMTPA id 2; Mon, 3 Mar 2025 10:15:03 +0900\n"
)
REST = "From: <a@bank.example>\nTo: <b@own.example>\nSubject: hello\n\nSee you on Tuesday.\n"
OWN = Vantage(own_hosts=("mx.own.example",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    kept = tmp_path / "ham"
    kept.mkdir()
    (kept / "1.eml").write_text(EDGE + ACCOUNT + REST)
    (kept / "2.eml").write_text(EDGE.replace("Received: from", "Received: from by odd from") + REST)
    (kept / "3.eml").write_text("X-Originating-IP: [192.0.2.9]\n" + REST)
    (kept / "notes.txt").write_text("no mail")
    return kept


def test_what_is_counted(folder: Path) -> None:
    way = route.travel(folder, OWN)
    assert (way.mails, way.with_hops, way.fields, way.above) == (3, 2, 3, 2)
    assert way.parsed == 2
    assert (way.bases["named"], way.bases["none"]) == (2, 1)
    assert (way.accounts_above, way.accounts_below, way.claimed, way.clients) == (0, 1, 1, 1)
    assert way.origins == 2
    assert way.roles["submission"] == 1
    assert way.findings["route/claimed_account"] == 1
    assert way.raised == []


def test_without_a_word_from_the_reader_the_line_is_inferred(folder: Path) -> None:
    assert route.travel(folder, Vantage()).bases["inferred"] == 2


def test_a_mail_that_raises_is_noted_and_the_rest_goes_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = route.read

    def read(raw: bytes, name: str, vantage: Vantage) -> route.Case:
        if name == "1.eml":
            raise RuntimeError("no")
        return real(raw, name, vantage)

    monkeypatch.setattr(route, "read", read)
    way = route.travel(folder, OWN)
    assert way.raised == ["1.eml: RuntimeError: no"]
    assert way.mails == 2
    assert "raised: ham/1.eml: RuntimeError: no" in route.show([way], 0)


def test_the_tables_say_it(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SABAKI_CORPORA", str(folder.parent))
    assert route.main(["--own-host", "mx.own.example", "--list", "5", "ham"]) == 0
    said = capsys.readouterr().out
    row = next(line for line in said.splitlines() if line.startswith("ham  "))
    assert row.split()[:6] == ["ham", "3", "2", "66.7%", "3", "2"]
    assert "not parsed: ham/2.eml" in said
    assert "route/claimed_account" in said
