"""All of it together: a signed mail, the peer that our server saw, and a DNS of our own making."""

from __future__ import annotations

import base64
from functools import cache

import dkim as signing
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

import sabaki
from sabaki import pipeline
from sabaki.facts import bodies, verification
from sabaki.files.cell import Cell
from sabaki.mail import message
from sabaki.mail.limits import Budget
from sabaki.model.authentication import KEY_GONE, UNCHECKED, ArcChain, Dmarc, Signature, Spf, Verification
from sabaki.model.case import Case, Source, Vantage
from sabaki.model.evidence import Grade
from sabaki.model.finding import State
from sabaki.model.lookup import Answer, Lookup
from sabaki.model.message import Message
from sabaki.protocols.resolver import Offline, Recorded, Recording, Resolver, key

OWN = Vantage(own_hosts=("mx.own.example",), own_domains=("own.example",))
PATH = "Return-Path: <bounce@shop.example>\n"
HOP = (
    "Received: from mail.shop.example (mail.shop.example [198.51.100.7])\n"
    "\tby mx.own.example (Postfix) with ESMTP id 4Z5; Mon, 3 Mar 2025 10:15:04 +0900\n"
)
MAIL = (
    "From: Shop <news@shop.example>\nTo: you@own.example\nSubject: Open\n"
    "Date: Mon, 3 Mar 2025 10:15:00 +0900\nMessage-ID: <1@shop.example>\n\nWe are open.\n"
)


