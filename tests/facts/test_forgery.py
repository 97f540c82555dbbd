"""Forged hops have signs, honest ones have none that count, and nothing is said of what our servers wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from sabaki.facts import forgery, roles, trust
from sabaki.facts.signwords import SIGNS, Matter
from sabaki.mail import message, received
from sabaki.mail.limits import Budget
from sabaki.model.case import Hop, Trust, Vantage

HERE = Path(__file__).parent
FORGED: list[dict[str, Any]] = yaml.safe_load((HERE / "forged_hops.yml").read_text("utf-8"))
HONEST: list[dict[str, Any]] = yaml.safe_load((HERE / "honest_hops.yml").read_text("utf-8"))
PEER = "mail.drop.example [198.51.100.7]"
OURS = """\
Received: from {peer_name} ({peer_name} {peer_ip})
\tby mx.harbour.example (Postfix) with ESMTPS id 4B1C2D3E00
\tfor <hanako@harbour.example>; Mon,  3 Mar 2025 10:15:04 +0900 (JST)
"""
REST = """\
From: Taro Sato <taro@orchard.example>
To: Hanako Mori <hanako@harbour.example>
Subject: Minutes
Date: Mon, 3 Mar 2025 10:14:40 +0900
Message-ID: <20250303101440.7@orchard.example>

The minutes of Monday are online.
"""


def marked(hops: str, peer: str = PEER, rest: str = REST) -> tuple[Hop, ...]:
    name, ip = peer.split()
    raw = OURS.format(peer_name=name, peer_ip=ip) + hops + rest
    mail = message.read(raw.encode(), Budget())
    vantage = Vantage(own_hosts=("mx.harbour.example",))
    found, _ = trust.draw(received.hops(mail, Budget()), vantage)
    return forgery.mark(roles.assign(found, mail), mail)


def accused(hops: tuple[Hop, ...]) -> bool:
    return any(forgery.strong(hops, matter) for matter in Matter) or bool(forgery.together(hops))


def ids(hops: tuple[Hop, ...]) -> set[str]:
    return {sign.id for hop in hops for sign in hop.signs}


@pytest.mark.parametrize("case", FORGED, ids=lambda case: case["name"])
def test_forged(case: dict[str, Any]) -> None:
    hops = marked(case["hops"], case.get("top", PEER))
    assert set(case["signs"]) <= ids(hops), ids(hops)
    assert accused(hops)
    assert not hops[0].signs


@pytest.mark.parametrize("case", HONEST, ids=lambda case: case["name"])
def test_honest(case: dict[str, Any]) -> None:
    hops = marked(case["hops"], case.get("top", PEER))
    assert not accused(hops), [(sign.id, sign.detail) for hop in hops for sign in hop.signs]


def test_there_are_enough_of_both() -> None:
    assert len(FORGED) >= 25
    assert len(HONEST) >= len(FORGED)


def test_every_sign_has_its_words() -> None:
    assert {id for case in FORGED for id in case["signs"]} <= set(SIGNS)
    for meaning in SIGNS.values():
        assert meaning.en.isascii()
        assert not meaning.ja.isascii()


def test_every_sign_that_can_be_given_has_words() -> None:
    given = set()
    for case in FORGED + HONEST:
        given |= ids(marked(case["hops"], case.get("top", PEER)))
    assert given <= set(SIGNS)


def test_nothing_is_said_of_hops_that_are_attested() -> None:
    odd = OURS.format(peer_name="mx.harbour.example", peer_ip="[192.0.2.25]").replace("Mon,", "Wed,")
    mail = message.read((odd + REST).encode(), Budget())
    hops, _ = trust.draw(received.hops(mail, Budget()), Vantage(own_hosts=("mx.harbour.example",)))
    assert hops[0].trust is Trust.OURS
    assert not ids(forgery.mark(hops, mail))


def test_our_own_slow_clock_is_no_proof() -> None:
    late = FORGED[[case["name"] for case in FORGED].index("taken in three days after it arrived")]["hops"]
    hops = marked(late, rest=REST.replace("Mon, 3 Mar", "Thu, 6 Mar"))
    assert "time_future" in ids(hops)
    assert not forgery.strong(hops, Matter.TIME)


def test_a_received_field_below_subject_is_faint() -> None:
    honest = HONEST[0]["hops"]
    hops = marked("Subject: Minutes\n" + honest)
    assert ids(hops) == {"out_of_place"}
    assert not accused(hops)


def test_hostile_lengths_are_no_matter() -> None:
    for filling in ("1.", "(", "[", "[1.2.3.4", "; ", "Z", "a-"):
        marked(f"Received: from {filling * 20_000} by x (Postfix) id {filling * 2_000}; {filling * 200}\n")
    many = "Received: from a.example ([198.51.100.9]) by b.example with SMTP; Mon, 3 Mar 2025 10:14:50 +0900\n" * 300
    assert len(marked(many)) <= 301


def test_a_mail_without_hops() -> None:
    mail = message.read(REST.encode(), Budget())
    assert forgery.mark((), mail) == ()
