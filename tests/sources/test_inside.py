from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest

from sabaki.model.finding import State
from sabaki.model.lookup import Answer
from sabaki.sources import inside
from sabaki.sources.inside import Inside
from sabaki.sources.source import Failed


def test_directories(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "c"))
    assert inside.data_directory() == tmp_path / "sabaki"
    assert inside.data_directory(SimpleNamespace(data="/srv/lists")) == Path("/srv/lists")
    assert inside.cache_file() == tmp_path / "c" / "sabaki" / "answers.sqlite"


def test_nobody_is_asked_from_inside() -> None:
    async def go() -> None:
        world = Inside(SimpleNamespace())
        assert (await world.lookup("a.example", "A")).status is Answer.NOT_ASKED
        for way in (world.egress.fetch("https://a.example/"), world.egress.exchange("a.example", 43, b"x")):
            with pytest.raises(Failed) as caught:
                await way
            assert caught.value.state is State.SKIPPED
        assert world.now().tzinfo is not None

    asyncio.run(go())
