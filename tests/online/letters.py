"""The two mails: the published case's, and a quiet one that only a list speaks against."""

from __future__ import annotations

from base64 import b64decode, b64encode
from pathlib import Path

from tests.online.places import DOMAIN, SCHOOL

_SAMPLE = Path(__file__).parents[2] / "samples" / "held-messages.eml"

QUIET = f"""\
Received: from mail.tayori.example (mail.tayori.example [203.0.113.77])
\tby mx.hosting.example (Postfix) with ESMTP id 4Q1abc0DefzGh
\tfor <info@jimusho.example>; Tue,  9 Aug 2022 10:00:00 +0900 (JST)
From: Hanako <hanako@tayori.example>
To: info@jimusho.example
Subject: The notes
Date: Tue, 09 Aug 2022 10:00:00 +0900
Message-ID: <20220809010000.0001@mail.tayori.example>
MIME-Version: 1.0
Content-Type: text/plain; charset="us-ascii"

The notes of Monday are here:

http://{DOMAIN}/notes

Hanako
""".encode()


def seed() -> bytes:
    """The sample mail, with the published case's own names in it instead of reserved ones."""
    head, _, body = _SAMPLE.read_text("ascii").partition("\n\n")
    text = b64decode(body).decode().replace("circulo.test", DOMAIN)
    lines = b64encode(text.encode()).decode()
    wrapped = "\n".join(lines[at : at + 76] for at in range(0, len(lines), 76))
    return f"{head.replace('gakuin.example', SCHOOL)}\n\n{wrapped}\n".encode("ascii")
