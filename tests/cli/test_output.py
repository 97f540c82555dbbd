from __future__ import annotations

from pathlib import Path

import click
import pytest

import sabaki
from sabaki.cli import output

MAIL = b"From: a@example.net\nTo: Hanako Mori <hanako@harbour.example>\nSubject: x\n\nDear Hanako\n"


def report() -> sabaki.Report:
    return sabaki.dissect(MAIL, vantage=sabaki.Vantage(own_domains=("harbour.example",)))


def test_articles_are_masked_or_not(tmp_path: Path) -> None:
    for masked in (True, False):
        file = tmp_path / "x.html"
        output.write("html", report(), "en", file, masked=masked)
        assert ("hanako@harbour.example" in file.read_text("utf-8")) is not masked
    assert list(tmp_path.iterdir()) == [tmp_path / "x.html"]


def test_a_leak_is_refused_and_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output.mask, "redact", lambda report: report)
    with pytest.raises(output.Leak, match="was not written"):
        output.write("markdown", report(), "en", tmp_path / "x.md", masked=True)
    assert list(tmp_path.iterdir()) == []


def test_names_out_of_archives_become_harmless(tmp_path: Path) -> None:
    assert output.target("html", tmp_path, "../../etc/passwd", several=True) == tmp_path / "_.._etc_passwd.html"
    assert output.target("html", tmp_path / "x", "m", several=False) == tmp_path / "x"
    assert output.target("markdown", tmp_path, "", several=True) == tmp_path / "mail.md"


def test_targets_are_looked_at_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(click.UsageError, match="name a directory"):
        output.check_targets({"html": tmp_path / "file"}, several=True)
    with pytest.raises(click.UsageError, match="name a file"):
        output.check_targets({"html": tmp_path}, several=False)
    output.check_targets({"html": tmp_path / "new"}, several=True)
    assert (tmp_path / "new").is_dir()


def test_the_locale_s_language(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    assert output.locale_language() == "ja"
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert output.locale_language() == "en"
