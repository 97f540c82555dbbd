"""ISO-2022-JP as it is really written (RFC 1468, ISO-2022-JP-1 to -3, Microsoft's CP50220 and CP50221).

Python's codecs know neither NEC's row 13 (①, ㈱, №) nor the escapes into half-width kana, and stop at the first slip;
this decoder maps double-byte text by `jistables` and never stops.
"""

from __future__ import annotations

import re
from itertools import islice

import msgspec

from sabaki.mail import jistables

_SWITCH = re.compile(rb"\x1b(?:\$(?:\([@-DGHOPQ]|[@AB])|\([BHIJ]|&@|\)I|\.[A-F]|N)|[\x0e\x0f]|[\r\n]++")
_ASCII, _KANA, _JIS = b"\x1b(B", b"\x1b(I", b"\x1b$B"
_ROMAN = (b"\x1b(B", b"\x1b(J", b"\x1b(H")
_X0208 = (b"\x1b$B", b"\x1b$@", b"\x1b$(B", b"\x1b$(@")
_IGNORED = (b"\x1b&@", b"\x1b)I")
_FOREIGN = {
    b"\x1b$A": ("gb2312", b""),
    b"\x1b$(A": ("gb2312", b""),
    b"\x1b$(C": ("euc_kr", b""),
    b"\x1b$(O": ("euc_jis_2004", b""),
    b"\x1b$(Q": ("euc_jis_2004", b""),
    b"\x1b$(P": ("euc_jis_2004", b"\x8f"),
}
_HIGH = bytes(byte | 0x80 for byte in range(256))
_GRAPHIC = re.compile(rb"[\x21-\x7e]++|[\x00-\x20\x7f]++|[\x80-\xff]++")
_KANA_PAIRS = re.compile(rb"[\x24\x25][\x21-\x7e]|\x21[\x21-\x7e]")
_X0212 = b"\x1b$(D"
_CARRIER_PICTURE = re.compile(rb"\x1b\$([EFGOPQ])([\x21-\x7a]{1,64}+)\x0f")
_CARRIER_TEXT = re.compile(r"\x1b\$([EFGOPQ])([\x21-\x7a]{1,64}+)\x0f")
_CARRIER_PAGES = {page: 0xE000 + 0x100 * number for number, page in enumerate("GEFOPQ")}
_NEEDLESS_RETURNS = re.compile(rb"\x1b\$[@B][\x21-\x7e]++(?:\x1b\([BJ]\x1b\$[@B][\x21-\x7e]++)++")
_NEEDLESS_RETURN = re.compile(rb"\x1b\([BJ]\x1b\$[@B]")
_LOST_ESCAPE = re.compile(rb"\$[@B]((?:[\x21-\x7e]{2}){1,500}?)\x1b?\([BJ]")
_LOST_START = re.compile(rb"\$[@B]")
_LOST_STARTS = 10_000
"""After so many places that might have lost an escape, no more are tried."""
_SWITCHES = 500_000
"""After so many escapes and lines the rest is left to Python's own codec, which is quick."""
_CUT_ESCAPE = re.compile(rb"\x1b(?:\$\(?|\()?(?=[\r\n]|\Z)")


class Read(msgspec.Struct, frozen=True):
    """The text, and whether it needed more than RFC 1468 allows (`extended`).

    `eight_bit`: bytes over 0x7F stood in it.
    """

    text: str
    extended: bool
    eight_bit: bool


def has_escapes(octets: bytes) -> bool:
    """Whether there is a switch into one of the double-byte sets or half-width kana."""
    if b"\x1b" not in octets:
        return False
    return any(found.group()[:2] == b"\x1b$" or found.group() == _KANA for found in _SWITCH.finditer(octets))


