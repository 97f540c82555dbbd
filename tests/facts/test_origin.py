"""The origin: what the lowest attested hop saw."""

from __future__ import annotations

from sabaki.facts import origin
from sabaki.model.case import Hop, Origin, Trust, TrustLine
from sabaki.model.evidence import Grade, Location

HERE = Location(0, 1, "", 0)
NAMED = TrustLine("named", 2)


def hop(index: int, **facts: object) -> Hop:
    given: dict[str, object] = {"trust": Trust.OURS, "grade": Grade.ATTESTED, **facts}
    return Hop(index=index, text="", location=HERE, **given)  # type: ignore[arg-type]


def test_the_lowest_attested_hop_counts_not_the_bottom_one() -> None:
    hops = (
        hop(0, ip="203.0.113.25"),
        hop(1, ip="198.51.100.7", helo="pc", date="2022-08-08T05:07:29+09:00"),
        hop(2, ip="192.0.2.1", trust=Trust.CLAIMED, grade=Grade.SELF_DECLARED),
    )
    found = origin.find(hops, NAMED)
    assert (found.ip, found.helo, found.hop, found.location) == ("198.51.100.7", "pc", 1, HERE)
    assert found.date == "2022-08-08T05:07:29+09:00"


def test_an_account_without_an_address_is_kept() -> None:
    found = origin.find((hop(0, auth_account="Taro@Gakuin.EXAMPLE", auth_method="PLAIN"),), NAMED)
    assert (found.ip, found.auth_account, found.auth_domain) == ("", "Taro@Gakuin.EXAMPLE", "gakuin.example")


def test_an_account_without_a_domain_has_none() -> None:
    assert origin.find((hop(0, auth_account="taro", ip="192.0.2.1"),), NAMED).auth_domain == ""


def test_handed_in_on_the_machine_itself() -> None:
    for facts in ({"via": "userid 33", "internal": True}, {"ip": "127.0.0.1", "internal": True}, {"ip": "fe80::1"}):
        found = origin.find((hop(0, **facts),), NAMED)
        assert (found.ip, found.grade, found.hop) == ("", Grade.ATTESTED, 0)


def test_a_private_client_is_who_it_is() -> None:
    assert origin.find((hop(0, ip="192.168.1.50"),), NAMED).ip == "192.168.1.50"


def test_no_line_no_origin() -> None:
    assert origin.find((), TrustLine("none")) == Origin(Grade.SELF_DECLARED)
    claimed = (hop(0, ip="192.0.2.1", trust=Trust.CLAIMED),)
    assert origin.find(claimed, TrustLine("inferred")) == Origin(Grade.SELF_DECLARED)
