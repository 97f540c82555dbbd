"""Where each piece of text stands on a screenshot, so that it can be masked there (out of DOMSnapshot.captureSnapshot)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import msgspec

_MOST = 20_000
_LONGEST = 2_000
_DEPTH = 8
_DRAWN = ("placeholder", "alt")
_WRONG = (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError)


class Words(msgspec.Struct, frozen=True, array_like=True):
    """A piece of text and its box, from the upper left corner."""

    text: str
    x: float
    y: float
    width: float
    height: float


class Pieces(msgspec.Struct, frozen=True):
    """All pieces of a page in CSS pixels of the page. `owners` says where the inside of each frame begins, by its element's backend node id."""

    words: tuple[Words, ...] = ()
    owners: dict[int, tuple[float, float]] = {}


class Layout(msgspec.Struct, frozen=True):
    """The pieces of a page in pixels of one picture."""

    words: tuple[Words, ...] = ()


def read(snapshot: dict[str, Any]) -> Pieces:
    """The pieces, those in frames of the same site and those typed into fields among them. Nonsense gives fewer, never an error."""
    strings, documents = snapshot.get("strings"), snapshot.get("documents")
    if not isinstance(strings, list) or not isinstance(documents, list):
        return Pieces()
    reader = _Reader(strings, documents)
    words: list[Words] = []
    for each in reader.document(0, 0.0, 0.0, 0):
        words.append(each)
        if len(words) >= _MOST:
            break
    return Pieces(tuple(words), reader.owners)


def joined(outer: Pieces, owner: int, inner: Pieces) -> Pieces:
    """The pieces of a page with those of a frame of another site, which has its own snapshot, in their place."""
    if owner not in outer.owners:
        return outer
    left, top = outer.owners[owner]
    moved = (Words(each.text, each.x + left, each.y + top, each.width, each.height) for each in inner.words)
    return Pieces((*outer.words, *moved)[:_MOST], outer.owners)


def on_picture(pieces: Pieces, left: float, top: float, scale: float) -> Layout:
    """The pieces on a picture that begins at (`left`, `top`) of the page and has `scale` pixels for one of CSS."""
    return Layout(
        tuple(
            Words(
                each.text,
                round((each.x - left) * scale, 1),
                round((each.y - top) * scale, 1),
                round(each.width * scale, 1),
                round(each.height * scale, 1),
            )
            for each in pieces.words
        )
    )


class _Reader:
    """Reads the snapshot's tables of indices, each of which may be out of range."""

    def __init__(self, strings: list[Any], documents: list[Any]) -> None:
        self._strings = strings
        self._documents = documents
        self.owners: dict[int, tuple[float, float]] = {}

    def document(self, number: int, left: float, top: float, depth: int) -> Iterator[Words]:
        """The pieces of a document whose upper left corner stands at (`left`, `top`)."""
        with contextlib.suppress(*_WRONG):
            document = self._documents[number]
            layout, nodes = document["layout"], document["nodes"]
            rows = {node: row for row, node in enumerate(layout["nodeIndex"])}
            yield from self._texts(document["textBoxes"], layout, left, top)
            for kind in ("inputValue", "textValue"):
                yield from self._typed(nodes.get(kind) or {}, layout, rows, left, top)
            yield from self._drawn(nodes, layout, rows, left, top)
            for node, name in enumerate(nodes["nodeName"]):
                if node in rows and self._string(name).upper() in ("IFRAME", "FRAME", "OBJECT", "EMBED"):
                    yield from self._frame(document, node, rows[node], (left, top), depth)

    def _texts(self, boxes: dict[str, Any], layout: dict[str, Any], left: float, top: float) -> Iterator[Words]:
        for row, at in enumerate(boxes["layoutIndex"]):
            with contextlib.suppress(*_WRONG):
                text = self._string(layout["text"][at])
                yield _piece(_part(text, boxes["start"][row], boxes["length"][row]), boxes["bounds"][row], left, top)

    def _typed(
        self, typed: dict[str, Any], layout: dict[str, Any], rows: dict[int, int], left: float, top: float
    ) -> Iterator[Words]:
        for node, value in zip(typed.get("index", ()), typed.get("value", ()), strict=False):
            with contextlib.suppress(*_WRONG):
                if self._string(value):
                    yield _piece(self._string(value), layout["bounds"][rows[node]], left, top)

    def _drawn(
        self, nodes: dict[str, Any], layout: dict[str, Any], rows: dict[int, int], left: float, top: float
    ) -> Iterator[Words]:
        """What the browser draws out of attributes, and the option that a list shows."""
        for node, named in enumerate(nodes.get("attributes") or ()):
            for name, value in zip(named[::2], named[1::2], strict=False) if node in rows else ():
                if self._string(name) in _DRAWN and self._string(value):
                    with contextlib.suppress(*_WRONG):
                        yield _piece(self._string(value), layout["bounds"][rows[node]], left, top)
        parents, chosen = (
            list(nodes.get("parentIndex") or ()),
            set((nodes.get("optionSelected") or {}).get("index", ())),
        )
        for node, parent in enumerate(parents):
            if parent in chosen:
                with contextlib.suppress(*_WRONG):
                    around = next((each for each in _upwards(parents, parent) if each in rows), -1)
                    yield _piece(self._string(nodes["nodeValue"][node]), layout["bounds"][rows[around]], left, top)

    def _frame(
        self, document: dict[str, Any], node: int, row: int, at: tuple[float, float], depth: int
    ) -> Iterator[Words]:
        """A frame's inside begins behind its border and padding, and is scrolled by itself."""
        layout, nodes = document["layout"], document["nodes"]
        with contextlib.suppress(*_WRONG):
            x, y = (float(each) for each in layout["bounds"][row][:2])
            border = layout["clientRects"][row] or (0, 0)
            padding = [self._pixels(style) for style in layout["styles"][row][:2]] or [0.0, 0.0]
            left, top = at[0] + x + float(border[0]) + padding[0], at[1] + y + float(border[1]) + padding[1]
            self.owners[int(nodes["backendNodeId"][node])] = (left, top)
            held = nodes.get("contentDocumentIndex") or {}
            inner = dict(zip(held.get("index", ()), held.get("value", ()), strict=False)).get(node)
            if inner is not None and depth < _DEPTH:
                inside = self._documents[inner]
                scrolled = float(inside.get("scrollOffsetX", 0)), float(inside.get("scrollOffsetY", 0))
                yield from self.document(inner, left - scrolled[0], top - scrolled[1], depth + 1)

    def _pixels(self, style: Any) -> float:
        text = self._string(style)
        return float(text.removesuffix("px")) if text.endswith("px") else 0.0

    def _string(self, index: Any) -> str:
        if not isinstance(index, int) or not 0 <= index < len(self._strings):
            return ""
        return str(self._strings[index])


def _upwards(parents: list[int], node: int) -> Iterator[int]:
    for _ in range(_DEPTH):
        yield node
        node = parents[node]


def _part(text: str, start: int, length: int) -> str:
    """A part of a text by UTF-16 code units, as browsers count."""
    if text.isascii() or max(text) < "\U00010000":
        return text[start : start + length]
    units = text.encode("utf-16-le", "surrogatepass")
    return units[2 * start : 2 * (start + length)].decode("utf-16-le", "replace")


def _piece(text: str, box: list[float], left: float, top: float) -> Words:
    x, y, width, height = (float(each) for each in box[:4])
    return Words(text[:_LONGEST], round(left + x, 1), round(top + y, 1), round(width, 1), round(height, 1))
