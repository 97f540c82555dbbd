"""MX hosts: what the DNS says, and nothing where it says nothing."""

from __future__ import annotations

import pytest

from sabaki.facts import mailservers
from sabaki.model.lookup import Answer, Lookup
from sabaki.protocols.resolver import Offline, Recorded


class Counting:
    """Answers every question alike, and counts them."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def lookup(self, name: str, type: str) -> Lookup:
        self.asked.append((name, type))
        return Lookup(name, type, Answer.ANSWER, (f"10 mx.{name}",))


def mx(*records: str, status: Answer = Answer.ANSWER, canonical: str = "") -> tuple[str, ...]:
    answer = Lookup("example.jp", "MX", status, records, canonical_name=canonical)
    return mailservers.of(["example.jp"], Recorded([answer]))


def test_the_most_preferred_first_in_lower_case_without_the_final_dot() -> None:
    assert mx("20 mx2.example.jp", "5 MX1.Hosting.Example.", "10 mx3.example.jp", "20 mx2.example.jp") == (
        "mx1.hosting.example", "mx3.example.jp", "mx2.example.jp",
    )  # fmt: skip


def test_a_domain_without_mx_receives_its_mail_itself() -> None:
    assert mx(status=Answer.NODATA) == ("example.jp",)
    assert mx(status=Answer.NODATA, canonical="Hosting.Example.") == ("hosting.example",)


@pytest.mark.parametrize(
    "record", ["0 .", "0 ", "0", "10 192.0.2.1", "10 [192.0.2.1]", "x mx.example.jp", "", "٣ mx.a"]
)
def test_null_mx_and_what_is_no_host_name(record: str) -> None:
    assert mx(record) == ()


@pytest.mark.parametrize("status", [Answer.NXDOMAIN, Answer.TEMPERROR, Answer.NOT_ASKED])
def test_no_guess_where_the_dns_did_not_speak(status: Answer) -> None:
    assert mx(status=status) == ()
    assert mailservers.of(["example.jp"], Offline()) == ()


def test_few_domains_are_asked_each_once() -> None:
    resolver = Counting()
    found = mailservers.of(
        ["a.example", "A.example.", "", "localhost", "例え.example", "b.example", "c.example"], resolver
    )
    assert resolver.asked == [("a.example", "MX"), ("xn--r8jz45g.example", "MX"), ("b.example", "MX")]
    assert found == ("mx.a.example", "mx.xn--r8jz45g.example", "mx.b.example")


def test_a_domain_with_a_thousand_records_gives_a_few() -> None:
    assert len(mx(*(f"10 mx{number}.example.jp" for number in range(1_000)))) == 16
