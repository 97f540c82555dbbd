"""Objects that are embedded in documents: what they are by class, and the file that a package wraps.

[MS-OLEDS] 2.3.6 and the layout of the "Package" class: names, then the native file, then its names in Unicode.
"""

from __future__ import annotations

import re
import struct

from sabaki.files import officelinks
from sabaki.files.compound import MAGIC, Compound, Entry
from sabaki.files.opened import Child, Opened

_EQUATION = ("0002CE02-0000-0000-C000-000000000046", "0002CE03-0000-0000-C000-000000000046")
_CLASSES = {
    "0003000C-0000-0000-C000-000000000046": "Package",
    "F20DA720-C02F-11CE-927B-0800095AE340": "Package",
    "00020820-0000-0000-C000-000000000046": "Excel.Sheet.8",
    "00020906-0000-0000-C000-000000000046": "Word.Document.8",
    "64818D10-4F9B-11CF-86EA-00AA00B929E8": "PowerPoint.Show.8",
    "B801CA65-A1FC-11D0-85AD-444553540000": "AcroExch.Document",
    "D27CDB6E-AE6D-11CF-96B8-444553540000": "ShockwaveFlash.ShockwaveFlash",
    "8856F961-340A-11D0-A96B-00C04FD705A2": "Shell.Explorer",
    "EAB22AC3-30C1-11CF-A7EB-0000C05BAE0B": "Shell.Explorer.1",
    "25336920-03F9-11CF-8FD0-00AA00686F13": "htmlfile",
    "00000300-0000-0000-C000-000000000046": "StdOleLink",
    "79EAC9E0-BAF9-11CE-8C82-00AA004BA90B": "URL moniker",
    "0002CE02-0000-0000-C000-000000000046": "Equation.3",
    "0002CE03-0000-0000-C000-000000000046": "Equation.DSMT4",
}
_ADDRESS = re.compile(rb"(?i)(?:(?:mhtml:)?https?://|ftp://|\\\\\\\\[a-z0-9])[^\x00-\x20\x7f-\xff\"'<>]{3,2048}")
_MOST = 200_000_000


class Package(Child, frozen=True):
    """A file out of a package, or, with `content` None, the path that it links to. `label` is what is shown in the document, `origin` the path that it once had."""

    label: str = ""
    origin: str = ""


def package(content: bytes) -> Package | None:
    """The file in an Ole10Native stream (its four bytes of length in front), None where there is none."""
    if len(content) < 8:
        return None
    (declared,) = struct.unpack_from("<I", content)
    if content[4:6] != b"\x02\0":
        return None
    label, at = _string(content, 6)
    origin, at = _string(content, at)
    if content[at + 2 : at + 4] == b"\x01\0":
        return Package(name=_last(label) or _last(origin), label=label, origin=origin)
    at += 4
    (length,) = struct.unpack_from("<I", content.ljust(at + 4, b"\0"), at)
    temporary, start = _string(content, at + 4, length) if length else ("", at + 4)
    (size,) = struct.unpack_from("<I", content.ljust(start + 4, b"\0"), start)
    if start + 4 > len(content) or size > declared + 4:
        return None
    native = content[start + 4 : start + 4 + size]
    unicode = _unicode(content, start + 4 + size)
    name = _last(unicode or label) or _last(origin) or _last(temporary)
    return Package(name=name, content=native, size=size, label=label, origin=origin or temporary)


def _string(content: bytes, at: int, most: int = 4_096) -> tuple[str, int]:
    end = content.find(b"\0", at, at + most + 1)
    if end < 0:
        end = min(at + most, len(content))
    raw = content[at:end]
    for charset in ("ascii", "utf-8", "cp932"):
        try:
            return raw.decode(charset), end + 1
        except UnicodeDecodeError:
            continue
    return raw.decode("cp1252", "replace"), end + 1


def _unicode(content: bytes, at: int) -> str:
    """The label among the three Unicode strings behind the native file: command, label, path."""
    found = []
    for _ in range(2):
        (length,) = struct.unpack_from("<I", content[at : at + 4].ljust(4, b"\0"))
        if not 0 < length < 4_096 or at + 4 + 2 * length > len(content):
            return ""
        found.append(content[at + 4 : at + 4 + 2 * length].decode("utf-16-le", "replace").rstrip("\0"))
        at += 4 + 2 * length
    return found[1]


