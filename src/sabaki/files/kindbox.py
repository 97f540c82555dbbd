"""Which format stands behind a ZIP or an OLE compound file: told by the names inside, without unpacking anything."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_END = b"PK\x05\x06"
_ENTRY = b"PK\x01\x02"
_LOCAL = b"PK\x03\x04"
_TAIL = 65_600
_NAMES = 300
_OFFICE = (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx"), ("visio/", "vsdx"))
_MACROS = {"docx": "docm", "xlsx": "xlsm", "pptx": "pptm", "vsdx": "vsdm"}
_OPEN = {
    "text": "odt", "spreadsheet": "ods", "presentation": "odp", "graphics": "odg", "text-template": "ott",
    "spreadsheet-template": "ots", "presentation-template": "otp", "text-master": "odt", "text-web": "odt", "chart": "odg",
}  # fmt: skip
_STREAMS = (
    ("worddocument", "doc"), ("workbook", "xls"), ("book", "xls"), ("powerpoint document", "ppt"),
    ("pp97_dualstorage", "ppt"), ("__properties_version1.0", "msg"), ("__nameid_version1.0", "msg"),
    ("visiodocument", "vsd"), ("quill", "pub"), ("hwpsummaryinformation", "hwp"), ("bodytext", "hwp"),
    ("documenttext", "jtd"),
)  # fmt: skip
_INSTALLERS = (bytes.fromhex("84100c0000000000c000000000000046"), bytes.fromhex("86100c0000000000c000000000000046"))


def end_of_zip(content: bytes) -> int:
    """Where the end record of a ZIP stands whose directory is really there (APPNOTE 4.3.16); -1 for none.

    Data before the ZIP and after it are no obstacle: unpackers do not mind them either.
    """
    end = len(content)
    for _ in range(4):
        end = content.rfind(_END, max(0, len(content) - _TAIL), end)
        if end < 0 or end + 22 > len(content):
            return -1
        count, size = struct.unpack_from("<HI", content, end + 10)
        start = end - size
        if (count and start >= 0 and content.startswith(_ENTRY, start)) or (not count and not size and end < 4):
            return end
    return -1


def of_zip(content: bytes, claim: str = "") -> str:
    """The kind of a ZIP by the names of its members ("docx", "jar" ...), "zip" where they tell nothing."""
    names = frozenset(_names(content))
    if "[content_types].xml" in names or any(name.startswith("_rels/.rels") for name in names):
        return _of_package(names)
    if content[30:38] == b"mimetype" and (stated := _stated(content)):
        return stated
    if "mimetype" in names and "content.xml" in names:
        return claim if claim in _OPEN.values() else "odt"
    if "androidmanifest.xml" in names:
        return "apk"
    if "manifest.json" in names and ("meta-inf/mozilla.rsa" in names or claim == "xpi"):
        return "xpi"
    if "meta-inf/manifest.mf" in names:
        return "xpi" if "install.rdf" in names else "jar"
    if any(name.endswith(".class") for name in names) and claim == "jar":
        return "jar"
    return _of_apple(names)


def _of_package(names: frozenset[str]) -> str:
    if "appxmanifest.xml" in names or "appxmetadata/appxbundlemanifest.xml" in names:
        return "msix"
    if "extension.vsixmanifest" in names:
        return "vsix"
    for folder, kind in _OFFICE:
        if any(name.startswith(folder) for name in names):
            if kind == "xlsx" and "xl/workbook.bin" in names:
                return "xlsb"
            return _MACROS[kind] if any(name.endswith("vbaproject.bin") for name in names) else kind
    if any(name.endswith((".fdseq", ".fdoc")) for name in names):
        return "xps"
    return "zip"


def _of_apple(names: frozenset[str]) -> str:
    if "index/document.iwa" in names or "index.zip" in names:
        return "numbers" if any("calculationengine" in name and "index/tables/" in name for name in names) else "pages"
    return "zip"


def _stated(content: bytes) -> str:
    """What the first member says, which OpenDocument and EPUB store there uncompressed."""
    stated = content[38:120].decode("latin-1")
    if stated.startswith("application/epub+zip"):
        return "epub"
    if stated.startswith("application/hwp+zip"):
        return "hwpx"
    if stated.startswith("application/vnd.etsi.asic"):
        return "asice"
    head = "application/vnd.oasis.opendocument."
    if not stated.startswith(head):
        return ""
    rest = stated[len(head) :]
    found = [name for name in _OPEN if rest.startswith(name)]
    return _OPEN[max(found, key=len)] if found else "odt"


def _names(content: bytes) -> Iterator[str]:
    """Names out of the directory, else out of the members' own headers; lower case, with slashes."""
    end = end_of_zip(content)
    position = end - struct.unpack_from("<I", content, end + 12)[0] if end >= 0 else content.find(_LOCAL, 0, 4_096)
    for _ in range(_NAMES):
        if end >= 0 and content.startswith(_ENTRY, position) and position + 46 <= len(content):
            name, extra, comment = struct.unpack_from("<3H", content, position + 28)
            start, step = position + 46, 46 + name + extra + comment
        elif end < 0 and content.startswith(_LOCAL, position) and position + 30 <= len(content):
            packed, _, name, extra = struct.unpack_from("<2I2H", content, position + 18)
            start, step = position + 30, 30 + name + extra + packed
            if content[position + 6] & 8 and not packed:
                step = max(0, content.find(_LOCAL, position + 30) - position) or len(content)
        else:
            return
        yield content[start : start + name].decode("utf-8", "replace").replace("\\", "/").lstrip("/").lower()
        position += step


def of_ole(content: bytes) -> str:
    """The kind of an OLE compound file by its streams and its root's class (MS-CFB section 2.6); "ole" if they tell nothing."""
    found = "ole"
    for name, kind, owner in _entries(content):
        if kind == 5 and owner in _INSTALLERS:
            return "msi"
        for stream, meant in _STREAMS:
            # A message may hold documents, a document never a message's properties at the top.
            if name == stream and (found == "ole" or meant == "msg"):
                found = meant
    return found


def _entries(content: bytes) -> Iterator[tuple[str, int, bytes]]:
    """Name, type and class of the entries in the directory's first sectors."""
    if len(content) < 512:
        return
    shift = content[30] if content[30] in (9, 12) else 9
    size = 1 << shift
    sector = int.from_bytes(content[48:52], "little")
    table = int.from_bytes(content[76:80], "little")
    for _ in range(64):
        start = (sector + 1) * size
        if start >= len(content):
            return
        for at in range(start, min(start + size, len(content) - 127), 128):
            length = int.from_bytes(content[at + 64 : at + 66], "little")
            if 2 <= length <= 64:
                name = content[at : at + length - 2].decode("utf-16-le", "replace")
                yield name.lstrip("\x05\x06\x01").lower(), content[at + 66], content[at + 80 : at + 96]
        # Only the first sector of the allocation table is asked; behind it the directory is taken to be in one piece.
        link = (table + 1) * size + 4 * sector
        following = int.from_bytes(content[link : link + 4], "little") if sector < size // 4 else sector + 1
        if following >= 0xFFFFFFFA:
            return
        sector = following
