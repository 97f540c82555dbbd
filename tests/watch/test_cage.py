"""The watch against real servers, in a network of its own: what is seen, what is written, what a kill leaves."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sabaki.model.watch import Diary, Kind, Way
from tests.watch import cage


@cache
def _why_not() -> str:
    return cage.why_not()


@pytest.fixture(autouse=True)
def possible() -> None:
    if _why_not():
        pytest.skip(_why_not())


def ran(scenario: str, out: Path) -> Path:
    done = cage.run(scenario, out)
    assert done.returncode == 0, f"{done.stdout[-2_000:]}\n{done.stderr[-4_000:]}"
    return out


def test_a_site_that_goes_comes_back_and_moves(tmp_path: Path) -> None:
    out = ran("diary", tmp_path)
    diary = msgspec.json.decode((out / "diary.json").read_bytes(), type=Diary)
    assert [(each.kind, each.way) for each in diary.events] == [
        (Kind.ALIVE, Way.DNS),
        (Kind.ALIVE, Way.HTTP),
        (Kind.NOT_FOUND, Way.HTTP),
        (Kind.REVIVED, Way.HTTP),
        (Kind.MOVED, Way.DNS),
        (Kind.NAME_SERVERS, Way.DNS),
        (Kind.SUSPENDED, Way.HTTP),
        (Kind.NO_NAME, Way.DNS),
        (Kind.HOLD, Way.REGISTRATION),
        (Kind.GONE, Way.DNS),
        (Kind.REVIVED, Way.DNS),
        (Kind.HOLD_LIFTED, Way.REGISTRATION),
        (Kind.REVIVED, Way.HTTP),
    ]
    moved = next(each for each in diary.events if each.kind is Kind.MOVED)
    assert (moved.before, moved.after) == (cage.FIRST, cage.SECOND)
    asked = json.loads((out / "asked.json").read_text())
    assert {address for address, host, _ in asked if host == cage.HOST} == {cage.FIRST, cage.SECOND}
    assert {path for _, host, path in asked if host == cage.HOST} == {"/login"}
    unseen = [each for each in diary.observations if each.seen is None]
    assert len(unseen) == 3, "where the name led nowhere nobody asked for the page"


def test_killed_in_the_middle_and_started_again(tmp_path: Path) -> None:
    steps = json.loads((ran("kill", tmp_path) / "steps.json").read_text())
    killed = steps["killed"]
    assert sum(killed["looks"].values()) == 23, "only the check under way is lost"
    assert killed["looks"]["www05"] == 1
    assert (killed["notices"]["waiting"], killed["told"]) == (11, [])
    again = steps["killed again"]
    assert set(again["looks"].values()) == {2}, "the restart makes what was missing, and nothing twice"
    assert (again["notices"], len(again["told"])) == ({"waiting": 10, "sent": 2, "given_up": 0}, 3)
    restarted = steps["restarted"]
    assert len(restarted["told"]) == len(set(restarted["told"])) == 12
    assert restarted["notices"] == {"waiting": 1, "sent": 11, "given_up": 0}
    last = steps["six minutes later"]
    assert last["notices"] == {"waiting": 0, "sent": 12, "given_up": 0}
    assert last["told"][12:] == last["told"][2:3], (
        "the one that was being told when it was killed is told again, under its id"
    )
    assert sorted(set(last["told"])) == last["ids"]


def test_two_at_once_do_not_do_the_same(tmp_path: Path) -> None:
    steps = json.loads((ran("two", tmp_path) / "steps.json").read_text())
    assert set(steps["counts"]["looks"].values()) == {2}, steps["said"]
    hosts: list[Any] = [host for _, host, _ in steps["asked"] if host.startswith("www")]
    assert sorted(hosts) == sorted(set(hosts))
    assert len(hosts) == 12


def test_what_the_page_and_its_certificate_say(tmp_path: Path) -> None:
    found = json.loads((ran("pages", tmp_path) / "found.json").read_text())
    assert found["redirected"]["url"] == f"http://{cage.HOST}/two?x=%E3%81%82"
    assert (found["redirected"]["redirects"], found["redirected"]["title"]) == (2, "二")
    assert found["large"]["size"] == 200_000
    assert found["loop"]["state"] == "unknown" or found["loop"]["status"] == 302
    assert found["inside"]["state"] == "refused"
    assert found["odd"]["state"] == "alive"
    assert found["untrusted"]["state"] == "tls_failure"
    assert [each["issuer"] for each in found["certificates"]] == ["Test CA One", "Test CA Two"]
    assert found["events"] == ["certificate"]
    assert "sabaki" not in found["agent"].lower()


def test_whose_fault_it_is_that_nobody_answers(tmp_path: Path) -> None:
    found = json.loads((ran("silence", tmp_path) / "found.json").read_text())
    assert found["others answer"] == "unreachable"
    assert found["nobody answers"] == ["temperror", None]
    assert found["no dns"] == [["dns", "temperror"], ["http", "skipped"]]
    assert found["events"] == ["alive", "alive", "unreachable"]
