"""The identifiers in every form in which they are looked for in a text already read."""

from __future__ import annotations

import base64
import codecs
import hashlib
from collections.abc import Iterator

import msgspec

from sabaki.redact.identifiers import Identifiers
from sabaki.redact.unfold import folded

ADDRESS = "*****@*****.***"
DOMAIN = "*****.***"
WORD = "*****"
IP = "***.***.***.***"

_KEY = 4
_LEAST = 2
_SHORTEST_TURNED = 6
"""Reversed or in ROT13, a shorter word is too often an ordinary one."""


class _Needle(msgspec.Struct, frozen=True):
    text: str
    mask: str
    alone: bool = False
    """Whether it counts only where no Latin letter or digit touches it."""


class Needles:
    """Finds identifiers in folded text; linear in the text whatever their number."""

    def __init__(self, identifiers: Identifiers) -> None:
        """Index every form of every identifier by its first characters."""
        forms = {needle.text: needle for needle in reversed(list(_forms(identifiers))) if len(needle.text) >= _LEAST}
        self._exact = forms
        self._lengths = [
            (size, table)
            for size, table in (
                (_KEY, _by_start(_KEY, [text for text in forms if len(text) >= _KEY])),
                (_LEAST, _by_start(_LEAST, [text for text in forms if len(text) < _KEY])),
            )
            if table
        ]
        self.shortest = min(map(len, forms), default=1 << 30)

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and mask of each identifier, from the left, the longest at each place, none overlapping."""
        end = 0
        if not self._lengths:
            return
        size, table = self._lengths[0]
        only = len(self._lengths) == 1
        for at in range(len(text) - (size if only else _LEAST) + 1):
            if only and text[at : at + size] not in table:
                continue
            if at >= end and (needle := self._at(text, at)):
                end = at + len(needle.text)
                yield at, end, needle.mask

    def _at(self, text: str, at: int) -> _Needle | None:
        for size, table in self._lengths:
            for length in table.get(text[at : at + size], ()):
                needle = self._exact.get(text[at : at + length])
                if needle is not None and not (needle.alone and _touched(text, at, at + length, needle.mask)):
                    return needle
        return None


def _by_start(size: int, texts: list[str]) -> dict[str, list[int]]:
    """The lengths, longest first, of the texts that begin with the same characters."""
    table: dict[str, set[int]] = {}
    for text in texts:
        table.setdefault(text[:size], set()).add(len(text))
    return {start: sorted(lengths, reverse=True) for start, lengths in table.items()}


def _touched(text: str, start: int, end: int, mask: str) -> bool:
    joins = str.isdecimal if mask is IP else _joins  # `ip203-0-113-25` is that address
    return bool(start and joins(text[start - 1])) or (end < len(text) and joins(text[end]))


def _joins(character: str) -> bool:
    """Whether a word goes on with that character. Only Latin letters and digits: Japanese knows no gaps."""
    return character.isascii() and character.isalnum()


def _forms(identifiers: Identifiers) -> Iterator[_Needle]:
    for address in identifiers.addresses:
        yield from _address(folded(address))
    for domain in identifiers.domains:
        plain = folded(domain)
        yield _Needle(plain, DOMAIN, alone=True)
        if "." in plain:
            yield from (_Needle(plain.replace(".", mark), WORD, alone=True) for mark in "-_")
        yield from _turned(plain)
        yield from _digests(plain)
    for word in identifiers.words:
        yield _Needle(folded(word), WORD)
        yield from _turned(folded(word))
    for token in identifiers.tokens:
        yield _Needle(folded(token), WORD, alone=True)
    for name in identifiers.names:
        yield _Needle(folded(name), WORD, alone=True)
        if " " in name and not name.isascii():
            yield _Needle(folded(name).replace(" ", ""), WORD)
    for ip in identifiers.ips:
        yield _Needle(folded(ip), IP, alone=True)


def _address(address: str) -> Iterator[_Needle]:
    yield _Needle(address, ADDRESS, alone=True)
    local, _, domain = address.rpartition("@")
    # VERP, SRS and list servers write the at sign in these ways.
    yield from (
        _Needle(f"{local}{mark}{domain}", ADDRESS, alone=True) for mark in ("=", "#", "%", "_at_", " at ", "+aea-")
    )
    yield _Needle(f"{domain}={local}", ADDRESS, alone=True)
    yield from _turned(address)
    yield from _digests(address)


def _turned(text: str) -> Iterator[_Needle]:
    if len(text) >= _SHORTEST_TURNED:
        yield _Needle(text[::-1], WORD)
        yield _Needle(codecs.encode(text, "rot13"), WORD)


def _digests(text: str) -> Iterator[_Needle]:
    for name in ("md5", "sha1", "sha256", "sha512"):
        digest = hashlib.new(name, text.encode(), usedforsecurity=False).digest()
        yield _Needle(digest.hex(), WORD)
        coded = base64.b64encode(digest).decode().rstrip("=").lower()
        yield _Needle(coded, WORD)
        yield _Needle(coded.replace("+", "-").replace("/", "_"), WORD)
