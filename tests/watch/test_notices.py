from __future__ import annotations

import asyncio
import email
import json
import os
import signal
import sys
import time
from datetime import UTC, datetime
from email import policy
from pathlib import Path
from typing import Any

import pytest

from sabaki.model.watch import Event, Kind, Notice, Watch, Way
from sabaki.redact.identifiers import Identifiers
from sabaki.settings import Settings
from sabaki.sources.source import Failed, Response
from sabaki.store import holders
from sabaki.watch import notices
from sabaki.watch.masked import packed
from sabaki.watch.notices import Teller, channels, document, letter

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WATCH = Watch(name="bad.test", host="bad.test", url="http://bad.test/?u=taro@example.jp")
EVENT = Event(
    id="e1",
    kind=Kind.CONTENT,
    way=Way.HTTP,
    at="2026-11-24T12:00:00Z",
    since="2026-11-24T06:00:00Z",
    before="welcome taro@example.jp",
    after="\x1b[2J http://evil.test/\r\nBcc: x@bad.test \u202e",
)
VICTIM = Identifiers(addresses=("taro@example.jp",), tokens=("taro",), domains=("example.jp",))
MAILED = Settings(
    watch_mail_server="localhost:1",
    watch_mail_to=("soc@example.com", "b@example.com"),
    watch_mail_from="watch@example.com",
)


def notice(channel: str = "command") -> Notice:
    return Notice(id="n1", watch="bad.test", channel=channel, event=EVENT, tries=2)


def test_channels() -> None:
    assert channels(Settings()) == ()
    assert channels(Settings(watch_command=("x",), watch_webhook="https://a.example/")) == ("command", "webhook")
    assert channels(MAILED) == ("mail",)
    assert channels(Settings(watch_mail_server="localhost")) == ()


def test_the_document_is_for_machines_and_shows_no_victim() -> None:
    text = document(notice(), WATCH, VICTIM).decode()
    found = json.loads(text)
    assert (found["id"], found["try"], found["event"]["kind"]) == ("n1", 2, "content")
    assert "taro" not in text
    assert "example.jp" not in text
    assert "\x1b" not in text
    assert "hxxp://evil[.]test/" in found["text"]
    assert found["text_ja"].startswith("bad[.]test: ページの内容が変わりました")


@pytest.mark.parametrize(("lang", "word"), [("ja", "監視対象"), ("en", "watch")])
def test_a_letter_cannot_be_steered(lang: str, word: str) -> None:
    made = letter(notice("mail"), WATCH, VICTIM, MAILED, lang, NOW)
    read = email.message_from_bytes(made.as_bytes(policy=policy.SMTP), policy=policy.default)
    assert read.keys() == ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"]  # fmt: skip
    assert (read["To"], read["Message-ID"]) == ("soc@example.com, b@example.com", "<n1@example.com>")
    body = read.get_content()
    assert word in body
    for bad in ("taro", "example.jp", "\x1b", "\u202e", "http://evil"):
        assert bad not in body
        assert bad not in str(read["Subject"])


def told(chosen: Settings, channel: str, outside: Any = None) -> None:
    Teller(chosen, "en", outside, lambda: NOW)(notice(channel), WATCH, packed(VICTIM))


def test_a_command_gets_it_on_standard_input_without_a_shell(tmp_path: Path) -> None:
    out = tmp_path / "out; touch x"
    told(Settings(watch_command=(sys.executable, "-c", "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())", str(out))), "command")  # fmt: skip
    assert json.loads(out.read_text())["id"] == "n1"


def test_a_command_that_fails_or_does_not_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(Failed, match="ended with 3: it is full"):
        told(
            Settings(watch_command=(sys.executable, "-c", "import sys; sys.stderr.write('it is full'); sys.exit(3)")),
            "command",
        )
    with pytest.raises(Failed, match="No such file"):
        told(Settings(watch_command=("/nonexistent/x",)), "command")
    monkeypatch.setattr(notices, "_SECONDS", 1.0)
    started = tmp_path / "started"
    with pytest.raises(Failed, match="not done within"):
        told(
            Settings(watch_command=("sh", "-c", 'sleep 600 & echo $! > "$1"; sleep 600', "sh", str(started))), "command"
        )
    for _ in range(200):
        if not holders._begun(int(started.read_text())):
            return
        time.sleep(0.05)
    raise AssertionError("what it started did not end with it")


def test_what_a_command_leaves_in_the_background_is_not_waited_for(tmp_path: Path) -> None:
    left = tmp_path / "left"
    told(Settings(watch_command=("sh", "-c", 'sleep 600 & echo $! > "$1"', "sh", str(left))), "command")
    os.kill(int(left.read_text()), signal.SIGKILL)


def test_a_command_that_reads_nothing_is_fine() -> None:
    told(Settings(watch_command=("true",)), "command")


class World:
    def __init__(self, status: int) -> None:
        self.status, self.egress, self.sent = status, self, []  # type: ignore[var-annotated]

    async def fetch(self, url: str, **given: Any) -> Response:
        self.sent.append((url, given))
        return Response(self.status, {"location": "http://elsewhere.test/"}, b"", url)

    async def close(self) -> None:
        await asyncio.sleep(0)


def test_a_webhook() -> None:
    chosen = Settings(watch_webhook="https://hook.example/x")
    good = World(204)
    told(chosen, "webhook", lambda: good)
    url, given = good.sent[0]
    assert (url, given["method"], given["redirects"], given["headers"]["Idempotency-Key"]) == (
        chosen.watch_webhook,
        "POST",
        -1,
        "n1",
    )
    for status in (302, 404, 500):
        with pytest.raises(Failed, match=str(status)):
            told(chosen, "webhook", lambda status=status: World(status))


def test_a_mail_server_that_is_not_there() -> None:
    with pytest.raises(Failed, match="localhost"):
        told(MAILED, "mail")


def test_what_is_no_longer_wanted() -> None:
    with pytest.raises(Failed, match="no longer"):
        told(Settings(), "webhook")
