"""The MIME tree (RFC 2045, RFC 2046) in one pass over the boundary lines, without recursion, over byte offsets."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

import msgspec

from sabaki.mail import fields, parameters, transfer
from sabaki.mail.limits import Budget
from sabaki.model.evidence import Location
from sabaki.model.message import Defect, Field, Part

_CONTAINERS = ("message/rfc822", "message/global", "message/news")
_DESCRIBING = ("content-type", "content-transfer-encoding", "content-disposition", "content-id")
_CR_DELIMITER = re.compile(rb"[\r\n]--")
_LINE = re.compile(rb"([^\r\n]*+)(\r{0,3}\n|\r|\Z)")
_STANDING_PREAMBLE = re.compile(rb"(?i)\bmime\b|multi-?part")
_LINKS = re.compile(rb"(?i)https?:|www\.|mailto:|<a\b|<html|<form|<script")
_GUESSABLE = re.compile(rb"--([!-~]{1,200}?)(?:--)?[ \t]*")
_PART_FIELD = re.compile(rb"(?i)content-")
_MARGIN = 500


class Tree(msgspec.Struct, frozen=True):
    """The parts in reading order, root first; the decoded octets of the leaves by path; defects."""

    parts: tuple[Part, ...]
    contents: dict[str, bytes]
    defects: tuple[Defect, ...]


class _Node:
    """A part while it is read."""

    def __init__(self, path: str, prefix: str, header: Location, start: int, part_fields: tuple[Field, ...]) -> None:
        self.path = path
        self.prefix = prefix
        self.header = header
        self.start = self.end = start
        self.fields = part_fields
        self.content_type = "text/plain"
        self.parameters: dict[str, str] = {}
        self.encoding = "7bit"
        self.disposition = self.filename = self.content_id = ""
        self.children: list[_Node] = []
        self.boundary: bytes | None = None
        self.is_container = False
        self.closed_at: int | None = None
        self.preamble_seen = False

    def child_path(self) -> str:
        number = str(len(self.children) + 1)
        return f"{self.prefix}.{number}" if self.prefix else number


def read(raw: bytes, start: int, end: int, budget: Budget) -> Tree:
    """Read the entity that starts at `start` (its header first) and all that is inside it.

    Limits: `nesting`, `parts`, `fields`, `parameters`, `decoded_size`; at a limit what was read stands, as a leaf.
    """
    reader = _Reader(raw, end, budget)
    reader.run(start)
    return Tree(*reader.result())


class _Reader:
    """Holds the open parts, outermost first, and which boundary closes which of them."""

    def __init__(self, raw: bytes, end: int, budget: Budget) -> None:
        self.raw, self.end, self.budget = raw, end, budget
        self.nodes: list[_Node] = []
        self.stack: list[_Node] = []
        self.depths: dict[bytes, list[int]] = {}
        self.defects: list[Defect] = []
        self._has_cr_delimiters = b"\r--" in raw
        self._parts_left = True
        self._heads: set[bytes] = set()
        self._head_length = 0

    # -- the pass over the boundary lines

    def run(self, start: int) -> None:
        position = self._open(start, None)
        while self.depths and self._parts_left:
            found = self._next_delimiter(position)
            if found is None:
                break
            position = self._delimiter(*found)
        self._close_above(0, self.end, at_end=True)

    def _next_delimiter(self, position: int) -> tuple[int, int, bytes, bool] | None:
        """The next line that is an open part's delimiter: where it and the line after start, boundary, whether it closes."""
        raw, heads, length = self.raw, self._heads, self._head_length
        for at in self._candidates(position):
            if raw[at + 2 : at + 2 + length] not in heads:
                continue
            line = _LINE.match(raw, at, self.end)
            assert line is not None, "an empty line matches too"
            known = self._known(line.group(1))
            if known:
                return at, line.end(), *known
        return None

    def _candidates(self, position: int) -> Iterator[int]:
        """Where lines that start with "--" start, from `position` on (itself the start of a line)."""
        raw, end = self.raw, self.end
        if raw.startswith(b"--", position):
            yield position
        if self._has_cr_delimiters:
            for match in _CR_DELIMITER.finditer(raw, position, end):
                yield match.start() + 1
            return
        at = raw.find(b"\n--", position, end)
        while at >= 0:
            yield at + 1
            at = raw.find(b"\n--", at + 1, end)

    def _known(self, line: bytes) -> tuple[bytes, bool] | None:
        """The open boundary that this line delimits, and whether it is the closing form."""
        text = line[2:].rstrip(b" \t")
        if text in self.depths:
            return text, False
        if text.endswith(b"--") and (text := text[:-2].rstrip(b" \t")) in self.depths:
            return text, True
        return None

    def _is_boundary(self, line: bytes) -> bool:
        return bool(self.depths) and self._known(line.rstrip(b"\r\n")) is not None

    def _delimiter(self, at: int, after: int, boundary: bytes, closes: bool) -> int:
        """Handle one delimiter line; returns where reading goes on."""
        depths = self.depths[boundary]
        if not closes and len(depths) > 1 and self.stack[depths[-1]].closed_at is not None:
            self._close_above(depths[-1], self._before_line_end(at))
        depth = depths[-1]
        node = self.stack[depth]
        stop = max(self._before_line_end(at), node.start)
        self._close_above(depth + 1, stop)
        if closes and node.closed_at is not None:
            return after
        self._margin(node, stop)
        if closes:
            node.closed_at = after
            return after
        if node.closed_at is not None:
            self._defect("part_after_closing_boundary", at, after, node.path)
            node.closed_at = None
        return self._open(after, node)

    def _margin(self, node: _Node, stop: int) -> None:
        """Text that mail programs do not show: before the first part, and after the last."""
        if node.closed_at is not None:
            self._note_text("text_in_epilogue", node.closed_at, stop, node.path)
        elif not node.preamble_seen:
            self._note_text("text_in_preamble", node.start, stop, node.path)
        node.preamble_seen = True

    def _note_text(self, id: str, start: int, stop: int, path: str) -> None:
        text = self.raw[start : min(stop, start + _MARGIN)]
        if start >= stop or (not text.strip() and not self.raw[start:stop].strip()):
            return
        standing = id == "text_in_preamble" and stop - start < _MARGIN and _STANDING_PREAMBLE.search(text)
        if not standing or _LINKS.search(text):
            self._defect(id, start, stop, path)

    def _before_line_end(self, at: int) -> int:
        """The line end before a delimiter belongs to it (RFC 2046 section 5.1.1)."""
        if self.raw[at - 2 : at] == b"\r\n":
            return at - 2
        return at - 1 if at and self.raw[at - 1] in b"\r\n" else at

    # -- opening and closing parts

    def _open(self, start: int, parent: _Node | None) -> int:
        """Read the header at `start`, and those of messages directly inside; returns where bodies go on."""
        while True:
            where = parent.path if parent else ""
            if self.nodes and not self.budget.spend("parts", 1, f"part {where or 'root'}"):
                self._parts_left = False
                return start
            path = self._path(parent)
            of_message = parent is None or parent.content_type.startswith("message/")
            header = fields.read(self.raw, start, self.end, self.budget, path, self._is_boundary, of_message=of_message)
            self.defects.extend(header.defects)
            node = _Node(path, path, Location(start, header.end, path), header.body_start, header.fields)
            if parent:
                parent.children.append(node)
            self._describe(node, parent)
            self.nodes.append(node)
            self.stack.append(node)
            self._number_inside(node, parent)
            self._set_up(node)
            if not node.is_container:
                return node.start
            start, parent = node.start, node

    def _path(self, parent: _Node | None) -> str:
        """IMAP's number; a multipart that is a whole attached message is renamed when its header is known."""
        return parent.child_path() if parent else ""

    def _number_inside(self, node: _Node, parent: _Node | None) -> None:
        """The parts of an attached multipart message are numbered within the attachment (RFC 3501 section 6.4.5).

        IMAP gives the message's own multipart no number; its text is "2.TEXT", which names it here.
        """
        if parent is None or not parent.is_container or not node.content_type.startswith("multipart/"):
            return
        path = f"{parent.path}.TEXT" if parent.path else "TEXT"
        node.prefix, node.path = parent.prefix, path
        node.header = Location(node.header.start, node.header.end, path)
        node.fields = tuple(_moved(field, path) for field in node.fields)

    def _describe(self, node: _Node, parent: _Node | None) -> None:
        """What the Content- fields say; the first of each name counts."""
        first: dict[str, Field] = {}
        for candidate in node.fields:
            if candidate.key not in _DESCRIBING:
                continue
            if candidate.key in first:
                self._defect_of(f"duplicate_{candidate.key.replace('-', '_')}", candidate)
            first.setdefault(candidate.key, candidate)
        self._content_type(node, first.get("content-type"), parent)
        if field := first.get("content-transfer-encoding"):
            words = parameters.parse(field.raw_value, self.budget).value.split()
            node.encoding = words[0] if words else "7bit"
        node.filename = node.parameters.get("name", "")
        if field := first.get("content-disposition"):
            disposition = self._parsed(field)
            node.disposition = disposition.value
            node.filename = disposition.parameters.get("filename") or node.filename
        if field := first.get("content-id"):
            node.content_id = field.value.strip("<> ")

    def _content_type(self, node: _Node, field: Field | None, parent: _Node | None) -> None:
        if field is None:
            if parent and parent.content_type == "multipart/digest":
                node.content_type = "message/rfc822"
            return
        parsed = self._parsed(field)
        node.parameters = parsed.parameters
        if parameters.is_media_type(parsed.value):
            node.content_type = parsed.value
        else:
            self._defect_of("content_type_invalid", field)

    def _parsed(self, field: Field) -> parameters.Valued:
        parsed = parameters.parse(field.raw_value, self.budget)
        self.defects.extend(Defect(defect.id, defect.detail, field.location) for defect in parsed.defects)
        return parsed

    def _set_up(self, node: _Node) -> None:
        """Make the node ready for what is inside it; past the limit of nesting it stays a leaf."""
        is_multipart = node.content_type.startswith("multipart/")
        is_message = node.content_type in _CONTAINERS
        if not is_multipart and not is_message:
            return
        if not self.budget.within("nesting", len(self.stack), f"part {node.path or 'root'}"):
            return
        if is_message:
            if node.encoding in transfer.UNCHANGED:
                node.is_container = True
            else:
                self._defect("message_encoded", node.header.start, node.header.end, node.path)
            return
        boundary = node.parameters.get("boundary", "").encode("latin-1", "replace").rstrip(b" \t")
        if not boundary:
            boundary = self._guess(node)
        if boundary:
            self._expect(node, boundary)
        else:
            node.content_type = "text/plain"

    def _guess(self, node: _Node) -> bytes:
        """Without a boundary parameter: the first line that looks like a delimiter before a part's header."""
        for at in self._candidates(node.start):
            line = _LINE.match(self.raw, at, self.end)
            assert line is not None, "an empty line matches too"
            match = _GUESSABLE.fullmatch(line.group(1))
            if match and not self._is_boundary(line.group(1)) and _PART_FIELD.match(self.raw, line.end()):
                self._defect("boundary_missing", node.header.start, node.header.end, node.path, "guessed")
                return match.group(1)
            break
        self._defect("boundary_missing", node.header.start, node.header.end, node.path)
        return b""

    def _expect(self, node: _Node, boundary: bytes) -> None:
        for other in self.depths:
            if other != boundary and (other.startswith(boundary) or boundary.startswith(other)):
                self._defect("boundary_is_prefix", node.header.start, node.header.end, node.path)
                break
        if boundary in self.depths:
            self._defect("boundary_reused", node.header.start, node.header.end, node.path)
        node.boundary = boundary
        self.depths.setdefault(boundary, []).append(len(self.stack) - 1)
        self._update_heads()

    def _update_heads(self) -> None:
        """How the open boundaries begin: nearly every line that starts with "--" is ruled out by its next octets."""
        self._head_length = min((len(boundary) for boundary in self.depths), default=0)
        self._heads = {boundary[: self._head_length] for boundary in self.depths}

    def _close_above(self, depth: int, stop: int, *, at_end: bool = False) -> None:
        """Close the open parts from the innermost down to `depth`."""
        while len(self.stack) > depth:
            node = self.stack.pop()
            # A header that the delimiter cuts off, or that nothing follows, keeps its own line end; what holds the part holds it too.
            node.end = max(stop, node.start, *(child.end for child in node.children[-1:]))
            if node.boundary is None:
                continue
            depths = self.depths[node.boundary]
            depths.pop()
            if not depths:
                del self.depths[node.boundary]
            self._update_heads()
            self._end_multipart(node, at_end=at_end)

    def _end_multipart(self, node: _Node, *, at_end: bool) -> None:
        if not node.preamble_seen:
            self._defect("boundary_not_found", node.header.start, node.header.end, node.path)
            node.content_type = "text/plain"
        elif node.closed_at is not None:
            self._margin(node, node.end)
        elif self._parts_left:
            self._defect("missing_closing_boundary", node.start, node.end, node.path, "cut off" if at_end else "")

    # -- the outcome

    def result(self) -> tuple[tuple[Part, ...], dict[str, bytes], tuple[Defect, ...]]:
        contents: dict[str, bytes] = {}
        parts = tuple(self._part(node, contents) for node in self.nodes)
        return parts, contents, tuple(self.defects)

    def _part(self, node: _Node, contents: dict[str, bytes]) -> Part:
        size, sha256 = None, ""
        if not node.children and node.closed_at is None:
            content = self._content(node)
            if content is not None:
                contents[node.path] = content
                size, sha256 = len(content), hashlib.sha256(content).hexdigest()
        elif node.is_container:
            size = node.end - node.start
        return Part(
            node.path,
            node.content_type,
            node.header,
            Location(node.start, node.end, node.path),
            node.fields,
            node.parameters,
            node.encoding,
            node.disposition,
            node.filename,
            node.content_id,
            size,
            sha256,
            tuple(child.path for child in node.children),
        )

    def _content(self, node: _Node) -> bytes | None:
        body = self.raw[node.start : node.end]
        if node.content_type.startswith("multipart/") and node.encoding not in transfer.UNCHANGED:
            return body
        decoded = transfer.decode(body, node.encoding)
        location = Location(node.start, node.end, node.path)
        self.defects.extend(Defect(defect.id, defect.detail, location) for defect in decoded.defects)
        if not self.budget.spend("decoded_size", len(decoded.octets), f"part {node.path or 'root'}"):
            return None
        return decoded.octets

    def _defect(self, id: str, start: int, end: int, path: str, detail: str = "") -> None:
        self.defects.append(Defect(id, detail, Location(start, end, path)))

    def _defect_of(self, id: str, field: Field) -> None:
        self.defects.append(Defect(id, field.raw_value[:200], field.location))


def _moved(field: Field, path: str) -> Field:
    location = field.location
    return msgspec.structs.replace(field, location=Location(location.start, location.end, path, location.field))
