"""The trust line: how far down it goes, how it is graded, and what cannot move it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sabaki.facts import origin, trust
from sabaki.mail import message, received
from sabaki.mail.limits import Budget
from sabaki.model.authentication import ArcChain, ArcSet
from sabaki.model.case import Hop, Origin, Trust, TrustLine, Vantage
from sabaki.model.evidence import Grade

SEED = Path(__file__).parents[3] / "shared" / "seed-case" / "held-messages.eml"
DATE = "; Mon, 8 Aug 2022 05:07:31 +0900"

EVIL = "from evil.invalid (evil.invalid [198.51.100.66]) by mx.own.example (Postfix) with ESMTP id 1"
INNER = "from mx.own.example (mx.own.example [203.0.113.25]) by mbox.own.example (Postfix) with ESMTP id 2"
FORGED = "from bank.example (bank.example [192.0.2.99]) by mx.own.example (Postfix) with ESMTP id 3"

OWN = Vantage(own_hosts=("mx.own.example", "mbox.own.example"))


def draw(*fields: str, vantage: Vantage = OWN, mx: tuple[str, ...] = ()) -> tuple[tuple[Hop, ...], TrustLine, Origin]:
    raw = "".join(f"Received: {field}{DATE}\n" for field in fields) + "Subject: x\n\n"
    budget = Budget()
    hops, line = trust.draw(received.hops(message.read(raw.encode(), budget), budget), vantage, mx)
    return hops, line, origin.find(hops, line)


def grades(hops: tuple[Hop, ...]) -> str:
    return "".join(hop.grade.value for hop in hops)


def test_two_of_ours_and_what_the_sender_made_up() -> None:
    hops, line, found = draw(INNER, EVIL, FORGED)
    assert [hop.trust for hop in hops] == [Trust.OURS, Trust.OURS, Trust.CLAIMED]
    assert grades(hops) == "AAS"
    assert (line.basis, line.above) == ("named", 2)
    assert (found.ip, found.grade, found.hop) == ("198.51.100.66", Grade.ATTESTED, 1)
    assert "calls itself yours" in hops[2].reason
    assert "名乗って" in hops[2].reason_ja
    assert all(hop.reason and hop.reason_ja for hop in hops)


@pytest.mark.parametrize(
    ("vantage", "basis"),
    [
        (Vantage(own_hosts=("MX.OWN.EXAMPLE.",)), "named"),
        (Vantage(own_domains=("own.example",)), "named"),
        (Vantage(own_domains=("OWN.example.",)), "named"),
        (Vantage(own_hosts=("own.example",)), "inferred"),
        (Vantage(own_hosts=("x.own.example",)), "inferred"),
        (Vantage(own_domains=("wn.example",)), "inferred"),
        (Vantage(own_hosts=("mx.own",)), "inferred"),
        (Vantage(), "inferred"),
    ],
)
def test_hosts_match_whole_and_domains_label_by_label(vantage: Vantage, basis: str) -> None:
    hops, line, found = draw(EVIL, FORGED, vantage=vantage)
    assert line.basis == basis
    assert found.ip == "198.51.100.66"
    assert grades(hops) == ("AS" if basis == "named" else "IS")


@pytest.mark.parametrize(
    "peer",
    [
        "from mx.own.example (unknown [198.51.100.7]) by mbox.own.example (Postfix)",
        "from mx.own.example (evil.invalid [198.51.100.7]) by mbox.own.example (Postfix)",
        "from mx.own.example (mx.own.example.evil.invalid [198.51.100.7]) by mbox.own.example (Postfix)",
        "from mx.own.example (mx.own.example [198.51.100.7] (may be forged)) by mbox.own.example (8.14.4/8.14.4)",
        "from mx.own.example (198.51.100.7) by mbox.own.example (203.0.113.9) with Microsoft SMTP Server",
        "from mx.own.example ([198.51.100.7]) by mbox.own.example with ESMTP",
        "from unknown (HELO mx.own.example) (198.51.100.7) by mbox.own.example with SMTP",
    ],
)
def test_a_foreign_greeting_with_our_name_does_not_pass_as_ours(peer: str) -> None:
    hops, _, found = draw(f"{peer} id 9", FORGED)
    assert (found.ip, grades(hops)) == ("198.51.100.7", "AS")


def test_a_foreign_greeting_ends_the_line() -> None:
    _, line, found = draw("from mx.own.example (unknown [198.51.100.7]) by mbox.own.example (Postfix) id 9", FORGED)
    assert (line.above, found.ip, found.grade) == (1, "198.51.100.7", Grade.ATTESTED)
    assert "--own-host 198.51.100.7" in line.advice


def test_an_address_of_ours_is_enough() -> None:
    vantage = Vantage(own_hosts=("mbox.own.example", "mx.own.example", "203.0.113.25"))
    hops, _, found = draw("from x (unknown [203.0.113.25]) by mbox.own.example (Postfix) id 9", EVIL, vantage=vantage)
    assert (grades(hops), found.ip) == ("AA", "198.51.100.66")


def test_our_name_from_a_private_address_is_enough_a_private_address_alone_is_not() -> None:
    inside = "from mx.own.example (unknown [10.0.0.5]) by mbox.own.example (Postfix) id 9"
    assert draw(inside, EVIL)[2].ip == "198.51.100.66"
    laptop = "from laptop (unknown [192.168.1.50]) by mbox.own.example (Postfix) id 9"
    hops, _, found = draw(laptop, FORGED)
    assert (found.ip, found.grade, grades(hops)) == ("192.168.1.50", Grade.ATTESTED, "AS")


def test_a_name_looked_up_one_way_only_lowers_the_grade() -> None:
    hops, _, found = draw("from x (mx.own.example [203.0.113.25]) by mbox.own.example with ESMTP id 9", EVIL)
    assert (grades(hops), found.grade) == ("AI", Grade.INFERRED)
    assert "inferred only" in hops[1].reason


def test_a_greeting_of_ours_from_next_door_lowers_the_grade() -> None:
    inner = (
        "from mx.own.example (203.0.113.25) by mbox.own.example (203.0.113.9) with Microsoft SMTP Server id 15.1.1.1"
    )
    hops, _, found = draw(inner, EVIL)
    assert (grades(hops), found.ip, found.grade) == ("AI", "198.51.100.66", Grade.INFERRED)
    assert "inferred only" in hops[1].reason


def test_hand_overs_on_the_machine() -> None:
    hops, _, found = draw(
        "from localhost (localhost [127.0.0.1]) by mx.own.example (Postfix) with ESMTP id 1",
        "from mx.own.example ([127.0.0.1]) by localhost (mx.own.example [127.0.0.1]) (amavisd-new, port 10024) with ESMTP id 2",
        EVIL,
        FORGED,
    )
    assert (grades(hops), found.ip) == ("AAAS", "198.51.100.66")
    assert hops[1].trust is Trust.VOUCHED


def test_lmtp_then_the_real_peer() -> None:
    hops, _, found = draw("from mx.own.example by mbox.own.example (Dovecot) with LMTP id 1", EVIL, FORGED)
    assert (grades(hops), found.ip) == ("AAS", "198.51.100.66")


def test_a_local_program_may_have_written_what_is_below() -> None:
    hops, _, found = draw("by mx.own.example (Postfix, from userid 33) id 1", FORGED)
    assert grades(hops) == "AI"
    assert found.grade is Grade.INFERRED
    hops, _, found = draw(
        "by mx.own.example (Postfix, from userid 33) id 1", "from a (b [192.0.2.1]) by c.example id 1"
    )
    assert (grades(hops), found.ip, found.grade) == ("AS", "", Grade.ATTESTED)


def test_qmail_notes_come_before_the_line_of_its_daemon() -> None:
    hops, _, found = draw(
        INNER,
        "(qmail 21904 invoked from network)",
        "from unknown (HELO jp5) (office@gakuin.example@198.51.100.138) by 0 with SMTP",
        FORGED,
    )
    assert (grades(hops), found.ip, found.auth_account) == ("AAAS", "198.51.100.138", "office@gakuin.example")
    assert (found.auth_domain, found.helo, found.reverse_name) == ("gakuin.example", "jp5", "")


def test_a_line_by_somebody_else_below_a_hand_over_of_ours_is_not_believed() -> None:
    hops, line, _ = draw(INNER, "from a.example (a.example [192.0.2.1]) by relay.invalid (Postfix) id 1")
    assert (grades(hops), line.above) == ("AS", 1)
    assert "relay.invalid" in hops[1].reason


def test_what_came_after_ours_is_claimed_and_the_line_starts_below_it() -> None:
    later = "from mbox.own.example (mbox.own.example [203.0.113.9]) by mx.elsewhere.example (Postfix) id 7"
    hops, line, found = draw(later, INNER, EVIL)
    assert [hop.trust for hop in hops] == [Trust.CLAIMED, Trust.OURS, Trust.OURS]
    assert (line.basis, found.ip) == ("named", "198.51.100.66")
    assert "your word" in hops[1].reason


def test_our_name_below_a_hop_that_got_the_mail_from_somebody_else_is_refuted() -> None:
    later = "from evil.invalid (evil.invalid [198.51.100.66]) by mx.elsewhere.example (Postfix) id 7"
    hops, line, found = draw(later, FORGED)
    assert (line.basis, found.ip, found.grade) == ("inferred", "198.51.100.66", Grade.INFERRED)
    assert hops[1].trust is Trust.CLAIMED
    assert "No hop of this mail" in line.advice


def test_the_same_organization_is_inferred_and_the_advice_names_it() -> None:
    hops, line, found = draw(INNER, EVIL, FORGED, vantage=Vantage())
    assert (line.basis, grades(hops), found.ip) == ("inferred", "IIS", "198.51.100.66")
    assert "--own-host mbox.own.example --own-host mx.own.example" in line.advice
    assert "--own-host mbox.own.example --own-host mx.own.example" in line.advice_ja


def test_naming_one_of_two_says_which_to_name_as_well() -> None:
    hops, line, found = draw(INNER, EVIL, vantage=Vantage(own_hosts=("mbox.own.example",)))
    assert (grades(hops), found.ip) == ("AS", "203.0.113.25")
    assert "--own-host mx.own.example" in line.advice


def test_a_customers_line_of_the_same_provider_is_not_ours() -> None:
    customer = "from pc (p203-0-113-7.tokyo.isp.example [203.0.113.7]) by mx.isp.example (Postfix) id 1"
    forged = "from bank.example (bank.example [192.0.2.99]) by smtp.isp.example (Postfix) id 2"
    _, line, found = draw(customer, forged, vantage=Vantage())
    assert (line.above, found.ip) == (1, "203.0.113.7")


def test_private_addresses_continue_an_inferred_line() -> None:
    hops, _, found = draw(
        "from filter.own.example (10.0.0.4) by box.own.example (10.0.0.5) with Microsoft SMTP Server id 15.1.225.42",
        "from evil.invalid ([198.51.100.66]) by filter.own.example with ESMTP id 1",
        vantage=Vantage(),
    )
    assert (grades(hops), found.ip) == ("II", "198.51.100.66")


def test_exchange_online_down_to_its_front_end() -> None:
    hops, _, found = draw(
        "from A1.NAMP223.PROD.OUTLOOK.COM (::1) by B2.NAMP223.PROD.OUTLOOK.COM with HTTPS",
        "from C3.prod.outlook.com (2603:10b6:303:8c::9) by A1.NAMP223.PROD.OUTLOOK.COM (2603:10b6:208:442::17) with Microsoft SMTP Server id 15.20.1.1",
        "from D4.prod.protection.outlook.com (2603:10b6:303:8c:cafe::73) by C3.outlook.office365.com (2603:10b6:303:8c::9) with Microsoft SMTP Server id 15.20.1.1",
        "from evil.invalid (198.51.100.66) by D4.mail.protection.outlook.com (10.13.155.176) with Microsoft SMTP Server id 15.20.1.1",
        "from evil.invalid (192.0.2.1) by D5.mail.protection.outlook.com (10.13.155.176) with Microsoft SMTP Server id 15.20.1.1",
        vantage=Vantage(),
    )
    assert (grades(hops), found.ip) == ("IIIIS", "198.51.100.66")


def test_exchange_online_under_any_of_its_names() -> None:
    """Its regions hand over to each other as exchangelabs.com and office365.com; the network proves it, not the name."""
    fields = (
        "from A1.namprd19.prod.outlook.com (::1) by B2.namprd19.prod.outlook.com with HTTPS",
        "from C3.eurprd01.prod.exchangelabs.com (2603:10a6:10:4b6::24) by A1.namprd19.prod.outlook.com (2603:10b6:a03:52f::16) with Microsoft SMTP Server id 15.20.1.1",
        "from D4.prod.protection.outlook.com (2603:10a6:10:4b6:cafe::15) by C3.outlook.office365.com (2603:10a6:10:4b6::24) with Microsoft SMTP Server id 15.20.1.1",
        "from evil.invalid (198.51.100.66) by D4.mail.protection.outlook.com (10.152.5.99) with Microsoft SMTP Server id 15.20.1.1",
        "from bank.example (192.0.2.1) by D5.mail.protection.outlook.com (10.152.5.98) with Microsoft SMTP Server id 15.20.1.1",
    )
    hops, line, found = draw(*fields, vantage=Vantage())
    assert (grades(hops), found.ip) == ("IIIIS", "198.51.100.66")
    assert line.advice.endswith("--own-host '*.outlook.com' --own-host '*.office365.com' --own-domain YOUR.DOMAIN")
    named = Vantage(own_hosts=("*.outlook.com", "*.office365.com"))
    hops, line, found = draw(*fields, vantage=named)
    assert (line.basis, grades(hops), found.ip) == ("named", "AAAAS", "198.51.100.66")


def test_mail_out_of_exchange_online_comes_from_any_of_its_customers() -> None:
    """The outbound machines are shared by all tenants: what they hand to an Exchange of ours is from outside (hybrid)."""
    inside = "from EX1.own.example (10.0.0.6) by EX2.own.example (10.0.0.7) with Microsoft SMTP Server id 15.1.1.1"
    edge = "from EUR01-DB5-obe.outbound.protection.outlook.com (40.107.1.1) by EX1.own.example (203.0.113.5) with Microsoft SMTP Server id 15.1.1.1"
    theirs = "from evil.invalid (198.51.100.66) by A1.eurprd01.prod.outlook.com (2603:10a6::1) with Microsoft SMTP Server id 15.20.1.1"
    for vantage in (Vantage(), Vantage(own_hosts=("ex1.own.example", "ex2.own.example"))):
        hops, line, found = draw(inside, edge, theirs, vantage=vantage)
        assert (line.above, found.ip) == (2, "40.107.1.1")
        assert hops[2].trust is Trust.CLAIMED


@pytest.mark.parametrize("hosts", [("*.own.example",), ("*.OWN.example.", "x.invalid")])
def test_all_hosts_below_a_name(hosts: tuple[str, ...]) -> None:
    hops, line, _ = draw(INNER, EVIL, FORGED, vantage=Vantage(own_hosts=hosts))
    assert (line.basis, grades(hops)) == ("named", "AAS")


@pytest.mark.parametrize("hosts", [("*",), ("*.example",), ("*.",), ("*.*",), ("*own.example",)])
def test_a_star_alone_is_nobody(hosts: tuple[str, ...]) -> None:
    assert draw(INNER, EVIL, vantage=Vantage(own_hosts=hosts))[1].basis == "inferred"


def test_a_server_that_the_dns_names_for_the_recipient() -> None:
    hops, line, found = draw(
        EVIL, FORGED, vantage=Vantage(inferred_domains=("office.example",)), mx=("mx.own.example",)
    )
    assert (line.basis, grades(hops), found.ip) == ("mx", "IS", "198.51.100.66")
    assert "MX" in hops[0].reason
    assert "MX" in hops[0].reason_ja
    assert "--own-host mx.own.example" in line.advice


def test_a_store_of_the_organization_that_the_dns_names() -> None:
    hops, line, _ = draw(INNER, EVIL, vantage=Vantage(inferred_domains=("own.example",)), mx=("mx.own.example",))
    assert (line.basis, grades(hops)) == ("mx", "II")


def test_an_mx_elsewhere_says_nothing() -> None:
    _, line, _ = draw(EVIL, FORGED, vantage=Vantage(inferred_domains=("office.example",)), mx=("mx.office.example",))
    assert line.basis == "inferred"


def test_a_filter_service_in_front_is_ours_by_the_dns_of_our_own_domain() -> None:
    store = "from mx1.filter.example (mx1.filter.example [203.0.113.80]) by mail.own.example (Postfix) with ESMTP id 1"
    edge = "from evil.invalid (evil.invalid [198.51.100.66]) by mx1.filter.example (Postfix) with ESMTP id 2"
    mx = ("mx1.filter.example",)
    named = Vantage(own_domains=("own.example",))
    hops, line, found = draw(store, edge, FORGED, vantage=named, mx=mx)
    assert (line.basis, grades(hops), found.ip) == ("named", "AIS", "198.51.100.66")
    assert "--own-host mx1.filter.example" in line.advice
    hops, line, found = draw(store, edge, FORGED, vantage=Vantage(inferred_domains=("own.example",)), mx=mx)
    assert (line.basis, grades(hops), found.ip) == ("inferred", "IIS", "198.51.100.66")


def test_a_hosted_reader_by_the_dns_of_the_named_domain_and_by_name() -> None:
    edge = "from evil.invalid (evil.invalid [198.51.100.66]) by mx7.hosting.example (Postfix) with ESMTP id 2"
    _, line, found = draw(edge, vantage=Vantage(own_domains=("own.example",)), mx=("mx7.hosting.example",))
    assert (line.basis, found.grade) == ("mx", Grade.INFERRED)
    named = Vantage(own_domains=("own.example",), own_hosts=("mx7.hosting.example",))
    _, line, found = draw(edge, vantage=named, mx=("mx7.hosting.example",))
    assert (line.basis, found.grade) == ("named", Grade.ATTESTED)


def test_forwarded_by_a_server_that_only_the_dns_of_the_named_domain_gives() -> None:
    later = "from mx7.hosting.example (mx7.hosting.example [203.0.113.9]) by mx.elsewhere.example (Postfix) id 7"
    edge = "from evil.invalid (evil.invalid [198.51.100.66]) by mx7.hosting.example (Postfix) with ESMTP id 2"
    hops, line, found = draw(later, edge, vantage=Vantage(own_domains=("own.example",)), mx=("mx7.hosting.example",))
    assert (line.basis, found.ip, found.grade) == ("mx", "198.51.100.66", Grade.INFERRED)
    assert hops[0].trust is Trust.CLAIMED


def test_gmail_down_to_its_front_end() -> None:
    hops, _, found = draw(
        "by 2002:a05:612c:711:b0:381:73ac:3a65 with SMTP id ft17csp16",
        "from evil.invalid (evil.invalid. [198.51.100.66]) by mx.google.com with ESMTPS id a11si for <a@b.example>",
        "from bank.example (bank.example. [192.0.2.99]) by mx.google.com with ESMTPS id a12si for <a@b.example>",
        vantage=Vantage(),
    )
    assert (grades(hops), found.ip) == ("IIS", "198.51.100.66")


def test_gmail_named() -> None:
    hops, line, found = draw(
        "by 2002:a05:612c:711:b0:381:73ac:3a65 with SMTP id ft17csp16",
        "from evil.invalid (evil.invalid. [198.51.100.66]) by mx.google.com with ESMTPS id a11si for <a@b.example>",
        "from bank.example (bank.example. [192.0.2.99]) by mx.google.com with ESMTPS id a12si for <a@b.example>",
        vantage=Vantage(own_hosts=("mx.google.com",)),
    )
    assert (line.basis, grades(hops), found.ip) == ("named", "SAS", "198.51.100.66")


def test_an_inbound_gateway_of_ours_before_gmail() -> None:
    fields = (
        "by 2002:a05:612c:711:b0:381:73ac:3a65 with SMTP id ft17csp16",
        "from mx.own.example (mx.own.example. [203.0.113.25]) by mx.google.com with ESMTPS id a11si for <a@b.example>",
        EVIL,
        FORGED,
    )
    _, _, found = draw(*fields, vantage=Vantage(own_hosts=("mx.google.com", "mx.own.example")))
    assert (found.ip, found.grade) == ("198.51.100.66", Grade.INFERRED), "Gmail looks a name up one way only"
    _, _, found = draw(*fields, vantage=Vantage(own_hosts=("mx.google.com", "203.0.113.25")))
    assert (found.ip, found.grade) == ("198.51.100.66", Grade.ATTESTED)
    _, _, found = draw(*fields, vantage=Vantage())
    assert found.ip == "203.0.113.25"


@pytest.mark.parametrize(
    "filtered",
    [
        "from mx.own.example (localhost [127.0.0.1]) by mx.own.example (Postfix) with ESMTP id 1",
        "from mx.own.example ([10.0.0.9]) by mbox.own.example (Postfix) with ESMTP id 1",
        "from mx.own.example (mx.own.example [10.0.0.9]) by mbox.own.example (8.15.2/8.15.2) with ESMTP id 1",
        "from mx.own.example (10.0.0.9) by mbox.own.example (10.0.0.4) with Microsoft SMTP Server id 15.1.225.42",
        "from mx.own.example ([127.0.0.1]) by localhost (mx.own.example [127.0.0.1]) (amavisd-new, port 10024) with LMTP id 9",
    ],
)
def test_filters_and_gateways_inside(filtered: str) -> None:
    """ClamSMTP, spampd, amavis, a mail gateway on the inner network: the real peer is one line further down."""
    own = OWN if "amavisd" not in filtered else Vantage(own_hosts=("mx.own.example", "localhost"))
    hops, _, found = draw(filtered, EVIL, FORGED, vantage=own)
    assert (grades(hops), found.ip) == ("AAS", "198.51.100.66")


def test_fetched_twice() -> None:
    hops, _, found = draw(
        "from pop.isp.example by home.example with POP3 (fetchmail-6.4) for <a@localhost> (single-drop)",
        "from imap.old.example by pop.isp.example with IMAP (fetchmail-6.4) for <a@isp.example> (single-drop)",
        "from evil.invalid (evil.invalid [198.51.100.66]) by mx.old.example (Postfix) id 2",
        FORGED,
        vantage=Vantage(),
    )
    assert (grades(hops), found.ip) == ("IIIS", "198.51.100.66")


def test_fetched_from_a_mailbox_elsewhere() -> None:
    hops, _, found = draw(
        "from localhost (localhost [127.0.0.1]) by home.example (Postfix) id 1",
        "from pop.isp.example [203.0.113.8] by localhost with POP3 (fetchmail-6.3) for <a@localhost> (single-drop)",
        "from evil.invalid (evil.invalid [198.51.100.66]) by mx3.isp.example (Postfix) id 2",
        vantage=Vantage(),
    )
    assert (grades(hops), found.ip) == ("III", "198.51.100.66")


def test_the_mail_store_need_not_be_named() -> None:
    store = "from mx.own.example ([10.0.0.2]) by store.isp.example (Dovecot) with LMTP id 1"
    hops, line, found = draw(store, EVIL, FORGED, vantage=Vantage(own_hosts=("mx.own.example",)))
    assert (line.basis, grades(hops), found.ip) == ("named", "SAS", "198.51.100.66")


SEALED = "from relay.list.example (relay.list.example [203.0.113.90]) by mx.own.example (Postfix) with ESMTPS id 1"
INTAKE = "from evil.invalid (evil.invalid [198.51.100.66]) by relay.list.example (Postfix) with ESMTP id 2 for <l@list.example>"
SEALERS = Vantage(own_hosts=("mx.own.example",), trusted_sealers=("list.example",))


def seal(result: str = "pass", grade: Grade = Grade.VERIFIED, *domains: str) -> ArcChain:
    sets = tuple(ArcSet(instance=n + 1, domain=domain) for n, domain in enumerate(domains or ("list.example",)))
    return ArcChain(result=result, grade=grade, sets=sets)


def sealed(*fields: str, vantage: Vantage = SEALERS, chain: ArcChain | None = None) -> tuple[str, str]:
    raw = "".join(f"Received: {field}{DATE}\n" for field in fields) + "Subject: x\n\n"
    budget = Budget()
    hops = received.hops(message.read(raw.encode(), budget), budget)
    hops, line = trust.draw(hops, vantage, (), chain or seal())
    assert not any("list.example" in host for host in line.hosts), "believed, not ours"
    return grades(hops), origin.find(hops, line).ip


def test_a_forwarder_whose_seal_holds_takes_the_line_further() -> None:
    assert sealed(SEALED, INTAKE, FORGED) == ("AAS", "198.51.100.66")
    assert sealed(SEALED, INTAKE, chain=seal("pass", Grade.VERIFIED, "evil.invalid", "list.example"))[0] == "AA"


@pytest.mark.parametrize(
    "chain",
    [
        seal("fail"),
        seal("unchecked", Grade.SELF_DECLARED),
        seal("pass", Grade.SELF_DECLARED),
        seal("pass", Grade.VERIFIED, "list.example", "evil.invalid"),
        seal("pass", Grade.VERIFIED, "notlist.example"),
        seal("pass", Grade.VERIFIED, "list.example.evil.invalid"),
        ArcChain(result="pass", grade=Grade.VERIFIED),
    ],
)
def test_any_other_chain_changes_nothing(chain: ArcChain) -> None:
    assert sealed(SEALED, INTAKE, FORGED, chain=chain) == ("ASS", "203.0.113.90")


def test_a_seal_without_the_sealer_is_a_mail_that_anyone_sent_again() -> None:
    """The seal covers no Received field: only from the sealer's own machine, proved, is what stands below believed."""
    replayed = (
        "from relay.list.example (unknown [198.51.100.9]) by mx.own.example (Postfix) with ESMTPS id 1",
        "from relay.list.example (evil.invalid [198.51.100.9]) by mx.own.example (Postfix) with ESMTPS id 1",
        "from relay.list.example (relay.list.example [198.51.100.9] (may be forged)) by mx.own.example (8.15.2/8.15.2) id 1",
        "from x (relay.list.example [198.51.100.9]) by mx.own.example with ESMTP id 1",
        "from relay.list.example (198.51.100.9) by mx.own.example (198.51.100.8) with Microsoft SMTP Server id 15.1.1.1",
        "from unknown (HELO relay.list.example) (198.51.100.9) by mx.own.example with SMTP",
    )
    bait = INTAKE.replace("198.51.100.66", "192.0.2.99")
    for edge in replayed:
        assert sealed(edge, bait) == ("AS", "198.51.100.9")


