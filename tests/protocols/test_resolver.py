from __future__ import annotations

import pytest

from sabaki.mail.limits import Budget, Limits
from sabaki.model.lookup import Answer, Lookup
from sabaki.protocols import resolver
from sabaki.protocols.resolver import Offline, Recorded, Recording, key, why
from tests.protocols.zone import Zone

ZONE = {"example.jp": [("A", "192.0.2.1")], "xn--r8jz45g.jp": [("A", "192.0.2.2")]}


@pytest.mark.parametrize(
    ("name", "same"),
    [("Example.JP.", "example.jp"), ("例え.jp", "xn--r8jz45g.jp"), ("", ""), ("a..b", "a..b"), ("\x00@ x", "\x00@ x")],
)
def test_spellings_of_one_name(name: str, same: str) -> None:
    assert key(name, "txt") == (same, "TXT")


def test_an_endless_name_is_cut() -> None:
    assert len(key("x" * 1_000_000, "A")[0]) <= 500


def test_each_question_is_asked_once() -> None:
    zone = Zone(ZONE)
    asked = Recording(zone, Budget())
    answers = {asked.lookup(name, "a") for name in ("example.jp", "EXAMPLE.jp.", "例え.jp", "xn--r8jz45g.JP")}
    assert len(answers) == 2
    assert len(zone.asked) == 2
    assert [(each.name, each.type) for each in asked.lookups] == [("example.jp", "A"), ("xn--r8jz45g.jp", "A")]


def test_what_was_recorded_answers_again() -> None:
    asked = Recording(Zone(ZONE))
    found = [asked.lookup(name, "A") for name in ("例え.jp", "gone.example")]
    again = Recorded(asked.lookups)
    assert [again.lookup(name, "A") for name in ("例え.JP", "gone.example.")] == found
    missing = again.lookup("other.example", "A")
    assert (missing.status, missing.detail) == (Answer.NOT_ASKED, resolver.NOT_RECORDED)


def test_over_the_budget_is_told_apart_and_replays() -> None:
    def ask(inner: resolver.Resolver) -> tuple[list[Lookup], Recording, Budget]:
        budget = Budget(Limits(dns_queries=1))
        asked = Recording(inner, budget)
        return [asked.lookup(name, "A") for name in ("example.jp", "gone.example", "example.jp")], asked, budget

    zone = Zone(ZONE)
    found, asked, budget = ask(zone)
    assert [each.status for each in found] == [Answer.ANSWER, Answer.NOT_ASKED, Answer.ANSWER]
    assert found[1].detail == resolver.OVER_BUDGET
    assert zone.asked == [("example.jp", "A")]
    assert [limit.name for limit in budget.reached] == ["dns_queries"]
    assert ask(Recorded(asked.lookups))[0] == found


def test_every_failure_is_explained_in_both_languages() -> None:
    details = [
        value for name, value in vars(resolver).items() if name.isupper() and isinstance(value, str) and name[0] != "_"
    ]
    assert len(details) > 8
    for detail in (*details, "", "something new"):
        for status in (Answer.TEMPERROR, Answer.NOT_ASKED):
            en, ja = why(Lookup("example.jp", "A", status, detail=detail))
            assert en
            assert not ja.isascii()
    assert why(Offline().lookup("example.jp", "A"))[0].startswith("offline")
