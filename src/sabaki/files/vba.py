"""VBA projects, [MS-OVBA]: the modules and their source, also of damaged and hidden ones."""

from __future__ import annotations

import re
import struct

import msgspec

from sabaki.files.compound import Compound, Entry
from sabaki.files.opened import Asked, Opened
from sabaki.files.vbasource import read_source
from sabaki.files.vbawords import compiled_names

_MODULE_MOST = 8_000_000
_SOURCE_MOST = 4_000_000
_READ_MOST = 100_000_000
_SOURCES_MOST = 12_000_000
"""Bytes of all modules together, packed and unpacked."""
_MODULES = 500
_MARK = b"\x00Attribut"
"""How every compressed source begins, behind a 1, a chunk header's two bytes: a flag byte and eight letters."""
_RUN = re.compile(rb"[\x20-\x7e]{6,}+")
_WIDE_RUN = re.compile(rb"(?:[\x20-\x7e]\0){6,}+")
_WORKINGS = frozenset({"dir", "_vba_project", "project", "projectwm", "vba"})


class Module(msgspec.Struct, frozen=True):
    """A module of VBA. `compiled` is how many bytes of compiled code stand before the source.

    `hidden` is whether the project does not list it, `source` "" where there is none though there should be.
    """

    name: str
    source: str
    compiled: int = 0
    hidden: bool = False


def decompress(packed: bytes, most: int = _SOURCE_MOST) -> bytes:
    """Unpack a compressed container ([MS-OVBA] 2.4.1), as far as it is sound and up to `most` bytes."""
    out = bytearray()
    if packed[:1] != b"\x01":
        return b""
    at = 1
    while at + 2 <= len(packed) and len(out) < most:
        header = packed[at] | packed[at + 1] << 8
        end = min(at + (header & 0x0FFF) + 3, len(packed))
        if header >> 12 & 7 != 3:
            break
        if header & 0x8000:
            if not _chunk(packed, at + 2, end, out):
                break
        else:
            out += packed[at + 2 : end]
        at = end
    return bytes(out[:most])