def with_lost_escapes(octets: bytes) -> bytes:
    """The octets with the ESC put back that some gateway took out of `ESC $ B ... ESC ( B`.

    Only where what stands between decodes whole, half of it kana: "$B" and "(B" also stand in plain text. Where some
    ESC are left, only up to the first: what follows may stand in double-byte text.
    """
    first = octets.find(b"\x1b")
    end = len(octets) if first < 0 else first + 3 if octets[first : first + 3] in _ROMAN else 0
    pieces: list[bytes] = []
    position = 0
    for start in islice(_LOST_START.finditer(octets, 0, end), _LOST_STARTS):
        if start.start() >= position and (match := _LOST_ESCAPE.match(octets, start.start(), end)):
            pieces += octets[position : match.start()], _with_escapes(match)
            position = match.end()
    return b"".join((*pieces, octets[position:])) if pieces else octets


def _with_escapes(match: re.Match[bytes]) -> bytes:
    pairs = match.group(1)
    kana = sum(1 for at in range(0, len(pairs), 2) if pairs[at] in b"\x24\x25")
    if kana * 4 < len(pairs) or "\ufffd" in jistables.x0208(pairs.translate(_HIGH)):
        return match.group()
    return _JIS + pairs + _ASCII


def with_pictures(text: str) -> str:
    """SoftBank's pictures in e-mail (`ESC $ G ! SI`) as the private-use characters that stand for them."""
    return _CARRIER_TEXT.sub(lambda match: _pictures(*match.group(1, 2)), text) if "\x0f" in text else text


def _pictures(page: str, cells: str) -> str:
    return "".join(chr(_CARRIER_PAGES[page] + ord(cell) - 0x20) for cell in cells)


def _picture_octets(match: re.Match[bytes]) -> bytes:
    return _pictures(match.group(1).decode("ascii"), match.group(2).decode("ascii")).encode()


def is_cut(octets: bytes) -> bool:
    """Whether an escape is cut by the end of its line or of the text."""
    return b"\x1b" in octets and _CUT_ESCAPE.search(octets) is not None


def open_at_end(octets: bytes, before: bytes = b"") -> bytes:
    """The escape that still holds at the end of `octets`, or b"" where that is ASCII; `before` held at the start."""
    current = before
    for switch in _SWITCH.finditer(octets):
        if switch.group() in _ROMAN or switch.group()[0] in b"\r\n":
            current = b""
        elif switch.group()[0] == 0x1B and switch.group() not in _IGNORED:
            current = switch.group()
    return current


def reads_on(octets: bytes) -> bool:
    """Whether double-byte text that was left open goes on in `octets`, which begin without an escape."""
    end = _SWITCH.search(octets)
    run = octets[: end.start()] if end else octets
    if not run or _GRAPHIC.fullmatch(run) is None or run[0] <= 0x20 or run[0] > 0x7E:
        return False
    # Second-level kanji only: that is a word of small letters. The first level starts at 0x30.
    return any(lead < 0x50 for lead in run[::2]) or any(lead < 0x50 for lead in run[1::2])


def _whole_chain(match: re.Match[bytes]) -> bytes:
    """A character that was cut by a return to ASCII and an escape back (each piece of a header by itself)."""
    runs = _NEEDLESS_RETURN.split(match.group()[3:])
    if not any(len(run) % 2 for run in runs) or sum(map(len, runs)) % 2:
        return match.group()
    return _JIS + b"".join(runs)


def decode(octets: bytes) -> Read:
    """Decode; what is in no table becomes U+FFFD. A line end returns to ASCII unless the next line is plainly kana."""
    octets = _NEEDLESS_RETURNS.sub(_whole_chain, _CUT_ESCAPE.sub(b"", octets))
    if b"\x0f" in octets:
        octets = _CARRIER_PICTURE.sub(_picture_octets, octets)
    pieces: list[str] = []
    current, shifted, extended, position = _ASCII, False, False, 0
    for switch in islice(_SWITCH.finditer(octets), _SWITCHES):
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
    if _SWITCH.search(octets, position):
        pieces.append((current + octets[position:]).decode("iso2022_jp_ext", "replace"))
    elif position < len(octets):
        pieces.append(_run(octets[position:], _KANA if shifted else current))
    text = "".join(pieces)
    return Read(text, extended or jistables.beyond_jis(text), not octets.isascii())


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
        elif current == _X0212:
            pieces.append(jistables.x0212(chunk.translate(_HIGH)))
        else:
            pieces.append(jistables.x0208(chunk.translate(_HIGH)))
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
