"""What a file is: told by its content, as the programs that open it would; its name only where they go by the name.

Nothing is parsed beyond headers and names; an ordinary picture or PDF takes microseconds.
"""

from __future__ import annotations

import re
import struct

import msgspec

from sabaki.files.kindbox import end_of_zip, of_ole, of_zip
from sabaki.files.kindnames import agrees, claimed, ending, family_of, of_media_type
from sabaki.files.kindtext import UNSIGNED, of_text

__all__ = ["Kind", "agrees", "claimed", "ending", "family_of", "identify", "of_media_type", "second"]


class Kind(msgspec.Struct, frozen=True):
    """What a file is, what that is good for, and how it was told.

    `id` and `family` are as in `File`. `how` is "magic" (a signature of the format), "text" (what the text says),
    "name" (its program goes by the name alone), or "" where nothing told it.
    """

    id: str
    family: str
    how: str = "magic"


_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF87a", "gif"), (b"GIF89a", "gif"),
    (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"PK\x07\x08PK\x03\x04", "zip"), (b"PK00PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"), (b"{\\rt", "rtf"), (b"Rar!\x1a\x07", "rar"), (b"RE~^", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"), (b"\x1f\x8b", "gzip"), (b"\xfd7zXZ\0", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x1f\x9d", "compress"), (b"\x1f\xa0", "compress"), (b"\x04\x22\x4d\x18", "lz4"), (b"LZIP\x01", "lzip"),
    (b"MSCF\0\0\0\0", "cab"), (b"ISc(", "cab"), (b"\x60\xea", "arj"), (b"!<arch>\n", "ar"), (b"070701", "cpio"),
    (b"070702", "cpio"), (b"070707", "cpio"), (b"\xc7\x71", "cpio"), (b"xar!\0", "xar"), (b"\xed\xab\xee\xdb", "rpm"),
    (b"ALZ\x01", "alz"), (b"EGGA", "egg"), (b"SZDD\x88\xf0", "szdd"), (b"KWAJ\x88\xf0", "szdd"), (b"zPQ", "zpaq"),
    (b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46", "lnk"),
    (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", "one"),
    (b"\xa1\x2f\xff\x43\xd9\xef\x76\x4c\x9e\xe2\x10\xea\x57\x22\x76\x5f", "onetoc"),
    (b"\x78\x9f\x3e\x22", "tnef"), (b"!BDN", "pst"), (b"\xcf\xad\x12\xfe", "dbx"), (b"ITSF", "chm"), (b"?_\x03\0", "hlp"),
    (b"ActiveMime", "activemime"), (b"AT&TFORM", "djvu"), (b"%!PS-AdobeFont", "type1"), (b"%!PS", "ps"), (b"\xc5\xd0\xd3\xc6", "ps"),
    (b"\x04%!PS", "ps"), (b"\x1b%-12345X", "ps"), (b"\0\x01\0\0Standard Jet DB", "mdb"),
    (b"\0\x01\0\0Standard ACE DB", "accdb"), (b"HWP Document File", "hwp"), (b"bplist0", "plist"),
    (b"\x7fELF", "elf"), (b"\xfe\xed\xfa\xce", "macho"), (b"\xfe\xed\xfa\xcf", "macho"), (b"\xce\xfa\xed\xfe", "macho"),
    (b"\xcf\xfa\xed\xfe", "macho"), (b"\xca\xfe\xba\xbe", "class"), (b"\0asm", "wasm"), (b"dex\n", "dex"),
    (b"Cr24", "crx"), (b"FWS", "swf"), (b"CWS", "swf"), (b"ZWS", "swf"), (b"\xa3\x48\x4b\xbe\x98\x6c\x4a\xa9", "a3x"),
    (b"\xac\xed\0\x05", "javaser"), (b"FasdUAS", "applescript"), (b"#@~^", "jse"),
    (b"II*\0", "tiff"), (b"MM\0*", "tiff"), (b"II+\0", "tiff"), (b"MM\0+", "tiff"), (b"8BPS", "psd"),
    (b"\0\0\0\x0cjP  ", "jp2"), (b"\xff\x4f\xff\x51", "jp2"), (b"\0\0\0\x0cJXL ", "jxl"), (b"\xff\x0a", "jxl"),
    (b"\xd7\xcd\xc6\x9a", "wmf"), (b"gimp xcf", "xcf"), (b"DDS ", "dds"), (b"\x76\x2f\x31\x01", "exr"),
    (b"vhdxfile", "vhdx"), (b"conectix", "vhd"), (b"MSWIM\0\0\0", "wim"), (b"KDMV", "vmdk"), (b"QFI\xfb", "qcow"),
    (b"hsqs", "squashfs"), (b"<<< Oracle VM VirtualBox", "vdi"),
    (b"SQLite format 3\0", "sqlite"), (b"regf", "hive"), (b"ElfFile\0", "evtx"), (b"\xfe\xed\xfe\xed", "jks"),
    (b"OTTO", "otf"), (b"true\0", "ttf"), (b"ttcf\0", "ttf"), (b"wOFF", "woff"), (b"wOF2", "woff"),
    (b"ID3", "mp3"), (b"OggS", "ogg"), (b"fLaC", "flac"), (b"MThd", "midi"), (b"\x1a\x45\xdf\xa3", "mkv"),
    (b"FLV\x01", "flv"), (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"), (b"#!AMR", "amr"), (b".snd\0", "au"),
    (b"\0\0\x01\xba", "mpeg"), (b"\0\0\x01\xb3", "mpeg"), (b"MAC ", "ape"),
)  # fmt: skip
_FIRST: dict[int, tuple[tuple[bytes, str], ...]] = {
    byte: tuple(pair for pair in _MAGIC if pair[0][0] == byte) for byte in {magic[0] for magic, _ in _MAGIC}
}
_KINDS: dict[tuple[str, str], Kind] = {}
_BRANDS = {
    b"heic": "heic", b"heix": "heic", b"mif1": "heic", b"hevc": "heic", b"msf1": "heic", b"avif": "avif", b"avis": "avif",
    b"qt  ": "mov", b"M4A ": "m4a", b"M4B ": "m4a", b"crx ": "tiff",
}  # fmt: skip
_RIFF = {b"WEBP": "webp", b"WAVE": "wav", b"AVI ": "avi", b"RMID": "midi", b"ACON": "ico", b"CDXA": "mpeg"}
_SIGNED = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
_DIB = frozenset((12, 16, 40, 52, 56, 64, 108, 124))
_ISO = tuple(
    (offset, sign, kind)
    for offset in (0x8001, 0x8801, 0x9001, 0x9311)
    for sign, kind in ((b"CD001", "iso"), (b"BEA01", "udf"), (b"NSR0", "udf"), (b"CDROM", "iso"))
)
_LZH = re.compile(rb"-(?:lh[0-9a-z]|lz[0-9s]|pm[0-9s])-")
_PNM = re.compile(rb"P[1-7](?:[ \t\r\n]|#)[ \t\r\n]{0,20}(?:#|\d|WIDTH)")


def identify(content: bytes, name: str = "", declared: str = "") -> Kind:
    """Tell what a file is. Never raises; reads the beginning, the end and the directory, not the whole.

    `name` and `declared` (a media type) decide only between formats that the content fits alike, or that have no
    signature of their own because their program goes by the name.
    """
    if not content:
        return _kind("empty", "magic")
    found = _at_start(content)
    if found:
        return _kind(_refined(found, content, name), "magic")
    claim = claimed(name) or of_media_type(declared)
    found, how = of_text(content, claim)
    pdf = content.find(b"%PDF-", 0, 1_029)
    if pdf >= 0 and found in ("", "text"):
        return _kind("pdf", "magic")
    if found:
        if found == "text" and end_of_zip(content) >= 0:
            return _kind(of_zip(content, claim), "magic")
        return _kind(found, how)
    found = _elsewhere(content)
    if found:
        return _kind(found if found != "zip" else of_zip(content, claim), "magic")
    return _kind(claim, "name") if claim in UNSIGNED else _kind("unknown", "")


def _kind(id: str, how: str) -> Kind:
    known = _KINDS.get((id, how))
    if known is None:
        known = _KINDS[id, how] = Kind(id, family_of(id), how)
    return known


def _at_start(content: bytes) -> str:
    """The format whose signature stands at the very beginning; "" for none."""
    for magic, kind in _FIRST.get(content[0], ()):
        if content.startswith(magic):
            return kind
    head = content[:512]
    if head[:2] in (b"MZ", b"ZM"):
        return _of_mz(content)
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "mp4")
    if head[:4] in (b"RIFF", b"RIFX"):
        return _RIFF.get(head[8:12], "")
    if head[:1] == b"0":
        return _of_der(head)
    if head[:2] == b"BM":
        return "bmp" if len(head) >= 18 and int.from_bytes(head[14:18], "little") in _DIB else ""
    if head[:3] == b"BZh":
        return "bzip2" if head[4:10] in (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90") else ""
    if head[:4] in (b"\0\0\x01\0", b"\0\0\x02\0"):
        return _of_icon(head)
    return _of_head(head)


def _of_head(head: bytes) -> str:
    if head[:4] == b"\x01\0\0\0" and head[40:44] == b" EMF":
        return "emf"
    if head[:1] == b"P" and _PNM.match(head):
        return "pbm"
    if head[:2] in (b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2", b"\xff\xe3"):
        return "mp3"
    if head[:2] in (b"\xff\xf1", b"\xff\xf9"):
        return "aac"
    if head[:4] == b"FORM" and head[8:11] == b"AIF":
        return "aiff"
    if head[:4] == b"\0\x01\0\0" and 0 < int.from_bytes(head[4:6], "big") < 100 and head[12:13].isascii():
        return "ttf"
    if head[:2] in (b"\x5d\0", b"\x6d\0") and head[5:13] != b"" and head[12:13] in (b"\0", b"\xff"):
        return "lzma"
    if head[2:3] == b"-" and _LZH.match(head[2:7]):
        return "lzh"
    if head[7:14] == b"**ACE**":
        return "ace"
    if head[:1] == b"\x0a" and head[1:2] in (b"\0", b"\x02", b"\x03", b"\x05") and head[2:3] == b"\x01":
        return "pcx"
    return _of_pgp(head)


def _of_pgp(head: bytes) -> str:
    """Binary OpenPGP (RFC 9580 section 4.2): a key, a signature, or an encrypted message, by tag and version."""
    tag = head[0]
    if tag in (0x84, 0x85, 0x88, 0x89, 0x94, 0x95, 0x98, 0x99, 0xC1, 0xC2, 0xC5, 0xC6):
        octets = {0: 1, 1: 2}.get(tag & 3, 4) if tag < 0xC0 else 1 if head[1:2] < b"\xc0" else 2
        return "pgp" if head[1 + octets : 2 + octets] in (b"\x03", b"\x04", b"\x06") and len(head) > 20 else ""
    return ""


def _refined(found: str, content: bytes, name: str) -> str:
    """Formats that are built on another one, and those that share a signature."""
    if found == "zip":
        return of_zip(content, claimed(name))
    if found == "ole":
        return of_ole(content)
    if found == "ar":
        return "deb" if content[8:21] == b"debian-binary" else "ar"
    if found == "class":
        # A Mach-O for several processors begins alike; it holds few of them, and Java's versions begin at 45.
        return "macho" if 0 < int.from_bytes(content[4:8], "big") < 40 else "class"
    if found == "jse":
        return "vbe" if claimed(name) in ("vbe", "vbs") else "jse"
    if found == "plist":
        return "webloc" if claimed(name) == "webloc" or b"URL" in content[:200] else "plist"
    if found == "pkcs7" and b"PayloadContent" in content[:16_384]:
        return "mobileconfig"
    if found == "cab" and claimed(name) in ("onepkg", "diagcab"):
        return claimed(name)
    return found


def _of_mz(content: bytes) -> str:
    """A program for DOS or Windows, by the header behind the stub (PE format, section "MS-DOS stub")."""
    if len(content) < 64:
        return (
            "exe"
            if content[:2] == b"MZ" and content.translate(None, b"\t\n\r") != content[:0] and _is_binary(content)
            else ""
        )
    at = int.from_bytes(content[60:64], "little")
    sign = content[at : at + 4]
    if sign == b"PE\0\0":
        return "dll" if int.from_bytes(content[at + 22 : at + 24], "little") & 0x2000 else "exe"
    return "exe" if sign[:2] in (b"NE", b"LE", b"LX") or _is_binary(content[:64]) else ""


def _is_binary(head: bytes) -> bool:
    return any(byte < 9 or 13 < byte < 27 for byte in head)


def _of_der(head: bytes) -> str:
    """PKCS #7, PKCS #12 and X.509 in DER or BER, by the first elements."""
    if len(head) < 20:
        return ""
    skip = 2 + (head[1] & 0x7F if head[1] > 0x80 else 0)
    if skip > 6:
        return ""
    if _SIGNED in head[skip : skip + 12]:
        return "pkcs7"
    if head[skip : skip + 4] == b"\x02\x01\x03\x30":
        return "pkcs12"
    inner = head[skip : skip + 12]
    return "certificate" if inner[:1] == b"0" and b"\xa0\x03\x02\x01\x02" in inner else ""


def _of_icon(head: bytes) -> str:
    count = int.from_bytes(head[4:6], "little")
    if not 0 < count < 1_000 or len(head) < 22 or head[9] not in (0, 0xFF):
        return ""
    return "ico" if head[2] == 1 else "cur"


def _elsewhere(content: bytes) -> str:
    """Formats whose signature does not stand at the beginning; "" for none."""
    if content[257:262] == b"ustar" or (len(content) >= 512 and _is_old_tar(content[:512])):
        return "tar"
    if found := _of_disk(content):
        return found
    if content[60:68] in (b"BOOKMOBI", b"TEXtREAd"):
        return "mobi"
    if content[34:36] == b"LP" and content[8:10] in (b"\0\0", b"\x01\0", b"\x02\0") and len(content) > 80:
        return "eot"
    if content[2:4] == b"\r\n" and content[:2] not in (b"\r\n",) and content[1:2] in (b"\x0d", b"\x0c"):
        return "pyc"
    return "zip" if end_of_zip(content) >= 0 else ""


def _of_disk(content: bytes) -> str:
    if len(content) > 0x8006:
        for offset, sign, kind in _ISO:
            if content.startswith(sign, offset):
                # A disk in both formats is an ISO to most programs.
                return kind
    if content[-512:-504] == b"conectix":
        return "vhd"
    if content[-512:-508] == b"koly":
        return "dmg"
    if content[0x40:0x44] == b"\x7f\x10\xda\xbe":
        return "vdi"
    boot = content[:512]
    if boot[510:512] == b"\x55\xaa" and len(content) >= 1_024:
        systems = (boot[54:57], boot[82:85], boot[3:7])
        partitioned = all(boot[at] in (0, 0x80) for at in (446, 462, 478, 494)) and any(boot[450::16])
        if b"FAT" in systems or b"NTFS" in systems or boot[3:8] == b"EXFAT" or partitioned:
            return "img"
    return ""


def _is_old_tar(header: bytes) -> bool:
    """A tar from before POSIX has no signature, but a sum over its header."""
    try:
        stated = int(header[148:156].strip(b" \0") or b"x", 8)
    except ValueError:
        return False
    return stated == sum(header) - sum(header[148:156]) + 8 * 32 and stated > 256


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKED = frozenset({"png", "jpeg", "gif"})
_ENDS = {"png": b"IEND\xae\x42\x60\x82", "jpeg": b"\xff\xd9", "gif": b"\x3b"}
_TAILS = (
    (b"Rar!\x1a\x07", "rar"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"%PDF-1", "pdf"), (b"MSCF\0\0\0\0", "cab"),
    (b"This program cannot be run in DOS mode", "exe"), (b"This program must be run under Win32", "exe"),
)  # fmt: skip
_PDF = re.compile(rb"%PDF-[12]\.\d")
_MARKUP = re.compile(rb"(?i)<(?:script|html|svg|iframe|hta:application|\?php)[\s>]")


def second(content: bytes, kind: str) -> str:
    """What else a file is: a ZIP behind a picture, an archive behind a program, a PDF or a page in front. "" for nothing.

    A program that unpacks itself ("exe" with an archive at its end) is one by design; it is named all the same.
    """
    family = family_of(kind)
    if family in ("archive", "signature", "mail", "calendar") or kind in ("empty", "unknown", "ole"):
        return ""
    if end_of_zip(content) >= 0 and not _is_on_zip(kind) and _reaches_end(content, kind):
        return of_zip(content)
    if kind in ("exe", "dll"):
        return _behind_program(content)
    if family not in ("document", "text") and kind != "pdf" and _PDF.search(content, 0, 1_029):
        return "pdf"
    if family == "picture":
        return _in_picture(content, kind)
    return ""


def _is_on_zip(kind: str) -> bool:
    return agrees("zip", kind) and kind not in (
        "exe",
        "doc",
        "xls",
        "ppt",
        "rtf",
        "html",
        "xhtml",
        "mht",
        "xml",
        "slk",
        "csv",
        "text",
    )


def _reaches_end(content: bytes, kind: str) -> bool:
    """A PDF may hold a ZIP as an attachment, a workbook its theme as one; as a file it is one only where nothing but the
    ZIP's end follows.
    """
    end = end_of_zip(content)
    comment = int.from_bytes(content[end + 20 : end + 22], "little")
    holds = kind in ("pdf", "rtf") or content.startswith(_OLE)
    return not holds or end + 22 + comment >= len(content) - 64


def _behind_program(content: bytes) -> str:
    """What follows behind the last section of a program (the overlay)."""
    at = int.from_bytes(content[60:64], "little")
    if content[at : at + 4] != b"PE\0\0" or len(content) < at + 24:
        return ""
    count, size = struct.unpack_from("<H12xH", content, at + 6)
    table, end = at + 24 + size, 0
    for number in range(min(count, 96)):
        length, start = struct.unpack(
            "<II", content[table + number * 40 + 16 : table + number * 40 + 24].ljust(8, b"\0")
        )
        end = max(end, start + length)
    overlay = content[end : end + 8_192] if 0 < end < len(content) else b""
    return next((kind for sign, kind in _TAILS[:4] if sign in overlay), "")


def _in_picture(content: bytes, kind: str) -> str:
    if _MARKUP.search(content[:4_096]) or _MARKUP.search(content[-4_096:]):
        return "html"
    if kind == "gif" and content[6:8] in (b"/*", b"=1"):
        return "js"
    if kind in _MARKED and _ENDS[kind] not in content[-64:]:
        return next((found for sign, found in _TAILS if sign in content), "")
    return ""
