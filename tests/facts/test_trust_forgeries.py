"""What an outsider can write must never be attested, nor move the origin: each test is a way to try."""

from __future__ import annotations

import pytest

from sabaki.facts import origin, trust
from sabaki.mail import message, received
from sabaki.mail.limits import Budget
from sabaki.model.case import Hop, Origin, Trust, TrustLine, Vantage
from sabaki.model.evidence import Grade

DATE = "Mon, 8 Aug 2022 05:07:31 +0900"
MX = "mx.example.jp"
NAMED = Vantage(own_hosts=(MX, "mbox.example.jp"))
DOMAIN = Vantage(own_domains=("example.jp",))
BAIT = f"from bank.example (bank.example [203.0.113.200]) by {MX} (Postfix) with ESMTPS id 1"
"""The forged field: our server is said to have had the mail from a bank."""


def drawn(vantage: Vantage, *fields: str, mx: tuple[str, ...] = ()) -> tuple[tuple[Hop, ...], TrustLine, Origin]:
    raw = "".join(f"Received: {field}; {DATE}\r\n" for field in fields) + "Subject: x\r\n\r\n"
    budget = Budget()
    hops, line = trust.draw(received.hops(message.read(raw.encode(), budget), budget), vantage, mx)
    return hops, line, origin.find(hops, line)


def postfix(helo: str, name: str, ip: str, by: str = MX) -> str:
    return f"from {helo} ({name} [{ip}]) by {by} (Postfix) with ESMTP id 2"


@pytest.mark.parametrize("vantage", [NAMED, DOMAIN, Vantage()], ids=["hosts", "domain", "nothing"])
@pytest.mark.parametrize(
    "edge",
    [
        postfix(MX, "unknown", "198.51.100.9"),
        postfix("mbox.example.jp", "evil.test", "198.51.100.9"),
        postfix(f"[{'203.0.113.25'}]", "unknown", "198.51.100.9"),
        postfix("localhost", "unknown", "198.51.100.9"),
        postfix("[127.0.0.1]", "unknown", "198.51.100.9"),
        postfix(f"{MX}.evil.test", f"{MX}.evil.test", "198.51.100.9"),
        postfix("notexample.jp", "notexample.jp", "198.51.100.9"),
        f"from unknown (HELO {MX}) (198.51.100.9) by {MX} with SMTP",
        f"from [198.51.100.9] (helo={MX}) by {MX} with esmtp (Exim 4.95) id 1",
        f"from {MX} (evil.test [198.51.100.9] (may be forged)) by {MX} (8.14.4/8.14.4) with SMTP id 1",
        f"from {MX} (198.51.100.9) by {MX} (10.0.0.4) with Microsoft SMTP Server id 15.1.225.42",
        f"from {MX} ([198.51.100.9]) by {MX} with Microsoft SMTPSVC(6.0.37.9)",
        postfix("[IPv6:::1]", "unknown", "198.51.100.9"),
        postfix("[::ffff:127.0.0.1]", "unknown", "198.51.100.9"),
        postfix("10.0.0.4", "unknown", "198.51.100.9"),
        postfix(MX, "unknown", "IPv6:::ffff:198.51.100.9"),
        f"from {MX} ([IPv6:::1]) (unknown [198.51.100.9]) by {MX} (Postfix) with ESMTP id 2",
        f"from {MX}.({MX} [203.0.113.25]) (unknown [198.51.100.9]) by {MX} (Postfix) with ESMTP id 2",
    ],
)
def test_a_greeting_from_outside_ends_the_line(edge: str, vantage: Vantage) -> None:
    hops, line, found = drawn(vantage, edge, BAIT)
    assert line.above == 1
    assert hops[1].trust is Trust.CLAIMED
    assert hops[1].grade is Grade.SELF_DECLARED
    assert found.ip == "198.51.100.9"


@pytest.mark.parametrize("vantage", [NAMED, DOMAIN], ids=["hosts", "domain"])
@pytest.mark.parametrize(
    "forged",
    [
        (BAIT,),
        (postfix("mbox.example.jp", MX, "203.0.113.25", "mbox.example.jp"), BAIT),
        # The whole chain is invented, and fits in itself.
        (postfix(MX, MX, "203.0.113.25", "relay.evil.test"), BAIT),
        (f"by {MX} (Postfix, from userid 0) id 9", BAIT),
        ("(qmail 1 invoked from network)", BAIT),
        ("by 2002:a05:6402:1e8e:b0:4f7:e1f0:1a2b with SMTP id 1", BAIT),
    ],
)
def test_our_name_below_somebody_elses_mail_is_no_start(forged: tuple[str, ...], vantage: Vantage) -> None:
    """The file is out of a mailbox elsewhere, and nothing above the forged fields leads to us."""
    top = "from evil.test (evil.test. [198.51.100.9]) by mx.google.com with ESMTPS id 1"
    hops, line, found = drawn(vantage, top, *forged)
    assert line.basis == "inferred"
    assert found.ip == "198.51.100.9"
    assert not [hop for hop in hops if hop.grade is Grade.ATTESTED]


