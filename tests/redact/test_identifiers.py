"""What identifies the victim: nothing of the attacker's, nothing that stands in every article."""

from __future__ import annotations

import msgspec

from sabaki.model.case import Recipients, Trust, TrustLine
from sabaki.model.evidence import Grade
from sabaki.model.observable import EmailAddr
from sabaki.model.report import Report
from sabaki.redact import identifiers, mask
from tests.redact import cases


def to(*boxes: EmailAddr, report: Report | None = None) -> Report:
    base = report or cases.with_vantage(cases.seed_report(), own_domains=(), mailboxes=None)
    hops = tuple(msgspec.structs.replace(hop, recipient="") for hop in base.hops)
    return msgspec.structs.replace(base, recipients=Recipients(boxes), hops=hops)


def box(address: str, name: str = "") -> EmailAddr:
    local, _, domain = address.rpartition("@")
    return EmailAddr(address, local, domain, name)


def test_the_seed_s_victim() -> None:
    found = identifiers.of(cases.seed_report())
    assert {cases.ADDRESS, f"info@{cases.DOMAIN}", f"admin@{cases.DOMAIN}"} <= set(found.addresses)
    assert {cases.DOMAIN, cases.OWN_MX, "mbox.hosting.example"} <= set(found.domains)
    assert {"jimusho", cases.LOCAL} <= set(found.words)
    assert cases.OWN_MX_IP in found.ips
    assert {"坂本 陽子", "坂本"} <= set(found.names)


def test_the_attacker_s_indicators_are_not_among_them() -> None:
    every = {value for group in msgspec.structs.astuple(identifiers.of(cases.seed_report())) for value in group}
    assert every.isdisjoint({cases.EVIL, cases.ACCOUNT, "gakuin.example", cases.ORIGIN_IP, "jp5", "office", "admin"})


def test_a_public_provider_s_domain_names_nobody() -> None:
    found = identifiers.of(to(box("hanako.y@gmail.com")))
    assert "hanako.y@gmail.com" in found.addresses
    assert not [domain for domain in found.domains if "gmail" in domain]
    assert "gmail" not in found.words


def test_roles_and_ordinary_words_are_no_names() -> None:
    found = identifiers.of(
        to(box("web-master@rest.example"), box("no.reply@rest.example"), box("recipient@rest.example"))
    )
    assert found.words == ()
    assert found.tokens == ()


def test_a_person_s_local_part_is_one() -> None:
    found = identifiers.of(to(box("sakurai@rest.example"), box("hanae@rest.example"), box("bob@rest.example")))
    assert found.words == ("sakurai",)
    assert found.tokens == ("hanae",)


def test_polite_forms_are_no_display_names() -> None:
    names = ["お客様各位", "お客様", "Valued Customer", "Undisclosed recipients", "会員様", "info@rest.example"]
    assert identifiers.of(to(*(box("a@rest.example", name) for name in names))).names == ()


def test_a_tag_leads_to_the_mailbox_behind_it() -> None:
    assert "taro.t@gmail.com" in identifiers.of(to(box("taro.t+shop@gmail.com"))).addresses


def test_who_names_himself_as_the_recipient_is_no_victim() -> None:
    evil = box("winner@prize.example")
    report = cases.with_vantage(cases.seed_report(), own_domains=(), mailboxes=None)
    report = msgspec.structs.replace(
        report,
        sender=msgspec.structs.replace(report.sender, author=(evil,)),
        recipients=Recipients((evil,), (), (box(cases.ADDRESS),)),
    )
    assert evil.address not in identifiers.of(report).addresses


def test_a_masked_report_has_none_left() -> None:
    masked = mask.redact(cases.seed_report())
    assert not [value for group in msgspec.structs.astuple(identifiers.of(masked)) for value in group if "*" in value]


def test_an_ipv6_server_is_known_in_both_spellings() -> None:
    report = cases.with_vantage(cases.seed_report(), own_hosts=("2001:db8::25",))
    assert {"2001:db8::25", "2001:0db8:0000:0000:0000:0000:0000:0025"} <= set(identifiers.of(report).ips)


def test_servers_above_the_named_ones_are_the_victim_s_too() -> None:
    report = cases.with_vantage(cases.seed_report(), own_hosts=())
    top = msgspec.structs.replace(report.hops[0], trust=Trust.CLAIMED, grade=Grade.SELF_DECLARED)
    report = msgspec.structs.replace(report, hops=(top, *report.hops[1:]), trust=TrustLine("named", 1))
    assert {"mbox.hosting.example", cases.OWN_MX} <= set(identifiers.of(report).domains)
    assert cases.OWN_MX_IP in identifiers.of(report).ips
    below = msgspec.structs.replace(report, hops=(report.hops[1], top))
    renumbered = tuple(msgspec.structs.replace(hop, index=at) for at, hop in enumerate(below.hops))
    below = msgspec.structs.replace(below, hops=renumbered)
    assert "mbox.hosting.example" not in identifiers.of(below).domains
