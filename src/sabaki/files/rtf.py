"""RTF (Rich Text Format 1.9.1): text, links, fields, objects; and the HTML that Outlook packs into it ([MS-OXRTFEX])."""

from __future__ import annotations

import msgspec

from sabaki.files import officelinks, rtfobject, rtfwords
from sabaki.files.opened import Asked, Child, Opened
from sabaki.files.rtfwords import (
    CHARACTERS,
    CLOSE,
    DESTINATIONS,
    HEX,
    HIDDEN,
    NUMBER,
    OPEN,
    SHOWN,
    SYMBOLS,
    TEXT,
    TOKEN,
    WORD,
)

_MOST_TOKENS = 1_500_000
"""Five seconds at worst; a text of that many words fills thousands of pages."""
_DEPTH = 1_000
"""Groups within one another beyond which they are only counted."""
_NOT_HEX = bytes(octet for octet in range(256) if octet not in b"0123456789abcdefABCDEF")
_BLANK = b" \t\r\n"


class _Field(msgspec.Struct):
    instruction: list[str] = msgspec.field(default_factory=list)
    result_sink: list[str] | None = None
    result_start: int = 0


class _Object(msgspec.Struct):
    class_name: list[str] = msgspec.field(default_factory=list)
    digits: bytearray = msgspec.field(default_factory=bytearray)
    noise: int = 0
    updates: bool = False
    picture: str = ""


class _Group(msgspec.Struct):
    """What a brace saves: where text goes (`sink`, None for nowhere), and how it is written."""

    sink: list[str] | None
    font: int | None = None
    skipped_after_unicode: int = 1
    suppressed: bool = False
    hidden: bool = False
    tag: bool = False
    fonts: bool = False
    data: _Object | None = None
    field: _Field | None = None
    ends: _Field | _Object | list[str] | None = None


def read(content: bytes, asked: Asked) -> Opened:
    """Read RTF: visible text, links of fields and shapes, objects and pictures as children. Never raises."""
    opened = Opened()
    start = content.find(b"{\\rt", 0, 4_096)
    if start < 0:
        opened.note("damaged", "no RTF header")
    elif content[start : start + 6] != b"{\\rtf1":
        opened.note("obfuscated", "RTF header " + content[start : start + 8].decode("latin-1"))
    reader = _Reader(asked, opened)
    reader.run(content)
    reader.finish()
    opened.text = rtfwords.joined(reader.text)[: asked.limits.file_text]
    opened.title = rtfwords.joined(reader.title).strip()[:500]
    if reader.encapsulated and (markup := rtfwords.joined(reader.html)).strip():
        opened.markup.append(markup)
    return opened


def encapsulated_html(data: bytes) -> str:
    """The HTML inside RTF that was made from HTML (\\fromhtml), "" if it was not. [MS-OXRTFEX] 2.1.3."""
    return "".join(read(data, Asked()).markup) if b"\\fromhtml" in data[:65_536] else ""


