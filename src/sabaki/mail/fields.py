"""Header fields (RFC 5322 section 2.2) with order, duplicates and byte spans, and their encoded-words (RFC 2047)."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from sabaki.mail import charset_labels, charsets, iso2022jp, transfer
from sabaki.mail.charsets import Decoded
from sabaki.mail.lexer import ENCODED_WORD
from sabaki.mail.limits import Budget
from sabaki.model.evidence import Location
from sabaki.model.message import Defect, Field

__all__ = ["Decoded", "Header", "decode_phrase", "decode_words", "read"]

# A field in good order, folds included: name, space before the colon, body, line end. Possessive: one pass.
_FIELD = re.compile(rb"([!-9;-~]++)([ \t]*+):([^\r\n]*+(?:\r?\n[ \t][^\r\n]*+)*+)(\r?\n|\Z)")
_LINE = re.compile(rb"([^\r\n]*+)(\r{0,3}\n|\r|\Z)")
_EMPTY_LINE = re.compile(rb"(\r?\n|\r(?!\n))(?:\r?\n|\r)")
_NAME = re.compile(rb"([!-9;-~]*+)([ \t]*+):")
DECODING = 300
"""What decoding one text costs beside its length, in characters: its charset must be found."""
_LOOKED_AT_FIRST = frozenset(("subject", "from", "to", "reply-to", "sender"))
_JUNK_LINES = 3
"""So many lines without a colon may stand in a row among the fields; more, or an empty line after them, is the body."""

_UNENDED = r"=\?[A-Za-z][\w.:*-]{1,40}\?(?:[bB]\?[A-Za-z0-9+/]{4,}+={0,2}|[qQ]\?(?=[!->@-~]*=[0-9A-F]{2})[!->@-~]++)\??(?=[ \t]|\Z)"
_WORD = re.compile(f"{ENCODED_WORD}|({_UNENDED})")
_NO_BOUNDARY: Callable[[bytes], bool] = lambda line: False  # noqa: E731


class Header(msgspec.Struct, frozen=True):
    """The fields, where the body starts, where the header's own bytes end (before the empty line), and defects."""

    fields: tuple[Field, ...]
    end: int
    body_start: int
    defects: tuple[Defect, ...]


class _Line(msgspec.Struct, frozen=True, gc=False):
    start: int
    text_end: int
    end: int


def read(
    raw: bytes,
    start: int,
    end: int,
    budget: Budget,
    part: str = "",
    is_boundary: Callable[[bytes], bool] = _NO_BOUNDARY,
    *,
    of_message: bool = True,
) -> Header:
    """Read the fields that start at `start`, up to the empty line, a boundary line or `end`.

    `of_message` is False for a part of a multipart: it may do without a header, and begin with its body.
    Spans leave out the line end; with the line ends between them they tile the header. A line without a colon is kept
    as a field without a name. Where the empty line is missing, the body starts at the first line that is no field.
    """
    reader = _Reader(raw, start, end, budget, part, is_boundary, of_message=of_message)
    reader.run()
    return Header(tuple(reader.fields), reader.header_end, reader.position, tuple(reader.defects))


