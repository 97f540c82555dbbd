"""The objects of PDF as they are written (ISO 32000-2, 7.3): names, strings, numbers, arrays, dictionaries, references."""

from __future__ import annotations

import re
from typing import NamedTuple

_BLANKS = rb"\x00\t\n\x0c\r "
_TOKEN = re.compile(
    rb"[" + _BLANKS + rb"]*+(?:"
    rb"(?P<comment>%[^\r\n]*+)|"
    rb"/(?P<name>[^" + _BLANKS + rb"()<>\[\]{}/%]*+)|"
    rb"(?P<open><<|\[)|(?P<close>>>|\])|"
    rb"(?P<string>\()|"
    rb"<(?P<hex>[0-9A-Fa-f" + _BLANKS + rb"]*+)>?|"
    rb"(?P<word>[^" + _BLANKS + rb"()<>\[\]{}/%]++)|"
    rb"[{}>)])"
)
_IN_STRING = re.compile(rb"[()\\]")
_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_STRING_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|[\s\S]))")
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\x0c", b"\n": b"", b"\r": b"", b"\r\n": b""}
_MOST_TOKENS = 100_000
_DEEPEST = 60
_END = frozenset((b"endobj", b"stream", b"endstream", b"obj", b"xref", b"startxref", b"trailer"))


class Name(str):
    """A name, its `#xx` escapes resolved. `escaped` is whether a letter or digit of it was hidden behind one."""

    __slots__ = ("escaped",)

    def __new__(cls, raw: bytes) -> Name:
        """Read a name as it stands behind its slash."""
        resolved = _NAME_ESCAPE.sub(lambda match: bytes((int(match[1], 16),)), raw) if b"#" in raw else raw
        name = super().__new__(cls, resolved.decode("utf-8", "replace"))
        name.escaped = resolved is not raw and any(
            chr(int(code, 16)).isascii() and chr(int(code, 16)).isalnum() for code in _NAME_ESCAPE.findall(raw)
        )
        return name

    escaped: bool


class Ref(NamedTuple):
    """A reference to an indirect object."""

    number: int
    generation: int


Value = None | bool | float | bytes | Name | Ref | list["Value"] | dict[str, "Value"]
"""A string is bytes (see `text`); a dictionary's keys are `Name`s."""


def parse(source: bytes, position: int = 0, end: int | None = None) -> Value:
    """The object that starts at `position`. Never raises: what is unclosed is closed, what is no object is None.

    Of deep nesting and of very long objects only the beginning is read.
    """
    limit = len(source) if end is None else end
    stack: list[tuple[bytes, list[Value]]] = []
    items: list[Value] = []
    for _ in range(_MOST_TOKENS):
        match = _TOKEN.match(source, position, limit)
        if match is None or (match.lastgroup is None and match.end() >= limit) or match["word"] in _END:
            break
        position = match.end()
        if match["open"]:
            if len(stack) >= _DEEPEST:
                break
            stack.append((match["open"], items))
            items = []
        elif match["close"]:
            if not stack:
                break
            items = _closed(stack, items)
        else:
            position = _leaf(match, items, limit)
        if not stack and items and not isinstance(items[0], float):
            break
    while stack:
        items = _closed(stack, items)
    return items[0] if items else None


def _leaf(match: re.Match[bytes], items: list[Value], limit: int) -> int:
    """Take in what holds nothing else. Returns where it ends."""
    kind = match.lastgroup
    if kind == "string":
        value, end = _string(match.string, match.end(), limit)
        items.append(value)
        return end
    if kind == "word":
        _word(match["word"], items)
    elif kind in ("name", "hex"):
        items.append(Name(match["name"]) if kind == "name" else _hexadecimal(match["hex"]))
    return match.end()


def _closed(stack: list[tuple[bytes, list[Value]]], items: list[Value]) -> list[Value]:
    opening, outer = stack.pop()
    if opening == b"[":
        outer.append(items)
        return outer
    found: dict[str, Value] = {}
    pairs = iter(items)
    for key in pairs:
        if isinstance(key, Name):
            found[key] = next(pairs, None)
    outer.append(found)
    return outer


def _word(word: bytes, items: list[Value]) -> None:
    """A number or keyword; "R" makes a reference of the two numbers before it."""
    if word == b"R" and len(items) >= 2:
        number, generation = items[-2:]
        if isinstance(number, float) and isinstance(generation, float):
            items[-2:] = [Ref(int(number), int(generation))]
        return
    if word in (b"true", b"false"):
        items.append(word == b"true")
        return
    try:
        number = float(word) if len(word) < 40 else 0.0
    except ValueError:
        number = None
    items.append(number if number is None or abs(number) < 1e15 else 0.0)


def _string(source: bytes, position: int, limit: int) -> tuple[bytes, int]:
    """A literal string (7.3.4.2) from behind its parenthesis on, and where it ends."""
    depth, start = 1, position
    while match := _IN_STRING.search(source, position, limit):
        position = match.end()
        if match[0] == b"\\":
            position += 1
        else:
            depth += 1 if match[0] == b"(" else -1
            if not depth:
                return _unescaped(source[start : position - 1]), position
    return _unescaped(source[start:limit]), limit


def _unescaped(raw: bytes) -> bytes:
    if b"\\" not in raw:
        return raw
    return _STRING_ESCAPE.sub(
        lambda match: bytes((int(match[1], 8) & 0xFF,)) if match[1] else _ESCAPED.get(match[2], match[2]), raw
    )


def _hexadecimal(digits: bytes) -> bytes:
    packed = digits.translate(None, b"\x00\t\n\x0c\r ")
    return bytes.fromhex((packed + b"0" if len(packed) % 2 else packed).decode("ascii"))


def text(value: bytes) -> str:
    """A text string (7.9.2.2): UTF-16 or UTF-8 by its mark; else UTF-8 if it fits, else Latin-1 for PDFDocEncoding."""
    if value.startswith((b"\xfe\xff", b"\xff\xfe")):
        return value.decode("utf-16", "replace")
    try:
        return value.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
