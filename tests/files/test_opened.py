"""What a reader is given, and what it gives back."""

from __future__ import annotations

from sabaki.files.opened import Asked, Opened
from sabaki.mail.limits import Budget, Limits


def test_traits_are_noted_once_and_bounded() -> None:
    opened = Opened()
    for _ in range(3):
        opened.note("macro", "x" * 1_000)
    assert [(trait.id, len(trait.detail)) for trait in opened.traits] == [("macro", 500)]
    for number in range(1_000):
        opened.note("macro", str(number))
    assert len(opened.traits) == 200


def test_links_are_bounded_and_empty_ones_are_none() -> None:
    opened = Opened()
    opened.link("  ", "pdf:link")
    for _ in range(3_000):
        opened.link("http://kaki.example/" + "x" * 10_000, "pdf:link", "text " * 500, clickable=False)
    assert len(opened.links) == 2_000
    assert len(opened.links[0].raw) == 8_192
    assert len(opened.links[0].text) == 500
    assert not opened.links[0].clickable


def test_what_is_asked_has_its_limits_and_a_budget_of_its_own() -> None:
    assert Asked(budget=Budget(Limits(pages=3))).limits.pages == 3
    one, other = Asked(), Asked()
    one.budget.spend("pages")
    assert other.budget.spent("pages") == 0
    one.tell(Opened())


def test_nothing_is_shared_between_two_results() -> None:
    Opened().note("macro", "x")
    assert Opened().traits == []