class _Reader:
    """One pass over the lines of a header."""

    def __init__(
        self,
        raw: bytes,
        start: int,
        end: int,
        budget: Budget,
        part: str,
        is_boundary: Callable[[bytes], bool],
        *,
        of_message: bool,
    ) -> None:
        self.raw, self.end, self.budget, self.part, self.is_boundary = raw, end, budget, part, is_boundary
        self.position = self.header_end = start
        self.fields: list[Field] = []
        self.defects: list[Defect] = []
        self._of_message = of_message
        self._full = False

    def run(self) -> None:
        raw, end = self.raw, self.end
        while self.position < end:
            at = self.position
            self.header_end = at
            match = _FIELD.match(raw, at, end)
            if match and not (raw.startswith(b"--", at) and self.is_boundary(raw[at : match.end()])):
                self.position = match.end()
                name, space, body, _ = match.groups()
                self._add(name, space, body, at, match.start(4))
                if self._full:
                    self._skip()
                    return
                continue
            line = self._line(at)
            if line.text_end == at:
                self.position = line.end
                return
            if not self._odd_line(line):
                return
            if self._full:
                self._skip()
                return
        self.header_end = self.position

    def _skip(self) -> None:
        """Past the limit: go to the empty line without looking at what stands before it."""
        found = _EMPTY_LINE.search(self.raw, self.position - 2, self.end)
        self.header_end, self.position = (found.end(1), found.end()) if found else (self.end, self.end)

    def _line(self, at: int) -> _Line:
        match = _LINE.match(self.raw, at, self.end)
        assert match is not None, "an empty line at the end matches too"
        return _Line(at, match.end(1), match.end())

    def _odd_line(self, line: _Line) -> bool:
        """Take a line that is not in good order; False where the header ends before it."""
        raw, at = self.raw, line.start
        if raw.startswith(b"--", at) and self.is_boundary(raw[at : line.text_end]):
            self._defect("header_cut_off", at, line.text_end)
            return False
        name = _NAME.match(raw, at, line.text_end)
        if not name and not self._is_junk(line):
            self._defect("missing_empty_line", at, line.text_end)
            return False
        stop, self.position = self._with_folds(line)
        if raw[stop : self.position] == b"\r":
            self._defect("bare_cr", at, stop)
        if name:
            self._add(name.group(1), name.group(2), raw[name.end() : stop], at, stop)
        else:
            folded = raw[at : at + 1] in (b" ", b"\t")
            self._defect("continuation_without_field" if folded else "field_without_colon", at, stop)
            self._add(b"", b"", raw[at:stop], at, stop)
        return True

    def _with_folds(self, line: _Line) -> tuple[int, int]:
        """Where the field that starts with `line` ends, without and with its line end."""
        stop, after = line.text_end, line.end
        while after < self.end and self.raw[after : after + 1] in (b" ", b"\t"):
            line = self._line(after)
            stop, after = line.text_end, line.end
        return stop, after

    def _is_junk(self, line: _Line) -> bool:
        """Whether a line without a colon is a slip among fields, and not the start of a body without its empty line."""
        if not self.fields and not self._of_message:
            return False
        for _ in range(_JUNK_LINES):
            if line.end >= self.end:
                return False
            line = self._line(line.end)
            if line.text_end == line.start:
                return False
            if _NAME.match(self.raw, line.start, line.text_end) and not self._is_link(line):
                return True
        return False

    def _is_link(self, line: _Line) -> bool:
        return b"://" in self.raw[line.start : min(line.text_end, line.start + 12)]

    def _defect(self, id: str, start: int, end: int, detail: str = "") -> None:
        index = len(self.fields)
        self.defects.append(Defect(id, detail, Location(start, end, self.part, index)))

    def _add(self, name: bytes, space: bytes, body: bytes, start: int, end: int) -> None:
        if self._full or not self.budget.spend("fields", 1, self.part):
            self._full = True
            return
        text_name = name.decode("ascii")
        if space:
            self._defect("space_before_colon", start, end, text_name[:80])
        if not name and self.raw[start : start + 1] == b":":
            self._defect("field_name_empty", start, end)
        location = Location(start, end, self.part, len(self.fields))
        raw_value = self._unfolded(body, location, text_name)
        interpreted = raw_value
        if len(raw_value) > self.budget.limits.field_interpreted:
            self.budget.note("field_interpreted", text_name[:80])
            interpreted = raw_value[: self.budget.limits.field_interpreted]
        value, charset, how = interpreted, "", ""
        coded = "=?" in interpreted or not interpreted.isascii() or "\x1b" in interpreted
        if coded and self._may_decode(text_name.lower(), len(interpreted)):
            decoded = decode_words(interpreted, self.budget)
            value, charset, how = decoded.text.strip(" \t"), decoded.charset, decoded.how
            self.defects.extend(Defect(defect.id, defect.detail, location) for defect in decoded.defects)
        if "\t" in value:
            value = value.replace("\t", " ")
        key = text_name.lower()
        self.fields.append(Field(len(self.fields), text_name, key, value, raw_value, location, charset, how))

    def _may_decode(self, key: str, length: int) -> bool:
        """Whether the budget for decoding allows it. What a reader looks at first is always decoded, once."""
        spent = self.budget.spend("header_decoded", length + DECODING, key[:80])
        if spent or self.part or key not in _LOOKED_AT_FIRST:
            return spent
        return all(field.key != key for field in self.fields)

    def _unfolded(self, body: bytes, location: Location, name: str) -> str:
        """The body as text, one character a byte, without its line ends (RFC 5322 section 2.2.3)."""
        body = body.strip(b" \t")
        if len(body) > self.budget.limits.field_kept:
            self.budget.note("field_kept", name[:80])
            body = body[: self.budget.limits.field_kept]
        if b"\n" in body:
            body = body.replace(b"\r\n", b"").replace(b"\n", b"")
        if b"\r" in body:
            self.defects.append(Defect("bare_cr", name[:80], location))
            body = body.replace(b"\r", b"")
        return body.decode("latin-1").strip(" \t")


