"""Compound files: Word, Excel and PowerPoint of 97-2003, locked Office Open XML, installers, and bare objects."""

from __future__ import annotations

import re
import struct

from sabaki.files import biff8, officecrypt, ole10native, ooxml, pptbin, vba, worddoc
from sabaki.files.compound import Compound, Entry
from sabaki.files.opened import Asked, Child, Opened

_MOST = 100_000_000
_INSTALLERS = ("000C1084-0000-0000-C000-000000000046", "000C1086-0000-0000-C000-000000000046")
_OBJECT = re.compile(r"(?i)\A(?:ObjectPool/_\d{1,12}|MBD[0-9A-F]{8}|LNK[0-9A-F]{8}|_\d{1,12}|Object \d{1,6})\Z")
_CODE_PAGES = {65001: "utf-8", 1200: "utf-16-le"}
_OBJECTS = 200


def read(content: bytes, asked: Asked) -> Opened:
    """Read a compound file by what its streams are. Never raises on content."""
    opened = Opened()
    file = Compound(content)
    opened.kind = _kind(file)
    if opened.kind == "msg":
        return opened
    if file.find("EncryptedPackage") is not None:
        return _locked_package(file, asked, opened)
    if opened.kind == "doc":
        worddoc.read(file, asked, opened)
    elif opened.kind == "xls":
        _workbook(file, asked, opened)
    elif opened.kind == "ppt":
        pptbin.read(file, asked, opened)
    elif opened.kind == "msi":
        _installer(file, opened)
    vba.report(file, asked, opened)
    _objects(file, opened)
    opened.title = _title(file)
    for what in file.damage:
        opened.note("damaged", what)
    return opened


def _kind(file: Compound) -> str:
    for stream, kind in (
        ("__properties_version1.0", "msg"), ("WordDocument", "doc"), ("Workbook", "xls"), ("Book", "xls"),
        ("PowerPoint Document", "ppt"),
    ):  # fmt: skip
        if file.find(stream) is not None:
            return kind
    return "msi" if file.clsid in _INSTALLERS else ""


def _locked_package(file: Compound, asked: Asked, opened: Opened) -> Opened:
    unlocked = officecrypt.open_package(file, asked.passwords)
    if unlocked is None:
        opened.locked = True
        return opened
    password, content = unlocked
    if not asked.budget.spend("decoded_size", len(content), asked.name):
        opened.locked = True
        return opened
    inside = ooxml.read(content, asked)
    _unlocked(inside, password)
    return inside


def _unlocked(opened: Opened, password: str) -> None:
    opened.locked = True
    opened.password = password
    if password == officecrypt.DEFAULT:
        opened.note("obfuscated", "locked with the password that Excel tries by itself (VelvetSweatshop)")


def _workbook(file: Compound, asked: Asked, opened: Opened) -> None:
    biff8.read(file, asked, opened)
    if not opened.locked:
        return
    book = file.stream("Workbook", _MOST) or file.stream("Book", _MOST)
    unlocked = officecrypt.open_workbook(book, asked.passwords)
    if unlocked is None:
        return
    biff8.read(file, asked, opened, unlocked[1])
    _unlocked(opened, unlocked[0])


def _objects(file: Compound, opened: Opened) -> None:
    """Objects in the storages where the programs keep them, and in a bare object's root."""
    storages = [entry for entry in file.entries if not entry.stream and not entry.lost]
    natives = {entry.storage for entry in file.entries if entry.stream and _is_object(entry)}
    for count, storage in enumerate(entry for entry in storages if entry.path in natives or _OBJECT.match(entry.path)):
        if count >= _OBJECTS:
            break
        ole10native.unwrap(file, storage.path, b"", storage.name, opened)
    if "" in natives and not opened.kind:
        ole10native.unwrap(file, "", b"", "object", opened)
    elif ole10native.is_equation(file.clsid):
        opened.note("equation_editor", ole10native.class_name(file.clsid))


def _is_object(entry: Entry) -> bool:
    return entry.name.strip("\x01").casefold() in ("ole10native", "equation native", "package", "ole")


def _installer(file: Compound, opened: Opened) -> None:
    """The programs and cabinets that an installer carries as streams."""
    for entry in file.entries:
        head = file.read(entry, 4) if entry.stream else b""
        if head[:2] == b"MZ" or head == b"MSCF":
            opened.note("embedded_file", _table_name(entry.name))
            opened.children.append(Child(name=_table_name(entry.name), content=file.read(entry, _MOST)))


def _table_name(name: str) -> str:
    """A stream's name in an installer: two letters, or one, are packed into each character."""
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._"
    out = []
    for character in name:
        code = ord(character)
        if 0x3800 <= code < 0x4800:
            out += [letters[code - 0x3800 & 0x3F], letters[code - 0x3800 >> 6 & 0x3F]]
        elif 0x4800 <= code < 0x4840:
            out.append(letters[code - 0x4800])
        else:
            out.append("" if code == 0x4840 else character)
    return "".join(out)


def _title(file: Compound) -> str:
    """The title in the summary information, [MS-OLEPS] 2.20."""
    raw = file.stream("\x05SummaryInformation", 100_000)
    if len(raw) < 56:
        return ""
    (start,) = struct.unpack_from("<I", raw, 44)
    count = int.from_bytes(raw[start + 4 : start + 8], "little")
    offsets: dict[int, int] = {}
    for number in range(min(count, 100)):
        at = start + 8 + 8 * number
        if at + 8 <= len(raw):
            key, offset = struct.unpack_from("<II", raw, at)
            offsets[key] = start + offset
    page = int.from_bytes(raw[offsets[1] + 4 : offsets[1] + 6], "little") if 1 in offsets else 1252
    at = offsets.get(2, len(raw))
    kind, size = int.from_bytes(raw[at : at + 2], "little"), int.from_bytes(raw[at + 4 : at + 8], "little")
    value = raw[at + 8 : at + 8 + min(size, 2_000) * (2 if kind == 0x1F else 1)]
    charset = "utf-16-le" if kind == 0x1F else _CODE_PAGES.get(page, f"cp{page}")
    try:
        return value.decode(charset, "replace").partition("\0")[0].strip()
    except LookupError:
        return value.decode("cp1252", "replace").partition("\0")[0].strip()