class _Reader:
    """One pass over the tokens with a stack of groups."""

    def __init__(self, asked: Asked, opened: Opened) -> None:
        self.text: list[str] = []
        self.html: list[str] = []
        self.title: list[str] = []
        self.encapsulated = False
        self._asked = asked
        self._opened = opened
        self._group = _Group(self.text)
        self._stack: list[_Group] = []
        self._uncounted = 0
        self._star = False
        self._skip = 0
        self._codec = "cp1252"
        self._fonts: dict[int, str] = {}
        self._default_font: int | None = None
        self._pending = bytearray()
        self._pending_as: tuple[list[str] | None, bool, str] = (None, False, "")
        self._written = 0
        self._html_written = 0
        self._pictures = 0

    def run(self, content: bytes) -> None:
        """Read all tokens, as far as the limit on them goes."""
        match_at = TOKEN.match
        at, size, left = 0, len(content), _MOST_TOKENS
        while at < size:
            left -= 1
            if not left:
                self._opened.note("damaged", f"more than {_MOST_TOKENS:,} words: the rest was not read")
                return
            found = match_at(content, at)
            assert found is not None
            at = found.end()
            what = found.lastindex
            if what == TEXT:
                self._run_of_text(found.group(TEXT))
            elif what in (WORD, NUMBER):
                at = self._control(found.group(WORD), found.group(NUMBER), content, at)
            elif what == HEX:
                self._hex(found.group(HEX))
            elif what == OPEN:
                self._open(at - found.start())
            elif what == CLOSE:
                self._close(at - found.start())
            else:
                self._symbol(
                    content[at - 1 : at] if content[at - 1 : at] != b"\\" else b"\\", stray=at - found.start() == 1
                )

    def finish(self) -> None:
        """The end of the file: close what is open, say so."""
        self._flush()
        # QUIRK: in what Outlook makes of HTML groups of links are often left open.
        if len(self._stack) + self._uncounted > 0 and not self.encapsulated:
            self._opened.note("damaged", f"{len(self._stack) + self._uncounted} groups are not closed")
        self._uncounted = 0
        self._close(len(self._stack))

    def _open(self, count: int) -> None:
        self._star, self._skip = False, 0
        room = min(count, max(0, _DEPTH - len(self._stack)))
        for _ in range(room):
            self._stack.append(self._group)
            self._group = msgspec.structs.replace(self._group, ends=None)
        if count > room:
            self._uncounted += count - room
            self._opened.note("obfuscated", f"more than {_DEPTH:,} groups within one another")

    def _close(self, count: int) -> None:
        self._star, self._skip = False, 0
        uncounted = min(count, self._uncounted)
        self._uncounted -= uncounted
        for _ in range(min(count - uncounted, len(self._stack))):
            if self._group.ends is not None:
                self._ended(self._group.ends)
            self._group = self._stack.pop()

    def _ended(self, what: _Field | _Object | list[str]) -> None:
        self._flush()
        if isinstance(what, _Field):
            self._end_field(what)
        elif isinstance(what, _Object):
            self._end_object(what)
        elif link := "".join(what).strip():
            if what and what[0] == "template":
                officelinks.loads(self._opened, "".join(what[1:]).strip(), "attachedTemplate", "rtf:template")
            else:
                self._opened.link(link, "rtf:shape")

    # Text

    def _run_of_text(self, run: bytes) -> None:
        self._star = False
        group = self._group
        if group.data is not None:
            digits = run.translate(None, _NOT_HEX)
            group.data.digits += digits
            group.data.noise += len(run) - len(digits) - sum(map(run.count, (b" ", b"\r", b"\n", b"\t")))
            return
        if group.fonts or (group.sink is None and not group.tag):
            return
        if b"\n" in run or b"\r" in run or b"\0" in run:
            run = run.translate(None, b"\r\n\0")
        if self._skip:
            skipped = min(self._skip, len(run))
            self._skip -= skipped
            run = run[skipped:]
        if run:
            self._octets(run)

    def _hex(self, digits: bytes) -> None:
        self._star = False
        if self._skip:
            self._skip -= 1
        elif self._group.data is None and not self._group.fonts:
            self._octets(bytes((int(digits, 16),)))

    def _octets(self, octets: bytes) -> None:
        group = self._group
        if group.tag:
            as_: tuple[list[str] | None, bool, str] = (None, True, self._codec)
        else:
            font = group.font if group.font is not None else self._default_font
            codec = self._codec if font is None else self._fonts.get(font, self._codec)
            as_ = (None if group.hidden else group.sink, self._goes_to_html(group), codec)
        if as_[0] is not self._pending_as[0] or as_[1:] != self._pending_as[1:]:
            self._flush()
            self._pending_as = as_
        self._pending += octets

    def _goes_to_html(self, group: _Group) -> bool:
        return self.encapsulated and not group.suppressed and group.sink is self.text

    def _flush(self) -> None:
        if self._pending:
            sink, html, codec = self._pending_as
            self._write(sink, rtfwords.decode(bytes(self._pending), codec), html=html)
            self._pending.clear()

    def _characters(self, text: str) -> None:
        group = self._group
        if group.data is not None or group.fonts:
            return
        self._flush()
        if group.tag:
            self._write(None, text, html=True)
        else:
            self._write(None if group.hidden else group.sink, text, html=self._goes_to_html(group))

    def _write(self, sink: list[str] | None, text: str, *, html: bool) -> None:
        limits = self._asked.limits
        if sink is not None:
            if sink is not self.text:
                if len(sink) < 20_000:
                    sink.append(text[:20_000])
            elif self._written < limits.file_text:
                sink.append(text)
                self._written += len(text)
            else:
                self._asked.budget.note("file_text", "RTF")
        if html and self._html_written < limits.html_interpreted:
            self.html.append(text)
            self._html_written += len(text)
        elif html:
            self._asked.budget.note("html_interpreted", "RTF")

    def _symbol(self, symbol: bytes, *, stray: bool) -> None:
        if stray:
            return
        if symbol == b"*":
            self._star = True
            return
        if self._skip:
            self._skip -= 1
            return
        if symbol in (b"\\", b"{", b"}"):
            if self._group.data is None and not self._group.fonts:
                self._octets(symbol)
        elif symbol in SYMBOLS:
            self._characters(SYMBOLS[symbol])

    # Control words

    def _control(self, word: bytes, number: bytes | None, content: bytes, at: int) -> int:
        """Carry out a control word; returns where reading goes on (\\bin has octets behind it)."""
        name = word.decode("ascii")
        value = int(number[:10]) if number is not None else None
        star, self._star = self._star, False
        if name == "bin":
            size = min(max(value or 0, 0), len(content) - at)
            if self._group.data is not None:
                self._group.data.digits += content[at : at + size].hex().encode()
            self._skip = max(0, self._skip - 1)
            return at + size
        if name == "u":
            self._unicode(value or 0)
        elif self._skip:
            self._skip -= 1
        elif name in CHARACTERS:
            self._characters(CHARACTERS[name])
        elif not self._format(name, value) and not self._destination(name):
            self._other(name, star=star)
        return at

    def _other(self, name: str, *, star: bool) -> None:
        if name in HIDDEN or (star and name not in SHOWN):
            self._group.sink, self._group.tag, self._group.data = None, False, None
        elif name in DESTINATIONS:
            self._group.data = None

    def _unicode(self, value: int) -> None:
        if self._skip:
            self._skip -= 1
            return
        if -32_768 <= value <= 0x10FFFF:
            self._characters(chr(value & 0xFFFF if value < 0 else value))
        self._skip = self._group.skipped_after_unicode

    def _format(self, name: str, value: int | None) -> bool:
        """Words that change how text is written. False if it is none of them."""
        group = self._group
        if name == "f":
            group.font = value or 0
        elif name == "htmlrtf":
            group.suppressed = value != 0
        elif name == "v":
            group.hidden = value != 0
        elif name == "uc":
            group.skipped_after_unicode = min(max(value if value is not None else 1, 0), 100)
        elif name == "plain":
            group.font, group.hidden = None, False
        elif name in ("ansicpg", "mac", "pc", "pca"):
            self._codec = rtfwords.codec_of_page({"mac": 10_000, "pc": 437, "pca": 850}.get(name, value or 0))
        elif name == "deff":
            self._default_font = value
        elif name == "fromhtml":
            self.encapsulated = value != 0
        else:
            return self._font_word(name, value or 0, group)
        return True

    def _font_word(self, name: str, value: int, group: _Group) -> bool:
        if name not in ("fcharset", "cpg"):
            return False
        if group.fonts and len(self._fonts) < 10_000:
            charset = name == "fcharset"
            codec = rtfwords.codec_of_font(value, self._codec) if charset else rtfwords.codec_of_page(value)
            self._fonts[group.font or 0] = codec
        return True

    def _destination(self, name: str) -> bool:
        """Words that say where what follows in the group goes. False if it is none of them."""
        group = self._group
        start = _DESTINATIONS.get(name)
        if start is None:
            return self._object_word(name, group)
        self._flush()
        start(self, group)
        return True

    def _object_word(self, name: str, group: _Group) -> bool:
        if name in ("objupdate", "objautlink"):
            if isinstance(group.ends, _Object):
                group.ends.updates = True
            return True
        if name in ("pngblip", "jpegblip") and group.data is not None:
            group.data.picture = "png" if name == "pngblip" else "jpg"
            return True
        return False

    def _start_field(self, group: _Group) -> None:
        group.field = _Field(result_sink=group.sink)
        self._at_end(group, group.field)

    def _start_instruction(self, group: _Group) -> None:
        if group.field is None:
            self._start_field(group)
        assert group.field is not None
        group.sink, group.hidden = group.field.instruction, False

    def _start_result(self, group: _Group) -> None:
        if group.field is not None:
            group.sink = group.field.result_sink
            group.field.result_start = len(group.sink) if group.sink is not None else 0

    def _at_end(self, group: _Group, what: _Field | _Object | list[str]) -> None:
        if group.ends is not None:
            self._ended(group.ends)
        group.ends = what

    def _start_object(self, group: _Group) -> None:
        self._at_end(group, _Object())

    def _object_of(self, group: _Group) -> _Object:
        """The object that the group stands in; one of its own if it stands alone."""
        for outer in (group, *reversed(self._stack[-50:])):
            if isinstance(outer.ends, _Object):
                return outer.ends
        own = _Object()
        self._at_end(group, own)
        return own

    def _start_data(self, group: _Group) -> None:
        group.data = self._object_of(group)

    def _start_class(self, group: _Group) -> None:
        group.sink, group.tag = self._object_of(group).class_name, False

    def _start_picture(self, group: _Group) -> None:
        group.data = _Object(picture="other")
        self._at_end(group, group.data)

    def _start_tag(self, group: _Group) -> None:
        group.sink, group.tag = None, True

    def _start_shape_link(self, group: _Group) -> None:
        group.sink, group.hidden = [], False
        self._at_end(group, group.sink)

    def _start_template(self, group: _Group) -> None:
        group.sink, group.hidden = ["template"], False
        self._at_end(group, group.sink)

    def _start_title(self, group: _Group) -> None:
        group.sink = self.title

    def _start_unicode_twin(self, group: _Group) -> None:
        group.sink = self.text

    def _start_fonts(self, group: _Group) -> None:
        group.fonts = True

    # What stood in a group, once it is closed

    def _end_field(self, field: _Field) -> None:
        instruction = "".join(field.instruction[:5_000]).strip()
        shown = ""
        if field.result_sink is not None:
            shown = "".join(field.result_sink[field.result_start : field.result_start + 100])[:500].strip()
            if not shown and (given := officelinks.quoted(instruction)):
                self._write(field.result_sink, given, html=False)
        officelinks.field(self._opened, instruction, shown)

    def _end_object(self, found: _Object) -> None:
        digits = bytes(found.digits)
        octets = bytes.fromhex(digits[: len(digits) & ~1].decode("ascii"))
        if not self._asked.budget.spend("decoded_size", len(octets), "RTF"):
            return
        if found.picture:
            if found.picture != "other" and octets and self._pictures < self._asked.limits.pictures:
                self._pictures += 1
                self._opened.children.append(Child(f"picture{self._pictures}.{found.picture}", octets))
            return
        class_name = "".join(found.class_name).strip()[:200]
        if not octets and not class_name:
            return
        if found.noise > 16:
            self._opened.note("obfuscated", "the object's hexadecimal digits are mixed with other characters")
        rtfobject.report(octets, class_name, self._opened, updates=found.updates)


_DESTINATIONS = {
    "field": _Reader._start_field,
    "fldinst": _Reader._start_instruction,
    "fldrslt": _Reader._start_result,
    "object": _Reader._start_object,
    "objdata": _Reader._start_data,
    "objclass": _Reader._start_class,
    "pict": _Reader._start_picture,
    "htmltag": _Reader._start_tag,
    "hlsrc": _Reader._start_shape_link,
    "template": _Reader._start_template,
    "title": _Reader._start_title,
    "ud": _Reader._start_unicode_twin,
    "fonttbl": _Reader._start_fonts,
}
