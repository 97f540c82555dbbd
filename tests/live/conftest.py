"""The network is made, used and gone once for all tests here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live import outside


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory with every letter as delivered (`NAME.eml`) and the report made on the spot (`NAME.json`)."""
    out = tmp_path_factory.mktemp("live")
    try:
        outside.run(out)
    except outside.CannotRun as reason:
        pytest.skip(str(reason))
    except outside.WentWrong as said:
        pytest.fail(str(said), pytrace=False)
    return out
