"""Who stands behind the author's domain, and what takes that word away again."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from sabaki import pipeline
from sabaki.facts import bodies, identity, standing
from sabaki.facts.standing import Standing
from sabaki.mail import message
from sabaki.mail.limits import Budget
from sabaki.model.authentication import UNCHECKED, ArcChain, ArcSet, Dmarc, Signature, Spf, Verification
from sabaki.model.case import Case, Source, Vantage
from sabaki.model.evidence import Grade
from sabaki.protocols.resolver import Offline, Recording

HOP = (
    "Received: from mail.shop.example (mail.shop.example [198.51.100.7])\n"
    "\tby mx.own.example (Postfix) with ESMTP id 4Z5; Mon, 3 Mar 2025 10:15:04 +0900\n"
)
FROM = "From: Shop <news@shop.example>\n"
REST = "To: you@own.example\nSubject: x\nDate: Mon, 3 Mar 2025 10:15:00 +0900\nMessage-ID: <1@shop.example>\n"
PASS = "Authentication-Results: mx.own.example; dkim=pass header.d=shop.example header.s=s1; dmarc=pass header.from=shop.example\n"
OWN = Vantage(own_hosts=("mx.own.example",), own_domains=("own.example",))


def case(header: str, verification: Verification | None = None, vantage: Vantage = OWN) -> Case:
    budget = Budget()
    parsed = message.read(f"{header}\nHello.\n".encode(), budget)
    read = pipeline.understand(
        parsed,
        bodies.read(parsed, budget),
        source=Source("x", "", 0),
        vantage=vantage,
        budget=budget,
        resolver=Recording(Offline(), budget),
    )
    return replace(read, verification=verification or Verification())


def of(header: str, verification: Verification | None = None, vantage: Vantage = OWN) -> Standing:
    return standing.standing(case(header, verification, vantage))


def ids(found: Standing) -> set[str]:
    return {each.id for each in found.qualifications}


def signature(domain: str = "shop.example", result: str = "pass", **more: Any) -> Signature:
    given: dict[str, Any] = {
        "selector": "s1",
        "covered_names": ("from", "to", "subject", "date"),
        "body_size": 7,
        "body_covered": 7,
        "body_matches": True,
        "grade": Grade.VERIFIED,
    }
    return Signature(result=result, domain=domain, **{**given, **more})


def dmarc(result: str, *aligned: str, **more: Any) -> Dmarc:
    given: dict[str, Any] = {"author_domain": "shop.example", "policy_domain": "shop.example", "policy": "reject"}
    return Dmarc(result=result, aligned=aligned, **{**given, "grade": Grade.VERIFIED, **more})


def test_nobody() -> None:
    found = of(HOP + FROM + REST)
    assert (found.by, found.firm, found.holds, found.grade) == ("", False, False, Grade.SELF_DECLARED)
    assert of(HOP + REST).domain == ""


def test_our_own_verification_is_proof() -> None:
    verified = Verification(dkim=(signature(),), dmarc=dmarc("pass", "dkim:shop.example"))
    found = of(HOP + FROM + REST, verified)
    assert (found.by, found.grade, found.firm) == ("dmarc", Grade.VERIFIED, True)
    assert of(FROM + REST, Verification(dkim=(signature(),), dmarc=dmarc("none"))).by == "dkim"


def test_a_servers_word() -> None:
    found = of(PASS + HOP + FROM + REST)
    assert (found.by, found.grade, found.firm) == ("server", Grade.ATTESTED, True)
    assert of(HOP + PASS + FROM + REST).by == ""
    assert of(PASS + HOP + FROM + REST, vantage=Vantage()).grade is Grade.INFERRED


def test_the_best_word_counts() -> None:
    partial = signature(weaknesses=("body_part",), body_size=900)
    verified = Verification(dkim=(partial, signature()), dmarc=dmarc("pass", "dkim:shop.example"))
    assert of(HOP + FROM + REST, verified).firm
    # A server's word rests on the same signature that we see in part.
    found = of(PASS + HOP + FROM + REST, Verification(dkim=(partial,), dmarc=dmarc("pass", "dkim:shop.example")))
    assert ids(found) == {"body_part"}
    assert not found.holds


@pytest.mark.parametrize(
    "weakness",
    [
        "body_part",
        "no_body",
        "unsigned_subject",
        "duplicate_field",
        "short_key",
        "testing",
        "sha1",
        "unsigned_content_type",
    ],
)
def test_a_weak_signature_takes_the_word_away(weakness: str) -> None:
    weak = Verification(dkim=(signature(weaknesses=(weakness,)),), dmarc=dmarc("pass", "dkim:shop.example"))
    found = of(HOP + FROM + REST, weak)
    assert found.by == "dmarc"
    assert not found.holds
    assert not of(PASS + HOP + FROM + REST, weak).holds
    assert not identity.vouched(case(PASS + HOP + FROM + REST, weak))


@pytest.mark.parametrize("weakness", ["addable_field", "unsigned_to", "unsigned_date", "selector_like_recipient"])
def test_some_weaknesses_say_nothing_about_the_author(weakness: str) -> None:
    weak = Verification(dkim=(signature(weaknesses=(weakness,)),), dmarc=dmarc("pass", "dkim:shop.example"))
    assert of(HOP + FROM + REST, weak).firm


def test_an_added_reply_to() -> None:
    header = f"{HOP}Reply-To: x@evil.invalid\n{FROM}{REST}"
    open_ = Verification(dkim=(signature(uncovered=("reply-to",)),), dmarc=dmarc("pass", "dkim:shop.example"))
    assert ids(of(header, open_)) == {"unsigned_reply_to"}


@pytest.mark.parametrize(
    ("author", "qualification"),
    [
        ("From: Shop <news@shop.example>\nFrom: Bank <info@bank.example>\n", "several_authors"),
        ("From: <news@shop.example>, <info@bank.example>\n", "several_authors"),
        ("From: <news@shop.example>, <other@shop.example>\n", "several_authors"),
        ("From : Shop <news@shop.example>\n", "from_ambiguous"),
        ("From: <news(@bank.example)@shop.example>\n", "from_ambiguous"),
        ('From: "info@bank.example" <news@shop.example>\n', "name_shows_other"),
        ("From: =?utf-8?q?info=40bank.example?= <news@shop.example>\n", "name_shows_other"),
    ],
)
def test_an_author_in_doubt_is_vouched_for_by_nobody(author: str, qualification: str) -> None:
    verified = Verification(dkim=(signature(),))
    for found in (of(PASS + HOP + author + REST), of(HOP + author + REST, verified)):
        assert not found.holds
        assert not found.by or qualification in ids(found)


def test_a_list_that_rewrote_from() -> None:
    header = (
        f"{PASS.replace('shop.example', 'lists.example')}{HOP}"
        "From: Bank via Users <users@lists.example>\nReply-To: Bank <info@bank.example>\nList-Id: <users.lists.example>\n"
    )
    assert not of(header + REST).holds
    # Nor does a result that names no domain speak for the one in Reply-To.
    nameless = header.replace(" header.from=lists.example", "")
    assert not of(nameless + REST).holds


@pytest.mark.parametrize(
    ("signer", "author", "qualified"),
    [
        ("shop.example", "shop.example", set()),
        ("shop.example", "news.shop.example", set()),
        ("news.shop.example", "shop.example", {"cousin"}),
        ("a.shop.example", "b.shop.example", {"cousin"}),
    ],
)
def test_who_signed_for_whom(signer: str, author: str, qualified: set[str]) -> None:
    verified = Verification(
        dkim=(signature(signer),), dmarc=dmarc("pass", f"dkim:{signer}", author_domain=author, policy_domain=author)
    )
    found = of(HOP + FROM.replace("shop.example", author) + REST, verified)
    assert ids(found) == qualified
    assert found.holds


def test_a_subdomain_for_which_nobody_asks_anything() -> None:
    inherited = dmarc("pass", "dkim:a.shop.example", author_domain="b.shop.example", policy="none")
    found = of(
        HOP + FROM.replace("shop", "b.shop") + REST, Verification(dkim=(signature("a.shop.example"),), dmarc=inherited)
    )
    assert ids(found) == {"cousin", "subdomain_without_policy"}


def test_spf_alone_is_no_proof() -> None:
    verified = Verification(
        spf=(Spf(result="pass", domain="shop.example", grade=Grade.ATTESTED),),
        dmarc=dmarc("pass", "spf:shop.example", grade=Grade.ATTESTED),
    )
    found = of(HOP + FROM + REST, verified)
    assert (found.by, found.grade, ids(found), found.holds) == ("spf", Grade.ATTESTED, {"spf_only"}, True)
    everyone = replace(verified, spf=(replace(verified.spf[0], everyone=True),))
    assert not of(HOP + FROM + REST, everyone).holds
    server = "Authentication-Results: mx.own.example; spf=pass smtp.mailfrom=x@shop.example; dkim=none; dmarc=pass header.from=shop.example\n"
    assert ids(of(server + HOP + FROM + REST)) == {"spf_only"}


def test_what_was_changed_after_the_server_had_looked() -> None:
    altered = Verification(dkim=(signature(result=UNCHECKED, body_matches=False, grade=Grade.SELF_DECLARED),))
    found = of(PASS + HOP + FROM + REST, altered)
    assert ids(found) == {"altered"}
    assert not found.holds


def test_a_domain_whose_policy_says_no_has_not_signed() -> None:
    assert of(HOP + FROM + REST, Verification(dkim=(signature("x.shop.example"),), dmarc=dmarc("fail"))).by == ""


@pytest.mark.parametrize("result", ["fail", UNCHECKED, "key_gone", "temperror", "permerror", "policy", "neutral"])
def test_only_a_pass_is_a_pass(result: str) -> None:
    assert of(HOP + FROM + REST, Verification(dkim=(signature(result=result),))).by == ""
    unverified = signature(grade=Grade.SELF_DECLARED)
    assert of(HOP + FROM + REST, Verification(dkim=(unverified,))).by == ""


def test_freemail_names_the_provider() -> None:
    field = PASS.replace("shop.example", "gmail.com")
    found = of(field + HOP + FROM.replace("shop.example", "gmail.com") + REST)
    assert (ids(found), found.firm, found.holds) == ({"freemail"}, False, True)


def test_a_lookalike_passes_for_itself() -> None:
    field = PASS.replace("shop.example", "harb0ur.example")
    vantage = Vantage(own_hosts=("mx.own.example",), own_domains=("harbour.example",))
    found = of(field + HOP + FROM.replace("shop.example", "harb0ur.example") + REST, vantage=vantage)
    assert "lookalike" in ids(found)
    assert not found.firm


def test_a_trusted_sealer() -> None:
    header = "ARC-Authentication-Results: i=1; mx.lists.example; dkim=pass header.d=shop.example\n"
    chain = ArcChain(
        result="pass", oldest_pass=1, sets=(ArcSet(instance=1, domain="lists.example"),), grade=Grade.VERIFIED
    )
    trusting = replace(OWN, trusted_sealers=("lists.example",))
    found = of(header + HOP + FROM + REST, Verification(arc=chain), trusting)
    assert (found.by, found.grade) == ("sealer", Grade.INFERRED)
    assert of(header + HOP + FROM + REST, Verification(arc=chain)).by == ""


def test_it_says_how_far_the_pass_reaches() -> None:
    whole = of(HOP + FROM + REST, Verification(dkim=(signature(),), dmarc=dmarc("pass", "dkim:shop.example")))
    assert standing.reach(whole) == (
        "It vouches for from, to, subject, date, and the whole body.",
        "保証されているのは、from, to, subject, date と本文の全体です。",
    )
    part = of(
        HOP + FROM + REST, Verification(dkim=(signature(body_size=9_000),), dmarc=dmarc("pass", "dkim:shop.example"))
    )
    assert "7 of 9,000 bytes" in standing.reach(part)[0]
    alone = of(HOP + FROM + REST, Verification(dmarc=dmarc("pass", "spf:shop.example", grade=Grade.ATTESTED)))
    assert standing.reach(alone)[0] == "It vouches for no field and no word of the mail."
    assert "cannot be seen" in standing.reach(of(PASS + HOP + FROM + REST))[0]


@pytest.mark.parametrize(
    ("hop", "qualified"),
    [
        (
            "from mail.evil.invalid (mail.evil.invalid [203.0.113.9]) by out.shop.example (Postfix) with ESMTP id 1",
            True,
        ),
        ("from pc (unknown [203.0.113.9]) by out.shop.example (Postfix) with ESMTPSA id 1", False),
        (
            "from pc (unknown [203.0.113.9]) (Authenticated sender: taro) by out.shop.example (Postfix) with ESMTP id 1",
            False,
        ),
        ("from pc (unknown [10.0.0.9]) by out.shop.example (Postfix) with ESMTP id 1", False),
        ("from web.shop.example (web.shop.example [203.0.113.9]) by out.shop.example (Postfix) with ESMTP id 1", False),
        (
            "from mail.evil.invalid (mail.evil.invalid [203.0.113.9]) by out.relay.example (Postfix) with ESMTP id 1",
            False,
        ),
    ],
)
def test_a_forwarder_that_signs_whatever_it_passes_on(hop: str, qualified: bool) -> None:
    verified = Verification(dkim=(signature(),), dmarc=dmarc("pass", "dkim:shop.example"))
    found = of(f"{HOP}Received: {hop}; Mon, 3 Mar 2025 10:14:55 +0900\n{FROM}{REST}", verified)
    assert ids(found) == ({"relayed_in"} if qualified else set())
    assert found.holds


def test_a_signed_mail_sent_again_to_somebody_else() -> None:
    verified = Verification(dkim=(signature(),), dmarc=dmarc("pass", "dkim:shop.example"))
    hop = HOP.replace("mail.shop.example", "mail.evil.invalid").replace("id 4Z5", "id 4Z5\n\tfor <you@own.example>")
    elsewhere = REST.replace("you@own.example", "someone@other.example")
    found = of(hop + FROM + elsewhere, verified)
    assert (ids(found), found.holds) == ({"not_addressed"}, True)
    # A newsletter that goes out blind, from the shop's own machine.
    sent = replace(verified, spf=(Spf(result="pass", domain="bounce.shop.example", grade=Grade.ATTESTED),))
    assert of(hop + FROM + elsewhere, sent).firm
    assert of(hop + FROM + REST, verified).firm
