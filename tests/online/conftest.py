"""The worlds are run once for all tests here, several side by side."""

from __future__ import annotations

import pytest

from tests.online import outside
from tests.online.outside import WentWrong, World
from tests.online.scenarios import SOME, Scenario


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> dict[Scenario, World | WentWrong]:
    """The world in which all servers are well, and those in which one has gone wrong."""
    wanted = (Scenario(), *SOME)
    try:
        return dict(zip(wanted, outside.run_all(wanted, tmp_path_factory.mktemp("online")), strict=True))
    except outside.CannotRun as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def well(worlds: dict[Scenario, World | WentWrong]) -> World:
    """The world in which all servers are well."""
    world = worlds[Scenario()]
    if not isinstance(world, World):
        pytest.fail(str(world), pytrace=False)
    return world