def _chunk(packed: bytes, at: int, end: int, out: bytearray) -> bool:
    """Unpack one chunk of at most 4,096 bytes to the end of `out`. False where it is damaged."""
    start = len(out)
    while at < end:
        flags = packed[at]
        at += 1
        for bit in range(8):
            if at >= end:
                break
            if not flags >> bit & 1:
                out.append(packed[at])
                at += 1
                continue
            done = len(out) - start
            if at + 2 > end or not done:
                return False
            token = packed[at] | packed[at + 1] << 8
            at += 2
            bits = max((done - 1).bit_length(), 4)
            length = (token & 0xFFFF >> bits) + 3
            offset = (token >> 16 - bits) + 1
            if offset > done:
                return False
            piece = out[-offset:] if offset < length else out[len(out) - offset : len(out) - offset + length]
            out += (piece * (length // len(piece) + 1))[:length]
            if len(out) - start > 4_096:
                return False
    return True


def modules(project: Compound, asked: Asked) -> list[Module]:
    """Every module of every VBA project in a compound file, then what lies about without being listed."""
    return _Extraction(project, asked).modules()


class _Extraction:
    """The modules of one file. Streams may overlap, so what is read and unpacked is counted over all of them."""

    def __init__(self, project: Compound, asked: Asked) -> None:
        self._project = project
        self._asked = asked
        self._read_left = _READ_MOST
        self._source_left = _SOURCES_MOST
        self._tries_left = 200

    def modules(self) -> list[Module]:
        found: list[Module] = []
        taken: set[int] = set()
        for entry in self._project.entries:
            if entry.stream and entry.name.casefold() == "dir":
                found += self._listed(entry, taken)
        for entry in self._project.entries:
            if entry.stream and id(entry) not in taken and len(found) < _MODULES and _may_hold(entry):
                found += self._carved(entry.name, self._read(entry))
        if not self._project.entries or (not found and self._project.damage):
            found += self._carved("", self._project.content)
        return found

    def _listed(self, directory: Entry, taken: set[int]) -> list[Module]:
        charset, listed = _listing(decompress(self._read(directory), 1_000_000))
        found: list[Module] = []
        for name, stream, offset in listed[:_MODULES]:
            there = self._project.find(f"{directory.storage}/{stream}" if directory.storage else stream)
            if there is None:
                found.append(Module(name, ""))
            elif id(there) not in taken:
                taken.add(id(there))
                found.append(self._module(name, self._read(there), offset, charset))
        return found

    def _read(self, entry: Entry) -> bytes:
        content = self._project.read(entry, min(_MODULE_MOST, self._read_left))
        self._read_left -= len(content)
        return content

    def _module(self, name: str, content: bytes, offset: int, charset: str) -> Module:
        source = self._source(content[offset:], charset)
        if not source:
            at = content.find(_MARK)
            if at >= 3:
                source, offset = self._source(content[at - 3 :], charset), at - 3
        return Module(name, source, offset if source else len(content))

    def _carved(self, name: str, content: bytes) -> list[Module]:
        """Modules found by how a compressed source begins."""
        found: list[Module] = []
        at = content.find(_MARK)
        while at >= 0 and self._tries_left > 0:
            if at >= 3 and content[at - 3] == 1:
                self._tries_left -= 1
                source = self._source(content[at - 3 : at + _MODULE_MOST], "cp1252")
                if source:
                    found.append(Module(name or _own_name(source), source, at - 3, hidden=True))
            at = content.find(_MARK, at + 1)
        return found

    def _source(self, packed: bytes, charset: str) -> str:
        most = min(_SOURCE_MOST, self._source_left, self._asked.budget.left("decoded_size"))
        raw = decompress(packed, most)
        self._source_left -= len(raw)
        self._asked.budget.spend("decoded_size", len(raw), "VBA")
        return _decoded(raw, charset).replace("\r\n", "\n").replace("\r", "\n") if raw.strip(b"\0") else ""


def _may_hold(entry: Entry) -> bool:
    name = entry.name.casefold()
    place = entry.storage.casefold()
    return (entry.lost or place == "vba" or place.endswith("/vba")) and name not in _WORKINGS and name[:6] != "__srp_"


def _own_name(source: str) -> str:
    _, mark, rest = source[:500].partition('VB_Name = "')
    return rest.partition('"')[0] if mark else "?"


def _listing(directory: bytes) -> tuple[str, list[tuple[str, str, int]]]:
    """The code page of a `dir` stream and its modules: name, stream, and where the source begins (2.3.4.2)."""
    charset, name, stream, offset = "cp1252", "", "", 0
    listed: list[tuple[str, str, int]] = []
    at = 0
    while at + 6 <= len(directory):
        record, size = struct.unpack_from("<HI", directory, at)
        size = 6 if record == 0x0009 else size
        value = directory[at + 6 : at + 6 + size]
        at += 6 + size
        if record == 0x0003 and len(value) >= 2:
            charset = _code_page(int.from_bytes(value[:2], "little"))
        elif record == 0x0019:
            name = _decoded(value, charset)
        elif record == 0x0047:
            name = value.decode("utf-16-le", "replace")
        elif record == 0x001A:
            stream = _decoded(value, charset)
        elif record == 0x0032:
            stream = value.decode("utf-16-le", "replace")
        elif record == 0x0031 and len(value) >= 4:
            offset = int.from_bytes(value[:4], "little")
        elif record == 0x002B:
            if name or stream:
                listed.append((name or stream, stream or name, offset))
            name, stream, offset = "", "", 0
    return charset, listed


def _code_page(number: int) -> str:
    return {65001: "utf-8", 10000: "mac_roman", 10001: "shift_jis", 28591: "latin-1"}.get(number, f"cp{number}")


def _decoded(value: bytes, charset: str) -> str:
    try:
        return value.decode(charset, "replace")
    except LookupError:
        return value.decode("cp1252", "replace")


def report(project: Compound, asked: Asked, opened: Opened, where: str = "") -> bool:
    """Note what the VBA of a compound file is and says. Whether there was any.

    Traits: macro (modules), macro_autorun, macro_suspicious, obfuscated (source missing though compiled code is
    there; names only in the compiled part), hidden_file (modules that the project does not list).
    """
    found = modules(project, asked)
    if not found:
        return False
    coded = [module for module in found if module.source]
    names = ", ".join(f"{module.name} ({_lines(module.source)} lines)" for module in found)
    opened.note("macro", f"{where}: {names}" if where else names)
    hidden = ", ".join(module.name for module in found if module.hidden and module.source)
    if hidden:
        opened.note("hidden_file", f"VBA module that the project does not list: {hidden}")
    _stomped(project, found, opened)
    read_source([module.source for module in coded], opened, _kept(project))
    return True


def _kept(project: Compound) -> str:
    """Readable text in the controls of forms ([MS-OFORMS]), where code may fetch its strings from."""
    found: list[str] = []
    for entry in project.entries:
        if entry.stream and entry.name in ("o", "f") and len(found) < 500:
            raw = project.read(entry, 200_000)
            found += [run.decode("latin-1") for run in _RUN.findall(raw)]
            found += [run.replace(b"\0", b"").decode("latin-1") for run in _WIDE_RUN.findall(raw)]
    return "\n".join(found)


def _lines(source: str) -> int:
    return sum(1 for line in source.split("\n") if line.strip() and not line.startswith("Attribute "))


def _stomped(project: Compound, found: list[Module], opened: Opened) -> None:
    """Whether the source was taken away, or stands in for other code that was compiled."""
    missing = [module.name for module in found if not module.source and module.compiled > 64]
    if missing:
        opened.note("obfuscated", "VBA source is missing, compiled code is there: " + ", ".join(missing))
    if any(_lines(module.source) > 0 for module in found):
        return
    for entry in project.entries:
        if entry.stream and entry.name.casefold() == "_vba_project":
            names = compiled_names(project.read(entry, _MODULE_MOST))
            if names:
                opened.note("obfuscated", "names only in compiled VBA: " + ", ".join(names))
