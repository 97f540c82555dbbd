"""The visits that several modules' tests look at are made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from sabaki.model.visit import Visit
from tests.visit import cage, odd

LINKS = {
    "everything": "desktop http://odd.test/start",
    "phone": "phone http://odd.test/#taro",
    "storm": "desktop http://odd.test/storm",
    "circle": "desktop http://odd.test/circle",
    "file": "desktop http://odd.test/attached",
    "busy": "desktop http://odd.test/busy",
    "certificate": "desktop https://self-signed.test/",
    "insecure": "desktop-insecure https://self-signed.test/",
    "private": "desktop http://private.test/",
}


class Seen:
    """What the visits brought back, by the names in LINKS."""

    def __init__(self, folder: Path, visits: dict[str, Visit]) -> None:
        self._folder = folder
        self._visits = visits

    def __getitem__(self, name: str) -> Visit:
        return self._visits[LINKS[name]]

    def kept(self, name: str, kind: str) -> bytes:
        """The artifact of that kind."""
        found = next(each for each in self[name].artifacts if each.kind == kind)
        return (self._folder / found.sha256).read_bytes()


@pytest.fixture(scope="session")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    reason = cage.why_not()
    if reason:
        pytest.skip(f"no visits: {reason}")
    folder = tmp_path_factory.mktemp("odd")
    return Seen(folder, odd.run(folder, *LINKS.values()))