def test_our_greeting_at_somebody_elses_server_is_no_start() -> None:
    top = f"from {MX} (evil.test. [198.51.100.9]) by mx.google.com with ESMTPS id 1"
    hops, line, found = drawn(NAMED, top, BAIT)
    assert (line.basis, found.ip) == ("inferred", "198.51.100.9")
    assert "198.51.100.9" in line.advice, "if that is ours, naming the address draws the line further down"
    assert hops[1].grade is Grade.SELF_DECLARED


def test_a_forwarded_mail_starts_where_the_first_server_of_ours_is_proved() -> None:
    top = f"from {MX} ({MX} [203.0.113.25]) by mail.other.example (Postfix) with ESMTPS id 1"
    edge = postfix("evil.test", "evil.test", "198.51.100.9")
    hops, line, found = drawn(NAMED, top, edge, BAIT)
    assert (line.basis, line.above) == ("named", 1)
    assert (found.ip, found.grade, found.hop) == ("198.51.100.9", Grade.ATTESTED, 1)
    assert hops[2].trust is Trust.CLAIMED


def test_a_forwarded_mail_whose_hand_over_is_not_proved_is_inferred_only() -> None:
    top = f"from {MX} ({MX}. [203.0.113.25]) by mx.google.com with ESMTPS id 1"
    _, line, found = drawn(
        NAMED, "by 2002:a05:: with SMTP id 1", top, postfix("evil.test", "evil.test", "198.51.100.9")
    )
    assert (line.basis, found.ip, found.grade) == ("named", "198.51.100.9", Grade.INFERRED)


def test_the_address_of_ours_proves_a_forwarded_mail() -> None:
    top = f"from {MX} (p7.isp.example. [203.0.113.25]) by mx.google.com with ESMTPS id 1"
    vantage = Vantage(own_hosts=(MX, "203.0.113.25"))
    _, line, found = drawn(vantage, top, postfix("evil.test", "evil.test", "198.51.100.9"))
    assert (line.basis, found.ip, found.grade) == ("named", "198.51.100.9", Grade.ATTESTED)


@pytest.mark.parametrize("address", ["172.17.0.1", "10.0.2.100", "192.168.1.1", "100.64.0.3"])
def test_behind_a_gateway_everybody_has_its_address(address: str) -> None:
    """A container's or a balancer's gateway hides the peer: who greets as the very server that he talks to is an outsider."""
    for vantage in (NAMED, DOMAIN):
        hops, _, found = drawn(vantage, postfix(MX, "unknown", address), BAIT)
        assert hops[1].grade is not Grade.ATTESTED
        assert found.grade is not Grade.ATTESTED or found.ip == address
    # With a domain alone any name under it would do.
    hops, _, _ = drawn(DOMAIN, postfix("anything.example.jp", "unknown", address), BAIT)
    assert hops[1].grade is not Grade.ATTESTED


def test_a_named_server_of_ours_on_the_inner_network_is_ours() -> None:
    top = postfix(MX, "unknown", "10.0.0.2", "mbox.example.jp")
    _, line, found = drawn(NAMED, top, postfix("evil.test", "evil.test", "198.51.100.9"), BAIT)
    assert (line.above, found.ip, found.grade) == (2, "198.51.100.9", Grade.ATTESTED)


def test_a_tunnel_on_the_machine_makes_everybody_local() -> None:
    """Behind a TLS wrapper or a filter that hides the client the peer is 127.0.0.1; the greeting gives it away."""
    hops, _, found = drawn(NAMED, postfix("evil.test", "localhost", "127.0.0.1"), BAIT)
    assert hops[1].grade is not Grade.ATTESTED
    assert found.grade is not Grade.ATTESTED or not found.ip


