"""OLE 1.0 objects as RTF carries them, [MS-OLEDS] 2.2: what they are, and the file in them."""

from __future__ import annotations

import re
import struct

import msgspec

from sabaki.files import compound, ole10native
from sabaki.files.opened import Child, Opened
from sabaki.mail import charsets

_EQUATION = re.compile(
    b"\x02\xce\x02\\x00{5}\xc0\\x00{6}F"  # the class id of the equation editor
    rb"|equation\.[23]|e\x00q\x00u\x00a\x00t\x00i\x00o\x00n\x00 \x00n\x00a\x00t\x00i\x00v\x00e",
    re.I,
)
_MONIKERS = tuple(
    map(
        bytes.fromhex,
        (
            "0003000000000000c000000000000046",  # StdOleLink
            "e0c9ea79f9bace118c8200aa004ba90b",  # URL moniker
            "0303000000000000c000000000000046",  # file moniker
            "c69afa3a9c1dd111ab0a00c04fd918d0",  # SOAP moniker (CVE-2017-8759)
        ),
    )
)
_WIDE_TARGET = re.compile(
    rb"(?:(?:[A-Za-z]\x00){2,10}:\x00/\x00/\x00|\\\x00\\\x00|s\x00c\x00r\x00i\x00p\x00t\x00:\x00)(?:[!-~]\x00){1,2048}"
)
_STARTS = (compound.MAGIC, b"PK\x03\x04", b"MZ", b"%PDF-", b"{\\rt", b"\x89PNG")
_ACTIVEX = ("forms.", "mscomctl", "mscomct2", "shockwaveflash", "shell.explorer", "htmlfile", "activex")


class OleObject(msgspec.Struct, frozen=True):
    """An object before it is looked into. `class_name` and `topic` (what a linked one points to) are hostile text.

    `native` is its own data; `damaged` whether it is cut off or has no proper header.
    """

    class_name: str
    topic: str = ""
    native: bytes = b""
    damaged: bool = False


def read(octets: bytes) -> OleObject:
    """Read an OLE 1.0 object; of a broken one from the first thing in it that is known."""
    found = _header(octets)
    if found is not None:
        return found
    start = min((at for magic in _STARTS if (at := octets.find(magic)) >= 0), default=0)
    return OleObject("", native=octets[start:], damaged=True)


def _header(octets: bytes) -> OleObject | None:
    """ObjectHeader, 2.2.4. The version before it is not looked at: Word does not either."""
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
        if size > 2_048 or at + 4 + size > len(octets):
            return None
        raw = octets[at + 4 : at + 4 + size].partition(b"\0")[0]
        strings.append(charsets.decode(raw, None).text if raw else "")
        at += 4 + size
    if kind == 1:
        return OleObject(strings[0], strings[1])
    size = struct.unpack_from("<I", octets.ljust(at + 4, b"\0"), at)[0]
    native = octets[at + 4 : at + 4 + size]
    return OleObject(strings[0], strings[1], native, damaged=len(native) < size)


def report(octets: bytes, stated: str, opened: Opened, *, updates: bool = False) -> None:
    """Note an object, what it loads, and hand on the file in it. `stated` is the class given beside it.

    `updates` is whether it runs without a click (\\objupdate).
    """
    found = read(octets)
    name = stated or found.class_name
    if found.class_name and stated and found.class_name.lower() != stated.lower():
        name = f"{stated} ({found.class_name})"
    opened.note("embedded_object", f"{name or '?'} (updates itself when opened)" if updates else name or "?")
    every = name.lower()
    if "equation" in every or _EQUATION.search(octets):
        opened.note("equation_editor", name)
    if any(word in every for word in _ACTIVEX):
        opened.note("activex", name)
    if found.damaged:
        opened.note("damaged", f"OLE object {name}".rstrip())
    if found.topic:
        _loads(found.topic, opened)
    if found.native:
        _native(found, name, opened)


def _native(found: OleObject, name: str, opened: Opened) -> None:
    native, links = found.native, len(opened.links)
    if native.startswith(compound.MAGIC):
        ole10native.embedded(native, f"{name or 'object'}.ole", opened, name)
    elif (wrapped := ole10native.package(struct.pack("<I", len(native)) + native)) is not None:
        if wrapped.content is None:
            opened.note("launch", wrapped.origin)
        else:
            opened.note("embedded_file", wrapped.name)
            opened.children.append(Child(wrapped.name, wrapped.content))
    else:
        opened.children.append(Child(f"{name or 'object'}.bin", native))
    if len(opened.links) == links and any(moniker in native for moniker in _MONIKERS):
        targets = (match.group().decode("utf-16-le", "replace") for match in _WIDE_TARGET.finditer(native))
        for target in dict.fromkeys(target for target, _ in zip(targets, range(50), strict=False)):
            _loads(target, opened)


def _loads(target: str, opened: Opened) -> None:
    opened.note("external_link", target)
    opened.link(target, "rtf:object", clickable=False)
