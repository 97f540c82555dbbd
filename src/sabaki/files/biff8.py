"""Workbooks of Excel 5 to 2003, [MS-XLS]: text, sheets, links, DDE, macro sheets. One pass over the records."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from sabaki.files import officelinks, xlformula
from sabaki.files.compound import Compound
from sabaki.files.markup import Text
from sabaki.files.opened import Asked, Opened

_MOST = 100_000_000
_RECORDS = 2_000_000
_CONTINUE, _SST = 0x003C, 0x00FC
_URL_MONIKER = bytes.fromhex("e0c9ea79f9bace118c8200aa004ba90b")
_FILE_MONIKER = bytes.fromhex("0303000000000000c000000000000046")
_BUILT_IN = {1: "Auto_Open", 2: "Auto_Close", 10: "Auto_Activate", 11: "Auto_Deactivate"}
_STATES = ("visible", "hidden", "very hidden")


def read(file: Compound, asked: Asked, opened: Opened, book: bytes = b"") -> None:
    """Note what a workbook holds and does. `book` replaces its main stream (one that was decrypted)."""
    book = book or file.stream("Workbook", _MOST) or file.stream("Book", _MOST)
    _Workbook(asked, opened).read(book)


def records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and content of all records (2.1.4)."""
    at = 0
    for _ in range(_RECORDS):
        if at + 4 > len(content):
            return
        kind, size = struct.unpack_from("<HH", content, at)
        yield kind, content[at + 4 : at + 4 + size]
        at += 4 + size


class _Workbook:
    def __init__(self, asked: Asked, opened: Opened) -> None:
        self._asked = asked
        self._opened = opened
        self._text = Text(asked.limits.file_text)
        self._macro_sheet = False
        self._new = True
        self._shared: list[bytes] = []
        self._dde = ""
        self._acts: dict[int, Callable[[bytes], None]] = {
            0x0809: self._begin,
            0x0085: self._sheet,
            0x0006: self._formula,
            0x0018: self._name,
            0x0023: self._external_name,
            0x01AE: self._supporting,
            0x0017: self._external_sheet,
            0x01B8: self._hyperlink,
            0x0204: lambda value: self._say(value, 6),
            0x0207: lambda value: self._say(value, 0),
        }

    def read(self, book: bytes) -> None:
        """Read all records, or those before the one that says that the rest is encrypted."""
        before = 0
        for kind, value in records(book):
            if kind == 0x002F:
                self._opened.locked = True
                break
            if kind == _CONTINUE:
                if before == _SST:
                    self._shared.append(value)
                continue
            before = kind
            if kind == _SST:
                self._shared.append(value)
            elif act := self._acts.get(kind):
                act(value)
        if self._dde:
            self._opened.note("dde", self._dde)
        for string in shared_strings(self._shared):
            if self._text.full:
                self._asked.budget.note("file_text", self._asked.name)
                break
            self._text.add(string + "\n")
        self._opened.text = str(self._text)

    def _begin(self, value: bytes) -> None:
        version, kind = struct.unpack("<HH", value[:4].ljust(4, b"\0"))
        self._new = version >= 0x0600
        self._macro_sheet = kind == 0x0040

    def _string(self, value: bytes, at: int, count: int) -> str:
        """A string of `count` characters, as this version writes it: with flags before it since 1997."""
        if not self._new:
            return value[at : at + count].decode("cp1252", "replace")
        wide = value[at : at + 1] == b"\1"
        return value[at + 1 : at + 1 + count * (2 if wide else 1)].decode("utf-16-le" if wide else "latin-1", "replace")

    def _say(self, value: bytes, at: int) -> None:
        (count,) = struct.unpack("<H", value[at : at + 2].ljust(2, b"\0"))
        self._text.add(self._string(value, at + 2, count) + "\n")

    def _sheet(self, value: bytes) -> None:
        if len(value) < 8:
            return
        state, kind = value[4] & 3, value[5]
        name = self._string(value, 7, value[6])
        shown = _STATES[min(state, 2)]
        if state == 2:
            self._opened.note("hidden_file", f"sheet {name} (very hidden)")
        if kind == 1:
            self._opened.note("xlm_macro", f"{name} ({shown})")

    def _as_text(self, tokens: bytes) -> str:
        return xlformula.as_text(tokens, form=xlformula.FORM_97 if self._new else xlformula.FORM_95)

    def _formula(self, value: bytes) -> None:
        at = 20 if self._new else 16
        size = int.from_bytes(value[at : at + 2], "little")
        text = self._as_text(value[at + 2 : at + 2 + size])
        if self._dde and text.endswith("NAME") and "(" not in text:
            self._opened.note("dde", self._dde)
        officelinks.formula(self._opened, text, macro=self._macro_sheet)

    def _name(self, value: bytes) -> None:
        if len(value) < 15:
            return
        flags, _, count, size = struct.unpack_from("<HBBH", value)
        name = self._string(value, 14, count)
        if flags & 0x20:
            name = _BUILT_IN.get(ord(name[:1] or "\0"), "")
        if name.lower().startswith(("auto_open", "auto_close", "auto_activate", "auto_deactivate")):
            self._opened.note("macro_autorun", name)
        start = 14 + (1 if self._new else 0) + count * (2 if self._new and value[14] & 1 else 1)
        officelinks.formula(self._opened, self._as_text(value[start : start + size]))

    def _supporting(self, value: bytes) -> None:
        (count,) = struct.unpack("<H", value[2:4].ljust(2, b"\0"))
        if count in (0x0401, 0x3A01):
            return
        self._book(self._string(value, 4, count))

    def _external_sheet(self, value: bytes) -> None:
        if not self._new and value[:1]:
            self._book(self._string(value, 1, value[0]))

    def _book(self, path: str) -> None:
        """Another workbook, or a server and its topic (2.5.277)."""
        service, separator, topic = path.partition("\x03")
        if separator and service.strip("\x01\x02"):
            if self._dde:
                self._opened.note("dde", self._dde)
            self._dde = f"{service.lstrip(chr(1))}|'{topic}'!"
            return
        plain = path.lstrip("\x01\x02").replace("\x05", "").replace("\x03", "/")
        officelinks.loads(self._opened, plain, "externalLinkPath", "office:relationship")

    def _external_name(self, value: bytes) -> None:
        if self._dde and len(value) > 7:
            self._opened.note("dde", self._dde + self._string(value, 7, value[6]))
            self._dde = ""

    def _hyperlink(self, value: bytes) -> None:
        target, shown = hyperlink_object(value[24:])
        officelinks.points(self._opened, target, "office:relationship", shown)


