"""QR codes drawn without a picture: in characters, and in the cells of HTML tables. Found as grids of modules.

They get past scanners of pictures and are as easy to scan. Nothing is decoded here. What looks like a code costs
time in proportion to the text; what does not (nearly every mail) is told by counting a few characters.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping

from sabaki.mail import drawntables
from sabaki.mail.drawngrid import SMALLEST, WIDEST, Drawn, from_cells

__all__ = ["Drawn", "in_markup", "in_text"]

_MOST = 10
_LONGEST = 1_000_000
_FEWEST_LINES = 6
_ENOUGH = 60
_GAP = 2

# Each drawing character as the rows of modules that it stands for.
_HALVES = {" ": ("0", "0"), "▀": ("1", "0"), "▄": ("0", "1"), "█": ("1", "1")}
_QUARTERS = {
    "▘": ("10", "00"), "▝": ("01", "00"), "▖": ("00", "10"), "▗": ("00", "01"), "▌": ("10", "10"), "▐": ("01", "01"),
    "▚": ("10", "01"), "▞": ("01", "10"), "▙": ("10", "11"), "▛": ("11", "10"), "▜": ("11", "01"), "▟": ("01", "11"),
    "▀": ("11", "00"), "▄": ("00", "11"), "█": ("11", "11"), " ": ("00", "00"),
}  # fmt: skip
_WHOLES = {
    **dict.fromkeys("█■⬛●▓◼◾🔳🖤⚫#@▉▊", ("1",)),
    **dict.fromkeys(" □⬜○░◻◽🔲🤍⚪", ("0",)),
}
_DOTS = (0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80)
_BRAILLE = {
    chr(0x2800 + code): tuple("".join("1" if code & dot else "0" for dot in pair) for pair in _DOTS)
    for code in range(256)
} | {" ": ("00",) * 4}
_SPACES = str.maketrans(
    {
        "\u00a0": " ",
        "\u3000": " ",
        "\u2007": " ",
        "\u2003": " ",
        "\u2002": " ",
        "\ufe0f": None,
        "\ufe0e": None,
        "\r": None,
    }
)
_BLOCKS = "▀▄█▘▝▖▗▌▐▚▞▙▛▜▟■□⬛⬜●○▓░◼◻◾◽🔳🔲🖤🤍⚫⚪▉▊"
_BEGINNINGS = tuple(sorted({character.encode()[:-1] for character in _BLOCKS + "⠿⡀⢀⣀"}))
_FEWEST_BLOCKS = 40
_ANY_BLOCK = re.compile(f"[{_BLOCKS}\u2801-\u28ff]")
_INK = re.compile(f"[{_BLOCKS}#@\u2800-\u28ff]")
_RUN = re.compile(f"[{_BLOCKS}#@ \u2800-\u28ff]{{11,}}")
_ENTITY = re.compile(
    r"(?i)&(?:#0{0,6}96(?:0[0-9]|1[0-9]|3[12])\b|#x0{0,6}25[89a]|block;|[ul]hblk;|#0{0,6}1103[56]|#x0{0,6}2b1[bc])"
)
_TERMINAL = re.compile(r"\x1b\[([0-9;]{0,30})m")
_SHADES = {"40": "█", "47": " ", "48;5;16": "█", "48;5;0": "█", "48;5;231": " ", "48;5;15": " "}
_LINE_ENDS = re.compile(r"(?i)<(?:br|/?(?:p|div|tr|pre|li|table)\b)[^<>]{0,2000}>")
_TAG = re.compile(r"<[^<>]{0,9000}>")


def in_text(text: str) -> tuple[Drawn, ...]:
    """The codes drawn in text with blocks (whole, half, quarter), squares, braille dots, `##`, or two letters alone."""
    text = text[:_LONGEST]
    if "\x1b[" in text:
        text = _without_colours(text)
    if not _has_blocks(text) and not _has_two_letter_lines(text):
        return ()
    return tuple(_found(text.translate(_SPACES)))


def in_markup(markup: str) -> tuple[Drawn, ...]:
    """The codes drawn in HTML: with the cells of tables and the like, and in characters as in text."""
    found: dict[Drawn, None] = {}
    if drawntables.has_many_cells(markup):
        found.update(dict.fromkeys(drawntables.find(markup)))
    if _has_blocks(markup) or _has_entities(markup) or markup.count("##") > 50:
        plain = html.unescape(_TAG.sub("", _LINE_ENDS.sub("\n", markup[:_LONGEST])))
        found.update(dict.fromkeys(in_text(plain)))
    return tuple(found)[:_MOST]


def _has_blocks(text: str) -> bool:
    """Whether there are so many drawing characters that they may be a code: counted by how they begin in UTF-8."""
    if text.isascii():
        return False
    octets = text.encode("utf-8", "replace")
    if octets.count(b"\xe2") + octets.count(b"\xf0") < _FEWEST_BLOCKS:
        return False
    return sum(map(octets.count, _BEGINNINGS)) >= _FEWEST_BLOCKS


def _has_entities(markup: str) -> bool:
    if (
        markup.count("&") < _FEWEST_BLOCKS
        or markup.count("&#") + markup.count("blk;") + markup.count("&block;") < _FEWEST_BLOCKS
    ):
        return False
    return len(_ENTITY.findall(markup)) >= _FEWEST_BLOCKS


def _without_colours(text: str) -> str:
    """Blanks with a black ground as blocks, as a terminal shows them; the colours themselves are taken out."""
    if _ANY_BLOCK.search(text):
        return _TERMINAL.sub("", text)
    pieces = _TERMINAL.split(text)
    out = [pieces[0]]
    shade = ""
    for codes, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        shade = next(
            (_SHADES[code] for code in (codes, *codes.split(";")) if code in _SHADES),
            "" if codes in ("", "0") else shade,
        )
        out.append(piece.replace(" ", shade) if shade else piece)
    return "".join(out)


def _has_two_letter_lines(text: str) -> bool:
    """Whether several lines in a row are long and made of two characters only: "0110", "## ##"."""
    count = 0
    for line in text.split("\n"):
        if len(line) >= SMALLEST and len(set(line[:_ENOUGH])) <= 3 and len(set(line.rstrip())) <= 2:
            count += not line.isspace()
            if count >= _FEWEST_LINES:
                return True
        elif count and not line.isspace():
            count = 0
    return False


def _found(text: str) -> Iterator[Drawn]:
    count = 0
    for block in _blocks(text):
        for cells in _readings(block):
            drawn = from_cells(cells)
            if drawn is not None:
                count += 1
                yield drawn
                break
        if count >= _MOST:
            return


def _blocks(text: str) -> Iterator[list[str]]:
    """Lines in a row that are drawn: of each what is drawn, at its column. A gap of blank lines is let through."""
    block: list[str] = []
    blanks = 0
    for line in text.split("\n"):
        drawn = _drawn_part(line)
        if drawn:
            block.append(drawn)
            blanks = 0
        elif not line or line.isspace():
            blanks += 1
        else:
            blanks = _GAP + 1
        if blanks > _GAP and block:
            if len(block) >= _FEWEST_LINES:
                yield block
            block = []
    if len(block) >= _FEWEST_LINES:
        yield block


def _drawn_part(line: str) -> str:
    """The longest run of drawing characters, what is before it blanked out; "" where the line has none."""
    if len(line) < SMALLEST // 2:
        return ""
    best, ink = None, 3
    for match in _RUN.finditer(line[: 4 * WIDEST]):
        inked = len(_INK.findall(match[0]))
        if inked > ink:
            best, ink = match, inked
    if best is not None:
        return " " * best.start() + best[0]
    bare = line.strip()
    return line if len(bare) >= SMALLEST and len(set(bare)) == 2 else ""


def _readings(block: list[str]) -> Iterator[list[str]]:
    """The ways to read a block of lines as cells, by the characters in it."""
    characters = set().union(*block)
    if any("\u2800" <= character <= "\u28ff" for character in characters):
        yield _cells(block, _BRAILLE, 4)
    elif characters & _QUARTERS.keys() - _HALVES.keys():
        yield _cells(block, _QUARTERS, 2)
    elif characters & {"▀", "▄"}:
        yield _cells(block, _HALVES, 2)
    elif characters <= _WHOLES.keys():
        yield _cells(block, _WHOLES, 1)
    elif len(characters - {" "}) == 2:
        first, second = sorted(characters - {" "})
        yield _cells(block, {first: ("0",), second: ("1",), " ": ("0",)}, 1)
    elif len(characters) == 2:
        yield _cells(block, {" ": ("0",), **dict.fromkeys(characters - {" "}, ("1",))}, 1)


def _cells(block: list[str], shapes: Mapping[str, tuple[str, ...]], height: int) -> list[str]:
    blank = shapes[" "]
    return [
        "".join(shapes.get(character, blank)[row] for character in line[:WIDEST])
        for line in block[:WIDEST]
        for row in range(height)
    ]
