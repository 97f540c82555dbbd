from __future__ import annotations

import msgspec

from sabaki.model.finding import State
from sabaki.model.knowledge import Names, Place, Registration
from sabaki.render import known
from sabaki.render.voice import Voice
from tests.render import cases, knowledge


def test_only_answers_about_the_subject_are_found() -> None:
    asked = knowledge.seed()
    assert [place for _, place in known.about(asked, "ip", knowledge.SENDER, Place)] == [knowledge.TOKYO]
    assert list(known.about(asked, "ip", knowledge.SENDER, Registration)) == []
    failed = tuple(msgspec.structs.replace(piece, state=State.TEMPERROR) for piece in asked)
    assert list(known.about(failed, "ip", knowledge.SENDER, Place)) == []


def test_who_is_who() -> None:
    report = cases.seed_report()
    assert known.senders(report) == (knowledge.SENDER,)
    assert known.hosts(report) == (knowledge.HOST,)
    # The reader's own domain is left out: it is what the mail abuses.
    assert known.domains(report) == {"circulo.test": ("link",), "gakuin.example": ("account",)}


def test_addresses_come_from_the_dns_or_are_the_host_itself() -> None:
    asked = (*knowledge.seed(), knowledge.known("place", "ip", "192.0.2.9", knowledge.TOKYO))
    assert known.addresses(asked, knowledge.HOST) == (knowledge.SITE,)
    assert known.addresses(asked, "192.0.2.9") == ("192.0.2.9",)
    assert known.addresses(asked, "other.example") == ()


def test_credit_says_who_and_when() -> None:
    english, japanese = (Voice(cases.seed_report(), lang) for lang in ("en", "ja"))
    piece = knowledge.known("rdap", "domain", "x.example", to="the server of the registry")
    assert known.credit(english, piece, "rdap.example") == "RDAP (rdap.example), 2026-11-24 10:00:00 UTC"
    assert known.credit(japanese, piece, "rdap.example") == "RDAP（rdap.example）、2026-11-24 10:00:00 UTC"
    kept = msgspec.structs.replace(piece, cached=True)
    assert "kept from then" in known.credit(english, kept)
    google = knowledge.known("safe_browsing", "url", "x", to="Google Safe Browsing")
    assert known.credit(japanese, google) == "Google セーフ ブラウジング、2026-11-24 10:00:00 UTC"


def test_times_are_read_as_exactly_as_they_are_written() -> None:
    assert known.when("2016-03-01") == "2016-03-01"
    assert known.when("2026-11-24T19:00:00+09:00") == "2026-11-24 10:00:00 UTC"
    assert known.when(None) == ""
    assert known.when("0001-01-01T00:00:00+23:00").startswith("0001-01-01")
    assert len(known.when("9" * 5000)) < 50


def test_no_more_than_a_few_are_told_of() -> None:
    many = Names(addresses=tuple(f"192.0.2.{number}" for number in range(200)))
    asked = (knowledge.known("names", "host", "x.example", many),)
    assert len(known.addresses(asked, "x.example")) == known.MOST
