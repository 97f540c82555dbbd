from __future__ import annotations

from typing import Any

import pytest

from sabaki.facts.changes import Change, between
from sabaki.facts.known import NOT_REGISTERED
from sabaki.model.finding import State
from sabaki.model.knowledge import (
    Certificates,
    Contact,
    Knowledge,
    Known,
    Listing,
    Names,
    Network,
    Place,
    Registration,
    Subject,
)
from sabaki.model.lookup import Answer, Lookup

HOST = Subject("host", "a.example")
DOMAIN = Subject("domain", "a.example")
IP = Subject("ip", "192.0.2.1")


def told(source: str, subject: Subject, *known: Known, **more: Any) -> Knowledge:
    return Knowledge(source=source, subject=subject, **{"state": State.RAN, "known": known, **more})


def failed(source: str, subject: Subject) -> Knowledge:
    return told(source, subject, state=State.TEMPERROR, reason="no answer")


def names(*addresses: str) -> Knowledge:
    return told("names", HOST, Names(addresses=addresses))


def test_the_same_is_no_change_in_whatever_order_it_comes() -> None:
    assert between((names("192.0.2.1", "192.0.2.2"),), (names("192.0.2.2", "192.0.2.1"),)) == ()
    assert between((), ()) == ()


def test_an_address_that_moved() -> None:
    assert between((names("192.0.2.1"),), (names("198.51.100.9"),)) == (
        Change("names", HOST, "changed", "names.addresses", "192.0.2.1", "198.51.100.9"),
    )


def test_what_changes_with_every_question_is_no_change() -> None:
    def asked(ttl: int, at: str) -> Knowledge:
        lookup = Lookup("a.example", "NS", Answer.ANSWER, ("ns.a.example",), ttl=ttl, asked_at=at)
        return told("names", DOMAIN, Names(lookups=(lookup,)), obtained_at=at, cached=ttl == 1)

    assert between((asked(1, "2026-01-01T00:00:00Z"),), (asked(300, "2026-02-01T00:00:00Z"),)) == ()


def test_name_servers_of_a_domain_stand_in_the_lookups() -> None:
    def asked(*servers: str) -> Knowledge:
        return told("names", DOMAIN, Names(lookups=(Lookup("a.example", "NS", Answer.ANSWER, servers),)))

    (change,) = between((asked("ns2.a.example", "ns1.a.example"),), (asked("ns.b.example"),))
    assert (change.field, change.before, change.after) == ("names.NS", "ns1.a.example, ns2.a.example", "ns.b.example")


def test_a_registrar_s_hold_and_a_name_that_vanished() -> None:
    before = (told("rdap", DOMAIN, Registration(status=("active",))), names("192.0.2.1"))
    after = (told("rdap", DOMAIN, Registration(status=("client hold",))), names())
    assert [(each.kind, each.field, each.before, each.after) for each in between(before, after)] == [
        ("changed", "registration.status", "active", "client hold"),
        ("gone", "names", "192.0.2.1", ""),
    ]


def test_a_registration_that_was_deleted_is_one_change_and_so_is_a_new_one() -> None:
    full = Registration(status=("active",), holder="Kaku", registrar="Touroku", created="2026-01-01", country="JP")
    deleted = Registration(status=(NOT_REGISTERED,), server="rdap.example")
    (gone,) = between((told("rdap", DOMAIN, full),), (told("rdap", DOMAIN, deleted),))
    assert (gone.kind, gone.field, gone.after) == ("gone", "registration", "")
    assert gone.before == "active; Kaku; JP; Touroku; 2026-01-01"
    (new,) = between((told("rdap", DOMAIN, deleted),), (told("rdap", DOMAIN, full),))
    assert (new.kind, new.before, new.after) == ("new", "", gone.before)


def test_who_takes_reports_of_abuse() -> None:
    def by(mailbox: str) -> Knowledge:
        return told("rdap", DOMAIN, Registration(handle="x", holder="y", contacts=(Contact("abuse", email=mailbox),)))

    (change,) = between((by("a@a.example"),), (by("b@b.example"),))
    assert (change.field, change.before, change.after) == ("registration.abuse", "a@a.example", "b@b.example")


