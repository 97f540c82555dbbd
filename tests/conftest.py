"""For all tests: hypothesis has no deadline, since a busy machine is no fault of the code; one cell opens every file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from sabaki.files.cell import Cell

RULES = Path(__file__).parent / "checks" / "rules"

settings.register_profile("sabaki", deadline=None)
settings.load_profile("sabaki")


@pytest.fixture(scope="session")
def cell() -> Iterator[Cell]:
    with Cell(rules=str(RULES)) as opened:
        yield opened
