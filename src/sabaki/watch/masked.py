"""A diary without the victim: what a watched page or its link says may hold whom the mail was for."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from sabaki.redact.identifiers import Identifiers
from sabaki.redact.mask import Masker

_OURS = frozenset(
    "id kind way at since state grade source vantage type channel due added_at mail sha256 fingerprint serial tries".split()
)
"""Keys whose values are ours, dates or hashes."""
T = TypeVar("T")


def packed(identifiers: Identifiers) -> bytes:
    """Identifiers as they are kept with a watch."""
    return msgspec.json.encode(identifiers)


def unpacked(kept: bytes) -> Identifiers:
    """Identifiers as they were kept; none where nothing was."""
    return msgspec.json.decode(kept, type=Identifiers) if kept else Identifiers()


def mask(value: T, identifiers: Identifiers) -> T:
    """The same thing with the victim masked in every string that comes from the page, the link or the reader."""
    document = _walk(msgspec.to_builtins(value), Masker(identifiers), "")
    return msgspec.convert(document, type(value))


def _walk(value: Any, masker: Masker, key: str) -> Any:
    if isinstance(value, str):
        return value if key in _OURS else masker(value)
    if isinstance(value, list | tuple):
        return [_walk(item, masker, key) for item in value]
    if isinstance(value, dict):
        return {name: _walk(item, masker, name) for name, item in value.items()}
    return value
