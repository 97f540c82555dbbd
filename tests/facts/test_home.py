"""When a mail leads its reader nowhere but to the brand whose address it bears."""

from __future__ import annotations

import pytest

from sabaki import pipeline
from sabaki.facts import bodies, home
from sabaki.mail import message
from sabaki.mail.limits import Budget
from sabaki.model.case import Source, Vantage
from sabaki.protocols.resolver import Offline

HEAD = (
    "From: Amazon.co.jp <no-reply@amazon.co.jp>\nTo: hanako@harbour.example\nSubject: Order\n"
    "Content-Type: text/html; charset=utf-8\n"
)
AT_HOME = '<a href="https://www.amazon.co.jp/gp/css/order-history">Order</a>'


def brand_of(mail: str) -> str | None:
    budget = Budget()
    read = message.read(mail.encode(), budget)
    text = bodies.read(read, budget)
    case = pipeline.understand(
        read, text, source=Source("x.eml", "", 0), vantage=Vantage(), budget=budget, resolver=Offline()
    )
    brand = home.leads_home(case)
    return brand.id if brand else None


def test_every_link_to_the_brand() -> None:
    assert brand_of(f"{HEAD}\n{AT_HOME}") == "amazon"


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("", "no link at all"),
        ("", f'{AT_HOME} <a href="https://kakunin.invalid/">Confirm</a>'),
        ("", f'{AT_HOME} <a href="https://bucket.s3.amazonaws.com/login.html">Confirm</a>'),
        ("", f'{AT_HOME} <form action="https://kakunin.invalid/"><input name="q"></form>'),
        ("Reply-To: desk@mailer.invalid\n", AT_HOME),
        ("List-Id: <members.orchard.example>\n", AT_HOME),
    ],
)
def test_another_way_out(field: str, body: str) -> None:
    assert brand_of(f"{HEAD}{field}\n{body}") is None
