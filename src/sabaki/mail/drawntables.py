"""QR codes drawn with coloured elements of HTML: cells of tables, rows of divs or spans, grids of small boxes."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode

from sabaki.mail import css
from sabaki.mail.css import Colour
from sabaki.mail.drawngrid import SMALLEST, WIDEST, Drawn, from_cells
from sabaki.mail.htmlflat import is_costly

_DEEPEST = 512
_LONGEST = 4_000_000
_FEWEST_TAGS = 250
_FEWEST_CELLS = 90
_FEWEST_ROWS = 8
_MOST_NODES = 300_000
_MOST = 10
_EMPTY = re.compile(
    r"(?i)<(?:td|th|div|span|i|b|p|font|u|a|em|li)\s[^<>]{3,300}+"
    r">(?:\s|&nbsp;?|&#160;|&#x?0?a0;|[█\u00a0\u3000]|&#9608;){0,40}+"
    r"</(?:font></)?[a-z]{1,4}>\s{0,60}+<(?!/)"
)
_PAINTS = ("bgcolor", "background", "class=", " color=")
_PICTURES = re.compile(
    r"(?i)<img\s[^<>]{3,400}+>\s{0,60}+(?:(?:</td>\s{0,60}+)?<(?:br|td)\b[^<>]{0,300}+>\s{0,60}+)?<img\s"
)
_BLANK = " \t\r\n\x0c\u00a0\u3000\u200b\u200c"
_INLINE = frozenset("span font i b u em a s strong tt code".split())
_CELLS = _INLINE | frozenset("td th div p li img".split())
_ORNAMENTS = frozenset("img font span br div p b i".split())
_WHITE: Colour = (255, 255, 255)
_BLACK: Colour = (0, 0, 0)
_APART = 60

Paint = Colour | str
"""How a cell is painted: a colour, or the source of its picture."""


class _Cell(msgspec.Struct, frozen=True):
    """A cell: its paint, and how wide and high it is, in columns or in CSS pixels (`measured`), None where not said."""

    paint: Paint
    span: int = 1
    width: int | None = None
    height: int | None = None


_Row = list[_Cell]


def has_many_cells(markup: str) -> bool:
    """Whether there are so many empty elements with attributes that a code may be drawn with them: a quick count."""
    if markup.count("<") < _FEWEST_TAGS:
        return False
    if markup.count("<img") + markup.count("<IMG") >= _FEWEST_CELLS and (
        len(_PICTURES.findall(markup)) >= _FEWEST_CELLS // 2
    ):
        return True
    if sum(map(markup.lower().count, _PAINTS)) < _FEWEST_CELLS:
        return False
    unclosed = markup.count("<td") + markup.count("<TD") - markup.count("</td") - markup.count("</TD")
    return unclosed >= _FEWEST_CELLS or len(_EMPTY.findall(markup)) >= _FEWEST_CELLS


def find(markup: str) -> Iterator[Drawn]:
    """The codes in a body. A body that is too costly to parse has none."""
    markup = markup[:_LONGEST]
    if is_costly(markup, _DEEPEST):
        return
    root = LexborHTMLParser(markup).root
    if root is None:
        return
    walk = _Walk(root)
    count = 0
    for rows in walk.grids(root):
        for cells in _as_cells(rows):
            drawn = from_cells(cells)
            if drawn is not None:
                count += 1
                yield drawn
                break
        if count >= _MOST:
            return


class _Walk:
    """One pass over the tree that gathers rows of cells, and from rows that follow one another, grids."""

    def __init__(self, root: LexborNode) -> None:
        self._sheet = css.Sheet()
        for style in root.css("style"):
            self._sheet.read((style.text(deep=True) or "")[:200_000])
        self._left = _MOST_NODES

    def grids(self, root: LexborNode) -> Iterator[list[_Row]]:
        """The grids in the tree, in document order; those inside others too."""
        waiting: list[tuple[LexborNode, Colour]] = [(root, _WHITE)]
        while waiting and self._left > 0:
            node, ground = waiting.pop()
            yield from self._in_element(node, ground, waiting)

    def _in_element(
        self, node: LexborNode, ground: Colour, waiting: list[tuple[LexborNode, Colour]]
    ) -> Iterator[list[_Row]]:
        """The grids whose rows are this element's children, or its lines."""
        rows: list[_Row] = []
        held: list[tuple[LexborNode, Colour]] = []
        child = node.first_child
        while child is not None:
            self._left -= 1
            tag = child.tag or ""
            if tag[:1] != "-":
                filled = child.first_child is not None
                painted = self._ground(child, tag, ground) if filled else ground
                row = self._row(child, painted) if filled else None
                if row is None:
                    if len(rows) >= _FEWEST_ROWS:
                        yield rows
                        held.clear()
                    waiting.extend(held)
                    if filled:
                        waiting.append((child, painted))
                    rows, held = [], []
                else:
                    rows.append(row)
                    held.append((child, painted))
            child = child.next
        if len(rows) >= _FEWEST_ROWS:
            yield rows
        else:
            waiting.extend(held)
        lines = self._lines(node, ground)
        if len(lines) >= _FEWEST_ROWS:
            yield lines
        elif len(lines) == 1:
            yield from _square(lines[0])

    def _row(self, node: LexborNode, ground: Colour) -> _Row | None:
        """The cells of an element that is a row (or a table of one): nothing but cells, several of them; else None."""
        for _ in range(3):
            inner = _only_element(node) if node.tag in ("table", "tbody", "td") else None
            if inner is None:
                break
            node, ground = inner, self._ground(inner, inner.tag or "", ground)
        lines = self._lines(node, ground)
        return lines[0] if len(lines) == 1 and len(lines[0]) >= 3 else None

    def _lines(self, node: LexborNode, ground: Colour) -> list[_Row]:
        """An element's cells by lines, if it has nothing else: broken where it says so by br or, in text, by a line end."""
        lines: list[_Row] = [[]]
        child = node.first_child
        inline = 0
        while child is not None and self._left > 0:
            self._left -= 1
            tag = child.tag or ""
            if tag == "-text":
                text = child.text_content or ""
                if text.strip(_BLANK):
                    return []
                if "\n" in text and inline and node.tag == "pre":
                    lines.append([])
            elif tag == "br":
                lines.append([])
            elif tag in _CELLS:
                cell = self._cell(child, tag, ground)
                if cell is None:
                    return []
                inline += tag in _INLINE
                lines[-1].append(cell)
            elif tag != "-comment":
                return []
            child = child.next
        return [line for line in lines if line]

    def _cell(self, node: LexborNode, tag: str, ground: Colour) -> _Cell | None:
        attributes = node.attributes
        style = attributes.get("style") or ""
        if tag == "img":
            return _Cell(
                (attributes.get("src") or "")[:200],
                1,
                _size("width", attributes, style),
                _size("height", attributes, style),
            )
        if not _is_plain(node):
            return None
        text = node.text(deep=True) or ""
        blocks = text.strip(_BLANK)
        if blocks.strip("█"):
            return None
        paint: Paint = self._ground(node, tag, ground)
        if blocks:
            paint = _ink(node)
        span = attributes.get("colspan") or ""
        if tag in _INLINE:
            length = len(text.strip("\r\n\t"))
            return _Cell(
                paint,
                max(1, min(length, WIDEST)),
                _size("width", attributes, style),
                _size("height", attributes, style),
            )
        return _Cell(
            paint,
            min(int(span), WIDEST) if span.isascii() and span.isdigit() and len(span) < 5 and int(span) else 1,
            _size("width", attributes, style),
            _size("height", attributes, style),
        )

    def _ground(self, node: LexborNode, tag: str, ground: Colour) -> Colour:
        """The colour behind an element's content."""
        attributes = node.attributes
        if not attributes and not self._sheet.has(tag):
            return ground
        found = css.declared(attributes.get("style") or "")
        if self._sheet:
            found = found.over(self._sheet.match(tag, attributes.get("class") or "", attributes.get("id") or ""))
        painted = found.background or (
            css.colour(attributes.get("bgcolor") or "") if attributes.get("bgcolor") else None
        )
        return painted if painted is not None and painted[0] >= 0 else ground


