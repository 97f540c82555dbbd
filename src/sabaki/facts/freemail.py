"""Public mail providers: their domains name nobody, and say nothing about who the sender works for."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("sabaki.data").joinpath("freemail.toml").read_text("utf-8"))


@cache
def domains() -> frozenset[str]:
    """The domains at which anyone can have a mailbox (data/freemail.toml)."""
    return frozenset(domain for group in _table()["providers"].values() for domain in group)


@cache
def mailboxes_only() -> frozenset[str]:
    """Those of them from which the provider itself does not write: "Google" never writes from gmail.com."""
    return frozenset(_table()["mailboxes_only"])
