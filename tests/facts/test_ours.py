"""What counts as ours, and how firmly a hop shows that its peer is."""

from __future__ import annotations

import pytest

from sabaki.facts import ours
from sabaki.facts.ours import Link, Ours
from sabaki.model.case import Hop, Vantage
from sabaki.model.evidence import Location

NAMED = ours.named(
    Vantage(own_hosts=("mx.own.example", "203.0.113.25"), own_domains=("own.example",)), ("mx.dns.example",)
)


def hop(**facts: object) -> Hop:
    given: dict[str, object] = {"by": "mbox.own.example", "dialect": "postfix", **facts}
    return Hop(index=0, text=str(given.pop("text", "")), location=Location(0, 1, "", 0), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "named", "host"),
    [
        ("mx.own.example", True, True),
        ("MX.own.example.", True, True),
        ("deep.mx.own.example", True, True),
        ("notown.example", False, False),
        ("own.example.evil.test", False, False),
        ("mx.dns.example", False, True),
        ("x.mx.dns.example", False, False),
        ("", False, False),
        (".", False, False),
    ],
)
def test_names(name: str, named: bool, host: bool) -> None:
    assert (NAMED.named(name), NAMED.host(name)) == (named, host)


@pytest.mark.parametrize(
    ("facts", "link"),
    [
        ({"ip": "203.0.113.25"}, Link.FIRM),
        ({"ip": "198.51.100.1", "reverse_name": "a.own.example"}, Link.FIRM),
        ({"ip": "198.51.100.1", "reverse_name": "a.own.example", "dialect": "gmail"}, Link.LIKELY),
        ({"ip": "198.51.100.1", "reverse_name": "a.own.example", "text": "(may be forged)"}, Link.NONE),
        ({"ip": "198.51.100.1", "reverse_name": "mx.dns.example"}, Link.LIKELY),
        ({"ip": "198.51.100.1", "reverse_name": "h198-51-100-1.own.example"}, Link.NONE),
        ({"ip": "198.51.100.1", "helo": "mx.own.example"}, Link.NONE),
        ({"ip": "198.51.100.1", "helo": "mx.own.example", "by_ip": "198.51.100.2"}, Link.LIKELY),
        ({"ip": "10.0.0.1", "helo": "mx.own.example"}, Link.FIRM),
        ({"ip": "10.0.0.1", "helo": "other.own.example"}, Link.LIKELY),
        ({"ip": "10.0.0.1", "helo": "mx.dns.example"}, Link.LIKELY),
        ({"ip": "10.0.0.1", "helo": "mbox.own.example"}, Link.NONE),
        ({"ip": "10.0.0.1", "helo": "evil.test"}, Link.NONE),
        ({"ip": "127.0.0.1", "helo": "localhost", "internal": True}, Link.FIRM),
        ({"ip": "::1", "helo": "mx.dns.example", "internal": True}, Link.LIKELY),
        ({"ip": "::1", "helo": "evil.test", "internal": True}, Link.NONE),
        ({"internal": True}, Link.FIRM),
        ({"helo": "mx.own.example"}, Link.NONE),
        ({"protocol": "POP3"}, Link.LIKELY),
        ({"protocol": "LMTP", "ip": "10.0.0.1", "internal": True}, Link.FIRM),
        ({"protocol": "HTTP", "ip": "203.0.113.25"}, Link.NONE),
        ({"via": "HTTP", "ip": "203.0.113.25"}, Link.NONE),
        ({"via": "userid 33", "internal": True}, Link.LIKELY),
        ({"dialect": "exchange", "ip": "2603:10a6::1", "helo": "a.outlook.com"}, Link.NONE),
        ({"dialect": "exchange", "ip": "2603:10a6::1", "helo": "a.own.example"}, Link.FIRM),
    ],
)
def test_links(facts: dict[str, object], link: Link) -> None:
    assert NAMED.link(hop(**facts)) is link


def test_all_of_exchange_online_is_one() -> None:
    cloud = ours.inferred((hop(by="a.prod.outlook.com"),))
    facts: dict[str, object] = {"dialect": "exchange", "ip": "2603:10a6::1", "helo": "b.prod.exchangelabs.com"}
    assert cloud.link(hop(by="a.prod.outlook.com", **facts)) is Link.FIRM
    assert cloud.link(hop(by="exch.own.example", **facts)) is Link.NONE or not cloud.host("exch.own.example")
    assert cloud.link(hop(by="a.prod.outlook.com", **{**facts, "ip": "40.107.1.1"})) is Link.NONE
    assert ours.organization_of("x.office365.com") == ours.organization_of("y.outlook.com") == ours.EXCHANGE_ONLINE


def test_a_sealing_forwarder_is_believed_by_a_proved_name_only() -> None:
    sealing = Ours(frozenset(), frozenset(), (), sealers=("list.example",))
    proved: dict[str, object] = {"ip": "198.51.100.1", "reverse_name": "relay.list.example"}
    assert sealing.link(hop(**proved)) is Link.FIRM
    assert sealing.link(hop(**proved, dialect="gmail")) is Link.NONE
    assert sealing.link(hop(ip="198.51.100.1", helo="relay.list.example", by_ip="198.51.100.2")) is Link.NONE


def test_inferred_past_a_hand_over_inside() -> None:
    found = ours.inferred((hop(by="", internal=True), hop(by="mx.own.example")))
    assert (found.hosts, found.domains, found.guessed) == (frozenset({"mx.own.example"}), ("own.example",), True)
    found = ours.inferred((hop(by="mx", ip="198.51.100.1"), hop(by="relay.evil.test")))
    assert (found.hosts, found.domains) == (frozenset({"mx"}), ())


@pytest.mark.parametrize(
    ("by", "above", "fits"),
    [
        ("mx.own.example", {}, True),
        ("relay.evil.test", {"helo": "mx.own.example"}, False),
        ("filter.office.example", {"helo": "gw.office.example"}, True),
        ("a.outlook.office365.com", {"helo": "a.prod.exchangelabs.com"}, True),
        ("localhost", {"ip": "127.0.0.1"}, True),
        ("box", {}, True),
        ("relay.evil.test", {"protocol": "POP3"}, True),
        ("", {}, False),
    ],
)
def test_the_field_below_is_by_the_peer(by: str, above: dict[str, object], fits: bool) -> None:
    assert bool(NAMED.is_by_peer(hop(by=by), hop(**above))) is fits
