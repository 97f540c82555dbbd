"""A world that lies: whatever it says, no check raises, and no mail is judged better than when nobody was asked."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sabaki import pipeline
from sabaki.model.evidence import Grade
from sabaki.model.finding import State
from sabaki.model.knowledge import (
    Certificate,
    Certificates,
    Contact,
    Knowledge,
    Listing,
    Names,
    Network,
    Place,
    Registration,
    Subject,
)
from sabaki.model.lookup import Answer, Lookup
from sabaki.model.report import Label, Report
from tests import worlds
from tests.worlds import said

ORDER = (Label.BENIGN, Label.UNDETERMINED, Label.SUSPICIOUS, Label.MALICIOUS)
LURE = worlds.HOP + worlds.MAIL.replace("Minutes", "Your mailbox is suspended: sign in and enter your password")
REPORTS = tuple(worlds.report(text) for text in (worlds.TAKEN_OVER, worlds.MAIL, LURE))

DATES = st.sampled_from(
    (
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+14:00",
        "2025-02-28",
        "2025-03-04T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "2025-13-45",
        "",
        "not a date",
        "\x00\x1b[2J",
        "9" * 5_000,
        "２０２５-０３-０１",
    )
)
TEXTS = st.one_of(
    st.sampled_from(
        (
            "",
            "x" * 20_000,
            "\u202e\x1b[31m<script>",
            "{what} {0} %s",
            "SOCIAL_ENGINEERING",
            "not registered",
            "server hold",
            "abuseConfidenceScore: 999999999999999999999",
            "cloud: x",
            "tor:",
            "10.0.0.1",
            "::ffff:127.0.0.1",
            "fe80::1%eth0",
            "0.0.0.0",
            "256.1.1.1",
        )
    ),
    DATES,
    st.text(max_size=8),
)
WORDS = st.lists(TEXTS, max_size=4).map(tuple)
NUMBERS = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True))
LOOKUPS = st.builds(Lookup, TEXTS, st.sampled_from(("A", "AAAA", "PTR", "?")), st.sampled_from(Answer), WORDS)
ITEMS = st.one_of(
    st.builds(
        Registration, holder=TEXTS, created=st.none() | DATES, expires=DATES, status=WORDS, server=TEXTS, withheld=st.booleans(),
        contacts=st.just((Contact("abuse", email="x" * 9_999),)),
    ),
    st.builds(Names, lookups=st.lists(LOOKUPS, max_size=3).map(tuple), addresses=WORDS, reverse_names=WORDS, confirmed_name=TEXTS),
    st.builds(Place, latitude=NUMBERS, longitude=NUMBERS, radius_km=NUMBERS, city=TEXTS, country=TEXTS, database=TEXTS),
    st.builds(Network, asn=st.none() | st.integers(), name=TEXTS, uses=WORDS, database=TEXTS, database_date=DATES),
    st.builds(
        Listing, list=TEXTS, listed=st.sampled_from((True, False, None)), threats=WORDS, matched=TEXTS, allow=st.booleans(),
        list_date=TEXTS, meaning=TEXTS,
    ),
    st.builds(Certificates, first_seen=st.none() | DATES, total=st.integers(), certificates=st.just((Certificate(("x" * 9_999,)),))),
)  # fmt: skip
SUBJECTS = st.builds(
    Subject,
    st.sampled_from(("host", "domain", "ip", "url", "asn", "mailbox", "")),
    st.one_of(
        st.sampled_from(
            (worlds.ADDRESS, worlds.ACCOUNT, worlds.LINK, worlds.HOST, worlds.DOMAIN, "orchard.example", "203.0.113.8")
        ),
        TEXTS,
    ),
)
SOURCES = st.sampled_from(
    "names rdap whois place network feeds dnsbl safe_browsing web_risk virustotal urlscan abuseipdb otx ct".split()
)
WORLDS = st.lists(
    st.builds(
        Knowledge,
        source=SOURCES | TEXTS,
        subject=SUBJECTS,
        state=st.sampled_from((State.RAN, State.RAN, State.RAN, State.TEMPERROR)),
        obtained_at=st.none() | DATES,
        grade=st.sampled_from(Grade),
        known=st.lists(ITEMS, max_size=3).map(tuple),
    ),
    max_size=8,
).map(tuple)


def assert_no_better(alone: Report, knowledge: tuple[Knowledge, ...]) -> Report:
    knowing = worlds.knowing(alone, *knowledge)
    failed = [
        outcome for outcome in knowing.outcomes if outcome.step.startswith("check:") and outcome.state is not State.RAN
    ]
    assert failed == []
    assert knowing.verdict.score >= alone.verdict.score
    assert ORDER.index(knowing.verdict.label) >= ORDER.index(alone.verdict.label)
    assert {finding.id for finding in alone.findings} <= {finding.id for finding in knowing.findings}
    return knowing


@given(st.sampled_from(REPORTS), WORLDS)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_lie_makes_a_mail_better(alone: Report, knowledge: tuple[Knowledge, ...]) -> None:
    knowing = assert_no_better(alone, knowledge)
    again = Report.from_json(knowing.to_json())
    assert pipeline.reexamine(again).to_json() == knowing.to_json()
    for finding in knowing.findings:
        assert len(finding.title) < 1_000
        assert len(finding.title_ja) < 1_000
        assert all(len(evidence.value) < 20_000 for evidence in finding.evidence)


def good_words() -> tuple[Knowledge, ...]:
    """Everything good that a world can say of a mail."""
    good: list[Any] = [
        Registration(holder="Trusted Bank", created="1995-01-01", status=("active",)),
        Names(addresses=("203.0.113.9",), reverse_names=("mail.bank.example",), confirmed_name="mail.bank.example"),
        Place(latitude=35.7, longitude=139.7, city="Tokyo", country="JP"),
        Network(asn=64500, name="TRUSTED"),
        Listing(list="top domains", listed=True, allow=True),
        Listing(list="Google Safe Browsing", listed=False),
        Certificates(first_seen="2010-01-01", total=100),
    ]
    things = {
        "ip": (worlds.ADDRESS, "203.0.113.8"),
        "host": (worlds.HOST,),
        "url": (worlds.LINK,),
        "domain": (worlds.DOMAIN, worlds.ACCOUNT, "orchard.example"),
    }
    return tuple(said("rdap", kind, value, *good) for kind, values in things.items() for value in values)


@pytest.mark.parametrize("alone", REPORTS)
def test_nothing_good_that_is_said_counts(alone: Report) -> None:
    knowing = assert_no_better(alone, good_words())
    assert knowing.verdict.score == alone.verdict.score
    assert knowing.verdict.label is alone.verdict.label


@pytest.mark.parametrize("alone", REPORTS)
def test_nothing_is_said_where_nobody_was_asked_or_nobody_answered(alone: Report) -> None:
    silent = tuple(msgspec.structs.replace(piece, state=State.TEMPERROR) for piece in good_words())
    for knowledge in ((), silent):
        assert worlds.knowing(alone, *knowledge).findings == alone.findings


def test_what_google_lists_is_suspicious_whoever_vouches_and_malicious_with_a_lure() -> None:
    listed = said(
        "safe_browsing",
        "url",
        worlds.LINK,
        Listing(list="Google Safe Browsing", listed=True, threats=("SOCIAL_ENGINEERING",)),
    )
    honest, lure = worlds.report(worlds.MAIL), REPORTS[2]
    assert honest.verdict.label is Label.UNDETERMINED
    assert worlds.knowing(honest, listed).verdict.label is Label.SUSPICIOUS
    judged = worlds.knowing(lure, listed).verdict
    assert judged.label is Label.MALICIOUS
    assert "listed_link_with_a_lure" in {floor.id for floor in judged.floors}


def test_every_other_word_alone_is_less_than_a_suspicion() -> None:
    honest = worlds.report(worlds.MAIL)
    against = [
        said("feeds", "url", worlds.LINK, Listing(list="OpenPhish", listed=True, matched="login.shop.test/minutes")),
        said("dnsbl", "domain", worlds.DOMAIN, Listing(list="DBL", listed=True, threats=("phish domain",))),
        said("virustotal", "url", worlds.LINK, Listing(list="VirusTotal", listed=True)),
        said("rdap", "domain", worlds.DOMAIN, Registration(created="2025-03-01")),
        said("rdap", "domain", "orchard.example", Registration(status=("not registered",))),
        said("ct", "domain", worlds.DOMAIN, Certificates(first_seen="2025-03-01", total=1)),
    ]
    for piece in against:
        knowing = worlds.knowing(honest, piece)
        assert len(knowing.findings) > len(honest.findings), piece
        assert knowing.verdict.label is Label.UNDETERMINED, piece
