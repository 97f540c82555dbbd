from __future__ import annotations

from sabaki import registry


def test_ids_are_paths() -> None:
    for check in registry.checks():
        module = check.run.__module__
        assert module == "sabaki.checks." + check.id.replace("/", ".")
        assert check.run.__name__ == check.id.rpartition("/")[2]


def test_every_check_explains_itself() -> None:
    for check in registry.checks():
        assert len(check.description) > 30, check.id


def test_a_hit_takes_the_check_s_defaults() -> None:
    for check in registry.checks():
        assert registry.families()[check.id] == check.family
