"""Random characters of the same shape: letters for letters, digits for digits, case kept; the same seed gives the same ones."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import pairwise

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_RANGES = ((0x3042, 0x3093), (0x30A2, 0x30F3), (0x4E00, 0x9FA5), (0x03B1, 0x03C9), (0x0430, 0x044F), (0xAC00, 0xD7A3))
"""Letters beyond ASCII, each range of characters that take the same number of bytes in UTF-8."""
_UUID = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}")
_UUID_KEPT = (14, 19)
"""Version and variant (RFC 9562 section 4)."""
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_PIECE = re.compile(r"[^\W_]+")
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])")
_LEAST = {"path": 16, "value": 10, "userinfo": 6}
"""From so many characters on a token may stand for one recipient: in the path there are more words of the site's own."""
_WHOLE = 9
_LEAST_NUMBER = {"path": 9, "value": 6, "userinfo": 6}


class Shapes:
    """Makes replacements."""

    def __init__(self, seed: bytes) -> None:
        self._seed = seed

    def word(self, word: str) -> str:
        """Another word in place of this one, each of its pieces the same wherever it stands."""
        return _PIECE.sub(lambda match: self._other(match[0], _LETTERS), word)

    def token(self, token: str) -> str:
        """Another token in place of this one, of hexadecimal digits where this one is."""
        if _UUID.fullmatch(token):
            other = self._other(token, "abcdef")
            return "".join(
                old if at in _UUID_KEPT else new for at, (old, new) in enumerate(zip(token, other, strict=True))
            )
        return self._other(token, "abcdef" if _HEX.fullmatch(token) else _LETTERS)

    def _other(self, text: str, letters: str) -> str:
        for attempt in range(8):
            numbers = self._numbers(text, attempt)
            other = "".join(_like(character, next(numbers), letters) for character in text)
            if other != text:
                return other
        return text

    def _numbers(self, text: str, attempt: int) -> Iterator[int]:
        key = self._seed + attempt.to_bytes(1, "big") + text.encode("utf-8", "surrogatepass")
        block = 0
        while True:
            digest = hashlib.blake2b(key + block.to_bytes(4, "big")).digest()
            yield from (int.from_bytes(digest[at : at + 4], "big") for at in range(0, len(digest), 4))
            block += 1


def _like(character: str, number: int, letters: str) -> str:
    if character.isascii():
        if character.isdigit():
            return str(number % 10)
        if character.isalpha():
            other = letters[number % len(letters)]
            return other.upper() if character.isupper() else other
        return character
    if not character.isalpha():
        return character
    for first, last in _RANGES:
        if first - 1 <= ord(character) <= last + 4:
            return chr(first + number % (last - first + 1))
    size = len(character.encode("utf-8", "surrogatepass"))
    first, last = _RANGES[{2: 3, 3: 2}.get(size, 2)]
    return chr(first + number % (last - first + 1)) if size in (2, 3) else character


def is_random(token: str, where: str) -> bool:
    """Whether a token may stand for one recipient: long, and no word. `where` is "path", "value" (of the query, the fragment) or "userinfo"."""
    if token.isdigit():
        return len(token) >= _LEAST_NUMBER[where] and not _DATE.fullmatch(token)
    if len(token) < _LEAST[where]:
        return False
    if _UUID.fullmatch(token):
        return True
    pieces = re.findall(r"[A-Za-z0-9]+", token)
    if all(len(piece) < _WHOLE for piece in pieces):
        pieces = ["".join(pieces)]  # base64's url-safe letters, not hyphens between words
    return any(_is_jumble(piece, _LEAST[where]) for piece in pieces)


def _is_jumble(piece: str, least: int) -> bool:
    """Letters and digits that change too often for words with a number behind, or cases that do."""
    if len(piece) < min(least, 10):
        return False
    kinds = ["0" if each.isdigit() else "A" if each.isupper() else "a" for each in piece]
    turns = sum(a != b and (a, b) != ("A", "a") for a, b in pairwise(kinds))
    digits = kinds.count("0")
    if digits and digits < len(piece) and turns >= 3:
        return True
    vowels = sum(each in "aeiouyAEIOUY" for each in piece)
    return turns * 4 >= len(piece) or (len(piece) >= 16 and vowels * 6 < len(piece) - digits)