def hyperlink_object(value: bytes) -> tuple[str, str]:
    """Target and shown text of a hyperlink object ([MS-OSHARED] 2.3.7.1)."""
    _, flags = struct.unpack("<II", value[:8].ljust(8, b"\0"))
    at, shown, target, location = 8, "", "", ""
    if flags & 0x10:
        shown, at = _counted(value, at)
    if flags & 0x80:
        _, at = _counted(value, at)
    if flags & 0x101 == 0x101:
        target, at = _counted(value, at)
    elif flags & 0x01:
        moniker, at = value[at : at + 16], at + 16
        size = int.from_bytes(value[at : at + 4], "little")
        if moniker == _URL_MONIKER:
            target = value[at + 4 : at + 4 + size].decode("utf-16-le", "replace").partition("\0")[0]
            at += 4 + size
        elif moniker == _FILE_MONIKER:
            size = int.from_bytes(value[at + 2 : at + 6], "little")
            target = value[at + 6 : at + 6 + size].rstrip(b"\0").decode("cp1252", "replace")
            at += 6 + size + 24
            extra = int.from_bytes(value[at : at + 4], "little")
            if extra:
                target = value[at + 10 : at + 4 + extra].decode("utf-16-le", "replace") or target
            at += 4 + extra
    if flags & 0x08:
        location, _ = _counted(value, at)
    return (f"{target}#{location}" if target and location and "#" not in target else target), shown


def _counted(value: bytes, at: int) -> tuple[str, int]:
    size = int.from_bytes(value[at : at + 4], "little")
    return value[at + 4 : at + 4 + 2 * size].decode("utf-16-le", "replace").rstrip("\0"), at + 4 + 2 * size


def shared_strings(pieces: list[bytes]) -> Iterator[str]:
    """The strings of a workbook, out of a record and those that continue it (2.4.265).

    A string that goes on in the next record says again there whether its characters are one byte or two.
    """
    if not pieces:
        return
    number, at = 0, 8
    while number < len(pieces):
        piece = pieces[number]
        if at + 3 > len(piece):
            number, at = number + 1, 0
            continue
        count, flags = struct.unpack_from("<HB", piece, at)
        at += 3
        skip = 0
        if flags & 0x08:
            skip += 4 * int.from_bytes(piece[at : at + 2], "little")
            at += 2
        if flags & 0x04:
            skip += int.from_bytes(piece[at : at + 4], "little")
            at += 4
        out: list[str] = []
        wide = flags & 1
        while count and number < len(pieces):
            piece = pieces[number]
            raw = piece[at : at + count * (2 if wide else 1)]
            out.append(raw.decode("utf-16-le" if wide else "latin-1", "replace"))
            taken = len(raw) // 2 if wide else len(raw)
            count, at = count - taken, at + len(raw)
            if count:
                number, at = number + 1, 1
                wide = pieces[number][0] & 1 if number < len(pieces) and pieces[number] else 0
        yield "".join(out)
        while skip and number < len(pieces):
            step = min(skip, max(0, len(pieces[number]) - at))
            skip, at = skip - step, at + step
            if skip:
                number, at = number + 1, 0
