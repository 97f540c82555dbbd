"""Compressed RTF, [MS-OXRTFCP]: how Outlook stores a message's body.

Our own and not a library's, because those refuse a body whose checksum is wrong or whose end is missing, and with it
all that Outlook would show of it.
"""

from __future__ import annotations

import struct

import msgspec

_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20"
    b"\\b\\i\\u\\tab\\tx"
)
"""The dictionary's beginning, 2.1.2.1."""
_WINDOW = 4_096


class Unpacked(msgspec.Struct, frozen=True):
    """The RTF, and what was wrong with its packing ("" for nothing)."""

    rtf: bytes
    damage: str = ""


def unpack(packed: bytes, most: int) -> Unpacked:
    """Unpack up to `most` bytes of RTF. Gives what there is."""
    if packed[:5] in (b"{\\rtf", b"{\\RTF"):
        return Unpacked(packed[:most], "RTF that is not packed")
    if len(packed) < 16:
        return Unpacked(b"", "compressed RTF without header")
    _, raw_size = struct.unpack_from("<II", packed)
    kind = packed[8:12]
    if kind == b"MELA":
        return Unpacked(packed[16 : 16 + min(raw_size, most)])
    if kind != b"LZFu":
        return Unpacked(b"", "compressed RTF of an unknown kind")
    rtf = _inflate(packed, min(most, raw_size + 64))
    return Unpacked(rtf[:raw_size], "" if len(rtf) >= raw_size or len(rtf) >= most else "compressed RTF is cut off")


def _inflate(packed: bytes, most: int) -> bytes:
    """2.1.3.1: runs of eight tokens, each a byte or a reference of twelve bits of place and four of length."""
    # The window is the end of what was written; what stands before the start is the dictionary, blanks before it.
    written = bytearray(b" " * (_WINDOW - len(_START)) + _START)
    most += _WINDOW
    at, end, origin = 16, len(packed), len(_START)
    while at < end and len(written) < most:
        control = packed[at]
        at += 1
        for _ in range(8):
            if at >= end:
                break
            if not control & 1:
                written.append(packed[at])
                at += 1
            else:
                if at + 2 > end:
                    return bytes(written[_WINDOW:])
                place, length = packed[at] << 4 | packed[at + 1] >> 4, (packed[at + 1] & 15) + 2
                at += 2
                position = (len(written) - _WINDOW + origin) % _WINDOW
                distance = (position - place) % _WINDOW
                if not distance:
                    return bytes(written[_WINDOW:])
                _repeat(written, distance, length)
            control >>= 1
    return bytes(written[_WINDOW:])


def _repeat(written: bytearray, distance: int, length: int) -> None:
    start = len(written) - distance
    if distance >= length:
        written += written[start : start + length]
    else:
        written += (written[start:] * (length // distance + 1))[:length]
