"""ISO-2022-JP as it is really written (RFC 1468, ISO-2022-JP-1 to -3, Microsoft's CP50220 and CP50221).

Python's codecs know neither NEC's row 13 (①, ㈱, №) nor the escapes into half-width kana, and stop at the first slip;
this decoder maps JIS X 0208 the way CP932 does and never stops.
"""

from __future__ import annotations

import re
from functools import cache

import msgspec

_SWITCH = re.compile(rb"\x1b(?:\$(?:\([@-DGHOPQ]|[@AB])|\([BHIJ]|&@|\)I|\.[A-F]|N)|[\x0e\x0f]|[\r\n]++")
_ASCII, _KANA, _JIS = b"\x1b(B", b"\x1b(I", b"\x1b$B"
_ROMAN = (b"\x1b(B", b"\x1b(J", b"\x1b(H")
_X0208 = (b"\x1b$B", b"\x1b$@", b"\x1b$(B", b"\x1b$(@")
_IGNORED = (b"\x1b&@", b"\x1b)I")
_FOREIGN = {
    b"\x1b$A": ("gb2312", b""),
    b"\x1b$(A": ("gb2312", b""),
    b"\x1b$(C": ("euc_kr", b""),
    b"\x1b$(D": ("euc_jp", b"\x8f"),
    b"\x1b$(O": ("euc_jis_2004", b""),
    b"\x1b$(Q": ("euc_jis_2004", b""),
    b"\x1b$(P": ("euc_jis_2004", b"\x8f"),
}
_HIGH = bytes(byte | 0x80 for byte in range(256))
_GRAPHIC = re.compile(rb"[\x21-\x7e]++|[\x00-\x20\x7f]++|[\x80-\xff]++")
_AS_CP932 = {0x301C: 0xFF5E, 0x2016: 0x2225, 0x2212: 0xFF0D, 0x00A2: 0xFFE0, 0x00A3: 0xFFE1, 0x00AC: 0xFFE2}
_KANA_PAIRS = re.compile(rb"[\x24\x25][\x21-\x7e]|\x21[\x21-\x7e]")


class Read(msgspec.Struct, frozen=True):
    """The text; whether it needed more than RFC 1468 allows (`extended`); whether bytes over 0x7F stood in it."""

    text: str
    extended: bool
    eight_bit: bool


def has_escapes(octets: bytes) -> bool:
    """Whether there is a switch into one of the double-byte sets or half-width kana."""
    if b"\x1b" not in octets:
        return False
    return any(found.group()[:2] == b"\x1b$" or found.group() == _KANA for found in _SWITCH.finditer(octets))


def decode(octets: bytes) -> Read:
    """Decode; what is in no table becomes U+FFFD. A line end returns to ASCII unless the next line is plainly kana."""
    pieces: list[str] = []
    current, shifted, extended, position = _ASCII, False, False, 0
    for switch in _SWITCH.finditer(octets):
        if switch.start() > position:
            pieces.append(_run(octets[position : switch.start()], _KANA if shifted else current))
        position, what = switch.end(), switch.group()
        if what == b"\x0e":
            shifted = extended = True
        elif what == b"\x0f":
            shifted = False
        elif what[0] in b"\r\n":
            pieces.append(what.decode("ascii"))
            shifted = False
            current = current if _goes_on(octets, position, current) else _ASCII
        elif what not in _IGNORED:
            current, shifted = what, False
            extended |= what not in _ROMAN and what not in _X0208
    if position < len(octets):
        pieces.append(_run(octets[position:], _KANA if shifted else current))
    text = "".join(pieces)
    return Read(text, extended or _beyond_jis(text), not octets.isascii())


def _goes_on(octets: bytes, position: int, current: bytes) -> bool:
    """Whether the line at `position` goes on in double-byte kana although its escape is missing."""
    if current not in _X0208:
        return False
    line = octets[position : position + 200]
    end = _SWITCH.search(line)
    line = line[: end.start()] if end else line
    if len(line) < 4 or (end and len(line) % 2):
        return False
    return len(_KANA_PAIRS.findall(line)) * 2 >= len(line) // 2 and _GRAPHIC.fullmatch(line) is not None


def _run(run: bytes, current: bytes) -> str:
    """Text between two switches."""
    if current in _ROMAN or current[:2] == b"\x1b.":
        return run.decode("ascii") if run.isascii() else _eight_bit(run)
    pieces = []
    for match in _GRAPHIC.finditer(run):
        chunk = match.group()
        if chunk[0] > 0x7F:
            pieces.append(_eight_bit(chunk))
        elif chunk[0] <= 0x20 or chunk[0] == 0x7F:
            pieces.append(chunk.decode("ascii"))
        elif current == _KANA:
            pieces.append(chunk.translate(_HIGH).decode("cp932", "replace"))
        elif current in _FOREIGN:
            pieces.append(_foreign(chunk, *_FOREIGN[current]))
        else:
            pieces.append(x0208(chunk.translate(_HIGH)))
    return "".join(pieces)


def _eight_bit(chunk: bytes) -> str:
    """QUIRK: raw UTF-8 (a filter's stamp), Shift_JIS or 8-bit half-width kana in the middle of 7-bit text."""
    try:
        return chunk.decode("utf-8")
    except UnicodeDecodeError:
        return chunk.decode("cp932", "replace")


def _foreign(chunk: bytes, codec: str, lead: bytes) -> str:
    high = chunk.translate(_HIGH)
    if lead:
        high = b"".join(lead + high[at : at + 2] for at in range(0, len(high), 2))
    return high.decode(codec, "replace")


def x0208(pairs: bytes) -> str:
    """JIS X 0208 pairs with the high bits set (as in EUC-JP), mapped as CP932 maps them, NEC and IBM rows included."""
    try:
        text = pairs.decode("euc_jp")
    except UnicodeDecodeError:
        table = _table()
        text = "".join(table.get(pairs[at : at + 2], "\ufffd") for at in range(0, len(pairs), 2))
    return text.translate(_AS_CP932)


@cache
def _table() -> dict[bytes, str]:
    """Every pair of JIS X 0208's 94 by 94 that CP932 knows."""
    table: dict[bytes, str] = {}
    for row in range(94):
        lead = (row >> 1) + 0x81
        lead += 0x40 if lead > 0x9F else 0
        for cell in range(94):
            trail = cell + 0x9F if row % 2 else cell + 0x40 + (cell >= 0x3F)
            try:
                table[bytes((row + 0xA1, cell + 0xA1))] = bytes((lead, trail)).decode("cp932")
            except UnicodeDecodeError:
                continue
    return table


@cache
def _nec_and_ibm() -> re.Pattern[str]:
    """The characters that stand only in NEC's row 13 and in rows 89 to 92."""
    extra = [text for pair, text in _table().items() if pair[0] == 0xAD or 0xF9 <= pair[0] <= 0xFC]
    return re.compile("[" + re.escape("".join(extra)) + "]")


def _beyond_jis(text: str) -> bool:
    return not text.isascii() and _nec_and_ibm().search(text) is not None
