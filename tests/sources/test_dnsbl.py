"""Lists in the DNS: what an answer means, and everything that looks like an answer and is none."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from sabaki.model.finding import State
from sabaki.model.knowledge import Listing, Subject
from sabaki.model.lookup import Answer
from sabaki.sources import dnsbl
from sabaki.sources.source import Failed, registered

from .services import NOW, Records, World, caught, run

ZEN, DBL, SURBL, URIBL = "zen.spamhaus.org", "dbl.spamhaus.org", "multi.surbl.org", "multi.uribl.com"
TESTS: Records = {
    f"2.0.0.127.{ZEN}": ("127.0.0.10", "127.0.0.2", "127.0.0.4"),
    f"dbltest.com.{DBL}": ("127.0.1.2",),
    f"test.surbl.org.{SURBL}": ("127.0.0.254",),
    f"test.uribl.com.{URIBL}": ("127.0.0.14",),
    "2.0.0.127.own.example": ("127.0.0.2",),
    "test.names.example": ("127.0.0.2",),
}
IP, NAME = Subject("ip", "192.0.2.1"), Subject("domain", "evil.example")


def ask(subject: Subject, *zones: str, **records: Any) -> tuple[Any, World]:
    world = World(TESTS | records.get("records", {}), dnsbl=zones)
    return run(dnsbl.ask(subject, world)), world


def one(subject: Subject, zone: str, question: str, *answers: str) -> Listing:
    found, _ = ask(subject, zone, records={question: answers})
    assert not isinstance(found, Failed), found.reason
    (listing,) = found
    assert isinstance(listing, Listing)
    return listing


def test_it_is_off_unless_zones_are_named() -> None:
    source = registered()["dnsbl"]
    assert (source.default, source.needs) == (False, "dnsbl")
    assert source.terms
    assert dnsbl.zones(SimpleNamespace()) == ()


def test_an_address_is_asked_for_in_reverse() -> None:
    found = one(IP, ZEN, f"1.2.0.192.{ZEN}", "127.0.0.4", "127.0.0.2")
    assert found.listed is True
    assert found.list == "Spamhaus ZEN"
    assert set(found.threats) == {"SBL", "XBL"}
    assert "taken over" in found.meaning
    assert "乗っ取り" in found.meaning_ja or "乗っ取られた" in found.meaning_ja


def test_an_ipv6_address_is_asked_for_by_its_nibbles() -> None:
    question = f"1.{'0.' * 23}8.b.d.0.1.0.0.2.{ZEN}"
    assert question == ipaddress.ip_address("2001:db8::1").reverse_pointer.replace("ip6.arpa", ZEN)
    assert one(Subject("ip", "2001:db8::1"), ZEN, question, "127.0.0.3").threats == ("CSS",)


def test_not_listed_is_not_clean() -> None:
    found, world = ask(NAME, DBL)
    assert found[0].listed is False
    assert "not clean" in found[0].meaning
    assert f"evil.example.{DBL}" in world.looked_up


@pytest.mark.parametrize(
    ("zone", "answer", "listed", "threats"),
    [
        (DBL, "127.0.1.4", True, ("phish domain",)),
        (DBL, "127.0.1.104", True, ("abused legit phish",)),
        (DBL, "127.0.1.77", None, ("127.0.1.77",)),
        (SURBL, "127.0.0.80", True, ("MW", "ABUSE")),
        (SURBL, "127.0.0.8", True, ("PH",)),
        (URIBL, "127.0.0.2", True, ("black",)),
        (URIBL, "127.0.0.4", None, ("grey",)),
        (URIBL, "127.0.0.6", True, ("black", "grey")),
    ],
)
def test_what_the_codes_of_domain_lists_mean(
    zone: str, answer: str, listed: bool | None, threats: tuple[str, ...]
) -> None:
    found = one(NAME, zone, f"evil.example.{zone}", answer)
    assert (found.listed, found.threats) == (listed, threats)
    assert found.meaning
    assert found.meaning_ja


def test_addresses_of_homes_are_no_accusation() -> None:
    found = one(IP, ZEN, f"1.2.0.192.{ZEN}", "127.0.0.11")
    assert (found.listed, found.threats) == (None, ("PBL",))
    assert "no accusation" in found.meaning


@pytest.mark.parametrize(
    ("zone", "answer", "state", "says"),
    [
        (DBL, "127.255.255.254", State.PERMERROR, "open resolver"),
        (DBL, "127.255.255.252", State.PERMERROR, "not one for this list"),
        (DBL, "127.255.255.255", State.TEMPERROR, "too often"),
        (DBL, "127.255.255.253", State.PERMERROR, "refuses"),
        (DBL, "127.0.1.255", State.PERMERROR, "not one for this list"),
        (SURBL, "127.0.0.1", State.PERMERROR, "refuses"),
        (URIBL, "127.0.0.1", State.PERMERROR, "refuses"),
        (URIBL, "203.0.113.7", State.PERMERROR, "outside of 127.0.0.0/8"),
    ],
)
def test_a_refusal_is_a_failure_and_never_a_listing(zone: str, answer: str, state: State, says: str) -> None:
    failure, _ = ask(NAME, zone, records={f"evil.example.{zone}": (answer,)})
    assert isinstance(failure, Failed)
    assert failure.state is state
    assert says in failure.reason
    assert failure.reason_ja


def test_a_listing_beside_an_odd_answer_is_a_listing() -> None:
    assert one(NAME, SURBL, f"evil.example.{SURBL}", "127.0.0.1", "127.0.0.64").listed is True


@pytest.mark.parametrize(
    ("records", "says"),
    [
        ({f"dbltest.com.{DBL}": Answer.NXDOMAIN}, "own test entry"),
        ({f"dbltest.com.{DBL}": ("127.255.255.254",)}, "open resolver"),
        ({f"invalid.{DBL}": ("127.0.1.2",)}, "lists even what no list may have"),
        ({f"dbltest.com.{DBL}": ("198.51.100.9",), f"invalid.{DBL}": ("198.51.100.9",)}, "parked"),
        ({f"dbltest.com.{DBL}": Answer.TEMPERROR}, "gave no answer"),
    ],
)
def test_a_list_that_fails_its_test_is_not_asked(records: Records, says: str) -> None:
    failure, world = ask(NAME, DBL, records=records | {f"evil.example.{DBL}": ("127.0.1.4",)})
    assert isinstance(failure, Failed)
    assert says in failure.reason
    assert f"evil.example.{DBL}" not in world.looked_up


def test_the_test_entries_are_asked_once_in_a_run() -> None:
    world = World(TESTS, dnsbl=(DBL,))

    async def twice() -> None:
        await dnsbl.ask(NAME, world)
        await dnsbl.ask(Subject("domain", "other.example"), world)

    run(twice())
    assert world.looked_up.count(f"dbltest.com.{DBL}") == 1
    assert len(world.looked_up) == 4


def test_a_list_that_did_not_answer_is_tried_again_after_a_minute() -> None:
    world = World(TESTS | {f"dbltest.com.{DBL}": Answer.TEMPERROR}, dnsbl=(DBL,))

    async def go() -> list[Any]:
        states = []
        for seconds in (0, 30, 61):
            world.time = NOW + timedelta(seconds=seconds)
            world.records |= TESTS if seconds else {}
            states.append(await caught(dnsbl.ask(NAME, world)))
        return states

    first, second, third = run(go())
    assert (first.state, second.state) == (State.TEMPERROR, State.TEMPERROR)
    assert third[0].listed is False


def test_one_list_that_fails_does_not_take_the_others_with_it() -> None:
    records = {f"evil.example.{DBL}": ("127.0.1.4",), f"evil.example.{SURBL}": Answer.TEMPERROR}
    (dbl, surbl), _ = ask(NAME, DBL, SURBL, records=records)
    assert dbl.listed is True
    assert surbl.listed is None
    assert surbl.meaning.startswith("Not known: SURBL gave no answer")


def test_a_list_that_was_given_up_is_never_asked() -> None:
    failure, world = ask(IP, "dnsbl.sorbs.net", records={"1.2.0.192.dnsbl.sorbs.net": ("127.0.0.2",)})
    assert "given up on 2024-06-05" in failure.reason
    assert world.looked_up == []


def test_an_accounts_key_in_the_zone_is_never_shown() -> None:
    zone, other = "s3cretkey.zen.dq.spamhaus.net", "s3cretkey.authbl.dq.spamhaus.net"
    records: Records = {f"2.0.0.127.{zone}": ("127.0.0.2",), f"1.2.0.192.{zone}": ("127.0.0.2",)}
    found, _ = ask(IP, zone, other, records=records)
    assert [each.list for each in found] == ["Spamhaus ZEN", "authbl.dq.spamhaus.net"]
    assert "s3cretkey" not in str(found)


def test_an_unknown_list_is_asked_by_the_standard_alone() -> None:
    found = one(IP, "own.example", "1.2.0.192.own.example", "127.0.0.2")
    assert (found.list, found.listed, found.threats) == ("own.example", True, ("127.0.0.2",))
    assert ask(NAME, "own.example")[0] == ()
    assert ask(IP, "names.example")[0] == ()
    assert one(NAME, "names.example", "evil.example.names.example", "127.0.0.9").listed is True


def test_a_list_is_asked_about_its_own_kind_only() -> None:
    failure, world = ask(NAME, ZEN)
    assert (failure.state, world.looked_up) == (State.SKIPPED, [])
    assert ask(IP, DBL)[0].state is State.SKIPPED


def test_a_name_too_long_to_be_asked() -> None:
    failure, _ = ask(Subject("domain", f"{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 50}.example"), DBL)
    assert failure.state is State.SKIPPED


def test_every_known_list_is_explained_in_both_languages() -> None:
    for name, zone in dnsbl._known().items():
        assert zone.ended or (zone.terms and zone.terms_ja and zone.codes and zone.url), name
        for code, meaning in zone.codes.items():
            assert len(meaning) in (3, 4), (name, code)
            assert meaning[1].isascii(), (name, code)
            assert not meaning[2].isascii(), (name, code)
            assert code.isdecimal() if zone.bits else ipaddress.ip_address(code) in dnsbl._LOOPBACK
