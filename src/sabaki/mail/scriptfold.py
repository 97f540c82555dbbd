"""What a script hides by simple means: strings cut in pieces, escaped, in base64, as numbers, or backwards.

Nothing is run. Each step is a pattern of bounded length, a few rounds deep, and what is revealed is bounded too.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote

_LONGEST = 200_000
_ROUNDS = 4
_MOST = 40
"""So many texts are looked at for one script."""
_MARKS = (
    "\\x",
    "\\1",
    "\\u",
    "atob",
    "unescape",
    "decodeURI",
    "CharCode",
    "+",
    ".join",
    "ptth",
    "PTTH",
    ".concat",
    "replace(",
)
_ESCAPED = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}|([0-3][0-7]{2}))")
_SEAM = re.compile(r"""['"`]\s{0,50}\+\s{0,50}['"`]|['"`]\)?\s{0,9}\.concat\(\s{0,9}['"`]""")
_LIST_SEAM = re.compile(r"""['"`]\s{0,9},\s{0,9}['"`]""")
_BASE64 = re.compile(
    r"""atob\s{0,9}\(\s{0,9}['"`]([A-Za-z0-9+/=_\s-]{8,200000})"""
    r"""|(?:\A|['"`])((?:aHR0c|PGh0bW|PEhUTU|PCFET0|PCFkb2|PHNjcm|PGZvcm|PGJvZH|PGhlYW|PGlmcm|PGEga|PGRpd|PG1ld)[A-Za-z0-9+/=]{4,200000})"""
)
_NUMBERS = re.compile(r"(?:(?:0x[0-9A-Fa-f]{1,5}|\d{1,6})\s{0,9},\s{0,9}){6,60000}(?:0x[0-9A-Fa-f]{1,5}|\d{1,6})")
_ADDRESS = re.compile(r"(?i)https?://[^\s'\"`]{3,8000}")
_PERCENT_U = re.compile(r"%u([0-9A-Fa-f]{4})")


def revealed(code: str) -> tuple[str, ...]:
    """Texts that the script's strings come to, each once; () where nothing is hidden by these means."""
    code = code[:_LONGEST]
    if not any(mark in code for mark in _MARKS):
        return ()
    seen = {code: None}
    fresh = [code]
    for _ in range(_ROUNDS):
        found = [text[:_LONGEST] for one in fresh for text in _steps(one)]
        fresh = [text for text in dict.fromkeys(found) if text not in seen][:_MOST]
        seen.update(dict.fromkeys(fresh))
        if not fresh or len(seen) > _MOST:
            break
    del seen[code]
    return tuple(seen)[:_MOST]


def _steps(text: str) -> Iterator[str]:
    """Each way in which one more layer comes off; nothing where it changes nothing."""
    if "\\" in text and (plain := _ESCAPED.sub(_character, text)) != text:
        yield plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if ("+" in text or ".concat" in text) and (joined := _SEAM.sub("", text)) != text:
        yield joined
    if ".join" in text and (joined := _LIST_SEAM.sub("", text)) != text:
        yield joined
    if "%" in text and ("unescape" in text or "decodeURI" in text or text.count("%") > 20):
        plain = unquote(_PERCENT_U.sub(lambda match: chr(int(match[1], 16)), text), errors="replace")
        if plain != text:
            yield plain
    yield from _spelt_out(text)


def _spelt_out(text: str) -> Iterator[str]:
    """Strings that stand there as base64, as numbers or backwards."""
    for called, quoted in _BASE64.findall(text)[:_MOST]:
        if plain := _unbase64(called or quoted):
            yield plain
    for match in _NUMBERS.findall(text)[:_MOST] if "," in text else ():
        if plain := _from_numbers(match):
            yield plain
    if "ptth" in text.lower():
        yield from _ADDRESS.findall(text[::-1])[:_MOST]


def _character(match: re.Match[str]) -> str:
    octal = match[4]
    code = int(octal, 8) if octal else int(match[1] or match[2] or match[3], 16)
    return chr(code) if code <= 0x10FFFF else ""


def _unbase64(text: str) -> str:
    letters = "".join(text.split()).rstrip("=").replace("-", "+").replace("_", "/")
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    try:
        octets = base64.b64decode(letters + "=" * (-len(letters) % 4))
    except (ValueError, binascii.Error):
        return ""
    if len(octets) > 8 and octets[1:8:2] == b"\0\0\0\0":
        return octets.decode("utf-16-le", "replace")
    return octets.decode("utf-8", "replace")


def _from_numbers(text: str) -> str:
    """A list of character codes as text; "" where most of them are no letters."""
    # Some of what counts as a blank in a pattern does not to int().
    items = [item for piece in text.split(",") if (item := "".join(piece.split()))]
    codes = [int(item, 16 if "x" in item else 10) for item in items]
    made = "".join(chr(code) for code in codes if 8 < code < 0x10000 and not 0xD800 <= code < 0xE000)
    return made if sum(" " <= letter <= "~" for letter in made) * 10 > len(codes) * 8 else ""
