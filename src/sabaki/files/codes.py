"""Two-dimensional codes in pictures: finding them (zxing-cpp), and what their payload leads to.

QR, Micro QR and rMQR (ISO/IEC 18004, 23941), Data Matrix (16022), Aztec (24778) and PDF417 (15438).
"""

from __future__ import annotations

from collections.abc import Iterator

import zxingcpp
from PIL import Image, ImageOps

from sabaki.files.opened import Opened
from sabaki.mail import urlfind
from sabaki.mail.domains import has_known_suffix

SMALLEST = 10
"""Pixels: no code is less high or wide (a Micro QR code has 11 modules, the narrowest rMQR 7 by 43)."""

_QR = zxingcpp.BarcodeFormats(
    [zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.MicroQRCode, zxingcpp.BarcodeFormat.RMQRCode]
)
_OTHERS = zxingcpp.BarcodeFormats(
    [zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.Aztec, zxingcpp.BarcodeFormat.PDF417]
)
"""Five times as costly to look for as QR codes, and rare: only looked for in a picture made small."""
_SECOND_LOOK = 300_000
"""Pixels of a picture that is looked at again in other ways; a larger one is made smaller first."""
_QUIET = 8
_MOST_CODES = 20
_LONGEST = 8_000
_TRIMMED = " \t\r\n\x00\ufeff\u200b"
_FOLLOWED = ("javascript:", "data:", "intent:", "market:", "itms-services:")
"""Schemes without "//" that a scanner's program may open."""


def find(picture: Image.Image) -> tuple[str, ...]:
    """The payloads of the codes in a picture, each once. The picture has been decoded and is of a bearable size.

    Measured: 5 ms for a megapixel of a page or a photo, then some 10 ms at most for the second look; a logo takes 1 ms.
    """
    if min(picture.size) < SMALLEST:
        return ()
    grounds = _grounds(picture)
    for ground in grounds:
        if found := _read(_padded(ground.convert("L")), _QR):
            return found
    for ground in [_reduced(ground) for ground in grounds[:1]]:
        for view in _second_views(ground):
            if found := _read(view, _QR):
                return found
        if found := _read(_padded(ground.convert("L")), _OTHERS, thorough=False):
            return found
    return ()


def _read(view: Image.Image, formats: zxingcpp.BarcodeFormats, *, thorough: bool = True) -> tuple[str, ...]:
    codes = zxingcpp.read_barcodes(view, formats=formats, try_downscale=thorough, try_invert=thorough)
    return tuple(dict.fromkeys(code.text[:_LONGEST] for code in codes if code.text))[:_MOST_CODES]


def report(payload: str, opened: Opened, source: str = "qr") -> None:
    """Note a payload, whatever it is, and the links that it leads to."""
    opened.note("qr", payload)
    for raw in links(payload):
        opened.link(raw, source)


def links(payload: str) -> tuple[str, ...]:
    """What scanning the code would open: the payload itself, or the URLs inside it (of a contact, a bookmark)."""
    text = payload.strip(_TRIMMED)
    scheme, colon, rest = text.partition(":")
    if colon and scheme.replace("+", "").replace("-", "").replace(".", "").isalnum() and scheme.isascii():
        if rest.startswith(("//", "\\\\")) and not any(character.isspace() for character in text):
            return (text,)
        if text.lower().startswith(_FOLLOWED):
            return (text,)
    found = [item.raw for item in urlfind.find(text.replace("\\:", ":"))]
    if not found and _is_bare_host(text):
        found = [text]
    return tuple(dict.fromkeys(found))


def _is_bare_host(text: str) -> bool:
    """Whether it is a name like "example.jp", which scanners make a link of."""
    host = text.partition("/")[0].partition(":")[0]
    if not 4 <= len(host) <= 253 or "@" in text or any(character.isspace() for character in text):
        return False
    label, dot, top = host.rpartition(".")
    return bool(dot and label) and top.isalpha() and has_known_suffix(top.lower())


def _second_views(ground: Image.Image) -> Iterator[Image.Image]:
    """Faint codes by stretching the contrast, dotted and dithered ones by blurring, those of one lightness by colour."""
    grey = ground.convert("L")
    if _spread(grey) < 200:
        yield _padded(ImageOps.autocontrast(grey, cutoff=1))
    if min(grey.size) > 80:
        yield grey.reduce(2)
        yield grey.reduce(3)
    if ground.mode != "L":
        yield from (_padded(tint) for tint in ground.convert("RGB").convert("YCbCr").split()[1:] if _spread(tint) >= 24)


def _spread(grey: Image.Image) -> int:
    low, high = _extent(grey)
    return high - low


def _extent(grey: Image.Image) -> tuple[int, int]:
    extrema = grey.getextrema()
    low, high = extrema[0], extrema[1]
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    return int(low), int(high)


def _reduced(picture: Image.Image) -> Image.Image:
    factor = 1
    while picture.width * picture.height > _SECOND_LOOK * factor * factor:
        factor += 1
    return picture.reduce(factor) if factor > 1 and picture.mode in ("L", "RGB", "CMYK") else picture


def _padded(grey: Image.Image) -> Image.Image:
    """With a quiet zone of the colour in its corner: codes that fill their picture have none."""
    if grey.width * grey.height > _SECOND_LOOK:
        return grey
    return ImageOps.expand(grey, _QUIET, 255)


def _grounds(picture: Image.Image) -> list[Image.Image]:
    """The picture without transparency: on white, and on black where it shows something through."""
    if picture.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
        return [_eight_bits(picture)]
    if picture.mode == "P" and "transparency" not in picture.info:
        return [picture.convert("RGB")]
    if picture.mode not in ("RGBA", "LA", "PA", "P", "RGBa", "La"):
        return [
            picture if picture.mode in ("L", "RGB", "CMYK") else picture.convert("L" if picture.mode == "1" else "RGB")
        ]
    whole = picture.convert("RGBA")
    alpha = whole.getchannel("A")
    if _extent(alpha)[0] > 250:
        return [whole.convert("RGB")]
    grounds = []
    for colour in ("white", "black"):
        ground = Image.new("RGB", whole.size, colour)
        ground.paste(whole, mask=alpha)
        grounds.append(ground)
    return grounds


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Sixteen bits, 32 or floating point brought into the range of eight; Pillow would clip instead."""
    wide = picture.convert("F")
    low, high = _float_extent(wide)
    scale = 255.0 / (high - low) if high > low else 0.0
    return wide.point(lambda value: value * scale - low * scale).convert("L")


def _float_extent(picture: Image.Image) -> tuple[float, float]:
    extrema = picture.getextrema()
    low, high = extrema[0], extrema[1]
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    return float(low), float(high)