def decode_words(raw_value: str, budget: Budget) -> Decoded:
    """Decode the encoded-words and raw 8-bit text of an unfolded field body, one character a byte (Latin-1).

    Neighbouring words of one charset are joined as octets before they are decoded, for a character may be split
    between them. Words inside quoted strings are decoded too (QUIRK: half the world writes them so).
    Charset and `how` are those of the first text that was not plain ASCII; both "" where all was.
    """
    return _decode(raw_value, budget, octets=True)


def to_unicode(raw_value: str) -> str:
    """Text of one character a byte, with raw 8-bit or ISO-2022-JP text decoded: its octets hold "@", quotes and ";".

    Encoded-words stay; text that is decoded already stays as it is.
    """
    if raw_value.isascii() and "\x1b" not in raw_value:
        return raw_value
    try:
        octets = raw_value.encode("latin-1")
    except UnicodeEncodeError:
        return raw_value
    return charsets.decode(octets, None).text


def decode_phrase(text: str, budget: Budget) -> str:
    """Decode the encoded-words in text that is otherwise decoded already, such as a display name."""
    return _decode(text, budget, octets=False).text if "=?" in text else text


def _decode(text: str, budget: Budget, *, octets: bool) -> Decoded:
    collector = _Words(_charset_of_raw(text) if octets else None, octets=octets)
    position, count, limit = 0, 0, budget.limits.encoded_words
    if "=?" in text:
        for match in _WORD.finditer(text):
            count += 1
            if count > limit:
                budget.note("encoded_words")
                break
            collector.plain(text[position : match.start()])
            collector.word(match.group() if match.group(1) is None else f"{match.group(1).removesuffix('?')}?=")
            if match.group(1):
                collector.defect("encoded_word_unended")
            position = match.end()
    collector.plain(text[position:])
    return collector.result()


def _charset_of_raw(text: str) -> str | None:
    """The charset of raw text, found on the whole of it: its pieces between encoded-words are too short to tell."""
    if text.isascii() and "\x1b" not in text:
        return None
    return charsets.decode(text.encode("latin-1", "replace"), None).charset


class _Run(msgspec.Struct, gc=False):
    """Neighbouring words of one encoding, decoded in one go."""

    is_base64: bool
    pieces: list[bytes]

    def takes(self, is_base64: bool) -> bool:  # says which encoding
        """Whether a word can be appended: base64 until there is padding, "Q" unless an escape may be cut."""
        return is_base64 == self.is_base64 and b"=" not in self.pieces[-1][-2:]

    def decode(self) -> transfer.Content:
        text = b"".join(self.pieces)
        return transfer.base64(text) if self.is_base64 else transfer.q_word(text)


