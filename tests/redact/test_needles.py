from __future__ import annotations

from sabaki.redact.identifiers import Identifiers
from sabaki.redact.needles import ADDRESS, DOMAIN, IP, WORD, Needles


def found(text: str, **identifiers: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(text[start:end], mask) for start, end, mask in Needles(Identifiers(**identifiers)).find(text)]


def test_the_longest_wins_at_a_place() -> None:
    hits = found("to a@b.example now", addresses=("a@b.example",), domains=("b.example",))
    assert hits == [("a@b.example", ADDRESS)]


def test_a_domain_stands_by_itself_or_at_the_end_of_a_host() -> None:
    assert found("x.b.example b.example. bb.example b.examples", domains=("b.example",)) == [("b.example", DOMAIN)] * 2


def test_a_long_word_counts_inside_others_and_a_short_one_does_not() -> None:
    assert found("myjimushologin hanaes", words=("jimusho",), tokens=("hanae",)) == [("jimusho", WORD)]
    assert found("-hanae-", tokens=("hanae",)) == [("hanae", WORD)]


def test_an_address_is_not_found_in_a_longer_number() -> None:
    assert found("203.0.113.25 203.0.113.250", ips=("203.0.113.25",)) == [("203.0.113.25", IP)]


def test_nothing_to_look_for() -> None:
    assert found("anything at all") == []
