from __future__ import annotations

from pathlib import Path

import pytest

from bench import folder

MAIL = b"From: <a@sender.example>\nTo: <b@reader.example>\nSubject: hello\n\nSee you on Tuesday.\n"


def test_a_mail_that_raises_is_noted_and_the_rest_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("1.eml", "2.eml"):
        (tmp_path / name).write_bytes(MAIL)
    real = folder.sabaki.dissect

    def dissect(raw: bytes, *, name: str = "", **_: object) -> folder.sabaki.Report:
        if name == "1.eml":
            raise RuntimeError("no")
        return real(raw, name=name)

    monkeypatch.setattr(folder.sabaki, "dissect", dissect, raising=False)
    found = folder.judge(tmp_path, [])
    assert [raised.error for raised in found.raised] == ["RuntimeError: no"]
    assert [mail.name for mail in found.mails] == ["2.eml"]
    assert found.seconds == found.mails[0].seconds > 0
