"""The world where nothing leaves: what lies on this machine. And where that is."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sabaki.model.finding import State
from sabaki.model.lookup import Lookup
from sabaki.protocols.resolver import Offline
from sabaki.sources.source import Failed, Response


def data_directory(settings: Any = None) -> Path:
    """Where databases and lists are kept: the setting `data`, else XDG_DATA_HOME, else ~/.local/share."""
    named = getattr(settings, "data", "")
    if named:
        return Path(named).expanduser()
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "sabaki"


def cache_file() -> Path:
    """Where answers are kept between runs: XDG_CACHE_HOME, else ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "sabaki" / "answers.sqlite"


class Inside:
    """See `source.World`. Nobody is asked."""

    def __init__(self, settings: Any) -> None:
        self.settings = settings
        self.data = data_directory(settings)
        self.egress = _Shut()

    async def lookup(self, name: str, type: str) -> Lookup:
        """Always "not asked"."""
        return Offline().lookup(name, type)

    def now(self) -> datetime:
        """The clock of this machine, UTC."""
        return datetime.now(UTC)


class _Shut:
    """No way out."""

    async def fetch(self, url: str, **_: Any) -> Response:
        raise _offline()

    async def exchange(self, host: str, port: int, request: bytes, **_: Any) -> bytes:
        raise _offline()

    async def certificate(self, host: str, port: int = 443, **_: Any) -> bytes:
        raise _offline()


def _offline() -> Failed:
    return Failed(State.SKIPPED, "offline: nobody was asked", "オフラインのため、問い合わせていません")