@pytest.mark.parametrize("greeting", ["localhost", MX, "[127.0.0.1]", "mx"])
def test_a_filter_on_the_machine_hands_back(greeting: str) -> None:
    edge = postfix("evil.test", "evil.test", "198.51.100.9")
    amavis = f"from {MX} ([127.0.0.1]) by localhost ({MX} [127.0.0.1]) (amavisd-new, port 10024) with ESMTP id 3"
    _, line, found = drawn(NAMED, postfix(greeting, "localhost", "127.0.0.1"), amavis, edge, BAIT)
    assert (line.above, found.ip, found.grade) == (3, "198.51.100.9", Grade.ATTESTED)


@pytest.mark.parametrize(
    "handed_in",
    [
        f"by {MX} (Postfix, from userid 33) id 1",
        f"from www-data by {MX} with local (Exim 4.94) id 1",
        f"(from apache@localhost) by {MX} (8.11.6/8.11.6) id 1",
        "(qmail 8473 invoked by uid 33)",
        f"from x ([::1]) by {MX} ([::1]) with mapi id 15.1.225.42",
        f"from [198.51.100.9] by {MX} with HTTP",
        f"by {MX} with HTTP",
        f"from mail pickup service by {MX} with Microsoft SMTPSVC",
    ],
)
def test_what_a_program_put_in_attests_nothing_below(handed_in: str) -> None:
    edge = postfix(MX, MX, "203.0.113.25", "mbox.example.jp")
    hops, _, _ = drawn(NAMED, edge, handed_in, BAIT)
    assert hops[2].grade is not Grade.ATTESTED


def test_an_exchange_dialect_from_outside_is_no_exchange_online() -> None:
    """Anybody can greet as a server of Outlook; its own network alone proves it."""
    by = "AMS0EPF01.mail.protection.outlook.com (2603:10a6:20b::1) with Microsoft SMTP Server id 15.20.1.1"
    inside = "from DB7PR01.prod.outlook.com (2603:10a6:10::1) by AM0PR01.prod.outlook.com (2603:10a6:20b::1) with Microsoft SMTP Server id 15.20.1.2"
    edge = f"from DB7PR01.prod.outlook.com (198.51.100.9) by {by}"
    bait = (
        "from bank.example (203.0.113.200) by DB7PR01.prod.outlook.com (2603:10a6::1) with Microsoft SMTP Server id 1"
    )
    for vantage in (Vantage(), Vantage(own_domains=("outlook.com",))):
        hops, _, found = drawn(vantage, inside, edge.replace("AMS0EPF01.mail.protection", "DB7PR01.prod"), bait)
        assert found.ip == "198.51.100.9"
        assert hops[2].trust is Trust.CLAIMED


def test_a_neighbour_at_the_same_provider_is_not_us() -> None:
    """In a hoster's domain every customer has a name: what spells its address is a customer's line."""
    name = "v198-51-100-9.static.hoster.example"
    edge = postfix(name, name, "198.51.100.9", "mx.hoster.example")
    bait = BAIT.replace(MX, "mx.hoster.example")
    for vantage in (Vantage(), Vantage(own_domains=("hoster.example",))):
        hops, _, found = drawn(vantage, edge, bait)
        assert found.ip == "198.51.100.9"
        assert hops[1].trust is Trust.CLAIMED


def test_nothing_above_the_line_says_attested_where_nothing_was_named() -> None:
    hops, line, found = drawn(
        Vantage(), postfix(MX, MX, "203.0.113.25", "mbox.example.jp"), postfix("e", "e.test", "198.51.100.9")
    )
    assert line.basis == "inferred"
    assert {hop.grade for hop in hops} == {Grade.INFERRED}
    assert found.grade is Grade.INFERRED


def test_a_name_looked_up_one_way_is_the_peers_own_to_set() -> None:
    """Whoever owns an address writes its reverse name: tcpserver and Gmail do not look it up and back."""
    edge = f"from {MX} (HELO localhost) (198.51.100.9) by {MX} with SMTP"
    hops, _, found = drawn(NAMED, edge, BAIT)
    assert hops[1].grade is not Grade.ATTESTED
    assert found.grade is not Grade.ATTESTED


def test_a_top_server_without_a_full_name_is_no_reason_to_take_the_next_ones_name() -> None:
    edge = postfix("relay.evil.test", "relay.evil.test", "198.51.100.9", "mx")
    forged = postfix("bank.example", "bank.example", "203.0.113.200", "relay.evil.test")
    hops, line, found = drawn(Vantage(), edge, forged)
    assert (line.above, found.ip) == (1, "198.51.100.9")
    assert hops[1].trust is Trust.CLAIMED


