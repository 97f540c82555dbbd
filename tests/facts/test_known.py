"""What the world said, and what it has to do with the mail."""

from __future__ import annotations

import msgspec
import pytest

from sabaki.facts import known
from sabaki.facts.known import Age
from sabaki.model.evidence import Grade
from sabaki.model.finding import State
from sabaki.model.knowledge import Listing, Names, Network, Place, Registration
from tests import worlds
from tests.worlds import said

REPORT = worlds.report()
UNSEEN = worlds.report(worlds.MAIL)
ASKED = "2025-03-05T00:00:00Z"


def parts(*knowledge: msgspec.Struct) -> dict[str, tuple[str, ...]]:
    case = msgspec.structs.replace(REPORT, knowledge=knowledge)
    return {f"{kind} {value}": played for (kind, value), played in known.parts(case).items()}


def test_the_parts_that_things_play() -> None:
    behind = said("names", "host", worlds.HOST, Names(addresses=("203.0.113.9", "no address")))
    other = said("names", "host", "other.test", Names(addresses=("203.0.113.10",)))
    assert parts(behind, other) == {
        "url https://login.shop.test/minutes": ("link",),
        "host login.shop.test": ("link",),
        "domain shop.test": ("link",),
        "url http://203.0.113.8/": ("link",),
        "ip 203.0.113.8": ("link",),
        "ip 198.51.100.44": ("sender",),
        "domain orchard.example": ("named",),
        "domain gakuin.example": ("account",),
        "ip 203.0.113.9": ("site",),
    }


def test_the_readers_own_is_no_part_of_it() -> None:
    text = "From: a@harbour.example\nTo: hanako@harbour.example\n\nhttps://www.harbour.example/ https://evil.test/\n"
    assert {value for _, value in known.parts(worlds.report(text))} == {"https://evil.test/", "evil.test"}


def test_an_address_that_the_sender_wrote_is_not_the_senders() -> None:
    unattested = msgspec.structs.replace(
        REPORT, origin=msgspec.structs.replace(REPORT.origin, grade=Grade.SELF_DECLARED)
    )
    assert ("ip", worlds.ADDRESS) in known.parts(REPORT)
    assert ("ip", worlds.ADDRESS) not in known.parts(unattested)


def test_names_are_compared_as_a_labels_and_without_the_root() -> None:
    case = worlds.report("From: a@日本.test\n\nhttps://日本.test/\n")
    case = msgspec.structs.replace(
        case, knowledge=(said("rdap", "domain", "XN--WGV71A.test.".lower(), Registration()),)
    )
    assert [found.parts for found in known.told(case, Registration)] == [("link", "named")]


def test_only_answers_about_the_mail_are_told() -> None:
    place = Place(city="Tokyo")
    knowledge = (
        said("place", "ip", worlds.ADDRESS, place),
        said("place", "ip", "192.0.2.1", place),
        said("place", "host", worlds.HOST, place),
        said("place", "ip", worlds.ADDRESS, place, state=State.TEMPERROR),
        said("network", "ip", worlds.ADDRESS, Network()),
    )
    case = msgspec.structs.replace(REPORT, knowledge=knowledge)
    assert [(found.by, found.parts) for found in known.told(case, Place, "ip")] == [(knowledge[0], ("sender",))]
    assert len(list(known.told(case, Place))) == 2
    assert list(known.about(knowledge, "ip", "192.0.2.1", Place)) == [(knowledge[1], place)]


def test_who_is_who() -> None:
    assert known.senders(REPORT) == (worlds.ADDRESS,)
    assert known.hosts(REPORT) == (worlds.HOST, "203.0.113.8")
    assert known.hosts(REPORT, 1) == (worlds.HOST,)
    assert known.domains(REPORT) == {
        "shop.test": ("link",),
        "gakuin.example": ("account",),
        "orchard.example": ("named",),
    }
    knowledge = (said("names", "host", worlds.HOST, Names(addresses=("203.0.113.9",))),)
    assert known.addresses(knowledge, worlds.HOST) == ("203.0.113.9",)
    assert known.addresses((said("place", "ip", "203.0.113.8"),), "203.0.113.8") == ("203.0.113.8",)


