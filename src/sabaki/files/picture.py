"""Raster pictures: the codes in them, links in their metadata, and what stands behind their end.

PNG (W3C PNG, third edition), JPEG (ITU-T T.81), GIF, WebP, BMP, TIFF, icons, PBM and what else Pillow reads by itself
(nothing that it would hand to another program). Text in pictures is not read.
"""

from __future__ import annotations

import io
import re
import warnings
import zlib

from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    CurImagePlugin,
    GifImagePlugin,
    IcoImagePlugin,
    Image,
    ImageSequence,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from sabaki.files import codes, kinds
from sabaki.files.opened import Asked, Child, Opened
from sabaki.mail import urlfind
from sabaki.model.finding import State

_READERS = (
    PngImagePlugin.PngImageFile,
    JpegImagePlugin.JpegImageFile,
    MpoImagePlugin.MpoImageFile,
    GifImagePlugin.GifImageFile,
    WebPImagePlugin.WebPImageFile,
    BmpImagePlugin.BmpImageFile,
    BmpImagePlugin.DibImageFile,
    TiffImagePlugin.TiffImageFile,
    IcoImagePlugin.IcoImageFile,
    CurImagePlugin.CurImageFile,
    PpmImagePlugin.PpmImageFile,
    AvifImagePlugin.AvifImageFile,
    Jpeg2KImagePlugin.Jpeg2KImageFile,
)
_FORMATS = tuple(reader.format for reader in _READERS if reader.format)
"""What Pillow may try: its other formats are rare, or are handed to programs (EPS)."""
_MOST_FRAMES = 3
_BEARABLE = 9_000_000
"""Pixels: a larger picture is made half as wide and high (or less) before codes are looked for."""
_SHORTEST_FILE = 20
_MOST_METADATA = 200_000
_STANDARD_HOSTS = frozenset(
    "ns.adobe.com www.w3.org purl.org iptc.org www.iptc.org cipa.jp www.npes.org ns.useplus.org xmp.gettyimages.com "
    "schemas.microsoft.com www.day.com ns.google.com www.metadataworkinggroup.com prismstandard.org".split()
)
"""Hosts of the names of metadata schemes: they stand in every second photo and are links to nobody."""
_BEHIND = frozenset("program script shortcut archive disk document page mail".split())
_MOST_SEGMENTS = 100_000
_MOST_BLOCKS = 500_000
"""Chunks or segments of a file, and a GIF's blocks: no picture of 50 MB has so many, and Pillow takes minutes over them."""
_ENDLESS = -1


def read(content: bytes, asked: Asked) -> Opened:
    """Read a picture. At most `Limits.pictures` are decoded for a mail, none over `Limits.pixels`."""
    opened = Opened()
    end = _end_of(content)
    if end == _ENDLESS:
        opened.note("damaged", "more pieces than a picture has")
        return _unread(
            opened, "the picture has too many pieces to be decoded", "画像の構成要素が多すぎるため展開していません"
        )
    _behind(content, len(content) if end is None else end, opened)
    _metadata(content, opened)
    if not asked.budget.spend("pictures", where=asked.name):
        return _unread(opened, "too many pictures in this mail", "このメールには画像が多すぎます")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _decode(content, asked, opened)
    except Image.DecompressionBombError as error:
        opened.note("bomb", str(error))
        asked.budget.note("pixels", asked.name)
        _unread(opened, "the picture is too large to be decoded", "画像が大きすぎるため展開していません")
    except Exception as error:  # noqa: BLE001  # Pillow's readers raise anything on hostile bytes
        # Some messages end in the address of an object, which differs from run to run.
        opened.note("damaged", f"{type(error).__name__}: {str(error).partition(' <')[0]}")
    return opened


def _unread(opened: Opened, reason: str, reason_ja: str) -> Opened:
    opened.state, opened.reason, opened.reason_ja = State.SKIPPED, reason, reason_ja
    return opened


def _decode(content: bytes, asked: Asked, opened: Opened) -> None:
    picture = Image.open(io.BytesIO(content), formats=[name for name in _FORMATS if name in Image.OPEN])
    with picture:
        width, height = picture.size
        if picture.format in ("JPEG", "MPO"):
            # The decoder can leave out detail by itself: cheap in time and memory even for a huge photo.
            picture.draft("RGB" if picture.mode in ("RGB", "YCbCr") else picture.mode, _bearable(width, height))
        if not asked.budget.within("pixels", picture.width * picture.height, asked.name):
            opened.note("bomb", f"{width} x {height} pixels in {len(content)} bytes")
            _unread(opened, "the picture is too large to be decoded", "画像が大きすぎるため展開していません")
            return
        payloads: dict[str, None] = {}
        for number, frame in enumerate(ImageSequence.Iterator(picture)):
            if number >= _MOST_FRAMES or not asked.budget.within("pixels", (number + 1) * frame.width * frame.height):
                break
            payloads.update(dict.fromkeys(codes.find(_made_bearable(frame))))
            if payloads:
                break
        for payload in payloads:
            codes.report(payload, opened)


def _bearable(width: int, height: int) -> tuple[int, int]:
    factor = 1
    while width * height > _BEARABLE * factor * factor:
        factor *= 2
    return width // factor, height // factor


