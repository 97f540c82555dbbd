from __future__ import annotations

import pytest

from sabaki.visit import ledger
from sabaki.visit.ledger import Ledger, Over
from sabaki.visit.limits import VisitLimits


def test_an_exchange_is_written_down_with_its_time() -> None:
    book = Ledger(VisitLimits())
    exchange = book.opened("GET", "shop.example", 80)
    book.admit(exchange)
    book.went(exchange, 10)
    book.came(exchange, 20)
    book.answered(exchange, 200)
    assert book.exchanges == [exchange]
    assert exchange.at.endswith("Z")
    assert (exchange.sent, exchange.received, exchange.status) == (10, 20, 200)
    assert (book.sent, book.received, book.requests, book.reached, book.refusals) == (10, 20, 1, (), ())


@pytest.mark.parametrize(
    ("limit", "spend"),
    [
        ("requests", lambda book, each: book.admit(each)),
        ("hosts", lambda book, each: book.admit(book.opened("GET", f"{book.requests}.example", 80))),
        ("size", lambda book, each: book.came(each, 1)),
        ("sent", lambda book, each: book.went(each, 1)),
        ("redirects", lambda book, each: book.answered(each, 302)),
    ],
)
def test_each_limit_is_reached_at_its_number(limit: str, spend: object) -> None:
    book = Ledger(VisitLimits(**{limit: 3}))  # type: ignore[arg-type]
    exchange = book.opened("GET", "shop.example", 80)
    for _ in range(3):
        spend(book, exchange)  # type: ignore[operator]
    assert book.reached == ()
    with pytest.raises(Over) as caught:
        spend(book, exchange)  # type: ignore[operator]
    assert (caught.value.limit, book.reached) == (limit, (limit,))
    assert "3" in str(caught.value)


def test_no_time_is_left() -> None:
    book = Ledger(VisitLimits(seconds=0))
    with pytest.raises(Over):
        book.admit(book.opened("GET", "shop.example", 80))
    assert book.reached == ("seconds",)


def test_the_log_is_bounded_however_much_is_asked() -> None:
    book = Ledger(VisitLimits())
    for number in range(5_000):
        exchange = book.opened("GET" * 100, f"{number}.example", 80)
        book.failed(exchange, ledger.REFUSED, "x" * 1_000)
    assert len(book.exchanges) == ledger.MOST_EXCHANGES
    assert len(book.refusals) == ledger.MOST_REFUSALS + 1
    assert sum(each.count for each in book.refusals) == 5_000
    assert len(exchange.reason) <= 300
    assert len(exchange.method) <= 20


def test_what_was_refused_is_listed_and_what_nobody_answered_is_not() -> None:
    book = Ledger(VisitLimits())
    for failure in (ledger.REFUSED, ledger.REFUSED, ledger.UNREACHABLE, ledger.NO_NAME):
        book.failed(book.opened("GET", "shop.example", 80), failure, "because")
    assert [(each.host, each.reason, each.count) for each in book.refusals] == [("shop.example", "because", 2)]