@pytest.mark.parametrize(
    ("created", "age"),
    [
        ("2025-02-26", Age(5, "arrived", Grade.THIRD_PARTY, 7)),
        ("2025-03-04", Age(0, "arrived", Grade.THIRD_PARTY, 1)),
        ("2025-03-05T12:00:00Z", Age(-2, "arrived", Grade.THIRD_PARTY, 0)),
        ("2025-03-07", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("0001-01-01T00:00:00+23:00", None),
        ("", None),
        (None, None),
        ("yesterday", None),
        ("1" * 100_000, None),
    ],
)
def test_age_is_counted_to_the_arrival(created: str | None, age: Age | None) -> None:
    assert known.age(REPORT, said("rdap", "domain", "shop.test"), created) == age


@pytest.mark.parametrize(
    ("date", "asked", "age"),
    [
        ("Mon, 3 Mar 2025 10:15:00 +0900", ASKED, Age(5, "dated", Grade.SELF_DECLARED, 7)),
        # Nobody writes a mail after it was asked about.
        ("Fri, 3 Mar 2045 10:15:00 +0900", ASKED, Age(7, "asked", Grade.THIRD_PARTY, 7)),
        ("Tue, 3 Mar 2015 10:15:00 +0900", ASKED, Age(-3648, "dated", Grade.SELF_DECLARED, 7)),
        ("never", ASKED, Age(7, "asked", Grade.THIRD_PARTY, 7)),
        ("never", "never", None),
        ("Mon, 3 Mar 2025 10:15:00 +0900", None, Age(5, "dated", Grade.SELF_DECLARED)),
    ],
)
def test_without_an_arrival_the_mails_own_date_counts_where_it_can_be_true(
    date: str, asked: str | None, age: Age | None
) -> None:
    case = worlds.report(worlds.MAIL.replace("Mon, 3 Mar 2025 10:15:00 +0900", date))
    assert known.age(case, said("rdap", "domain", "shop.test", obtained_at=asked), "2025-02-26") == age


def test_an_answer_of_before_the_mail_counts_to_its_own_time() -> None:
    by = said("rdap", "domain", "shop.test", obtained_at="2025-02-28T00:00:00Z")
    assert known.age(REPORT, by, "2025-02-26") == Age(2, "asked", Grade.THIRD_PARTY, 2)


def test_soon_after_the_mail_is_only_known_where_a_server_says_when_it_came() -> None:
    by = said("rdap", "domain", "shop.test")
    assert known.soon(REPORT, by, 2)
    assert not known.soon(REPORT, by, 1)
    assert not known.soon(UNSEEN, by, 60)
    assert not known.soon(REPORT, msgspec.structs.replace(by, obtained_at=None), 60)


def test_uses_and_words() -> None:
    networks = (Network(uses=("cloud: A (list of x)", " VPN : B", "", "odd")), Network(uses=("tor: C",)))
    assert sorted(known.uses(networks)) == ["", "cloud", "odd", "tor", "vpn"]
    assert known.short("a\x1b[2J\u202eb\n" + "c" * 100, 10) == "a [2J b cc…"
    assert known.weakest(Grade.VERIFIED, Grade.INFERRED, Grade.THIRD_PARTY) is Grade.INFERRED


def test_a_listing_is_told_of_once_for_all_its_parts() -> None:
    case = worlds.report("From: a@shop.test\n\nhttps://login.shop.test/\n")
    case = msgspec.structs.replace(
        case, knowledge=(said("dnsbl", "domain", "shop.test", Listing(list="x", listed=True)),)
    )
    assert [found.parts for found in known.told(case, Listing)] == [("link", "named")]
