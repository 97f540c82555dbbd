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
    found = origin.find(claimed, TrustLine("inferred"))
    assert (found.grade, found.ip, found.hop) == (Grade.SELF_DECLARED, "", None)
    assert found.claimed is not None
    assert found.claimed.ip == "192.0.2.1"


def below(index: int, **facts: object) -> Hop:
    return hop(index, **{"trust": Trust.CLAIMED, "grade": Grade.SELF_DECLARED, **facts})


EDGE = hop(0, ip="198.51.100.7")


def test_the_claimed_origin_is_the_lowest_hop_that_names_a_peer_outside() -> None:
    lowest = below(2, ip="192.0.2.1", by="mail.orchard.example", helo="pc", date="2022-08-08T05:07:29+09:00")
    hops = (EDGE, below(1, ip="192.0.2.2"), lowest, below(3, ip="127.0.0.1", internal=True), below(4, ip="10.0.0.1"))
    claimed = origin.find(hops, NAMED).claimed
    assert claimed is not None
    assert (claimed.ip, claimed.by, claimed.helo, claimed.hop) == ("192.0.2.1", "mail.orchard.example", "pc", 2)
    assert (claimed.location, claimed.date) == (HERE, "2022-08-08T05:07:29+09:00")


def test_an_account_is_a_beginning_even_from_inside() -> None:
    hops = (
        EDGE,
        below(1, ip="192.0.2.2"),
        below(2, ip="10.0.0.1", auth_account="Taro%Gakuin.EXAMPLE", auth_method="PLAIN"),
    )
    claimed = origin.find(hops, NAMED).claimed
    assert claimed is not None
    assert (claimed.auth_account, claimed.auth_domain, claimed.ip) == (
        "Taro%Gakuin.EXAMPLE",
        "gakuin.example",
        "10.0.0.1",
    )


def test_the_answer_of_an_ident_server_is_no_account() -> None:
    hops = (EDGE, below(1, ip="127.0.0.1", internal=True, auth_account="root", auth_method="SMTP-AUTH or ident"))
    assert origin.find(hops, NAMED).claimed is None


def test_nothing_is_claimed_where_nothing_stands_below() -> None:
    later = below(0, ip="192.0.2.9")
    assert origin.find((later, hop(1, ip="198.51.100.7")), NAMED).claimed is None
    assert origin.find((EDGE,), NAMED).claimed is None
