"""What stands behind a ZIP or an OLE compound file."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from sabaki.files.kindbox import end_of_zip, of_ole, of_zip


def zipped(*members: tuple[str, bytes] | str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as box:
        for member in members:
            name, content = (member, b"x") if isinstance(member, str) else member
            box.writestr(name, content)
    return buffer.getvalue()


def ole(*streams: str, owner: str = "") -> bytes:
    """A compound file of three sectors: header, allocation table, directory."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<I", header, 48, 1)
    struct.pack_into("<I", header, 76, 0)
    table = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE).ljust(512, b"\xff")
    entries = b""
    for name, kind in [("Root Entry", 5), *((stream, 2) for stream in streams)]:
        coded = name.encode("utf-16-le")
        entry = bytearray(128)
        entry[: len(coded)] = coded
        struct.pack_into("<HB", entry, 64, len(coded) + 2, kind)
        if kind == 5 and owner:
            entry[80:96] = bytes.fromhex(owner)
        entries += bytes(entry)
    return bytes(header) + table + entries.ljust(512, b"\0")


@pytest.mark.parametrize(
    ("members", "claim", "kind"),
    [
        (("[Content_Types].xml", "word/document.xml"), "", "docx"),
        (("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "", "docm"),
        (("[Content_Types].xml", "xl\\workbook.xml"), "", "xlsx"),
        (("[Content_Types].xml", "xl/workbook.bin"), "", "xlsb"),
        (("[Content_Types].xml", "ppt/presentation.xml"), "", "pptx"),
        (("[Content_Types].xml", "FixedDocSeq.fdseq"), "", "xps"),
        (("[Content_Types].xml", "AppxManifest.xml"), "", "msix"),
        ((("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), "content.xml"), "", "ods"),
        ((("mimetype", b"application/vnd.oasis.opendocument.text-template"), "content.xml"), "", "ott"),
        ((("mimetype", b"application/epub+zip"),), "", "epub"),
        (("META-INF/MANIFEST.MF", "A.class"), "", "jar"),
        (("AndroidManifest.xml", "META-INF/MANIFEST.MF", "classes.dex"), "", "apk"),
        (("manifest.json",), "xpi", "xpi"),
        (("a.exe",), "docx", "zip"),
    ],
)  # fmt: skip
def test_of_zip(members: tuple[tuple[str, bytes] | str, ...], claim: str, kind: str) -> None:
    assert of_zip(zipped(*members), claim) == kind


def test_without_its_directory_the_members_themselves_tell() -> None:
    whole = zipped("[Content_Types].xml", "word/document.xml", "a")
    cut = whole[: whole.index(b"PK\x01\x02")]
    assert end_of_zip(cut) == -1
    assert of_zip(cut) == "docx"


@pytest.mark.parametrize(
    ("streams", "kind"),
    [
        (("WordDocument", "1Table"), "doc"),
        (("Workbook",), "xls"),
        (("Book",), "xls"),
        (("PowerPoint Document",), "ppt"),
        (("__nameid_version1.0", "WordDocument"), "msg"),
        (("EncryptedPackage", "EncryptionInfo"), "ole"),
        (("DocumentText",), "jtd"),
        (("\x05HwpSummaryInformation",), "hwp"),
        ((), "ole"),
    ],
)
def test_of_ole(streams: tuple[str, ...], kind: str) -> None:
    assert of_ole(ole(*streams)) == kind


def test_installer_by_its_class() -> None:
    assert of_ole(ole("x", owner="84100c0000000000c000000000000046")) == "msi"


def test_a_directory_in_a_circle_ends() -> None:
    looped = bytearray(ole("WordDocument"))
    struct.pack_into("<I", looped, 512 + 4, 1)
    assert of_ole(bytes(looped)) == "doc"
