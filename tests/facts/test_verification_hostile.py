"""A DNS that answers everything, with the largest answers that are taken: what it costs stays bounded, and nothing passes by it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sabaki.facts import verification
from sabaki.mail.limits import Limits
from sabaki.model.authentication import Verification
from sabaki.model.lookup import Answer, Lookup
from sabaki.protocols import spf
from sabaki.protocols.resolver import Recorded, Recording, key
from tests.facts.test_verification import HOP, MAIL, PATH, read

LARGEST = 32_768
"""Characters of all records of one answer (sources.dns takes no more)."""
MOST = 200
"""Records of one answer."""


def filled(head: str, more: Iterator[str]) -> str:
    """The head, and as much more as an answer can hold."""
    text = head
    for each in more:
        if len(text) + len(each) > LARGEST:
            return text
        text += each
    return text


def numbered(form: str) -> Iterator[str]:
    return (form.format(number=number) for number in range(10_000))


def wide_key() -> str:
    """The longest key that is taken, with an exponent of its length, which is the slowest to try."""
    numbers = rsa.generate_private_key(public_exponent=65_537, key_size=3_072).public_key().public_numbers()
    public = rsa.RSAPublicNumbers(numbers.n - (1 << 100) | 1, numbers.n).public_key()
    octets = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; p={base64.b64encode(octets).decode()}"


SPF = {
    "wide": lambda name: (filled("v=spf1", numbered(f" include:i{{number}}.{name[-60:]}")),),
    "deep": lambda name: (f"v=spf1 include:a.{name[-200:]} -all",),
    "redirects": lambda name: (f"v=spf1 redirect=a.{name[-200:]}",),
    "hosts": lambda name: (filled("v=spf1", numbered(f" mx:m{{number}}.{name[-60:]} a:a{{number}}.{name[-60:]}")),),
    "networks": lambda name: (filled("v=spf1", (f" ip4:10.{n % 256}.{n // 256}.0/24" for n in range(10_000))),),
    "macros": lambda name: (filled("v=spf1", numbered(" exists:%{{p}}.%{{l1r-}}.%{{ir}}.{number}.example")),),
    "several": lambda name: tuple(f"v=spf1 include:{number}.{name[-60:]} -all" for number in range(MOST)),
    "none": lambda name: ("x" * LARGEST,),
}


class Everything:
    """Answers every question with as much as there can be."""

    def __init__(self, policy: Callable[[str], tuple[str, ...]], record: str) -> None:
        self._policy, self._record = policy, record
        self.asked = 0

    def lookup(self, name: str, type: str) -> Lookup:
        self.asked += 1
        name, type = asked = key(name, type)
        if type == "MX":
            records = tuple(f"{number} mx{number}.{name[-60:]}" for number in range(MOST))
        elif type == "TXT":
            records = (self._record,) * 20 if "_domainkey" in name else self._policy(name)
            if name.startswith("_dmarc."):
                records = (filled("v=DMARC1; p=reject; rua=mailto:a@b.example", numbered("; x{number}=y")),)
        elif type in ("A", "AAAA"):
            form = "192.0.2.{}" if type == "A" else "2001:db8::{}"
            records = tuple(form.format(number) for number in range(MOST))
        else:
            records = tuple(f"{number}.{name[-60:]}" for number in range(MOST))
        return Lookup(*asked, Answer.ANSWER, records)


def flood() -> str:
    """A mail with as many signatures and seals as are looked at, each with a name of its own."""
    tags = "a=rsa-sha256; d=shop.example; b=" + "A" * 512
    hashed = "c=relaxed/relaxed; h=from:to:subject; bh=kWeUnxT86AAhva6Wuzh8QAsgIrN+qCJhLREuKTvcuZQ="
    signatures = "".join(f"DKIM-Signature: v=1; s=k{number}; {hashed}; {tags}\n" for number in range(40))
    seals = "".join(
        f"ARC-Seal: i={n}; cv={'pass' if n > 1 else 'none'}; s=a{n}; {tags}\n"
        f"ARC-Message-Signature: i={n}; s=m{n}; {hashed}; {tags}\n"
        f"ARC-Authentication-Results: i={n}; mx.shop.example; dkim=pass\n"
        for n in range(50, 0, -1)
    )
    return PATH + HOP + seals + signatures + MAIL


def checked(policy: str) -> tuple[Verification, Recording, Everything, frozenset[str]]:
    dns = Everything(SPF[policy], wide_key())
    parsed, case, asked, budget = read(flood(), dns)
    return verification.verify(parsed, case, asked, budget), asked, dns, frozenset(each.name for each in budget.reached)


@pytest.mark.parametrize("policy", SPF)
def test_questions_are_bounded_and_nothing_passes_by_sheer_size(policy: str) -> None:
    found, asked, dns, reached = checked(policy)
    assert dns.asked <= Limits().dns_queries
    assert len([each for each in asked.lookups if each.type != "TXT"]) <= 2 * spf.QUESTIONS
    assert all(each.lookups <= spf.TERMS for each in found.spf)
    assert "pass" not in {each.result for each in (*found.dkim, found.arc)}
    assert "dkim_signatures" in reached
    assert [each.body_matches for each in found.dkim] == [True] * Limits().dkim_signatures, "or no key would be tried"
    if policy in ("wide", "deep", "redirects", "several"):
        assert {each.result for each in found.spf} == {"permerror"}


def test_what_was_asked_replays() -> None:
    found, asked, _, _ = checked("hosts")
    parsed, case, again, budget = read(flood(), Recorded(asked.lookups))
    assert verification.verify(parsed, case, again, budget).dmarc == found.dmarc
