"""Addresses and names of peers that cannot be, or do not fit each other."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from sabaki.facts import hopnames
from sabaki.model.case import Role
from tests.facts.hopmaker import hop

BY = "by mx.orchard.example (Postfix) with ESMTP id 4B1C2D3E4F; Mon,  3 Mar 2025 10:14:50 +0900 (JST)"


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("a.example (a.example [198.51.100.9])", []),
        ("a.example (a.example [2001:db8::9])", []),
        ("a.example (a.example [198.300.100.9])", [("address_impossible", True)]),
        ("a.example (198.51.100.999)", [("address_impossible", True)]),
        ("[300.1.1.1] (a.example [198.51.100.9])", []),  # a greeting may hold anything
        ("a.example (a.example [233.252.0.9])", [("address_impossible", True)]),
        ("a.example (a.example [0.1.2.3])", [("address_impossible", True)]),
        ("a.example (unknown [0.0.0.0])", []),
        ("a.example (a.example [ff02::1])", [("address_impossible", True)]),
        ("a.example (a.example [240.0.3.9])", [("address_impossible", False)]),
        ("[192.168.1.20] (unknown [198.51.100.9])", []),
        ("[203.0.113.20] (unknown [198.51.100.9])", [("helo_literal", False)]),
        ("[198.51.100.20] (unknown [198.51.100.9])", []),
        ("gmail.com (p7.line.example [198.51.100.9])", [("provider_elsewhere", False)]),
        ("gmail.com (mail-qt1-f178.google.com [198.51.100.9])", []),
        ("gmail.com (unknown [198.51.100.9])", []),
        ("notgmail.com (p7.line.example [198.51.100.9])", []),
        ("a.example (p203-0-113-7.line.example [198.51.100.9])", [("name_spells_another", False)]),
        ("a.example (p198-51-100-9.line.example [198.51.100.9])", []),
        ("a.example (9.100.51.198.line.example [198.51.100.9])", []),
        ("a.example (dc-2-198-51-100-9.line.example [198.51.100.9])", []),
        ("a.example (tk2-227-23219.vs.line.example [198.51.100.9])", []),
        ("mail.meadow.example (unknown [10.1.2.3])", [("private_across", False)]),
        ("mail.meadow.example (mail.meadow.example [10.1.2.3])", []),
        ("mail.orchard.example (unknown [10.1.2.3])", []),
        ("mail.orchard.net (unknown [10.1.2.3])", []),
    ],
)
def test_peers(peer: str, expected: list[tuple[str, bool]]) -> None:
    assert [(sign.id, sign.strong) for sign in hopnames.signs(hop(f"from {peer} {BY}"))] == expected


def test_a_build_is_no_address() -> None:
    text = "by dulce with Internet Mail Service (5.5.2653.19) id <RV17ZGN1>; Mon, 3 Mar 2025 10:14:50 +0900"
    assert not list(hopnames.signs(hop(text)))


ABOVE = "from {} by mx.harbour.example (Postfix) with ESMTP id 4B1C2D3E4F; Mon,  3 Mar 2025 10:15:04 +0900 (JST)"
BELOW = (
    "from pc (unknown [192.168.1.20]) by {} (Postfix) with ESMTP id 4B1C2D3E50; Mon,  3 Mar 2025 10:14:50 +0900 (JST)"
)


@pytest.mark.parametrize(
    ("peer", "by", "expected"),
    [
        ("mail.meadow.example (mail.meadow.example [198.51.100.9])", "mail.orchard.example", ["chain_broken"]),
        ("mail.meadow.example (mail.meadow.example [198.51.100.9])", "mx.google.com", ["provider_not_left"]),
        ("mail.meadow.example (mail-qt1-f178.google.com [198.51.100.9])", "mx.google.com", []),
        ("mail.meadow.example (out.orchard.example [198.51.100.9])", "mail.orchard.example", []),
        ("mail.meadow.example (mail.meadow.example [198.51.100.9])", "mail.meadow.net", []),
        ("mail.meadow.example (mail.meadow.example [198.51.100.9])", "mail.corp.local", []),
        ("mail.meadow.example (mail.meadow.example [198.51.100.9])", "mail", []),
        ("pc (unknown [198.51.100.9])", "mail.orchard.example", []),
        ("mail.meadow.example (mail.meadow.example [10.1.2.3])", "mail.orchard.example", []),
        ("mail.meadow.example (mail.meadow.example [198.51.100.9])", "mbox.harbour.example", []),
        ("x.prod.exchangelabs.com (x.prod.exchangelabs.com [198.51.100.9])", "y.prod.outlook.com", []),
    ],
)
def test_the_way_holds_together_or_not(peer: str, by: str, expected: list[str]) -> None:
    assert [sign.id for sign in hopnames.broken(hop(BELOW.format(by)), hop(ABOVE.format(peer)))] == expected


def test_lists_and_forwarders_break_it_by_their_nature() -> None:
    above = hop(ABOVE.format("mail.meadow.example (mail.meadow.example [198.51.100.9])"))
    below = hop(BELOW.format("mail.orchard.example"))
    assert list(hopnames.broken(below, above))
    for role in (Role.LIST, Role.FORWARD, Role.FETCH):
        assert not list(hopnames.broken(below, replace(above, role=role)))
