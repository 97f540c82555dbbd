from __future__ import annotations

from typing import Any

from sabaki.facts.changes import Change, between
from sabaki.model.finding import State
from sabaki.model.knowledge import Knowledge, Known, Listing, Names, Place, Registration, Subject

HOST = Subject("host", "a.example")
DOMAIN = Subject("domain", "a.example")


def told(source: str, subject: Subject, *known: Known, **more: Any) -> Knowledge:
    return Knowledge(source=source, subject=subject, **{"state": State.RAN, "known": known, **more})


def names(*addresses: str) -> Knowledge:
    return told("names", HOST, Names(addresses=addresses))


def test_the_same_is_no_change_in_whatever_order_it_comes() -> None:
    assert between((names("192.0.2.1", "192.0.2.2"),), (names("192.0.2.2", "192.0.2.1"),)) == ()
    assert between((), ()) == ()


def test_an_address_that_moved() -> None:
    assert between((names("192.0.2.1"),), (names("198.51.100.9"),)) == (
        Change("names", HOST, "changed", "names.addresses", "192.0.2.1", "198.51.100.9"),
    )


def test_a_registrar_s_hold_and_a_name_that_vanished() -> None:
    before = (told("rdap", DOMAIN, Registration(status=("active",))), names("192.0.2.1"))
    after = (told("rdap", DOMAIN, Registration(status=("client hold",))), names())
    assert [(each.field, each.before, each.after) for each in between(before, after)] == [
        ("names.addresses", "192.0.2.1", ""),
        ("registration.status", "active", "client hold"),
    ]


def test_listed_since() -> None:
    before = (told("feeds", HOST, Listing(list="A", listed=False), Listing(list="B", listed=True)),)
    after = (told("feeds", HOST, Listing(list="A", listed=True), Listing(list="B", listed=True)),)
    assert between(before, after) == (Change("feeds", HOST, "changed", "listing.A.listed", "", "True"),)


def test_an_answer_at_last_and_one_that_is_lost() -> None:
    failed = told("names", HOST, state=State.TEMPERROR, reason="no answer")
    assert [each.kind for each in between((failed,), (names("192.0.2.1"),))] == ["new"]
    (lost,) = between((names("192.0.2.1"),), (failed,))
    assert (lost.kind, lost.after) == ("lost", "no answer")
    assert [each.kind for each in between((names("192.0.2.1"),), ())] == ["lost"]
    assert between((failed,), (failed,)) == ()


def test_a_newer_database_alone_is_no_change() -> None:
    before = (told("place", Subject("ip", "192.0.2.1"), Place(city="Kobe", database_date="2026-01-01")),)
    after = (told("place", Subject("ip", "192.0.2.1"), Place(city="Kobe", database_date="2026-02-01")),)
    assert between(before, after) == ()
