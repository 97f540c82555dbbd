from __future__ import annotations

from sabaki.mail.limits import Budget, Limits


def test_spending_stops_at_the_limit_and_names_it_once() -> None:
    budget = Budget(Limits(urls=2))
    assert budget.spend("urls", where="part 1")
    assert budget.spend("urls", where="part 1")
    assert not budget.spend("urls", where="part 2")
    assert not budget.spend("urls", where="part 3")
    (reached,) = budget.reached
    assert (reached.name, reached.value, reached.where) == ("urls", 2, "part 2")


def test_what_was_refused_is_not_spent() -> None:
    budget = Budget(Limits(decoded_size=10))
    assert not budget.spend("decoded_size", 11)
    assert budget.spend("decoded_size", 10)


def test_a_limit_of_one_thing_is_not_added_up() -> None:
    budget = Budget(Limits(nesting=3))
    assert budget.within("nesting", 3)
    assert budget.within("nesting", 3)
    assert budget.reached == ()
    assert not budget.within("nesting", 4, "part 1.1")
    assert budget.reached[0].name == "nesting"


def test_limits_are_kept_in_the_order_in_which_they_were_reached() -> None:
    budget = Budget(Limits(parts=0, fields=0))
    budget.note("fields")
    budget.note("parts")
    assert [limit.name for limit in budget.reached] == ["fields", "parts"]
