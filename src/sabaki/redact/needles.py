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

_KEY = 2
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
        """Index every form of every identifier by its first two characters, the longest first."""
        self._by_key: dict[str, list[_Needle]] = {}
        forms = {needle.text: needle for needle in reversed(list(_forms(identifiers))) if len(needle.text) >= _KEY}
        for needle in sorted(forms.values(), key=lambda needle: -len(needle.text)):
            self._by_key.setdefault(needle.text[:_KEY], []).append(needle)
        self.shortest = min(map(len, forms), default=1 << 30)

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and mask of each identifier, from the left, the longest at each place, none overlapping."""
        at, by_key = 0, self._by_key
        last = len(text) - _KEY
        while at <= last:
            needles = by_key.get(text[at : at + _KEY])
            if needles is not None:
                needle = next((needle for needle in needles if _stands(needle, text, at)), None)
                if needle is not None:
                    end = at + len(needle.text)
                    yield at, end, needle.mask
                    at = end
                    continue
            at += 1


def _stands(needle: _Needle, text: str, at: int) -> bool:
    if not text.startswith(needle.text, at):
        return False
    end = at + len(needle.text)
    return not needle.alone or not ((at and _joins(text[at - 1])) or (end < len(text) and _joins(text[end])))


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