@pytest.mark.parametrize(
    ("then", "now", "before", "after"),
    [
        (False, True, "not listed", "listed"),
        (True, False, "listed", "not listed"),
        (True, None, "listed", "not settled"),
        (None, False, "not settled", "not listed"),
    ],
)
def test_listed_since_and_no_longer(then: bool | None, now: bool | None, before: str, after: str) -> None:
    old = (told("feeds", HOST, Listing(list="A. B", listed=then), Listing(list="B", listed=True)),)
    new = (told("feeds", HOST, Listing(list="A. B", listed=now), Listing(list="B", listed=True)),)
    assert between(old, new) == (Change("feeds", HOST, "changed", "listing.A. B.listed", before, after),)


def test_a_list_that_says_two_things_is_compared_with_both() -> None:
    old = (told("feeds", HOST, Listing(list="A", listed=True), Listing(list="A", listed=False)),)
    new = (told("feeds", HOST, Listing(list="A", listed=False), Listing(list="A", listed=True)),)
    assert between(old, new) == ()


def test_an_answer_at_last_and_one_that_is_lost() -> None:
    answered, silent = names("192.0.2.1"), failed("names", HOST)
    assert [(each.kind, each.field) for each in between((silent,), (answered,))] == [("new", "names")]
    (lost,) = between((answered,), (silent,))
    assert (lost.kind, lost.after) == ("lost", "no answer")
    # Another source still speaks of it, so that it was asked about, and this one was not.
    (lost,) = between((answered, told("feeds", HOST)), (told("feeds", HOST),))
    assert (lost.source, lost.kind, lost.after) == ("names", "lost", "")
    assert between((silent,), (silent,)) == ()


def test_what_nothing_leads_to_any_more_is_said_once() -> None:
    place = told("place", IP, Place(city="Kobe"))
    network = told("network", IP, Network(asn=64500))
    changes = between((names("192.0.2.1"), network, place), (names("198.51.100.9"),))
    assert changes[0] == Change("", IP, "lost")
    assert [each.source for each in changes] == ["", "names"]


def test_a_registration_told_by_another_source_is_not_lost() -> None:
    held = Registration(holder="Kaku")
    changes = between((told("whois", DOMAIN, held),), (told("rdap", DOMAIN, held),))
    assert [(each.source, each.kind) for each in changes] == [("rdap", "new")]
    changes = between((told("rdap", DOMAIN, held),), (failed("rdap", DOMAIN), told("whois", DOMAIN, held)))
    assert [(each.source, each.kind) for each in changes] == [("whois", "new")]


def test_a_newer_database_is_told_and_coordinates_alone_are_not() -> None:
    def by(date: str, longitude: float = 1.0) -> Knowledge:
        return told("place", IP, Place(city="Kobe", database="D", database_date=date, longitude=longitude))

    assert between((by("2026-01-01"),), (by("2026-01-01", 1.1),)) == ()
    (change,) = between((by("2026-01-01"),), (by("2026-02-01"),))
    assert change == Change("place", IP, "changed", "place.D.database_date", "2026-01-01", "2026-02-01")


def test_databases_that_disagree_are_compared_each_with_itself() -> None:
    def by(*cities: str) -> Knowledge:
        return told("place", IP, *(Place(city=city, database=f"D{at}") for at, city in enumerate(cities)))

    (change,) = between((by("Kobe", "Osaka"),), (by("Kobe", "Nara"),))
    assert (change.field, change.before, change.after) == ("place.D1.city", "Osaka", "Nara")


def test_what_differs_behind_the_cut_is_a_change_all_the_same() -> None:
    def by(last: str) -> Knowledge:
        return told("rdap", DOMAIN, Registration(holder="x" * 1000 + last))

    (change,) = between((by("a"),), (by("b"),))
    assert change.kind == "changed"
    assert len(change.before) == len(change.after) == 300


def test_every_kind_of_record_can_be_compared() -> None:
    records: tuple[Known, ...] = (
        Names(addresses=("192.0.2.1",)),
        Registration(holder="x"),
        Place(city="Kobe"),
        Network(asn=64500),
        Listing(list="A", listed=True),
        Certificates(total=3),
    )
    for each in records:
        (change,) = between((), (told("x", HOST, each),))
        assert (change.kind, change.field.partition(".")[0]) == ("new", type(each).__name__.lower())
        assert change.after
