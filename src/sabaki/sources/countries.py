"""Countries as registrations write them: by code, by name in English or their own language, with or without dots."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

_LONGEST = 60


class _Table(msgspec.Struct):
    names: dict[str, tuple[str, ...]]


@cache
def _codes() -> dict[str, str]:
    raw = files("sabaki.data").joinpath("rdap", "countries.json").read_bytes()
    table = msgspec.json.decode(raw, type=_Table).names
    return {name.replace(".", ""): code for code, names in table.items() for name in (code.casefold(), *names)}


def country_code(text: str) -> str:
    """The ISO 3166-1 alpha-2 code, upper case; "" where the text names no country ("EU" and "ZZ" are none)."""
    name = " ".join(text[: _LONGEST + 1].casefold().replace(".", "").split()).strip(" ,")
    return _codes().get(name, "") if len(name) <= _LONGEST else ""
