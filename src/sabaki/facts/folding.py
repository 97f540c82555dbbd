"""Text made ready for matching, so that a match can still be quoted as a person saw it."""

from __future__ import annotations

import re
import unicodedata

from sabaki.facts.lookalikes import ZERO_WIDTH

_INVISIBLE = re.compile(
    f"[{ZERO_WIDTH}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufe0e\ufe0f\u115f\u1160\u3164\u2800\U000e0000-\U000e007f]"
)
_MARKS = re.compile("[\u0300-\u036f]")
_CJK = "\u3001-\u30ff\u3400-\u9fff"
_BETWEEN_CJK = re.compile(f" (?=[{_CJK}])(?<=[{_CJK}] )")
_OTHER_SCRIPT = re.compile("[\u0370-\u052f\u0560-\u0588\u0250-\u02af]")
_LATIN = re.compile("[A-Za-z]")

_TWINS = {
    "a": "аАαΑɑ", "b": "ВвΒƄ", "c": "сСϲ", "d": "ԁժɗ", "e": "еЕΕєҽ", "f": "ғϝ", "g": "ԍɡց", "h": "һНнΗհ",
    "i": "іІιΙɪı", "j": "јЈϳ", "k": "кКκΚ", "l": "ӏӀɩ", "m": "мМΜ", "n": "пηΝո", "o": "оОοΟօσ", "p": "рРρΡ",
    "q": "ԛգ", "r": "гɾ", "s": "ѕЅʂ", "t": "тТτΤ", "u": "υսʋ", "v": "νѵ", "w": "ԝѡω", "x": "хХχΧ", "y": "уУγΥү",
    "z": "ΖʐᴢᏃ",
}  # fmt: skip
_FOLD_TWINS = str.maketrans({twin: letter for letter, twins in _TWINS.items() for twin in twins})


def _accents() -> dict[int, str]:
    """Accented Latin letters to their base letters, one for one; and the marks that stand for one another."""
    table = {ord("İ"): "i", ord("ı"): "i", ord("ß"): "s", ord("ø"): "o", ord("Ø"): "o", ord("ł"): "l", ord("Ł"): "l"}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii() and base != chr(code):
            table[code] = base.lower()
    table |= dict.fromkeys(map(ord, "’‘‛´`′"), "'") | dict.fromkeys(map(ord, "“”„«»"), '"')
    return table | dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")


_FOLD = {chr(code): plain for code, plain in _accents().items()}
_FOLDABLE = re.compile(f"[{re.escape(''.join(_FOLD))}]")


def _folded(match: re.Match[str]) -> str:
    return _FOLD[match[0]]


def clean(text: str) -> str:
    """The text as a person reads it: compatibility forms as plain ones (NFKC), nothing invisible, single spaces.

    An underscore is a space too: "Your__balance" is how spam keeps words apart. Blanks
    between two Japanese or Chinese characters go: a line ends anywhere there.
    """
    text = text.replace("_", " ")
    if text.isascii():
        return " ".join(text.split())
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    text = " ".join(_MARKS.sub("", text).split())
    return _BETWEEN_CJK.sub("", text)


def fold(text: str) -> str:
    """Cleaned text for matching, of the very same length: lower case, no accents, lookalikes as Latin letters.

    Greek and Cyrillic letters are taken for lookalikes only where Latin ones stand in the text too.
    """
    if text.isascii():
        return text.lower()
    folded = _FOLDABLE.sub(_folded, text)
    if _OTHER_SCRIPT.search(folded) and _LATIN.search(folded):
        folded = folded.translate(_FOLD_TWINS)
    lower = folded.lower()
    # The few letters whose lower case is longer than they are would shift every quotation.
    return lower if len(lower) == len(text) else "".join(char.lower()[0] for char in folded)
