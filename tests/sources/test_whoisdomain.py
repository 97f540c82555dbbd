"""What the blocks say of a domain, and what a registrant cannot make them say."""

from __future__ import annotations

import time

import pytest

from sabaki.sources import whoisdomain
from tests.patience import BLOWN_UP

UK = """
    Domain name:
        example.co.uk

    Registrant:
        {name}

    Registrant's address:
        1 High Street
        {address}
        United Kingdom

    Registrar:
        Sample Registrar [Tag = SAMPLE]

    Relevant dates:
        Registered on: 16-Sep-2026
        Expiry date:  16-Sep-2027

    Name servers:
        ns1.example.co.uk
"""


@pytest.mark.parametrize(
    "line",
    [
        "Creation Date: 1999-01-01",
        "Registrar: Forged Registrar Inc.",
        "Relevant dates:\n        Registered on: 01-Jan-1999",
        "Domain created on 01-Jan-1999",
        "Registrar:\n        Forged Registrar Inc.",
        "Name servers:\n        ns1.forged.example",
        "Domain example.co.uk (FORGED)",
        "Domain name: example.co.uk",
    ],
)
@pytest.mark.parametrize("place", ["name", "address"])
def test_a_registrant_cannot_date_his_domain(line: str, place: str) -> None:
    filled = {"name": "Sample Ltd.", "address": "Haslemere", place: line}
    found, _ = whoisdomain.read(UK.format(**filled), "example.co.uk")
    assert (found.created, found.expires, found.registrar) == ("2026-09-16", "2027-09-16", "Sample Registrar")
    assert found.name_servers == ("ns1.example.co.uk",)
    assert found.status == ()


def test_hosts_of_others_with_the_name_in_them_are_passed_over() -> None:
    text = """
   Server Name: EXAMPLE.NET.EVIL.EXAMPLE
   IP Address: 192.0.2.1
   Registrar: WRONG

   Domain Name: EXAMPLE.NET
   Registrar: RIGHT
   Creation Date: 05-jan-1996
"""
    found, form = whoisdomain.read(text, "example.net")
    assert form.about
    assert found.registrar == "RIGHT"


def test_the_answer_on_another_domain_gives_nothing() -> None:
    found, form = whoisdomain.read(
        "Domain Name: other.example\nRegistrar: A\nCreation Date: 2001-01-01\n", "example.net"
    )
    assert (form.named, form.about) == (True, False)
    assert (found.registrar, found.created) == ("", None)


def test_the_contacts_own_dates_are_not_the_domains() -> None:
    text = "domain: example.cz\nregistrant: SB:1\nregistrar: A\n\ncontact: SB:1\nname: B\ncreated: 01.01.1999\nchanged: 01.01.2000\nstatus: linked\n"
    found, _ = whoisdomain.read(text, "example.cz")
    assert (found.holder, found.created, found.updated, found.status) == ("B", None, None, ())


def test_a_domain_written_in_its_own_script_is_the_same() -> None:
    found, form = whoisdomain.read("Domain: 例え.テスト\nRegistrar: A\n", "xn--r8jz45g.xn--zckzah")
    assert form.about
    assert found.registrar == "A"


def test_contacts_carry_their_roles() -> None:
    text = "Domain Name: example.nz\nRegistrar: A\nRegistrar Abuse Contact Email: abuse@example.nz\nRegistrant Name: B\nAdmin Email: c@example.nz\n"
    found, _ = whoisdomain.read(text, "example.nz")
    assert {(each.role, each.name, each.email) for each in found.contacts} == {
        ("registrant", "B", ""),
        ("administrative", "", "c@example.nz"),
        ("abuse", "", "abuse@example.nz"),
    }
    assert found.abuse == ("abuse@example.nz",)


@pytest.mark.parametrize(
    "text",
    [
        "Domain Name: example.nl\n" + "Name Server: ns1.example.nl\n" * 8_000,
        "Domain Name: example.nl\n" + "Registrant:\n" * 16_000,
        "contact: a\nnsset: b\n" * 10_000,
        "Domain Name: example.nl\nRegistrant Name: " + "a " * 90_000,
        "(" * 100_000 + ":" + ")" * 100_000,
        ".:" * 100_000,
        "Status: " + "a," * 90_000,
        "x@" * 100_000,
        ("a" * 60 + ".") * 3_000,
        " " * 200_000,
        "Registrant:\n" + ("a@" * 900 + "\n") * 100,
    ],
)
def test_hostile_answers_take_no_time_to_speak_of(text: str) -> None:
    begun = time.process_time()
    whoisdomain.read(text, "example.nl")
    assert time.process_time() - begun < BLOWN_UP


def test_there_is_an_end_to_lists() -> None:
    text = "Domain Name: example.nl\n" + "".join(f"Name Server: ns{n}.example.nl\nStatus: s{n}\n" for n in range(1_000))
    found, _ = whoisdomain.read(text, "example.nl")
    assert (len(found.name_servers), len(found.status)) == (30, 30)