def _made_bearable(frame: Image.Image) -> Image.Image:
    width, _ = _bearable(*frame.size)
    if not width or width == frame.width:
        return frame
    if frame.mode in ("P", "1", "PA"):
        frame = frame.convert("RGBA" if "transparency" in frame.info else "RGB")
    return frame.reduce(frame.width // width)


def _behind(content: bytes, end: int, opened: Opened) -> None:
    """Data after the picture that is itself a file: another program would open that and never see the picture."""
    rest = content[end:].lstrip(b"\x00\r\n\t ")
    if len(rest) < _SHORTEST_FILE:
        return
    identified = kinds.identify(rest)
    kind = identified.id if identified.family in _BEHIND and identified.how != "name" else ""
    if not kind and (position := rest.find(b"PK\x03\x04", 0, 65_536)) >= 0 and b"PK\x05\x06" in rest[-66_000:]:
        rest, kind = rest[position:], "zip"
    if kind:
        opened.note("polyglot", kind)
        opened.children.append(Child(f"after-the-picture.{kind}", rest))


def _end_of(content: bytes) -> int | None:
    """Where the picture ends by its own format; None where that cannot be told, -1 where there is no end of pieces."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _end_of_png(content)
    if content.startswith(b"\xff\xd8"):
        return _end_of_jpeg(content)
    if content.startswith(b"GIF8"):
        return _end_of_gif(content)
    if content.startswith(b"BM") and len(content) > 26:
        size = int.from_bytes(content[2:6], "little")
        return size if size > 54 else None
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return int.from_bytes(content[4:8], "little") + 8
    return None


def _end_of_png(content: bytes) -> int | None:
    position = 8
    for _ in range(_MOST_SEGMENTS):
        if position + 12 > len(content):
            return None
        length = int.from_bytes(content[position : position + 4], "big")
        position += 12 + length
        if content[position - length - 8 : position - length - 4] == b"IEND":
            return position
    return _ENDLESS


def _end_of_jpeg(content: bytes) -> int | None:
    """Follow the segments (T.81, B.1) to the end of the image: thumbnails inside have ends of their own."""
    position = 2
    for _ in range(_MOST_SEGMENTS):
        if position + 2 > len(content) or content[position] != 0xFF:
            return None
        marker = content[position + 1]
        if marker == 0xD9:
            return position + 2
        if marker == 0xFF or 0xD0 <= marker <= 0xD8 or marker == 0x01:
            position += 1 if marker == 0xFF else 2
            continue
        position += 2 + int.from_bytes(content[position + 2 : position + 4], "big")
        if marker == 0xDA:
            match = _AFTER_SCAN.search(content, position)
            if match is None:
                return None
            position = match.start()
    return _ENDLESS


_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def _end_of_gif(content: bytes) -> int | None:
    """Follow the blocks of a GIF (GIF89a, appendix) to its trailer."""
    if len(content) < 14:
        return None
    position = 13 + _palette(content[10])
    inside = False
    for _ in range(_MOST_BLOCKS):
        if position >= len(content):
            return None
        block = content[position]
        if inside:
            inside = block > 0
            position += block + 1
        elif block == 0x3B:
            return position + 1
        elif block == 0x21 or (block == 0x2C and position + 11 < len(content)):
            position += 2 if block == 0x21 else 11 + _palette(content[position + 9])
            inside = True
        else:
            return None
    return _ENDLESS


def _palette(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _metadata(content: bytes, opened: Opened) -> None:
    """URLs in comments, text chunks, EXIF and XMP: nobody clicks them, but programs and thieves keep addresses there."""
    pieces = _png_texts(content) if content.startswith(b"\x89PNG\r\n\x1a\n") else _jpeg_texts(content)
    for piece in pieces:
        if b"://" not in piece and b":\x00/\x00/\x00" not in piece:
            continue
        text = piece.replace(b"\x00", b" " if b":\x00/\x00/\x00" not in piece else b"").decode("utf-8", "replace")
        for found in urlfind.find(text)[:50]:
            host = found.raw.partition("://")[2].partition("/")[0].lower()
            if host not in _STANDARD_HOSTS:
                opened.link(found.raw, "picture:metadata", clickable=False)


def _png_texts(content: bytes) -> list[bytes]:
    """The tEXt, zTXt, iTXt and eXIf chunks before the end, up to a bound for all of them."""
    texts: list[bytes] = []
    position, room = 8, _MOST_METADATA
    for _ in range(_MOST_SEGMENTS):
        if position + 12 > len(content) or room <= 0:
            break
        length = int.from_bytes(content[position : position + 4], "big")
        name = content[position + 4 : position + 8]
        if name in (b"tEXt", b"zTXt", b"iTXt", b"eXIf"):
            body = content[position + 8 : position + 8 + min(length, room)]
            texts.append(_inflated(name, body, room))
            room -= len(texts[-1])
        position += 12 + length
    return texts


def _inflated(name: bytes, body: bytes, room: int) -> bytes:
    keyword, _, rest = body.partition(b"\x00")
    if name == b"iTXt" and rest[:1] == b"\x01":
        rest = rest[2:].partition(b"\x00")[2].partition(b"\x00")[2]
    elif name == b"zTXt":
        rest = rest[1:]
    else:
        return body
    try:
        return keyword + b" " + zlib.decompressobj().decompress(rest, room)
    except zlib.error:
        return body


def _jpeg_texts(content: bytes) -> list[bytes]:
    """The APP1 (EXIF, XMP), APP13 and comment segments of a JPEG before its first scan."""
    texts: list[bytes] = []
    position = 2 if content.startswith(b"\xff\xd8") else len(content)
    for _ in range(_MOST_SEGMENTS):
        if position + 4 > len(content) or content[position] != 0xFF or content[position + 1] == 0xDA:
            break
        length = int.from_bytes(content[position + 2 : position + 4], "big")
        if content[position + 1] in (0xE1, 0xED, 0xFE) and len(texts) < 20:
            texts.append(content[position + 4 : position + 2 + length])
        position += 2 + max(length, 2)
    return texts
