"""What a file is, told by its content."""

from __future__ import annotations

import io
import random
import struct
import zipfile

import pytest

from sabaki.files import kinds

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 60 + b"IEND\xae\x42\x60\x82"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\1" * 90 + b"\xff\xd9"
GUID_LNK = bytes.fromhex("4c0000000114020000000000c000000000000046")


def zipped(*names: str, first: bytes = b"x") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as box:
        for name in names:
            box.writestr(name, first)
    return buffer.getvalue()


def program(*, dll: bool = False, overlay: bytes = b"") -> bytes:
    head = bytearray(b"MZ" + b"\x90\0\3\0" + b"\0" * 58)
    head[60:64] = struct.pack("<I", 128)
    coff = struct.pack("<HHIIIHH", 0x14C, 1, 0, 0, 0, 0, 0x2002 if dll else 0x0002)
    section = b".text\0\0\0" + struct.pack("<IIII", 16, 0x1000, 16, 512) + b"\0" * 16
    image = bytes(head).ljust(128, b"\0") + b"PE\0\0" + coff + section
    return image.ljust(528, b"\xc3") + overlay


@pytest.mark.parametrize(
    ("content", "name", "id", "family", "how"),
    [
        (b"", "a.pdf", "empty", "other", "magic"),
        (b"%PDF-1.7\n", "a.exe", "pdf", "document", "magic"),
        (b"\r\njunk before it\r\n%PDF-1.4\n", "", "pdf", "document", "magic"),
        (program(), "invoice.pdf", "exe", "program", "magic"),
        (program(dll=True), "a.xll", "dll", "program", "magic"),
        (b"MZ is how this sentence begins, and it is no program.", "", "text", "text", "text"),
        (PNG, "", "png", "picture", "magic"),
        (JPEG, "", "jpeg", "picture", "magic"),
        (b"\0" * 0x8000 + b"\1CD001\1" + b"\0" * 99, "", "iso", "disk", "magic"),
        (b"\0" * 257 + b"ustar\0" + b"\0" * 300, "", "tar", "archive", "magic"),
        (b"MSCF\0\0\0\0" + b"\0" * 40, "a.onepkg", "onepkg", "archive", "magic"),
        (b"Rar!\x1a\x07\x01\0" + b"\0" * 20, "a.pdf", "rar", "archive", "magic"),
        (b"\x1f\x8b\x08\0" + b"\0" * 20, "", "gzip", "archive", "magic"),
        (GUID_LNK + b"\0" * 60, "", "lnk", "shortcut", "magic"),
        (bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + b"\0" * 9, "", "one", "document", "magic"),
        (b"{\\rt{\\object", "a.doc", "rtf", "document", "magic"),
        (
            b"\x30\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" + b"\0" * 20,
            "",
            "pkcs7",
            "signature",
            "magic",
        ),
        (b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" + b"\0" * 20, "", "pkcs7", "signature", "magic"),
        (b"-----BEGIN PGP MESSAGE-----\n", "", "pgp", "signature", "text"),
        (b"\xca\xfe\xba\xbe\0\0\0\x34", "", "class", "program", "magic"),
        (b"\xca\xfe\xba\xbe\0\0\0\x02", "", "macho", "program", "magic"),
        (b"BM, that is what they call it", "", "text", "text", "text"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "", "heic", "picture", "magic"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "", "webp", "picture", "magic"),
        (b"\x01\x02\x03\x04\x05\x06\x07\x08" * 9, "a.zip", "unknown", "other", ""),
        (b"\x01\x02\x03\x04\x05\x06\x07\x08" * 9, "a.bat", "bat", "script", "name"),
        (b"\xeb\xfe\x00\x01\x02" * 9, "a.com", "com", "program", "name"),
    ],
)
def test_content_decides(content: bytes, name: str, id: str, family: str, how: str) -> None:
    assert kinds.identify(content, name) == kinds.Kind(id, family, how)


def test_declared_counts_only_where_the_name_is_silent() -> None:
    assert kinds.identify(b"Guten Tag", "", "text/html; charset=utf-8") == kinds.Kind("html", "page", "name")
    assert kinds.identify(b"Guten Tag", "a.txt", "text/html").id == "text"
    assert kinds.identify(program(), "", "application/pdf").id == "exe"


@pytest.mark.parametrize(
    ("content", "kind", "other"),
    [
        (PNG, "png", ""),
        (PNG + zipped("a.txt"), "png", "zip"),
        (JPEG + zipped("META-INF/MANIFEST.MF"), "jpeg", "jar"),
        (JPEG + b"Rar!\x1a\x07\x01\0" + b"\0" * 99, "jpeg", "rar"),
        (b"%PDF-1.4\n%%EOF\n" + zipped("a.exe"), "pdf", "zip"),
        (b"%PDF-1.4\nstream\n" + zipped("an attachment") + b"\nendstream" + b"\n" * 99 + b"%%EOF\n", "pdf", ""),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + zipped("theme/theme/theme1.xml") + bytes(512), "xls", ""),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + zipped("a.exe"), "xls", "zip"),
        (program(overlay=zipped("a.txt")), "exe", "zip"),
        (program(overlay=b";!@Install@!UTF-8!\n7z\xbc\xaf\x27\x1c" + b"\0" * 40), "exe", "7z"),
        (program(), "exe", ""),
        (b"GIF89a/*\0\0" + b"\0" * 40 + b"*/=1;alert(1);", "gif", "js"),
        (b"GIF89a\1\0\1\0\0\0\0<script>x()</script>\x3b", "gif", "html"),
        (zipped("a.pdf", first=b"%PDF-1.4"), "zip", ""),
        (zipped("word/document.xml", "[Content_Types].xml"), "docx", ""),
        (b"<html><!-- " + b"%PDF-1.5 --></html>", "html", "pdf"),
        (b"@echo off\r\n" + zipped("a.js"), "bat", "zip"),
        (b"", "empty", ""),
    ],
)
def test_second(content: bytes, kind: str, other: str) -> None:
    assert kinds.second(content, kind) == other


def test_zip_behind_something_unknown() -> None:
    assert kinds.identify(b"\x01\x02\x03junk" * 30 + zipped("a", "b")).id == "zip"


def test_never_raises_on_damage() -> None:
    whole = [
        program(overlay=zipped("a.txt")),
        zipped("[Content_Types].xml", "xl/workbook.bin"),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 8,
        b"\xef\xbb\xbf<?xml version='1.0'?><!-- --><svg xmlns='x'/>",
        b"BEGIN:VCALENDAR\r\n",
        b"\0" * 0x8001 + b"CD001",
        GUID_LNK + b"\0" * 60,
    ]
    dice = random.Random(7)
    for content in whole:
        for end in range(0, len(content), max(1, len(content) // 60)):
            kind = kinds.identify(content[:end], "a.zip")
            kinds.second(content[:end], kind.id)
        for _ in range(60):
            broken = bytearray(content)
            for _ in range(4):
                broken[dice.randrange(len(broken))] = dice.randrange(256)
            kind = kinds.identify(bytes(broken), "x.doc", "text/html")
            assert kind.family == kinds.family_of(kind.id)
            kinds.second(bytes(broken), kind.id)
