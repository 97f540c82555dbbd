"""Every target holds on its own seeds, here without the fuzzer; finds of the fuzzer stand in the tests of their modules."""

from __future__ import annotations

import pytest

from fuzz import run, seeds, targets

SEEDS = seeds.seeds()


@pytest.mark.parametrize("target", targets.TARGETS, ids=lambda target: target.name)
def test_the_seeds_pass(target: targets.Target) -> None:
    check = target.load()
    assert SEEDS[target.name]
    for seed in SEEDS[target.name][:12]:
        check(seed)
        check(seed[: len(seed) // 2])
    check(b"")


def test_a_dictionary_for_every_target() -> None:
    for target in targets.TARGETS:
        lines = (run._PROJECT / "fuzz" / "dictionaries" / f"{target.dictionary}.dict").read_text("utf-8").splitlines()
        assert all(line.startswith(("#", '"')) and (line[0] == "#" or line.endswith('"')) for line in lines if line)


def test_numbers_are_read_from_the_log() -> None:
    outcome = run.Outcome("x")
    run.read_log("#2\tINITED cov: 3 ft: 4 corp: 1/1b\n#99\tNEW    cov: 5 ft: 6 corp: 2/2b\n", outcome)
    run.read_log("#7\tNEW    cov: 9 ft: 10 corp\nstat::number_of_executed_units: 100\n", outcome)
    assert (outcome.edges, outcome.features, outcome.executions) == (9, 10, 199)


def test_the_table_names_crashes_and_skipped_targets() -> None:
    crash = run._PROJECT / ".fuzz" / "crashes" / "mime" / "crash-1"
    shown = run.table([run.Outcome("mime", 100, 2.0, 5, 6, 70.0, [crash]), run.Outcome("x", skipped="no module")])
    assert "50" in shown
    assert "mime: .fuzz/crashes/mime/crash-1" in shown
    assert "no module" in shown
