"""A mail of a taken-over account, and worlds that say something about it."""

from __future__ import annotations

from typing import Any

import msgspec

from sabaki import pipeline
from sabaki.model.case import Vantage
from sabaki.model.finding import State
from sabaki.model.knowledge import Knowledge, Known, Subject
from sabaki.model.report import Report

ADDRESS, ACCOUNT, LINK, HOST, DOMAIN = (
    "198.51.100.44",
    "gakuin.example",
    "https://login.shop.test/minutes",
    "login.shop.test",
    "shop.test",
)
HOP = (
    "Received: from [198.51.100.44] (unknown [198.51.100.44])\n"
    "    (Authenticated sender: office@gakuin.example)\n"
    "    by mx.harbour.example (Postfix) with ESMTPSA id 4Z5xQ93kFzz2\n"
    "    for <hanako@harbour.example>; Mon, 3 Mar 2025 10:15:04 +0900\n"
)
MAIL = (
    "From: Taro Sato <taro@orchard.example>\nTo: Hanako Mori <hanako@harbour.example>\nSubject: Minutes\n"
    "Date: Mon, 3 Mar 2025 10:15:00 +0900\nMessage-ID: <1@orchard.example>\n\n"
    f"The minutes are at {LINK}\n"
)
TAKEN_OVER = f"{HOP}{MAIL}And at http://203.0.113.8/\n"
VANTAGE = Vantage(own_hosts=("mx.harbour.example",), own_domains=("harbour.example",))


def report(text: str = TAKEN_OVER) -> Report:
    """What is said of a mail when nobody was asked."""
    return pipeline.dissect(text.encode(), name="mail.eml", vantage=VANTAGE)


def said(source: str, kind: str, value: str, *items: Known, **more: Any) -> Knowledge:
    """An answer, two days after the mail came."""
    given = {"state": State.RAN, "obtained_at": "2025-03-05T00:00:00Z", "known": items, **more}
    return Knowledge(source=source, subject=Subject(kind, value), **given)


def knowing(report: Report, *knowledge: Knowledge) -> Report:
    """The same mail, checked and judged with what the world said."""
    return pipeline.reexamine(msgspec.structs.replace(report, knowledge=knowledge))