_SIZE = re.compile(r"(?i)(?:^|[;\s])(width|height)\s{0,9}:\s{0,9}([0-9]{1,4})(?:\.[0-9]{1,5})?px")


def _size(name: str, attributes: dict[str, str | None], style: str) -> int | None:
    """A width or height in whole pixels, of the style before the attribute; None where it is given otherwise."""
    for said, value in _SIZE.findall(style[:1_000]) if style else ():
        if said.lower() == name:
            return int(value) or None
    value = (attributes.get(name) or "").removesuffix("px")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 5 and int(value) else None


def _only_element(node: LexborNode) -> LexborNode | None:
    """The child of an element that has just one, and no text beside it."""
    inner = None
    child = node.first_child
    while child is not None:
        if child.tag == "-text":
            if (child.text_content or "").strip(_BLANK):
                return None
        elif inner is not None:
            return None
        elif child.tag != "-comment":
            inner = child
        child = child.next
    return inner


def _ink(node: LexborNode) -> Colour:
    """The colour of the text in a plain element: what the innermost says."""
    found: Colour | None = None
    inner: LexborNode | None = node
    for _ in range(4):
        if inner is None:
            break
        attributes = inner.attributes
        said = css.declared(attributes.get("style") or "").color or attributes.get("color")
        found = css.colour(said) if isinstance(said, str) else said or found
        inner = _only_element(inner)
    return found or _BLACK


