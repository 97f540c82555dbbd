"""The objects of a PDF as they lie in the file, its older revisions and object streams included; the index is not asked.

What a viewer shows is decided by the cross-reference table (ISO 32000-2, 7.5.4). Here every object counts that is
there: of a damaged file, and of one that was saved over (7.5.6), nothing is out of sight.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

import msgspec

from sabaki.files import expand
from sabaki.files.opened import Asked
from sabaki.files.pdfobject import Name, Ref, Value, parse

_MARK = re.compile(
    rb"(?<![0-9])([0-9]{1,10})[\x00\t\n\x0c\r ]{1,20}[0-9]{1,5}[\x00\t\n\x0c\r ]{1,20}obj(?![A-Za-z])"
    rb"|(?<!end)stream(?=[\r\n \t])|trailer(?=[\r\n <\t])"
)
_LENGTH = re.compile(
    rb"/Length[\x00\t\n\x0c\r ]{1,20}([0-9]{1,10})(?![0-9])(?![\x00\t\n\x0c\r ]{1,20}[0-9]{1,5}[\x00\t\n\x0c\r ]{1,20}R)"
)
_STREAM_END = re.compile(rb"[\x00\t\n\x0c\r ]{0,20}endstream")
_OBJECT_STREAM = re.compile(rb"/ObjStm|/[A-Za-z]{0,5}#")
_MOST_OBJECTS = 200_000
_MOST_FILTERS = 4
_MOST_TRAILERS = 1_000
_LONGEST_DICTIONARY = 1_000_000
_MOST_LZW = 2_000_000
_ABBREVIATED = {
    "Fl": "FlateDecode",
    "AHx": "ASCIIHexDecode",
    "A85": "ASCII85Decode",
    "LZW": "LZWDecode",
    "RL": "RunLengthDecode",
}


class Object(msgspec.Struct, frozen=True):
    """An object: `source[start:end]` begins with it. Its stream, if it has one, is `source[stream:stream_end]`."""

    number: int
    source: bytes
    start: int
    end: int
    stream: int = -1
    stream_end: int = -1


class Table:
    """The objects of a file. `current` has the last of each number, `older` those written before it.

    `trailers` are the dictionaries of the trailers. `encrypted` is whether strings and streams are (7.6): they are
    then of no use here. `problems` are traits: what could not be read, and why.
    """

    def __init__(self, content: bytes, asked: Asked, *, encrypted: bool = False) -> None:
        """Find the objects: one pass over the file, then one over each object stream."""
        self._asked = asked
        self._parsed: dict[int, Value] = {}
        self.current: dict[int, Object] = {}
        self.older: list[Object] = []
        self.trailers: list[dict[str, Value]] = []
        self.encrypted = encrypted
        self.problems: list[tuple[str, str]] = []
        for found in self._in_file(content):
            self._add(found)
            self._compressed(found)

    def _add(self, found: Object) -> None:
        before = self.current.get(found.number)
        if before is not None:
            self.older.append(before)
        self.current[found.number] = found

    def _in_file(self, content: bytes) -> Iterator[Object]:
        number, start, count, position = -1, 0, 0, 0
        last_end = content.rfind(b"endstream")
        while (match := _MARK.search(content, position)) is not None and count < _MOST_OBJECTS:
            position = match.end()
            if match[1] is None and match[0] == b"stream":
                if number >= 0:
                    begin, stop, position = _stream_span(content, start, match.start(), position, last_end)
                    yield Object(number, content, start, match.start(), begin, stop)
                    number = -1
                continue
            if number >= 0:
                yield Object(number, content, start, match.start())
            number = -1
            if match[1] is None and len(self.trailers) < _MOST_TRAILERS:
                self._trailer(parse(content, position, position + 10_000))
            elif match[1] is not None:
                number, start = int(match[1]), position
                count += 1
        if number >= 0:
            yield Object(number, content, start, min(len(content), start + _LONGEST_DICTIONARY))
        if count >= _MOST_OBJECTS:
            self.problems.append(("damaged", f"more than {_MOST_OBJECTS} objects"))

    def _trailer(self, value: Value) -> None:
        if len(self.trailers) < _MOST_TRAILERS:
            self.trailers.append(value if isinstance(value, dict) else {})

    def _compressed(self, found: Object) -> None:
        """The objects inside an object stream (7.5.7), and what a cross-reference stream says like a trailer (7.5.8)."""
        if found.stream < 0:
            return
        head = found.source[found.start : min(found.end, found.start + 5_000)]
        if b"/XRef" in head:
            self._trailer(parse(head))
        if not _OBJECT_STREAM.search(head) or self.encrypted:
            return
        outer = parse(head)
        if not isinstance(outer, dict) or outer.get("Type") != "ObjStm":
            return
        inner = self.decoded(found, outer)
        count, first = self.resolve(outer.get("N")), self.resolve(outer.get("First"))
        if not isinstance(count, float) or not isinstance(first, float) or not 0 < first <= len(inner):
            self.problems.append(("damaged", "an object stream that cannot be read"))
            return
        for item in _of_stream(inner, int(count), int(first)):
            if len(self.current) + len(self.older) >= _MOST_OBJECTS:
                return
            self._add(item)

    def value(self, found: Object) -> Value:
        """What an object is."""
        return parse(found.source, found.start, min(found.end, found.start + _LONGEST_DICTIONARY))

    def resolve(self, value: Value) -> Value:
        """What stands behind references: a few of them in a row, no more."""
        for _ in range(8):
            if not isinstance(value, Ref):
                return value
            found = self.current.get(value.number)
            if found is None:
                return None
            if value.number not in self._parsed:
                self._parsed[value.number] = self.value(found)
            value = self._parsed[value.number]
        return None

    def stream(self, value: Value) -> bytes | None:
        """The decoded stream that a reference leads to; None where there is none."""
        found = self.current.get(value.number) if isinstance(value, Ref) else None
        if found is None or found.stream < 0 or self.encrypted:
            return None
        head = self.value(found)
        return self.decoded(found, head if isinstance(head, dict) else {})

    def decoded(self, found: Object, head: dict[str, Value]) -> bytes:
        """A stream through its filters (7.4), as far as they are known and the budget goes. Empty where one is not."""
        body = found.source[found.stream : found.stream_end]
        filters = self.resolve(head.get("Filter", head.get("F")))
        names = filters if isinstance(filters, list) else [filters] if filters is not None else []
        for item in names[:_MOST_FILTERS]:
            name = self.resolve(item)
            allowed = expand.allowance(self._asked, len(body))
            decoded = _decode(str(name), body, allowed.most)
            if decoded is None:
                return b""
            if len(decoded) >= allowed.most:
                self.problems.append(("bomb", f"{len(body)} bytes unpack to over {allowed.most}"))
                self._asked.budget.note(allowed.limit, self._asked.name)
            if not self._asked.budget.spend("decoded_size", len(decoded), self._asked.name):
                return b""
            body = decoded
        return body


def _stream_span(content: bytes, start: int, keyword: int, behind: int, last_end: int) -> tuple[int, int, int]:
    """Where a stream begins and ends, and where to go on. Its stated length is believed if the end is there.

    `last_end` is where the file's last "endstream" is. Behind it an unclosed stream hides nothing.
    """
    begin = behind + (2 if content[behind : behind + 2] == b"\r\n" else 1)
    stated = _LENGTH.search(content, start, min(keyword, start + 5_000))
    if stated is not None:
        stop = begin + int(stated[1])
        if stop <= len(content) and (closing := _STREAM_END.match(content, stop)) is not None:
            return begin, stop, closing.end()
    if begin > last_end:
        return begin, len(content), behind
    stop = content.find(b"endstream", begin)
    return begin, stop, stop + 9


def _of_stream(inner: bytes, count: int, first: int) -> Iterator[Object]:
    numbers = inner[: min(first, 3_000_000)].split()[: 2 * min(count, _MOST_OBJECTS)]
    pairs = [
        (int(numbers[i]), first + int(numbers[i + 1]))
        for i in range(0, len(numbers) - 1, 2)
        if len(numbers[i]) < 11 and len(numbers[i + 1]) < 11 and numbers[i].isdigit() and numbers[i + 1].isdigit()
    ]
    by_offset = dict(sorted((offset, number) for number, offset in reversed(pairs)))
    offsets = [*by_offset, len(inner)]
    for position, number in enumerate(by_offset.values()):
        yield Object(number, inner, offsets[position], max(offsets[position], offsets[position + 1]))


def _decode(name: str, body: bytes, most: int) -> bytes | None:
    name = _ABBREVIATED.get(name, name)
    if name == "FlateDecode":
        return expand.expand(expand.decoder("zlib"), memoryview(body), most).content
    if name == "ASCIIHexDecode":
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", body.partition(b">")[0])
        return bytes.fromhex((digits + b"0" if len(digits) % 2 else digits).decode("ascii"))
    if name == "ASCII85Decode":
        return _ascii85(body)
    if name == "RunLengthDecode":
        return _run_length(body, most)
    if name == "LZWDecode":
        return _lzw(body, min(most, _MOST_LZW))
    return body if name == "Crypt" else None


def _ascii85(body: bytes) -> bytes:
    digits = re.sub(rb"[^!-uz]", b"", body.strip().removeprefix(b"<~").partition(b"~")[0])
    try:
        return base64.a85decode(digits)
    except ValueError:
        return b""


def _run_length(body: bytes, most: int) -> bytes:
    out, size, position = [], 0, 0
    while position < len(body) and size < most:
        length = body[position]
        if length == 128:
            break
        piece = (
            body[position + 1 : position + 2 + length]
            if length < 128
            else body[position + 1 : position + 2] * (257 - length)
        )
        position += 2 + length if length < 128 else 2
        out.append(piece)
        size += len(piece)
    return b"".join(out)


def _lzw(body: bytes, most: int) -> bytes:
    """LZW with codes of 9 to 12 bits, the width changed one code early (7.4.4.2)."""
    table = [bytes((i,)) for i in range(256)] + [b"", b""]
    out, size, width, bits, held = [], 0, 9, 0, 0
    before = b""
    for byte in body:
        held, bits = (held << 8 | byte) & 0xFFFFFFF, bits + 8
        if bits < width:
            continue
        bits -= width
        code = held >> bits & (1 << width) - 1
        if code == 257 or size >= most:
            break
        if code == 256:
            del table[258:]
            width, before = 9, b""
            continue
        if code > len(table) or (code == len(table) and not before):
            break
        piece = table[code] if code < len(table) else before + before[:1]
        if before and len(table) < 4_096:
            table.append(before + piece[:1])
        before = piece
        out.append(piece)
        size += len(piece)
        width = min(12, max(9, (len(table) + 1).bit_length()))
    return b"".join(out)


def names_in(value: Value) -> Iterator[Name]:
    """The names in a value that could mean something: keys, and names that stand as values."""
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if isinstance(current, dict):
            yield from (key for key in current if isinstance(key, Name))
            waiting.extend(current.values())
        elif isinstance(current, list):
            waiting.extend(current)
        elif isinstance(current, Name):
            yield current
