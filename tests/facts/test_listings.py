"""How much a list's word counts."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sabaki.facts import listings
from sabaki.facts.listings import Voice
from sabaki.model.knowledge import Knowledge, Listing, Names, Network
from tests import worlds
from tests.worlds import said

REPORT = worlds.report()


def listing(source: str, kind: str, value: str, *threats: str, **more: Any) -> Knowledge:
    return said(source, kind, value, Listing(**{"list": source, "listed": True, "threats": threats, **more}))


def voices(*knowledge: Knowledge) -> list[tuple[str, str, float]]:
    heard: tuple[Voice, ...] = listings.voices(msgspec.structs.replace(REPORT, knowledge=knowledge))
    return [(voice.operator, voice.part, voice.weight) for voice in heard]


@pytest.mark.parametrize(
    ("knowledge", "weight"),
    [
        (listing("feeds", "url", worlds.LINK, matched="login.shop.test/minutes"), 26),
        (listing("feeds", "url", worlds.LINK, matched="login.shop.test"), 22),
        (listing("feeds", "domain", "shop.test"), 18),
        (listing("dnsbl", "domain", "shop.test", "spam domain"), 14),
        (listing("dnsbl", "domain", "shop.test", "phish domain"), 22),
        (listing("dnsbl", "ip", worlds.ADDRESS), 8),
        (listing("dnsbl", "ip", worlds.ADDRESS, "PBL", "XBL"), 12),
        (listing("dnsbl", "domain", "orchard.example", "spam domain"), 8),
        (listing("dnsbl", "domain", "orchard.example", "abused legit phish"), 4),
        (listing("dnsbl", "domain", "gakuin.example", "phish domain"), 0),
        (listing("web_risk", "url", worlds.LINK, "SOCIAL_ENGINEERING_EXTENDED_COVERAGE"), 20),
        (listing("safe_browsing", "ip", worlds.ADDRESS, "SOCIAL_ENGINEERING"), 0),
        (listing("abuseipdb", "ip", worlds.ADDRESS, "abuseConfidenceScore: 80"), 10),
        (listing("abuseipdb", "ip", worlds.ADDRESS, "abuseConfidenceScore: 30"), 6),
        (listing("abuseipdb", "ip", worlds.ADDRESS, "abuseConfidenceScore: ٣٠٠"), 3),
        (listing("abuseipdb", "ip", worlds.ADDRESS, "abuseConfidenceScore: " + "9" * 9_999), 3),
        (listing("virustotal", "ip", "203.0.113.8"), 12),
        (listing("a_new_source", "url", worlds.LINK), 8),
        (listing("a_new_source", "mailbox", "taro@orchard.example"), None),
        # Half of it where the list is of another time; never for a link that is listed to the letter.
        (listing("feeds", "domain", "shop.test", list_date="2024-12-01"), 9),
        (listing("feeds", "domain", "shop.test", list_date="2025-06-01"), 9),
        (listing("feeds", "domain", "shop.test", list_date="9999-99-99"), 18),
        (listing("feeds", "url", worlds.LINK, matched="login.shop.test/minutes", list_date="2020-01-01"), 26),
        (listing("feeds", "url", worlds.LINK, listed=None), None),
        (listing("feeds", "url", worlds.LINK, listed=False), None),
        (listing("feeds", "url", worlds.LINK, allow=True), None),
        (listing("feeds", "url", "https://elsewhere.test/"), None),
    ],
)
def test_weights(knowledge: Knowledge, weight: float | None) -> None:
    assert [heard[2] for heard in voices(knowledge)] == ([] if weight is None else [weight])


def test_one_operator_is_one_voice_for_each_part() -> None:
    many = [listing("feeds", "url", worlds.LINK, list=f"list {number}", matched="x/y") for number in range(50)]
    assert voices(*many, listing("feeds", "host", worlds.HOST), listing("feeds", "ip", worlds.ADDRESS)) == [
        ("feeds", "link", 26),
        ("feeds", "sender", 8),
    ]


def test_the_address_behind_a_link_counts_little_and_not_in_a_network_before_thousands_of_sites() -> None:
    site = said("names", "host", worlds.HOST, Names(addresses=("203.0.113.9",)))
    listed = listing("dnsbl", "ip", "203.0.113.9", "SBL")
    assert voices(site, listed) == [("dnsbl", "site", 3)]
    cdn = said("network", "ip", "203.0.113.9", Network(uses=("cdn: Example (list of 2025-01-01)",)))
    assert voices(site, listed, cdn) == [("dnsbl", "site", 0)]
    cloud = said("network", "ip", "203.0.113.9", Network(uses=("cloud: Example (list of 2025-01-01)",)))
    assert voices(site, listed, cloud) == [("dnsbl", "site", 3)]


def test_what_browsers_warn_of_is_a_voice_of_its_own() -> None:
    case = msgspec.structs.replace(REPORT, knowledge=(listing("safe_browsing", "url", worlds.LINK, "MALWARE"),))
    assert [listings.deceives(found) for found in listings.against(case)] == [True]
    assert listings.voices(case) == ()
