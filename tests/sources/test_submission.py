from __future__ import annotations

import asyncio
import socketserver
import threading
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from sabaki.sources import submission
from sabaki.sources.source import Failed


class Session(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs."""

    refuse = False
    got: list[bytes] = []  # noqa: RUF012  # one for all sessions, on purpose

    def handle(self) -> None:
        self.wfile.write(b"220 mail.example\r\n")
        body = None
        for line in self.rfile:
            if body is not None:
                if line == b".\r\n":
                    self.got.append(b"".join(body))
                    body = None
                    self.wfile.write(b"250 kept\r\n")
                else:
                    body.append(line)
            elif line.upper().startswith(b"DATA"):
                body = []
                self.wfile.write(b"354 go on\r\n")
            elif line.upper().startswith(b"RCPT") and self.refuse:
                self.wfile.write(b"550 no such user\r\n")
            elif line.upper().startswith(b"QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 mail.example\r\n")


@pytest.fixture
def port() -> Iterator[int]:
    Session.refuse, Session.got = False, []
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def letter() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "watch@example.jp", "soc@example.jp", "復活"
    made.set_content("ページが復活しました。\n")
    return made


def test_a_mail_is_handed_over(port: int) -> None:
    asyncio.run(submission.hand_over(letter(), f"127.0.0.1:{port}"))
    assert b"Subject: =?utf-8?" in Session.got[0]


def test_who_refuses_is_said(port: int) -> None:
    Session.refuse = True
    with pytest.raises(Failed, match="refused the recipients"):
        asyncio.run(submission.hand_over(letter(), f"127.0.0.1:{port}"))
    with pytest.raises(Failed, match="localhost"):
        asyncio.run(submission.hand_over(letter(), "localhost:1"))


def test_elsewhere_only_with_tls(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submission, "_is_loopback", lambda host: False)
    with pytest.raises(Failed, match="STARTTLS"):
        asyncio.run(submission.hand_over(letter(), f"127.0.0.1:{port}"))
    assert Session.got == []


def test_servers() -> None:
    assert submission.server("localhost") == ("localhost", 25)
    assert submission.server("mail.example.jp:587") == ("mail.example.jp", 587)
    assert submission.server("[2001:db8::1]:587") == ("2001:db8::1", 587)
    for text in ("", ":25", "mail.example:0", "mail.example:x", "mail.example:99999"):
        with pytest.raises(ValueError):
            submission.server(text)
