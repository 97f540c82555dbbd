"""A visit to each of our own phishing sites, in a network that has nothing but them: the state, the evidence, and no form sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.visit import cage
from tests.visit.sites.expected import EXPECTED, NAMES, SITES

FEW = ("hoster login", "phones only", "no name", "file")
"""One of each kind, for every run; all of them with `make cage`."""


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> dict[str, cage.Visited]:
    reason = cage.why_not()
    if reason:
        pytest.skip(f"no cage: {reason}")
    return cage.run(tmp_path_factory.mktemp("cage"), FEW)


@pytest.mark.parametrize("name", FEW)
def test_a_site_is_seen_for_what_it_is(visited: dict[str, cage.Visited], name: str) -> None:
    assert cage.differences(EXPECTED[name], visited[name]) == []


def test_nothing_was_sent_and_only_the_site_was_asked(visited: dict[str, cage.Visited]) -> None:
    assert visited["hoster login"].posted == 0
    assert visited["hoster login"].hosts == ("nagisa-login.test",)


def test_both_views_left_a_screenshot(visited: dict[str, cage.Visited]) -> None:
    kinds = {(each.kind, each.viewport) for each in visited["hoster login"].visit.artifacts}
    assert {("screenshot", "desktop"), ("screenshot", "phone"), ("dom", "desktop"), ("har", "phone")} <= kinds


def test_a_difference_is_found(visited: dict[str, cage.Visited]) -> None:
    assert cage.differences(EXPECTED["not found"], visited["hoster login"])
    assert cage.differences(EXPECTED["card and one-time code"], visited["hoster login"])


def test_every_site_is_expected_and_every_name_is_reserved() -> None:
    hosts = {each.url.partition("//")[2].partition("/")[0].partition(":")[0] for each in EXPECTED.values()}
    stations = {"chain-two.test", "chain-three.test", "example.com"}
    assert SITES.keys() - stations <= hosts
    assert all(name.endswith(".test") or name == "example.com" for name in NAMES)


def test_the_cage_refuses_another_network_than_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.visit import cage_inside

    monkeypatch.setattr(cage_inside.socket, "if_nameindex", lambda: [(1, "lo"), (2, "eth0")])
    assert cage_inside.main(tmp_path, []) == 1
    assert not (tmp_path / "visits.json").exists()
