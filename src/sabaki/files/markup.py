"""XML as it stands in documents: read once, in order, with no entities, no outside, no recursion, no tree."""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

import msgspec

_PIECE = 65_536
_NAMES = 2_000
_RELATIONSHIPS = "/relationships"

Attributes = dict[str, str]
"""Attributes by local name; those of the relationships' namespace with "r:" before it ("r:id")."""


class Handler(msgspec.Struct):
    """What is called: at an element's start (local name, attributes) and end, and with text between."""

    start: Callable[[str, Attributes], None]
    end: Callable[[str], None]
    text: Callable[[str], None]


class _Refused(Exception):
    """The document has what no honest one has, or more than is read."""


def parse(content: bytes, handler: Handler, elements: int = 1_500_000) -> str:
    """Read XML up to `elements` elements. What was wrong: "", or why reading stopped; all before it was handed out.

    Declarations in a document type are refused: no office format has them, and entities live there.
    """
    left = elements
    known: dict[str, str] = {}

    def local(name: str) -> str:
        found = known.get(name)
        if found is None:
            space, _, found = name.rpartition(" ")
            found = f"r:{found}" if space.endswith(_RELATIONSHIPS) else found
            if len(known) < _NAMES:
                known[name] = found
        return found

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise _Refused(f"more than {elements} elements")
        handler.start(name.rpartition(" ")[2], {local(key): value for key, value in attributes.items()})

    def doctype(_name: str, _system: str | None, _public: str | None, declares: int) -> None:
        if declares:
            raise _Refused("document type with declarations")

    def refuse(*_: object) -> None:
        raise _Refused("entity declaration")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: handler.end(name.rpartition(" ")[2])
    parser.CharacterDataHandler = handler.text
    try:
        for at in range(0, len(content), _PIECE):
            parser.Parse(content[at : at + _PIECE], False)  # noqa: FBT003  # expat's own signature
        parser.Parse(b"", True)  # noqa: FBT003
    except _Refused as refused:
        return str(refused)
    except (expat.ExpatError, ValueError, LookupError, UnicodeError) as broken:
        parser.buffer_text = False  # hands out the text that still waits
        return str(broken)
    return ""


class Text:
    """Text as it is gathered, up to a number of characters; `full` once something was left out."""

    def __init__(self, most: int) -> None:
        self._pieces: list[str] = []
        self._left = most
        self.full = False

    def add(self, text: str) -> None:
        """Add a piece, or as much of it as there is room for."""
        if len(text) > self._left:
            self.full = True
            text = text[: self._left]
        if text:
            self._left -= len(text)
            self._pieces.append(text)

    def __str__(self) -> str:
        lines = "".join(self._pieces).split("\n")
        kept: list[str] = []
        for line in lines:
            line = line.strip()
            if line or (kept and kept[-1]):
                kept.append(line)
        return "\n".join(kept).strip()
