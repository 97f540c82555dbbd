"""JIS X 0208 and JIS X 0212 as Japanese mail uses them: with NEC's and IBM's rows, and private use where nothing is.

Pairs have their high bits set, as in EUC-JP. JIS X 0208 is mapped as CP932 maps it (the wave dash is U+FF5E), like every
browser and mail program does; the IBM characters beyond JIS X 0212 stand where eucJP-ms has them.
"""

from __future__ import annotations

import re
from functools import cache

AS_CP932 = {0x301C: 0xFF5E, 0x2016: 0x2225, 0x2212: 0xFF0D, 0x00A2: 0xFFE0, 0x00A3: 0xFFE1, 0x00AC: 0xFFE2}
"""Characters that Python's EUC-JP reads in another way than CP932."""
_PRIVATE = 0xE000
_PRIVATE_X0212 = 0xE3AC
_FIRST_PRIVATE_ROW = 84
"""Counted from 0: the rows 85 to 94 are the users' own (0xF040 onwards in CP932)."""
_IBM_FIRST = (0xF3, 0xF3)


def x0208(pairs: bytes) -> str:
    """Pairs of JIS X 0208, NEC's and IBM's rows included; the users' own rows are private use, the rest U+FFFD."""
    try:
        text = pairs.decode("euc_jp")
    except UnicodeDecodeError:
        table = _x0208()
        text = "".join(table.get(pairs[at : at + 2], "\ufffd") for at in range(0, len(pairs), 2))
    return text.translate(AS_CP932)


def x0212(pairs: bytes) -> str:
    """Pairs of JIS X 0212, the IBM characters of eucJP-ms and the users' own rows included; the rest is U+FFFD."""
    table = _x0212()
    return "".join(table.get(pairs[at : at + 2], "\ufffd") for at in range(0, len(pairs), 2))


def beyond_jis(text: str) -> bool:
    """Whether a character stands only in NEC's row 13, in IBM's rows or in private use."""
    return not text.isascii() and _nec_and_ibm().search(text) is not None


@cache
def _x0208() -> dict[bytes, str]:
    """Every pair of the 94 by 94 that CP932 knows."""
    table: dict[bytes, str] = {}
    for row in range(94):
        lead = (row >> 1) + 0x81
        lead += 0x40 if lead > 0x9F else 0
        for cell in range(94):
            trail = cell + 0x9F if row % 2 else cell + 0x40 + (cell >= 0x3F)
            pair = bytes((row + 0xA1, cell + 0xA1))
            character = bytes((lead, trail)).decode("cp932", "replace")
            if len(character) == 1 and character != "\ufffd":
                table[pair] = character
            elif row >= _FIRST_PRIVATE_ROW:
                table[pair] = chr(_PRIVATE + (row - _FIRST_PRIVATE_ROW) * 94 + cell)
    return table


@cache
def _x0212() -> dict[bytes, str]:
    table: dict[bytes, str] = {}
    beyond = iter(_ibm_beyond_x0212())
    for row in range(94):
        for cell in range(94):
            pair = bytes((row + 0xA1, cell + 0xA1))
            character = (b"\x8f" + pair).decode("euc_jp", "replace")
            if len(character) == 1 and character != "\ufffd":
                table[pair] = character
            elif row >= _FIRST_PRIVATE_ROW:
                table[pair] = chr(_PRIVATE_X0212 + (row - _FIRST_PRIVATE_ROW) * 94 + cell)
            elif tuple(pair) >= _IBM_FIRST:
                table[pair] = next(beyond, "\ufffd")
    return table


def _ibm_beyond_x0212() -> str:
    """IBM's characters that neither JIS X 0208 nor JIS X 0212 has, in the order of eucJP-ms (0xF3F3 onwards)."""
    codes = [
        bytes((lead, trail))
        for lead in (0xFA, 0xFB, 0xFC)
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFD))
        if (lead, trail) <= (0xFC, 0x4B)
    ]
    characters = [code.decode("cp932") for code in codes]
    signs, kanji = characters[:28], characters[28:]
    return "".join((*signs[:20], *signs[22:27], *(character for character in kanji if not _in_euc(character))))


def _in_euc(character: str) -> bool:
    try:
        character.encode("euc_jp")
    except UnicodeEncodeError:
        return False
    return True


@cache
def _nec_and_ibm() -> re.Pattern[str]:
    """The characters that stand only in NEC's row 13, in rows 89 to 92 and in private use."""
    extra = {text for pair, text in _x0208().items() if pair[0] == 0xAD or 0xF9 <= pair[0] <= 0xFC}
    extra -= {text for pair, text in _x0208().items() if pair[0] < 0xAD}
    return re.compile("[\ue000-\uf8ff" + re.escape("".join(sorted(extra))) + "]")