def _last(path: str) -> str:
    return path.replace("/", "\\").rpartition("\\")[2].strip()


def class_name(clsid: str) -> str:
    """The usual name of a class, or the class itself in braces, or ""."""
    return _CLASSES.get(clsid, f"{{{clsid}}}" if clsid else "")


def is_equation(clsid: str, name: str = "") -> bool:
    """Whether an object opens in the equation editor, which runs what a crafted equation holds (CVE-2017-11882)."""
    return clsid in _EQUATION or name.lower().replace("_", ".").startswith(("equation.2", "equation.3"))


def embedded(content: bytes, name: str, opened: Opened, stated: str = "") -> None:
    """Note an object that stands in a document and hand its file on, out of its wrapping.

    `name` is where it stands, `stated` the class (ProgID) that the document gives for it.
    Traits: embedded_object, embedded_file (a package's name), equation_editor, external_link (an object by link).
    """
    if not content.startswith(MAGIC):
        opened.note("embedded_object", stated or name)
        opened.children.append(Child(name=_last(name), content=content))
        return
    unwrap(Compound(content), "", content, name, opened, stated)


def unwrap(file: Compound, storage: str, content: bytes, name: str, opened: Opened, stated: str = "") -> bool:
    """The object in one storage of a compound file. Whether something was taken out of it."""
    entry = file.find(storage) if storage else None
    clsid = entry.clsid if entry else file.clsid
    shown = stated or class_name(clsid) or name
    here = {child.name.casefold(): child for child in file.within(storage)}
    if is_equation(clsid, stated) or "equation native" in here:
        opened.note("equation_editor", shown)
    _linked(file, here, shown, opened)
    native = next((here[key] for key in here if key.strip("\x01") == "ole10native"), None)
    if native is not None:
        _native(file.read(native, _MOST), name, shown, opened)
        return True
    for key in ("package", "contents", "embeddedodf"):
        if key in here and here[key].size > 16:
            raw = file.read(here[key], _MOST)
            if key != "contents" or raw[:4] in (b"%PDF", b"PK\x03\x04"):
                opened.note("embedded_object", shown)
                opened.children.append(Child(name=_last(name), content=raw))
                return True
    if content or clsid:
        opened.note("embedded_object", shown)
    if content:
        opened.children.append(Child(name=_last(name), content=content))
    return False


def _native(raw: bytes, name: str, shown: str, opened: Opened) -> None:
    opened.note("embedded_object", shown)
    wrapped = package(raw)
    if wrapped is None:
        if len(raw) > 4:
            opened.children.append(Child(name=_last(name), content=raw[4:]))
    elif wrapped.content is None:
        # Only a link: a double click starts what it points to.
        opened.note("launch", wrapped.origin)
        if officelinks.is_remote(wrapped.origin):
            opened.note("remote_target", wrapped.origin)
    else:
        opened.note("embedded_file", wrapped.name)
        opened.children.append(Child(name=wrapped.name, content=wrapped.content))


def _linked(file: Compound, here: dict[str, Entry], shown: str, opened: Opened) -> None:
    """An object that only points to its file ([MS-OLEDS] 2.3.3): an address of a moniker in it is loaded."""
    for key, entry in here.items():
        if key.strip("\x01\x03") in ("ole", "linkinfo") and entry.size > 20:
            raw = file.read(entry, 65_536)
            wide = b"".join(
                raw[at : at + 1] if raw[at + 1 : at + 2] == b"\0" else b"\n" for at in range(0, len(raw), 2)
            )
            odd = b"".join(raw[at : at + 1] if raw[at + 1 : at + 2] == b"\0" else b"\n" for at in range(1, len(raw), 2))
            for match in _ADDRESS.finditer(b"\n".join((raw, wide, odd))):
                officelinks.loads(opened, match[0].decode("latin-1"), shown, "office:relationship")