def test_sent_through_the_sealer_with_an_old_seal_the_sender_is_seen() -> None:
    submitted = "from pc (pc.isp.example [198.51.100.9]) by relay.list.example (Postfix) with ESMTPSA id 3"
    assert sealed(SEALED, submitted, INTAKE) == ("AAS", "198.51.100.9")


def test_nobody_is_believed_whom_the_reader_did_not_name() -> None:
    assert sealed(SEALED, INTAKE, vantage=OWN) == ("AS", "203.0.113.90")


def test_a_person_at_a_browser_wrote_what_is_below() -> None:
    hops, _, found = draw(
        "from 198.51.100.66 (SquirrelMail authenticated user taro) by mx.own.example with HTTP", FORGED
    )
    assert (grades(hops), found.ip, found.auth_account) == ("AS", "198.51.100.66", "taro")


def test_no_received_field() -> None:
    hops, line, found = draw()
    assert (hops, line.basis, line.above, found) == ((), "none", 0, Origin(Grade.SELF_DECLARED))
    assert line.advice
    assert line.advice_ja


def test_nothing_is_attested_where_nothing_is_named() -> None:
    for fields in ([EVIL], [INNER, EVIL], ["by 0"], ["nonsense"], ["(qmail 1 invoked from network)", EVIL]):
        hops, line, found = draw(*fields, vantage=Vantage())
        assert "A" not in grades(hops)
        assert found.grade is not Grade.ATTESTED
        assert line.advice


@pytest.mark.parametrize("index", range(4))
def test_the_writer_of_a_field_is_the_hop_below_it(index: int) -> None:
    hops, _, _ = draw(INNER, EVIL, FORGED)
    writer = trust.writer(hops, index)
    assert (writer.index if writer else None) == {0: 1}.get(index)


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_the_seed_case(ending: bytes) -> None:
    if not SEED.exists():
        pytest.skip("the seed case is not beside this project")
    raw = SEED.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", ending)
    budget = Budget()
    seen = received.hops(message.read(raw, budget), budget)
    vantage = Vantage(own_hosts=("mx.hosting.example", "mbox.hosting.example"), own_domains=("jimusho.example",))
    found = origin.find(*trust.draw(seen, vantage))
    assert (found.ip, found.auth_account, found.helo, found.grade) == (
        "20.63.138.218", "office@kobe-kodomo.ac.jp", "jp5", Grade.ATTESTED,
    )  # fmt: skip
    found = origin.find(*trust.draw(seen, Vantage()))
    assert (found.ip, found.grade) == ("20.63.138.218", Grade.INFERRED)
