"""Starting the cage from outside: a network namespace that has loopback alone, the sites in it, and a visit to each."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct, json

from sabaki.model.visit import View, Visit
from sabaki.visit import walls
from tests.visit.sites.expected import EXPECTED, Expected

PROJECT = Path(__file__).parents[2]
CANNOT = 77
_APART = (
    *("setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "--pid", "--ipc", "--uts"),
    *("--mount-proc", "--fork", "--kill-child"),
)
_SECONDS_EACH = 100


class Visited(Struct, frozen=True):
    """A visit to a site. `posted` counts what was sent to any site by POST, `kept` are files by hash, `memory` is in bytes."""

    visit: Visit
    posted: int
    hosts: tuple[str, ...]
    seconds: float


class WentWrong(Exception):
    """The cage broke; the message holds what it said."""


def why_not() -> str:
    """Why the cage cannot be set up here; "" where it can."""
    if os.geteuid() != 0:
        return "needs root: it makes a network of its own"
    missing = [tool for tool in ("setpriv", "unshare", "ip", "bwrap") if not shutil.which(tool)]
    if missing:
        return f"{missing[0]} is not installed"
    try:
        walls.browser()
    except walls.CannotShut as error:
        return str(error)
    done = subprocess.run([*_APART, "true"], capture_output=True, text=True, check=False)
    return f"no network of one's own here: {done.stderr.strip()}" if done.returncode else ""


def run(out: Path, names: Sequence[str] = tuple(EXPECTED)) -> dict[str, Visited]:
    """Visit the sites of these names; what was kept is in `out`, by hash. Raises WentWrong."""
    command = [*_APART, sys.executable, "-m", "tests.visit.cage_inside", str(out), *names]
    done = subprocess.run(
        command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=60 + _SECONDS_EACH * len(names)
    )
    found = out / "visits.json"
    if done.returncode or not found.exists():
        raise WentWrong(f"{done.returncode}\n{done.stdout}\n{done.stderr}")
    return json.decode(found.read_bytes(), type=dict[str, Visited])


def differences(expected: Expected, visited: Visited) -> list[str]:
    """What a visit found otherwise than expected; empty where all is as it should be."""
    visit = visited.visit
    views = {view.name: view for view in visit.views}
    states = (("all", expected.state, visit.state), *_states(expected, views))
    wrong = [f"{name}: {got} instead of {wanted}" for name, wanted, got in states if got != wanted]
    best = next((view for view in visit.views if view.state == expected.state), None)
    if best is None:
        return wrong
    lists = (
        ("asks", expected.asks, {each for form in best.forms for each in form.asks}),
        ("traits", expected.traits, {trait.id for trait in best.traits}),
        ("brands", expected.brands, set(best.brands)),
        ("limits", expected.limits, set(visit.limits)),
    )
    wrong += [f"{name}: without {', '.join(sorted(wanted - got))}" for name, wanted, got in lists if wanted - got]
    if expected.how and tuple(step.how for step in best.steps) != expected.how:
        wrong.append(f"way: {[step.how for step in best.steps]} instead of {list(expected.how)}")
    if expected.shown not in best.text:
        wrong.append(f"text: without {expected.shown!r}: {best.text[:200]!r}")
    wrong += [f"no {name}" for name in expected.evidence if not getattr(best, name)]
    if visited.posted:
        wrong.append(f"{visited.posted} forms were sent")
    return wrong


def _states(expected: Expected, views: dict[str, View]) -> list[tuple[str, str, str]]:
    wanted = (("desktop", expected.desktop), ("phone", expected.phone))
    return [(name, state, views[name].state if name in views else "missing") for name, state in wanted]
