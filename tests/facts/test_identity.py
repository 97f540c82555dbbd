from __future__ import annotations

import pytest

from sabaki import pipeline
from sabaki.facts import bodies, identity
from sabaki.mail import message
from sabaki.mail.limits import Budget
from sabaki.model.case import Source, Vantage
from sabaki.protocols.resolver import Offline


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("mail.example.co.jp", "example.co.jp", True),
        ("a.co.jp", "b.co.jp", False),
        ("paypal.com", "evilpaypal.com", False),
        ("", "", False),
        ("example.jp", "", False),
    ],
)
def test_related(first: str, second: str, expected: bool) -> None:
    assert identity.related(first, second) is expected


def test_under_is_by_label_never_by_substring() -> None:
    assert identity.under("mx.example.jp", "example.jp")
    assert identity.under("example.jp", "example.jp")
    assert not identity.under("evilexample.jp", "example.jp")
    assert not identity.under("example.jp.evil.test", "example.jp")


HOP = (
    "Received: from mail.shop.example (mail.shop.example [198.51.100.7])\n"
    "\tby mx.own.example (Postfix) with ESMTP id 4Z5; Mon, 3 Mar 2025 10:15:04 +0900\n"
)
PASS = "Authentication-Results: mx.own.example; dmarc=pass header.from=shop.example\n"


@pytest.mark.parametrize(
    ("header", "vouched"),
    [
        (f"{PASS}{HOP}From: <news@shop.example>\n", True),
        (f"{HOP}{PASS}From: <news@shop.example>\n", False),
        (f"{PASS}{HOP}From: <info@bank.example>\n", False),
        (f"{PASS}{HOP}From: <news@shop.example>\nFrom: <info@bank.example>\n", False),
        (f'{PASS}{HOP}From: "info@bank.example" <news@shop.example>\n', False),
    ],
)
def test_vouched_is_said_of_an_author_without_doubt_only(header: str, vouched: bool) -> None:
    budget = Budget()
    parsed = message.read(f"{header}Subject: x\n\nHello.\n".encode(), budget)
    case = pipeline.understand(
        parsed,
        bodies.read(parsed, budget),
        source=Source("x", "", 0),
        vantage=Vantage(own_hosts=("mx.own.example",)),
        budget=budget,
        resolver=Offline(),
    )
    assert identity.vouched(case) is vouched
