"""Handing mails in as clients do, passing one on as a sealing forwarder does, and taking them out of the mailboxes."""

from __future__ import annotations

import smtplib
import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.live import places, postfix, signing
from tests.live.letters import BY_NAME, LETTERS, Letter
from tests.live.namespace import CannotRun


def send_all() -> dict[str, bytes]:
    """Send every letter and wait for it; returns what lies in the mailboxes by the letters' names."""
    for letter in LETTERS:
        hand_in(letter, signed(letter), letter.mail_from, letter.to)
    sealed = _await("sealed", lambda found: bool(found))
    seal(BY_NAME["sealed"], next(iter(sealed.values())))
    at_home = [letter for letter in LETTERS if letter.to.endswith("@gakuin.example")]
    away = len(LETTERS) - len(at_home)
    boxes = _await("user", lambda found: len(found) >= away) | _await(
        "sensei", lambda found: len(found) >= len(at_home)
    )
    return {letter.name: _of(letter, boxes) for letter in LETTERS}


def hand_in(letter: Letter, raw: bytes, mail_from: str, to: str) -> None:
    """One SMTP session from the client's address (RFC 5321), with STARTTLS and AUTH as the letter says."""
    source = (letter.client, 0)
    with smtplib.SMTP(letter.server, letter.port, letter.helo, timeout=20, source_address=source) as peer:
        if letter.tls:
            unchecked = ssl.create_default_context()  # the certificate is the test's own
            unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
            peer.starttls(context=unchecked)
        if letter.account:
            peer.login(letter.account, places.ACCOUNTS[letter.account.partition("@")[0]])
        options = ["BODY=8BITMIME", *([] if (mail_from + to).isascii() else ["SMTPUTF8"])]
        peer.sendmail(mail_from, [to], raw, mail_options=options)


def signed(letter: Letter) -> bytes:
    """The letter with the signatures that its client makes itself; each is made as if it were the only one."""
    made = (signing.dkim_signature(letter.raw, "kouri.example", selector) for selector in letter.signers)
    return b"".join(made) + letter.raw


def seal(letter: Letter, raw: bytes) -> None:
    """What a forwarder does that changes the mail: change it, seal what it found (RFC 8617), send it on in its own name."""
    raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").replace(b"Subject: ", b"Subject: [fuuin] ", 1)
    found = (
        "spf=pass smtp.mailfrom=gakuin.example;\r\n"
        " dkim=pass header.d=gakuin.example; dmarc=pass header.from=gakuin.example"
    )
    seals = signing.arc_set(raw, "tsuuka.example", places.SELECTOR, places.SEALER, found)
    way = {"server": places.MX_IP, "port": 25, "account": "", "client": places.SEALER_IP, "helo": places.SEALER}
    hand_in(replace(letter, **way), seals + raw, "bounce@tsuuka.example", "user@jimusho.example")


def _of(letter: Letter, boxes: dict[str, bytes]) -> bytes:
    mark = f"<{letter.message_id}>".encode()
    for raw in boxes.values():
        if mark in raw:
            return raw
    raise CannotRun(f"{letter.name} did not arrive")


def _await(box: str, enough: Callable[[dict[str, bytes]], bool]) -> dict[str, bytes]:
    deadline = time.monotonic() + 20
    while not enough(found := postfix.delivered(box)):
        if time.monotonic() > deadline:
            raise CannotRun(f"in the mailbox {box} only {len(found)} mails arrived")
        time.sleep(0.05)
    return found


def keep(found: dict[str, bytes], out: Path) -> None:
    """Write the mails where they outlive the network."""
    for name, raw in found.items():
        (out / f"{name}.eml").write_bytes(raw)