def _is_plain(node: LexborNode) -> bool:
    """Whether an element holds no more than text or one ornament inside another (a spacer picture, a font element).

    Told before its text is asked for: of an element with half the mail inside that would be dear.
    """
    for _ in range(4):
        inner, count = None, 0
        child = node.first_child
        while child is not None:
            count += 1
            if (child.tag or "")[:1] != "-":
                if inner is not None or child.tag not in _ORNAMENTS:
                    return False
                inner = child
            if count > 6:
                return False
            child = child.next
        if inner is None:
            return True
        node = inner
    return False


def _as_cells(rows: list[_Row]) -> Iterator[list[str]]:
    """The rows as "1" and "0": by columns, then by the sizes in pixels."""
    paints = Counter(cell.paint for row in rows for cell in row).most_common(1_000)
    first = paints[0][0]
    # Shades may be varied to be no two alike: the other paint is the commonest that is another one to the eye.
    second = next((paint for paint, _ in paints[1:] if _apart(paint, first)), None)
    if second is None:
        return
    dark = _dark([first, second], rows)
    others = second if dark == first else first
    marked = [[(_is(cell.paint, dark, others), cell) for cell in row] for row in rows]
    yield ["".join(bit * cell.span for bit, cell in row) for row in marked if len(row) < WIDEST]
    widths = [cell.width for row in rows for cell in row]
    if not all(widths):
        return
    unit = math.gcd(*(width for width in widths if width)) or 1
    heights = [next((cell.height for cell in row if cell.height), 0) for row in rows]
    tall = math.gcd(*heights) if all(heights) else 0
    yield [
        line
        for row, height in zip(marked, heights, strict=True)
        for line in ["".join(bit * min(WIDEST, (cell.width or 0) // unit) for bit, cell in row)]
        * (min(WIDEST, height // tall) if tall else 1)
    ][:WIDEST]


def _dark(paints: list[Paint], rows: list[_Row]) -> Paint:
    """Which of two paints is the dark one: the darker colour; of pictures the one in the corner, where a code is dark."""
    colours = [paint for paint in paints if not isinstance(paint, str)]
    if len(colours) == 2:
        return min(colours, key=_lightness)
    return rows[0][0].paint


def _apart(paint: Paint, other: Paint) -> bool:
    return isinstance(paint, str) or isinstance(other, str) or math.dist(paint, other) > _APART


def _lightness(colour: Colour) -> float:
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


def _is(paint: Paint, dark: Paint, light: Paint) -> str:
    """ "1" for the dark paint or a colour nearer to it than to the light one."""
    if paint == dark:
        return "1"
    if isinstance(paint, str) or isinstance(dark, str) or isinstance(light, str) or paint == light:
        return "0"
    return "1" if math.dist(paint, dark) < math.dist(paint, light) else "0"


def _square(line: _Row) -> Iterator[list[_Row]]:
    """Cells that are not broken into lines, but as many as a square has: boxes that float, or a CSS grid."""
    side = math.isqrt(len(line))
    if side >= SMALLEST and side * side == len(line):
        yield [line[start : start + side] for start in range(0, len(line), side)]