@cache
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_record() -> str:
    octets = (
        private_key()
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return f"v=DKIM1; k=rsa; p={base64.b64encode(octets).decode()}"


def signed(mail: str = MAIL, domain: str = "shop.example") -> str:
    pem = private_key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    raw = mail.replace("\n", "\r\n").encode()
    headers = [b"from", b"to", b"subject", b"date", b"message-id", b"from", b"subject"]
    field = signing.sign(raw, b"s1", domain.encode(), pem, include_headers=headers)
    return str(field, "ascii").replace("\r\n", "\n") + mail


class Dns:
    """Answers TXT and A from a table; what is not there does not exist."""

    def __init__(self, more: dict[tuple[str, str], str] | None = None) -> None:
        self.table = {
            ("s1._domainkey.shop.example", "TXT"): public_record(),
            ("_dmarc.shop.example", "TXT"): "v=DMARC1; p=reject",
            ("shop.example", "TXT"): "v=spf1 ip4:198.51.100.0/28 -all",
            ("mail.shop.example", "TXT"): "v=spf1 a -all",
            ("mail.shop.example", "A"): "198.51.100.7",
            **(more or {}),
        }

    def lookup(self, name: str, type: str) -> Lookup:
        asked = key(name, type)
        found = self.table.get(asked)
        time = "2025-03-04T00:00:00Z"
        if found is None:
            return Lookup(*asked, Answer.NXDOMAIN, asked_at=time, server="test")
        return Lookup(*asked, Answer.ANSWER, (found,), 300, asked_at=time, server="test")


def read(text: str, resolver: Resolver, vantage: Vantage = OWN) -> tuple[Message, Case, Recording, Budget]:
    budget = Budget()
    parsed = message.read(text.encode(), budget)
    asked = Recording(resolver, budget)
    case = pipeline.understand(
        parsed, bodies.read(parsed, budget), source=Source("x", "", 0), vantage=vantage, budget=budget, resolver=asked
    )
    return parsed, case, asked, budget


def verify(text: str, resolver: Resolver | None = None, vantage: Vantage = OWN) -> Verification:
    return verification.verify(*read(text, resolver or Dns(), vantage))


def states(found: Verification) -> dict[str, State]:
    return {each.step.removeprefix("protocol:"): each.state for each in verification.outcomes(found)}


def test_all_passes() -> None:
    found = verify(PATH + HOP + signed())
    assert [(each.scope, each.result, each.domain, each.grade) for each in found.spf] == [
        ("mailfrom", "pass", "shop.example", Grade.ATTESTED),
        ("helo", "pass", "mail.shop.example", Grade.ATTESTED),
    ]
    assert [(each.result, each.domain, each.grade) for each in found.dkim] == [("pass", "shop.example", Grade.VERIFIED)]
    assert found.dmarc
    assert (found.dmarc.result, found.dmarc.grade) == ("pass", Grade.VERIFIED)
    assert set(found.dmarc.aligned) == {"dkim:shop.example", "spf:shop.example"}
    assert (found.arc.result, found.asked_at) == ("none", "2025-03-04T00:00:00Z")
    assert set(states(found).values()) == {State.RAN}


def test_offline_nothing_passes_and_it_says_why() -> None:
    found = verify(PATH + HOP + signed(), Offline())
    assert {each.result for each in found.spf} == {UNCHECKED}
    assert [(each.result, each.body_matches) for each in found.dkim] == [(UNCHECKED, True)]
    assert found.dmarc
    assert (found.dmarc.result, found.asked_at) == (UNCHECKED, None)
    assert states(found) == {"spf": State.SKIPPED, "dkim": State.SKIPPED, "arc": State.RAN, "dmarc": State.SKIPPED}
    for outcome in verification.outcomes(found):
        assert outcome.reason
        assert outcome.reason_ja
        assert outcome.reason != outcome.reason_ja


def test_a_report_replays_from_its_own_record(cell: Cell) -> None:
    raw = (PATH + HOP + signed()).encode()
    first = sabaki.dissect(raw, vantage=OWN, cell=cell, resolver=Dns())
    assert first.verification.lookups
    again = sabaki.dissect(raw, vantage=OWN, cell=cell, resolver=Recorded(first.verification.lookups))
    assert again.to_json() == first.to_json()


def test_a_mail_that_was_changed_does_not_pass() -> None:
    found = verify(PATH + HOP + signed().replace("We are open.", "We are closed."))
    assert found.dkim[0].result == "fail"
    assert found.dkim[0].body_matches is False
    assert found.dmarc
    assert found.dmarc.aligned == ("spf:shop.example",)


def test_another_peer_does_not_pass() -> None:
    found = verify(PATH + HOP.replace("198.51.100.7", "203.0.113.9") + MAIL)
    assert (found.spf[0].result, found.dmarc.result if found.dmarc else "") == ("fail", "fail")


def test_a_key_that_is_gone() -> None:
    dns = Dns()
    del dns.table["s1._domainkey.shop.example", "TXT"]
    found = verify(PATH + HOP.replace("198.51.100.7", "203.0.113.9") + signed(), dns)
    assert found.dkim[0].result == KEY_GONE
    assert found.dmarc
    assert found.dmarc.result == UNCHECKED
    assert states(found)["dkim"] is State.SKIPPED


@pytest.mark.parametrize(
    ("header", "vantage"),
    [
        ("", OWN),
        (HOP.replace("[198.51.100.7]", "[10.0.0.7]"), OWN),
        (HOP.replace("with ESMTP id", "(Authenticated sender: taro@own.example) with ESMTPSA id"), OWN),
    ],
)
def test_without_an_outside_peer_spf_is_not_evaluated(header: str, vantage: Vantage) -> None:
    found = verify(PATH + header + MAIL, vantage=vantage)
    assert {each.result for each in found.spf} == {UNCHECKED}
    assert all(each.reason and each.reason_ja for each in found.spf)
    assert found.dmarc
    assert found.dmarc.result == UNCHECKED


def test_an_inferred_line_gives_an_inferred_result() -> None:
    found = verify(PATH + HOP + MAIL, vantage=Vantage())
    assert {each.grade for each in found.spf} == {Grade.INFERRED}
    assert found.dmarc
    assert (found.dmarc.result, found.dmarc.grade) == ("pass", Grade.INFERRED)


def test_a_return_path_that_the_sender_wrote_is_worth_nothing() -> None:
    found = verify(HOP + PATH + MAIL)
    assert [(each.scope, each.result) for each in found.spf] == [("mailfrom", UNCHECKED), ("helo", "pass")]
    assert found.dmarc
    assert (found.dmarc.result, found.dmarc.aligned) == (UNCHECKED, ())


def test_the_null_sender_makes_the_greeting_count() -> None:
    found = verify("Return-Path: <>\n" + HOP + MAIL)
    assert [(each.scope, each.domain) for each in found.spf] == [("helo", "mail.shop.example")]
    assert found.dmarc
    assert found.dmarc.aligned == ("spf:mail.shop.example",)
    # And never where there is one.
    elsewhere = verify("Return-Path: <x@evil.invalid>\n" + HOP + MAIL)
    assert elsewhere.dmarc
    assert elsewhere.dmarc.result == "fail"


def test_a_from_with_two_readings_has_no_dmarc() -> None:
    found = verify(PATH + HOP + signed(MAIL.replace("<news@shop.example>", "<news@shop.example>, <x@bank.example>")))
    assert found.dmarc
    assert (found.dmarc.result, found.dmarc.author_domain) == ("permerror", "")
    assert states(found)["dmarc"] is State.SKIPPED


def test_signatures_beyond_the_limit_are_counted() -> None:
    many = signed().partition("From:")[0] * 9 + MAIL
    parsed, case, asked, budget = read(PATH + HOP + many, Dns())
    found = verification.verify(parsed, case, asked, budget)
    assert (len(found.dkim), found.dkim_left_out) == (5, 4)
    assert "dkim_signatures" in {limit.name for limit in budget.reached}


def test_the_questions_of_an_endless_policy_leave_some_for_the_rest() -> None:
    endless = {(f"{at}.evil.invalid", "TXT"): f"v=spf1 include:{at + 1}.evil.invalid -all" for at in range(99)}
    found = verify("Return-Path: <x@0.evil.invalid>\n" + HOP + signed(), Dns(endless))
    assert found.dkim[0].result == "pass"
    assert found.dmarc
    assert found.dmarc.result == "pass"


def outcome(found: Verification, protocol: str) -> tuple[State, str]:
    each = next(each for each in verification.outcomes(found) if each.step == f"protocol:{protocol}")
    return each.state, each.reason


def test_outcomes() -> None:
    assert outcome(Verification(), "dkim") == (State.RAN, "the mail bears no DKIM signature: nothing to verify")
    assert outcome(Verification(), "spf")[0] is State.SKIPPED
    assert outcome(Verification(), "dmarc")[0] is State.SKIPPED
    gone = Verification(dkim=(Signature(result=KEY_GONE, reason="no key"), Signature(result="pass")))
    assert outcome(gone, "dkim") == (State.SKIPPED, "no key (1 of 2 signatures)")
    more = Verification(dkim=(Signature(result="pass"),), dkim_left_out=3)
    assert outcome(more, "dkim") == (State.SKIPPED, "3 further signatures were not verified")
    assert outcome(Verification(arc=ArcChain(result="temperror", reason="x")), "arc") == (State.TEMPERROR, "x")
    assert outcome(Verification(spf=(Spf(result="fail", reason="x"),)), "spf") == (State.RAN, "x")
    assert outcome(Verification(dmarc=Dmarc(result="none", reason="x")), "dmarc") == (State.RAN, "x")
