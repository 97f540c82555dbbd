"""The trust line's sentences: in both languages, about the right server, with flags that a shell takes."""

from __future__ import annotations

import shlex

import pytest

from sabaki.facts import linewords, ours
from sabaki.facts.ours import Link
from sabaki.model.case import Hop, Trust, Vantage
from sabaki.model.evidence import Grade, Location

OWN = ours.named(Vantage(own_hosts=("mx.own.example",)))


def hop(**facts: object) -> Hop:
    return Hop(index=0, text="", location=Location(0, 1, "", 0), **facts)  # type: ignore[arg-type]


def test_every_reason_is_there_in_both_languages() -> None:
    mine, other = hop(by="mx.own.example", ip="203.0.113.9"), hop(by="a.example", protocol="POP3")
    pairs = [
        linewords.LATER,
        linewords.NO_LINE,
        linewords.first((mine,), 0, Grade.ATTESTED, OWN, by_dns=False),
        linewords.first((mine,), 0, Grade.INFERRED, OWN, by_dns=False),
        linewords.first((mine,), 0, Grade.INFERRED, OWN, by_dns=True),
        linewords.first((mine, other), 1, Grade.ATTESTED, OWN, by_dns=False),
        *(linewords.link(mine, above, link, trust, OWN) for above in (mine, other) for link in Link for trust in Trust),
        *(linewords.claimed(each, OWN, link) for each in (mine, other) for link in Link),
    ]
    assert all(en and ja and en.isascii() and not ja.isascii() for en, ja in pairs)
    assert len({en for en, _ in pairs}) >= 10


@pytest.mark.parametrize(
    ("by", "flags"),
    [
        ("mx.own.example", ["--own-host", "mx.own.example", "--own-domain", "YOUR.DOMAIN"]),
        ("ab12.mail.protection.outlook.com", ["--own-host", "*.outlook.com", "--own-domain", "YOUR.DOMAIN"]),
        ("box", ["--own-host", "YOUR.MAIL.SERVER", "--own-domain", "YOUR.DOMAIN"]),
    ],
)
def test_what_to_name(by: str, flags: list[str]) -> None:
    above = [hop(by=by)]
    en, ja = linewords.to_name(above, Vantage(), ours.inferred((above[0],)), ours.named(Vantage()))
    for text in (en, ja):
        assert shlex.split(text[text.index("--") :]) == flags


def test_no_advice_where_there_is_none_to_give() -> None:
    assert linewords.to_extend([hop(by="mx.own.example", ip="198.51.100.1", grade=Grade.ATTESTED)], OWN) == ("", "")
    en, ja = linewords.to_extend([hop(by="mx.own.example", ip="198.51.100.1", helo="mx.own.example")], OWN)
    assert "--own-host 198.51.100.1" in en
    assert "--own-host 198.51.100.1" in ja
