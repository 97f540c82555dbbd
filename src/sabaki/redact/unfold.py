"""A text as it is read, with the way back to what was written."""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator

import msgspec

_INVISIBLE = (
    "\u0000\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f"
)
_LEAD, _TRAIL = "[c-fC-F][0-9a-fA-F]", "[89abAB][0-9a-fA-F]"
"""A character of several bytes in UTF-8: its first byte, the others."""
_ESCAPES = (
    f"%(?:25){{0,3}}{_LEAD}(?:%(?:25){{0,3}}{_TRAIL}){{1,3}}"
    r"|%(?:25){0,3}[0-9a-fA-F]{2}"
    r"|&(?:amp;|#38;){0,3}(?:#[xX][0-9a-fA-F]{1,8}|#[0-9]{1,9}|[a-zA-Z]{2,31}(?=;));?"
    r"|\\u\{[0-9a-fA-F]{1,6}\}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[0-7]{2,3}|\\[-_.@/\\*:()]"
    r"|[\[({](?:\.|@|:|dot|at|DOT|AT)[\])}]"
    f"|[{_INVISIBLE}]+"
    r"|[\ufb00-\ufb06]"
    r"|=?\r?\n[ \t]?"
)
_PLAIN = re.compile(_ESCAPES)
_QUOTED = re.compile(f"={_LEAD}(?:={_TRAIL}){{1,3}}|=[0-9a-fA-F]{{2}}|{_ESCAPES}")
_TAGGED = re.compile(rf"<!--[^<>]{{0,200}}-->|</?[a-zA-Z][a-zA-Z0-9]{{0,10}}(?:\s[^<>]{{0,200}})?/?>|{_ESCAPES}")

_TWINS = {
    "a": "аα", "c": "сϲ", "d": "ԁ", "e": "еε", "h": "һ", "i": "іιı", "j": "ј", "k": "кκ", "l": "ӏ", "m": "м", "n": "п",
    "o": "оοօ", "p": "рρ", "q": "ԛ", "s": "ѕ", "t": "тτ", "u": "υս", "v": "νѵ", "w": "ԝω", "x": "хχ", "y": "уγү",
}  # fmt: skip
_LETTER = {twin: letter for letter, twins in _TWINS.items() for twin in twins}


class _Folds(dict[int, str]):
    """Each character as it is compared: NFKC, lower case, lookalikes as Latin. One for one, worked out when met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        fold = unicodedata.normalize("NFKC", character).casefold()
        fold = _LETTER.get(fold, fold)
        if fold in ("。", "｡"):
            fold = "."
        self[code] = fold if len(fold) == 1 else character.lower() if len(character.lower()) == 1 else character
        return self[code]


_FOLDS = _Folds()


def folded(text: str) -> str:
    """Text as it is compared, of the very same length."""
    return text.lower() if text.isascii() else text.translate(_FOLDS)


class View(msgspec.Struct):
    """A text as read. `marks` are the places where reading left step with writing: (in `text`, in the source)."""

    text: str
    marks: list[tuple[int, int]]

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The span of the source that `text[start:end]` was read from."""
        return self._place(start), self._place(end - 1) + self._width(end - 1)

    def _mark(self, at: int) -> int:
        return bisect_right(self.marks, (at, 1 << 60)) - 1

    def _place(self, at: int) -> int:
        read, written = self.marks[self._mark(at)]
        return written + at - read

    def _width(self, at: int) -> int:
        """How much was written for the character at `at`: an escape counts to its end."""
        mark = self._mark(at)
        if mark + 1 < len(self.marks) and self.marks[mark + 1][0] == at + 1:
            return max(1, self.marks[mark + 1][1] - self._place(at))
        return 1


def views(text: str) -> Iterator[View]:
    """The ways to read a text: escapes undone; quoted-printable undone too; markup taken out."""
    yield _view(text, _PLAIN)
    if "=" in text:
        yield _view(text, _QUOTED)
    if "<" in text:
        yield _view(text, _TAGGED)


def _view(text: str, pattern: re.Pattern[str]) -> View:
    if not pattern.search(text):
        return View(folded(text), [(0, 0)])
    pieces: list[str] = []
    marks = [(0, 0)]
    at = length = 0
    for match in pattern.finditer(text):
        plain = folded(text[at : match.start()])
        read = folded(_undone(match.group()))
        pieces += [plain, read]
        length += len(plain)
        if len(read) == 1:
            marks.append((length, match.start()))
        length += len(read)
        at = match.end()
        marks.append((length, at))
    pieces.append(folded(text[at:]))
    return View("".join(pieces), marks)


def _undone(escape: str) -> str:
    first = escape[0]
    for opening, undo in _UNDO:
        if first in opening:
            return undo(escape)
    return unicodedata.normalize("NFKC", escape) if "\ufb00" <= first <= "\ufb06" else ""


def _octets(escape: str, mark: str) -> str:
    """`%41`, `=E6=8D=8C`, `%2541`: of each the last two digits, one character in all."""
    octets = bytes(int(piece[-2:], 16) for piece in escape.split(mark)[1:])
    if len(octets) == 1:
        return chr(octets[0])
    shown = octets.decode("utf-8", "replace")
    return shown if len(shown) == 1 else "\ufffd"


def _entity(escape: str) -> str:
    while escape.startswith(("&amp;", "&#38;")) and len(escape) > 5:
        escape = f"&{escape[5:]}"
    shown = html.unescape(escape if escape.endswith(";") else f"{escape};")
    return shown if len(shown) == 1 else ""


def _backslash(escape: str) -> str:
    if escape[1] in "ux":
        code = int(escape[2:].strip("{}"), 16)
        return chr(code) if code < 0x110000 else ""
    return chr(int(escape[1:], 8) & 0xFF) if escape[1].isdigit() else escape[1]


def _bracket(escape: str) -> str:
    return {"dot": ".", "at": "@"}.get(escape[1:-1].lower(), escape[1:-1])


_UNDO: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("%", lambda escape: _octets(escape, "%")),
    ("&", _entity),
    ("\\", _backslash),
    ("[({", _bracket),
    ("=", lambda escape: _octets(escape, "=") if escape[1] not in "\r\n" else ""),
    ("\n\r", lambda escape: "" if escape[-1] in " \t" else "\n"),
)
