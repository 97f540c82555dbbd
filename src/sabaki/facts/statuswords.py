"""What an answer means for a page that a suspicious mail leads to: HTTP statuses and the browser's errors, in words."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import NamedTuple

from sabaki.model.visit import PageState

_PREFIX = "net::ERR_"


class Meaning(NamedTuple):
    """What it says of the page, and the words for that. `state` is None where the page itself has to tell."""

    state: PageState | None
    words: str
    words_ja: str


_NOTHING = Meaning(PageState.UNKNOWN, "no answer that HTTP knows", "HTTPの応答になっていません")


def of_status(status: int) -> Meaning:
    """What an HTTP status means here (RFC 9110 section 15, and what has been added to it); a strange one by its first digit."""
    table = _table()
    return table.statuses.get(status) or table.classes.get(status // 100, _NOTHING)


def of_error(error: str) -> Meaning:
    """What the browser's word for a failed navigation means ("net::ERR_NAME_NOT_RESOLVED"; with or without its beginning)."""
    table = _table()
    name = error.strip()[:100].removeprefix(_PREFIX).removeprefix("ERR_")
    if name in table.errors:
        return table.errors[name]
    begun = next((start for start in table.beginnings if name.startswith(start)), "")
    if begun:
        return table.beginnings[begun]
    return Meaning(
        PageState.UNKNOWN,
        f"the browser could not open it ({name or 'no reason given'})",
        f"ブラウザーで開けませんでした（{name or '理由不明'}）",
    )


class _Table(NamedTuple):
    statuses: dict[int, Meaning]
    classes: dict[int, Meaning]
    errors: dict[str, Meaning]
    beginnings: dict[str, Meaning]
    """Longest first."""


@cache
def _table() -> _Table:
    document = tomllib.loads((resources.files("sabaki.data") / "statuswords.toml").read_text("utf-8"))
    errors = {name: _meaning(row) for name, row in document["error"].items()}
    starts = sorted((name for name in errors if name.endswith("*")), key=len, reverse=True)
    return _Table(
        {int(number): _meaning(row) for number, row in document["status"].items()},
        {int(number): _meaning(row) for number, row in document["class"].items()},
        {name: meaning for name, meaning in errors.items() if not name.endswith("*")},
        {name[:-1]: errors[name] for name in starts},
    )


def _meaning(row: list[str]) -> Meaning:
    state, words, words_ja = row
    return Meaning(PageState(state) if state else None, words, words_ja)
