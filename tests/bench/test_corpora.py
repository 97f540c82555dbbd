from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import corpora

MAIL = b"From: <a@sender.example>\nTo: <b@reader.example>\nSubject: hello\n\nSee you on Tuesday.\n"


def test_absent_corpora_are_named_in_a_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SABAKI_CORPORA", str(tmp_path / "nowhere"))
    with pytest.raises(SystemExit, match=r"no corpora at .*nowhere"):
        corpora.main([])


def test_a_folder_is_judged_and_written_as_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "wanted").mkdir()
    (tmp_path / "wanted" / "hello.eml").write_bytes(MAIL)
    monkeypatch.setenv("SABAKI_CORPORA", str(tmp_path))
    code = corpora.main(
        ["--no-parsers", "--misses", "3", "--checks", "--without", "sender/", "--json", str(tmp_path / "x")]
    )
    shown = capsys.readouterr().out
    assert code == 0
    assert "The same without sender/*" in shown
    assert "wanted: 0 missed of 1" in shown
    document = json.loads((tmp_path / "x").read_bytes())
    assert document["folders"][0]["mails"][0]["labels"].keys() == {"", "sender/"}
    assert document["folders"][0]["peak_kib"] > 1000


def test_only_the_named_folders(tmp_path: Path) -> None:
    for name in ("ham", "spam"):
        (tmp_path / name).mkdir()
    assert [path.name for path in corpora.folders_of(tmp_path, ["spam"])] == ["spam"]
    with pytest.raises(SystemExit, match="no folder of that name"):
        corpora.folders_of(tmp_path, ["eggs"])
