"""To whom a mail is addressed, and who brought it."""

from __future__ import annotations

import pytest

from sabaki import pipeline
from sabaki.facts import addressing, bodies
from sabaki.mail import message
from sabaki.mail.limits import Budget
from sabaki.model.case import Case, Source, Vantage
from sabaki.protocols.resolver import Offline

SIGNED = "dkim=pass header.d=orchard.example"


def case(to: str, results: str, host: str = "host.mill.example", delivered: str = "hanako@harbour.example") -> Case:
    raw = (
        f"Delivered-To: {delivered}\n"
        f"Authentication-Results: mx.harbour.example; {results}\n"
        f"Received: from {host} ({host} [203.0.113.66])\n\tby mx.harbour.example (Postfix) with ESMTPS id 9C1D21F0A3;\n"
        f"\tMon, 3 Mar 2025 10:15:02 +0900\nFrom: taro@orchard.example\nTo: {to}\n\nx\n"
    )
    budget = Budget()
    mail = message.read(raw.encode(), budget)
    return pipeline.understand(
        mail,
        bodies.read(mail, budget),
        source=Source("x", mail.sha256, len(mail.raw)),
        vantage=Vantage(own_hosts=("mx.harbour.example",)),
        budget=budget,
        resolver=Offline(),
    )


def test_who_is_named() -> None:
    assert addressing.not_named(case("Hanako <HANAKO@harbour.example>", SIGNED)) is None
    found = addressing.not_named(case("jiro@mill.example", SIGNED))
    assert found is not None
    assert found.address == "hanako@harbour.example"
    assert addressing.not_named(case("jiro@mill.example", SIGNED, delivered="")) is None


def test_a_signed_mail_that_a_stranger_brought_to_somebody_else_was_sent_on() -> None:
    assert addressing.sent_on(case("jiro@mill.example", SIGNED))
    assert addressing.sent_on(case("jiro@mill.example", f"{SIGNED}; spf=pass smtp.mailfrom=mill.example"))


@pytest.mark.parametrize(
    ("to", "results", "host"),
    [
        ("hanako@harbour.example", SIGNED, "host.mill.example"),
        ("jiro@mill.example", f"{SIGNED}; spf=pass smtp.mailfrom=b@bounce.orchard.example", "host.mill.example"),
        ("jiro@mill.example", SIGNED, "out.orchard.example"),
        ("jiro@mill.example", "dkim=fail header.d=orchard.example", "host.mill.example"),
        ("jiro@mill.example", "dkim=pass header.d=mill.example", "host.mill.example"),
    ],
)
def test_these_were_not(to: str, results: str, host: str) -> None:
    assert not addressing.sent_on(case(to, results, host))
