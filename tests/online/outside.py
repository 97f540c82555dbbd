"""Starting the worlds, each in a network of its own, several side by side: nearly all of their time is waiting."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from sabaki.model.report import Report
from sabaki.sources import place
from sabaki.sources.inside import data_directory
from tests.live import outside
from tests.live.outside import CannotRun, WentWrong
from tests.online.inside import DEADLINE, Run
from tests.online.scenarios import Scenario

__all__ = ["CannotRun", "WentWrong"]
_AT_ONCE = 4
_PULLED = outside.PROJECT / ".venv" / "data" / "sabaki"
NO_DATABASE = "no geolocation database here (make setup or `sabaki data pull` fetches it)"


class World(msgspec.Struct, frozen=True):
    """A world that was: its folder, with all that was printed and recorded."""

    scenario: Scenario
    folder: Path

    def run(self, name: str = "online") -> Run:
        """What a run of the command line took, and what went over the wire."""
        return msgspec.json.decode((self.folder / f"{name}.json").read_bytes(), type=Run)

    def printed(self, name: str = "online") -> str:
        """What it printed."""
        return (self.folder / f"{name}.out").read_text("utf-8")

    def told(self, name: str = "online") -> str:
        """What it said beside."""
        return (self.folder / f"{name}.err").read_text("utf-8")

    def reports(self, name: str = "online") -> tuple[Report, ...]:
        """The reports: one JSON document, or one a line."""
        text = self.printed(name)
        if text.startswith("{\n"):
            return (Report.from_json(text.encode()),)
        return tuple(Report.from_json(line.encode()) for line in text.splitlines())


def databases() -> Path | None:
    """The directory of the real databases; None where there is none."""
    found = (each for each in (_PULLED, data_directory()) if os.access(each / place.FILES[4][0], os.R_OK))
    return next(found, None)


def run(scenario: Scenario, base: Path) -> World:
    """Run one world. Raises CannotRun and WentWrong."""
    folder = base / scenario.name
    folder.mkdir(parents=True)
    words = (str(databases() or folder / "none"), msgspec.json.encode(scenario).decode())
    outside.run(folder, "tests.online.inside", *words, seconds=DEADLINE + 10)
    return World(scenario, folder)


def run_all(scenarios: Iterable[Scenario], base: Path) -> Iterator[World | WentWrong]:
    """Run many, in their order. Raises CannotRun."""

    def tried(scenario: Scenario) -> World | WentWrong:
        try:
            return run(scenario, base)
        except WentWrong as said:
            return said

    with ThreadPoolExecutor(_AT_ONCE) as several:
        yield from several.map(tried, scenarios)
