from __future__ import annotations

import pytest

from bench import hostile, hostile_inputs

SMALL = ["head two From", "parts B1 and B10", "text smuggled", "text utf-7", "text iso-2022-jp", "text utf-16"]


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("parts B1 and B10", "epilogue.example"),
        ("parts B1 and B10", "preamble.example"),
        ("parts B1 and B10", "ten.example"),
        ("text smuggled", "smuggled.example"),
        ("text utf-7", "hidden.example"),
        ("text iso-2022-jp", "hidden.example"),
        ("text utf-16", "hidden.example"),
        ("text bare CR", "cr.example"),
    ],
)
def test_a_hidden_link_comes_back(name: str, host: str) -> None:
    import sabaki

    report = sabaki.dissect(hostile_inputs.INPUTS[name]())
    assert host in [url.host for url in report.urls]


def test_an_input_runs_in_a_process_of_its_own_and_is_watched() -> None:
    cost = hostile.measure("head two From")
    assert cost.kept
    assert cost.cpu > 0
    assert cost.megabytes > 10
    assert "13 fields" in hostile.row(cost)


def test_a_process_that_dies_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hostile, "_PATIENCE", 0)
    cost = hostile.measure("head two From")
    assert cost.broken == "never came back"
    assert not cost.kept
    assert hostile.row(cost).startswith("!")


@pytest.mark.parametrize("changed", [{"cpu": 21.0}, {"megabytes": 1_001.0}, {"broken": "x"}])
def test_what_breaks_the_contract(changed: dict[str, float]) -> None:
    assert hostile.Cost("x", cpu=20.0, megabytes=1_000.0).kept
    assert not hostile.Cost("x", **changed).kept