class _Words:
    """Collects text; octets of neighbouring words of one charset wait until the next text or charset."""

    def __init__(self, raw_charset: str | None, *, octets: bool) -> None:
        self._raw_charset, self._octets = raw_charset, octets
        self._pieces: list[str] = []
        self._waiting: list[_Run] = []
        self._label = ""
        self._charset = self._how = ""
        self._defects: list[Defect] = []

    def plain(self, text: str) -> None:
        """Text between words; white space between two words is no text (RFC 2047 section 6.2)."""
        if not text or (self._waiting and not text.strip(" \t\r\n")):
            return
        self._flush()
        if self._raw_charset and self._octets and not (text.isascii() and "\x1b" not in text):
            decoded = charsets.decode(text.encode("latin-1", "replace"), self._raw_charset)
            self._defects.append(Defect("raw_8bit", decoded.charset))
            self._used(Decoded(decoded.text, decoded.charset, "detected", decoded.defects))
        else:
            self._pieces.append(text)

    def defect(self, id: str) -> None:
        """Note that a word is not as it should be."""
        self._defects.append(Defect(id))

    def word(self, word: str) -> None:
        """One encoded-word as written."""
        label, encoding, text = word[2:-2].split("?", 2)
        label, encoding = label.split("*", 1)[0].strip().lower(), encoding.strip()
        if label != self._label:
            self._flush()
        self._label = label
        is_base64, octets = encoding in "bB", text.encode("latin-1", "replace")
        if self._waiting and self._waiting[-1].takes(is_base64) and not self._is_whole_japanese(self._waiting[-1]):
            # Also QUIRK: some programs cut the base64 text itself, not what it encodes.
            self._waiting[-1].pieces.append(octets)
        else:
            self._waiting.append(_Run(is_base64, [octets]))

    def _is_whole_japanese(self, run: _Run) -> bool:
        """Whether a run ends between octets of ISO-2022-JP: which word left its double-byte set open then matters."""
        return (
            run.is_base64
            and charset_labels.canonical(self._label) == "iso-2022-jp"
            and len(run.pieces[-1]) % 4 == 0
            and len(run.pieces) == 1
        )

    def _flush(self) -> None:
        if not self._waiting:
            return
        contents = [run.decode() for run in self._waiting]
        for content in contents:
            self._defects.extend(Defect(f"encoded_word_{defect.id}", defect.detail) for defect in content.defects)
        decoded = charsets.decode(_together([content.octets for content in contents], self._label), self._label)
        if decoded.how == "default":
            decoded = Decoded(decoded.text, self._label[:80], "detected", decoded.defects)
        self._waiting, self._label = [], ""
        self._used(decoded)

    def _used(self, decoded: Decoded) -> None:
        self._pieces.append(decoded.text)
        self._defects.extend(decoded.defects)
        if not self._charset:
            self._charset, self._how = decoded.charset, decoded.how

    def result(self) -> Decoded:
        self._flush()
        return Decoded("".join(self._pieces), self._charset, self._how, tuple(self._defects[:20]))


def _together(octets: list[bytes], label: str) -> bytes:
    """The octets of neighbouring words, as one.

    Each word of ISO-2022-JP starts in ASCII (RFC 1468). QUIRK: many programs cut the text and not its words, so a word
    without an escape goes on in double-byte text that was left open, as far as it can be that.
    """
    if len(octets) < 2 or charset_labels.canonical(label) != "iso-2022-jp":
        return b"".join(octets)
    joined: list[bytes] = []
    open_set = b""
    for piece in octets:
        if open_set and not piece.startswith(b"\x1b") and not iso2022jp.reads_on(piece):
            joined.append(b"\x1b(B")
            open_set = b""
        joined.append(piece)
        open_set = iso2022jp.open_at_end(piece, open_set)
    return b"".join(joined)
