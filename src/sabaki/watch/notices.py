"""Word of what happened, to whoever the settings name: a program, a webhook, a mailbox. Told at least once, under an id that stays the same.

What others wrote is shown defanged and the victim masked in every one of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

import msgspec

from sabaki.model.finding import State
from sabaki.model.watch import Notice, Watch
from sabaki.redact.identifiers import Identifiers
from sabaki.render import defang, diarywords, escape, words
from sabaki.settings import Settings
from sabaki.sources import submission
from sabaki.sources.source import Failed
from sabaki.watch.masked import mask, unpacked

COMMAND, WEBHOOK, MAIL = "command", "webhook", "mail"
_SECONDS = 30.0
_WEBHOOK_SECONDS = 15.0
_ANSWER = 100_000
_SAID = 300
Outside = Callable[[], Any]


def channels(chosen: Settings) -> tuple[str, ...]:
    """Whom the settings name."""
    mailed = chosen.watch_mail_server and chosen.watch_mail_to
    named = ((COMMAND, chosen.watch_command), (WEBHOOK, chosen.watch_webhook), (MAIL, mailed))
    return tuple(channel for channel, set in named if set)


class Teller:
    """Tells. `outside` makes the world that a webhook is reached through; `now` is the clock."""

    def __init__(self, chosen: Settings, lang: str, outside: Outside, now: Callable[[], datetime]) -> None:
        self._chosen, self._lang, self._outside, self._now = chosen, lang, outside, now

    def __call__(self, notice: Notice, watch: Watch, victim: bytes) -> None:
        """Tell of it by its channel. Raises Failed."""
        known = unpacked(victim)
        if notice.channel == COMMAND and self._chosen.watch_command:
            _run(self._chosen.watch_command, document(notice, watch, known))
        elif notice.channel == WEBHOOK and self._chosen.watch_webhook:
            asyncio.run(self._post(document(notice, watch, known), notice.id))
        elif notice.channel == MAIL and self._chosen.watch_mail_server:
            made = letter(notice, watch, known, self._chosen, self._lang, self._now())
            asyncio.run(submission.hand_over(made, self._chosen.watch_mail_server, seconds=_SECONDS))
        else:
            raise Failed(State.SKIPPED, f"{notice.channel} is no longer in the settings", "設定から外されています")

    async def _post(self, body: bytes, id: str) -> None:
        world = self._outside()
        headers = {"Content-Type": "application/json", "Idempotency-Key": id}
        try:
            answer = await world.egress.fetch(
                self._chosen.watch_webhook,
                method="POST",
                headers=headers,
                body=body,
                seconds=_WEBHOOK_SECONDS,
                most=_ANSWER,
                redirects=-1,
                cut=True,
            )
        finally:
            await world.close()
        if not 200 <= answer.status < 300:
            raise Failed(
                State.TEMPERROR,
                f"the webhook answered with HTTP {answer.status}",
                f"WebhookがHTTP {answer.status} を返しました",
            )


def document(notice: Notice, watch: Watch, known: Identifiers) -> bytes:
    """A notice as JSON. `text` and `text_ja` are for people; links are not defanged in the fields for machines."""
    notice, watch = mask(notice, known), mask(watch, known)
    event = notice.event
    body = {
        "id": notice.id,
        "watch": {"name": watch.name, "host": watch.host, "url": watch.url, "mail": watch.mail},
        "event": {key: value for key, value in msgspec.to_builtins(event).items() if key != "id"},
        "text": _told(notice, watch, "en"),
        "text_ja": _told(notice, watch, "ja"),
        "try": notice.tries,
    }
    return escape.json_text(msgspec.json.encode(body).decode()).encode()


def letter(
    notice: Notice, watch: Watch, known: Identifiers, chosen: Settings, lang: str, now: datetime
) -> EmailMessage:
    """A notice as a mail in plain text (RFC 5322), marked as written by a program (RFC 3834)."""
    notice, watch = mask(notice, known), mask(watch, known)
    event = notice.event
    sender = chosen.watch_mail_from or chosen.watch_mail_to[0]
    say = words.pick
    lines = [
        _told(notice, watch, lang),
        "",
        f"{say(('watch', '監視対象'), lang)}: {_line(watch.name)}",
        f"{say(('seen', '確認時刻'), lang)}: {words.when(event.at)} [{event.grade}]",
        f"{say(('look before', '前回の確認'), lang)}: {words.when(event.since)}" if event.since else "",
        f"{say(('link', 'リンク'), lang)}: {_line(defang.url(watch.url))}" if watch.url else "",
        "",
        say(
            (
                "Written by sabaki watch. What could not be looked at is never told as gone.",
                "sabaki watch による自動通知です。確認できなかったことを「消滅」として知らせることはありません。",
            ),
            lang,
        ),
        f"id: {notice.id}",
    ]
    made = EmailMessage()
    made["From"], made["To"] = sender, ", ".join(chosen.watch_mail_to)
    made["Subject"] = f"[sabaki] {_line(defang.host(watch.host))[:80]}: {_line(diarywords.told(event, lang))[:120]}"
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<{notice.id}@{parseaddr(sender)[1].rpartition('@')[2] or 'localhost'}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content("\n".join(lines) + "\n", charset="utf-8")
    return made


def _told(notice: Notice, watch: Watch, lang: str) -> str:
    return f"{_line(defang.host(watch.host))}: {_line(diarywords.told(notice.event, lang))}"


def _line(text: str) -> str:
    return escape.terminal(text)


def _run(command: tuple[str, ...], given: bytes) -> None:
    """Run the reader's program, the notice on its standard input; no shell. When its time is over, all that it started is ended."""
    with tempfile.TemporaryFile() as said:  # no pipe: what it leaves running in the background may keep that open
        try:
            running = subprocess.Popen(  # noqa: S603  # the reader's own program, named in the settings
                list(command), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True
            )
        except OSError as error:
            raise _failed(f"{command[0]}: {error.strerror}") from error
        try:
            running.communicate(given, timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
            running.wait()
            raise _failed(f"{command[0]}: not done within {_SECONDS:g} s") from None
        if running.returncode:
            said.seek(0)
            text = said.read(_SAID).decode("utf-8", "replace").strip()
            raise _failed(f"{command[0]}: ended with {running.returncode}: {text}")


def _failed(reason: str) -> Failed:
    return Failed(State.TEMPERROR, reason, f"通知コマンドに失敗しました（{reason}）")