def test_a_named_peer_of_the_top_server_is_enough() -> None:
    """The mail store need not be named where it says that it has the mail from the host that is."""
    top = postfix(MX, MX, "203.0.113.25", "mbox.hosting.example")
    edge = "from unknown (HELO jp5) (office@gakuin.example@198.51.100.9) by 0 with SMTP"
    hops, line, found = drawn(Vantage(own_hosts=(MX,)), top, "(qmail 21904 invoked from network)", edge, BAIT)
    assert (line.basis, found.ip, found.grade) == ("named", "198.51.100.9", Grade.ATTESTED)
    assert [hop.trust for hop in hops] == [Trust.CLAIMED, Trust.VOUCHED, Trust.VOUCHED, Trust.CLAIMED]


@pytest.mark.parametrize("vantage", [NAMED, DOMAIN, Vantage()], ids=["hosts", "domain", "nothing"])
@pytest.mark.parametrize(
    "forged",
    [
        (postfix("bank.example", "bank.example", "203.0.113.200"),),
        (f"from localhost (localhost [127.0.0.1]) by {MX} (Postfix) with ESMTP id 9", BAIT),
        (postfix(MX, MX, "10.0.0.9", "mbox.example.jp"), BAIT),
        (postfix(MX, MX, "IPv6:fe80::1", MX), BAIT),
        (postfix(MX, MX, "IPv6:2001:db8::25", MX), BAIT),
        (f"from {MX} by mbox.example.jp (Dovecot) with LMTP id 9", BAIT),
        (f"from pop.example.jp by {MX} with POP3 (fetchmail-6.4) for <a@example.jp>", BAIT),
        ("by 0 with SMTP", BAIT),
        ("by evil.test (Postfix, from userid 0) id 9", BAIT),
        ("from A.prod.outlook.com (2603:10a6::1) by B.prod.outlook.com (2603:10a6::2) with Microsoft SMTP Server id 15.20.1.1", BAIT),
    ],
)  # fmt: skip
def test_whatever_continues_the_chain_right_below_the_line(forged: tuple[str, ...], vantage: Vantage) -> None:
    edge = postfix("evil.test", "evil.test", "198.51.100.9")
    hops, line, found = drawn(vantage, edge, *forged)
    assert (line.above, found.ip) == (1, "198.51.100.9")
    assert {hop.grade for hop in hops[1:]} == {Grade.SELF_DECLARED}


ATTACKERS_MX = (MX, "mx.evil.test")
"""Whoever owns a domain writes its MX records: ours beside his own."""


def test_the_mx_of_a_domain_that_the_sender_chose_widens_nothing() -> None:
    """To, and with it whose MX is asked, is the sender's to write."""
    edge = postfix("mx.evil.test", "mx.evil.test", "198.51.100.9")
    bait = postfix("bank.example", "bank.example", "203.0.113.200", "mx.evil.test")
    for domains in (("evil.test",), ("evil.test", "example.jp"), ("example.jp", "evil.test"), ()):
        hops, _, found = drawn(Vantage(inferred_domains=domains), edge, bait, mx=ATTACKERS_MX)
        assert (found.ip, found.grade) == ("198.51.100.9", Grade.INFERRED)
        assert hops[1].trust is Trust.CLAIMED


def test_no_mx_makes_anything_attested() -> None:
    top = postfix(MX, MX, "203.0.113.25", "mbox.example.jp")
    edge = postfix("e", "e.test", "198.51.100.9")
    for vantage in (Vantage(inferred_domains=("example.jp",)), Vantage(own_domains=("office.example",))):
        hops, line, _ = drawn(vantage, top, edge, mx=(MX, "mbox.example.jp"))
        assert line.basis == "mx"
        assert {hop.grade for hop in hops} == {Grade.INFERRED}


def test_our_mx_below_somebody_elses_mail_is_no_start() -> None:
    top = postfix("evil.test", "evil.test", "198.51.100.9", "mx.elsewhere.example")
    vantage = Vantage(own_domains=("office.example",))
    hops, line, found = drawn(vantage, top, BAIT, mx=(MX,))
    assert (line.basis, found.ip) == ("inferred", "198.51.100.9")
    assert hops[1].trust is Trust.CLAIMED


def test_an_outsiders_greeting_as_our_mx_is_nothing() -> None:
    vantage = Vantage(own_domains=("office.example",))
    for edge in (postfix(MX, "unknown", "198.51.100.9"), f"from {MX} (HELO {MX}) (198.51.100.9) by {MX} with SMTP"):
        hops, _, found = drawn(vantage, edge, BAIT, mx=(MX,))
        assert found.grade is Grade.INFERRED
        assert found.ip == "198.51.100.9" or hops[1].grade is Grade.INFERRED
