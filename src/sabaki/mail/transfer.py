"""Content transfer encodings (RFC 2045 section 6) and uuencode, read the way that hides least. Never raises."""

from __future__ import annotations

import binascii
import re
from itertools import islice

import msgspec

from sabaki.model.message import Defect

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(byte for byte in range(256) if byte not in _ALPHABET + b"=")
_WHITE = b" \t\r\n"
_NOT_BASE64_NOR_WHITE = bytes(byte for byte in _NOT_BASE64 if byte not in _WHITE)
_PADDING = re.compile(rb"=++")
_FOOTER = re.compile(rb"(?:=|\n\r?)[ \t]*+\r?\n(?:[-_=*]{2}|[^\s]++[ \t]++[^\s])")
_SOFT_BREAK_SPACES = re.compile(rb"=[ \t]++(?=\r?\n|\Z)")
_SOFT_BREAK_CR = re.compile(rb"=\r(?!\n)")
_BROKEN_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|\r|\n|\Z)")
_COUNTED = 1_000
"""Broken escapes beyond this number are no longer counted."""
_UU_BEGIN = re.compile(rb"(?:\A|[\r\n])begin [0-7]{3,4} ?([^\r\n]*)\r?\n")
_LINE_END = re.compile(rb"\r\n|\n|\r")

UNCHANGED = ("7bit", "8bit", "binary", "")


class Content(msgspec.Struct, frozen=True):
    """Decoded octets, and what was wrong with their encoding."""

    octets: bytes
    defects: tuple[Defect, ...] = ()


def decode(body: bytes, encoding: str) -> Content:
    """Undo the transfer encoding named `encoding` (lower case); an unknown one leaves the body as it is, and says so."""
    if encoding in UNCHANGED:
        return Content(body)
    if encoding == "quoted-printable":
        return quoted_printable(body)
    if encoding == "base64":
        return base64(body)
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return uuencode(body)
    return Content(body, (Defect("transfer_encoding_unknown", encoding[:80]),))


def base64(body: bytes) -> Content:
    """Base64 (RFC 2045 section 6.8): junk is skipped, text after padding is decoded too, plain text at the end cut off."""
    defects: list[Defect] = []
    clean = body.translate(None, _NOT_BASE64)
    junk = len(body) - len(body.translate(None, _NOT_BASE64_NOR_WHITE))
    if (junk or b" " in body or b"\t" in body) and (footer := _FOOTER.search(body)):
        cut = footer.start() + 1
        defects.append(Defect("text_after_base64", f"{len(body) - cut} octets"))
        body = body[:cut]
        clean = body.translate(None, _NOT_BASE64)
        junk = len(body) - len(body.translate(None, _NOT_BASE64_NOR_WHITE))
    if junk:
        defects.append(Defect("base64_junk", f"{junk} octets"))
    letters = clean.rstrip(b"=")
    pieces = [piece for piece in _PADDING.split(letters) if piece] if b"=" in letters else [letters] if letters else []
    if len(pieces) > 1:
        defects.append(Defect("base64_after_padding", f"{len(pieces)} pieces"))
    if any(len(piece) % 4 == 1 for piece in pieces) or (len(pieces) == 1 and len(clean) % 4):
        defects.append(Defect("base64_length"))
    return Content(b"".join(map(_whole_base64, pieces)), tuple(defects))


def _whole_base64(piece: bytes) -> bytes:
    """Decode letters of the alphabet only; a lone letter at the end holds less than an octet and is dropped."""
    piece = piece[:-1] if len(piece) % 4 == 1 else piece
    return binascii.a2b_base64(piece + b"=" * (-len(piece) % 4))


def quoted_printable(body: bytes) -> Content:
    """Quoted-printable (RFC 2045 section 6.7): a broken escape stays as written."""
    if b"=" not in body:
        return Content(body)
    # binascii swallows a line after "=" CR, and reads "==" as one "=": both would hide what other readers show.
    body = _SOFT_BREAK_SPACES.sub(b"=", body)
    if b"=\r" in body:
        body = _SOFT_BREAK_CR.sub(b"=\r\n", body)
    broken = sum(1 for _ in islice(_BROKEN_ESCAPE.finditer(body), _COUNTED))
    if b"==" in body:
        # The first pass leaves a pair where two of its pairs met, the second leaves none.
        body = body.replace(b"==", b"=3D=").replace(b"==", b"=3D=")
    defects = (Defect("quoted_printable_broken", f"{broken} escapes"),) if broken else ()
    return Content(binascii.a2b_qp(body), defects)


def q_word(text: bytes) -> Content:
    """The "Q" encoding of encoded-words (RFC 2047 section 4.2)."""
    return quoted_printable(text.replace(b"_", b" "))


def uuencode(body: bytes) -> Content:
    """The first uuencoded file in the body; lines that are none end it."""
    begin = _UU_BEGIN.search(body)
    if not begin:
        return Content(body, (Defect("uuencode_without_begin"),))
    pieces: list[bytes] = []
    broken = 0
    closed = False
    position = begin.end()
    while position < len(body):
        end = _LINE_END.search(body, position)
        line = body[position : end.start()] if end else body[position:]
        position = end.end() if end else len(body)
        if line.rstrip() in (b"end", b"END"):
            closed = True
            break
        octets, whole = _uu_line(line)
        pieces.append(octets)
        broken += not whole
    defects = [Defect("uuencode_broken", f"{broken} lines")] if broken else []
    defects.extend(() if closed else (Defect("uuencode_without_end"),))
    return Content(b"".join(pieces), tuple(defects))


def _uu_line(line: bytes) -> tuple[bytes, bool]:
    if not line.strip():
        return b"", True
    try:
        return binascii.a2b_uu(line), True
    except binascii.Error:
        pass
    # QUIRK: encoders pad lines with junk; the count in front says how much of the line is meant.
    meant = (((line[0] - 32) & 63) * 4 + 5) // 3
    try:
        return binascii.a2b_uu(line[:meant]), False
    except binascii.Error:
        return b"", False
