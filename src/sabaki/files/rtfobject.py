"""OLE objects as RTF carries them ([MS-OLEDS] 2.2), and the packages in which Windows wraps a dropped file."""

from __future__ import annotations

import re
import struct

import msgspec

from sabaki.files import compound
from sabaki.mail import charsets

_EQUATION = bytes.fromhex("02ce020000000000c000000000000046")
_LINK = bytes.fromhex("0003000000000000c000000000000046")
_URL_MONIKER = bytes.fromhex("e0c9ea79f9bace118c8200aa004ba90b")
_FILE_MONIKER = bytes.fromhex("0303000000000000c000000000000046")
_EQUATION_NAMES = re.compile(
    rb"equation\.[23]|e\x00q\x00u\x00a\x00t\x00i\x00o\x00n\x00 \x00n\x00a\x00t\x00i\x00v\x00e", re.I
)
_WIDE_TARGET = re.compile(rb"(?:(?:[A-Za-z]\x00){2,10}:\x00/\x00/\x00|\\\x00\\\x00)(?:[!-~]\x00){1,2048}")
_KNOWN_STARTS = (compound.MAGIC, b"PK\x03\x04", b"MZ", b"%PDF-", b"{\\rt", b"\x89PNG")
_ACTIVEX = ("forms.", "mscomctl", "mscomct2", "shockwaveflash", "shell.explorer", "htmlfile", "mswebdvd", "msforms")


class Package(msgspec.Struct, frozen=True):
    """A file dropped into a document: its name, the path that it had, its content."""

    name: str
    path: str
    content: bytes


class OleObject(msgspec.Struct, frozen=True):
    """An object of a document. `class_name` is hostile text, `native` its own data, `targets` what it loads.

    `linked` is whether it only points to a file. `package` is the file in it, if it is a package.
    """

    class_name: str
    native: bytes = b""
    linked: bool = False
    targets: tuple[str, ...] = ()
    package: Package | None = None
    equation: bool = False
    activex: bool = False
    damaged: bool = False


def read(octets: bytes, class_name: str = "") -> OleObject:
    """Read an OLE 1.0 object; `class_name` is the one stated beside it. Takes what there is of a broken one."""
    header = _header(octets)
    if header is None:
        start = min((at for magic in _KNOWN_STARTS if (at := octets.find(magic)) >= 0), default=0)
        named, linked, topic, native, damaged = "", False, "", octets[start:], True
    else:
        named, linked, topic, native, damaged = header
    name = named or class_name
    native_class = name.lower()
    package = (
        package_of(native) if native_class.startswith("package") or not native.startswith(compound.MAGIC) else None
    )
    if package is None and native.startswith(compound.MAGIC):
        package = package_in(native)
    targets = ((topic,) if linked and topic else ()) + _targets(native)
    every = f"{named} {class_name}".lower()
    return OleObject(
        name,
        native,
        linked,
        tuple(dict.fromkeys(targets)),
        package,
        equation="equation" in every or _EQUATION in octets or _EQUATION_NAMES.search(octets) is not None,
        activex=any(word in every for word in _ACTIVEX),
        damaged=damaged,
    )


def _header(octets: bytes) -> tuple[str, bool, str, bytes, bool] | None:
    """ObjectHeader, 2.2.4: class, whether it is linked, topic, native data, whether that is cut off."""
    if len(octets) < 12:
        return None
    kind = struct.unpack_from("<I", octets, 4)[0]
    if kind not in (1, 2):
        return None
    at = 8
    strings = []
    for _ in range(3):
        if at + 4 > len(octets):
            return None
        size = struct.unpack_from("<I", octets, at)[0]
        if size > 1_024 or at + 4 + size > len(octets):
            return None
        raw = octets[at + 4 : at + 4 + size].partition(b"\0")[0]
        strings.append(charsets.decode(raw, None).text if raw else "")
        at += 4 + size
    if kind == 1:
        return strings[0], True, strings[1], b"", False
    if at + 4 > len(octets):
        return strings[0], False, strings[1], b"", True
    size = struct.unpack_from("<I", octets, at)[0]
    native = octets[at + 4 : at + 4 + size]
    return strings[0], False, strings[1], native, len(native) < size


def package_of(native: bytes) -> Package | None:
    """The file in a Package's native data (what the shell's packager writes), with or without a size before it."""
    for start in (0, 4):
        if native[start : start + 2] == b"\x02\x00" and (found := _package(native, start + 2)):
            return found
    return None


def _package(native: bytes, at: int) -> Package | None:
    strings: list[bytes] = []
    for _ in range(2):
        end = native.find(b"\0", at, at + 4_096)
        if end < 0:
            return None
        strings.append(native[at:end])
        at = end + 1
    if at + 8 > len(native) or struct.unpack_from("<H", native, at + 2)[0] not in (0, 1, 3):
        return None
    at += 4
    size = struct.unpack_from("<I", native, at)[0]
    temporary = native[at + 4 : at + 4 + size].partition(b"\0")[0] if size <= 4_096 else b""
    at += 4 + size
    if at + 4 > len(native):
        return None
    size = struct.unpack_from("<I", native, at)[0]
    content = native[at + 4 : at + 4 + size]
    label, path = (charsets.decode(raw, None).text if raw else "" for raw in strings)
    place = path or (charsets.decode(temporary, None).text if temporary else "")
    return Package(label or place.replace("\\", "/").rpartition("/")[2], place, content)


def package_in(document: bytes) -> Package | None:
    """The file in an OLE compound file that holds a package: its stream "\\x01Ole10Native"."""
    holder = compound.Compound(document)
    for entry in holder.entries[:1_000]:
        if entry.stream and entry.name.lower() == "\x01ole10native":
            return package_of(holder.read(entry, len(document)))
    return None


def _targets(native: bytes) -> tuple[str, ...]:
    """What a link object (StdOleLink) or a moniker points to."""
    if not any(mark in native for mark in (_LINK, _URL_MONIKER, _FILE_MONIKER)):
        return ()
    found = (match.group().decode("utf-16-le", "replace") for match in _WIDE_TARGET.finditer(native, 0, 5_000_000))
    return tuple(dict.fromkeys(found))[:20]
