"""HTML that is too costly to parse: recognised before parsing, and flattened to its text and links."""

from __future__ import annotations

import html
import re

from sabaki.mail.htmllinks import Attributes
from sabaki.mail.htmlwalk import BLOCKS, Walk

_OPEN_OR_CLOSE = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,15})")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,15})([^<>]{0,9000})>?")
_ATTRIBUTE = re.compile(
    r"""([a-zA-Z][a-zA-Z:-]{0,30})\s{0,9}=\s{0,9}(?:"([^"]{0,8500})"|'([^']{0,8500})'|([^\s"'>]{1,8500}))"""
)
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')
_UNNESTED = frozenset(
    "area base br col embed hr img input link meta param source track wbr "
    "p li td th tr tbody thead tfoot dt dd option colgroup caption html head body".split()
)
_SHORT_TAG = 2_000
_MOST_ATTRIBUTES = 1_000
_MOST_OPTIONS = 5_000


def is_costly(markup: str, deepest: int) -> bool:
    """Whether parsing would take more than linear time: nesting over `deepest`, or a flood of attributes or options.

    Measured on lexbor: 200,000 nested elements take minutes, so do 200,000 attributes on one tag or options in one
    select. A linear scan, which errs on the side of "costly" only for broken markup.
    """
    if len(markup) > _SHORT_TAG and _has_attribute_flood(markup):
        return True
    return markup.count("<") > deepest and _is_deep(markup, deepest)


def _has_attribute_flood(markup: str) -> bool:
    """Look at what stands before each ">" from its first "<" on; without a "<" it may go on a value in quotes."""
    segments = markup.split(">")
    if max(map(len, segments)) <= _SHORT_TAG:
        return False
    quoted = False
    for segment in segments:
        before, opening, after = segment.partition("<")
        tag = after if opening else before if quoted else ""
        if len(tag) > _SHORT_TAG and (after[:1].isalpha() or quoted):
            bare = _QUOTED.sub('""', tag)
            if len(bare.split()) + bare.count("/") + bare.count('"') > _MOST_ATTRIBUTES:
                return True
        if opening or quoted:
            quoted = (tag.count('"') % 2 == 1 or tag.count("'") % 2 == 1) != (quoted and not opening)
    return False


def _is_deep(markup: str, deepest: int) -> bool:
    """Count nesting as a parser would at worst: an end tag closes only its like, what stands open in between stays open.

    Elements that their like closes (p, li, td) do not nest by themselves, but inside foreign content they do.
    """
    depth = options = roots = 0
    opened: dict[str, int] = {}
    for closing, name in _OPEN_OR_CLOSE.findall(markup):
        tag = name.lower()
        if tag in _UNNESTED and not (opened.get("svg") or opened.get("math")):
            options += tag == "option"
            roots += tag in ("html", "body")
        elif not closing:
            opened[tag] = opened.get(tag, 0) + 1
            depth += 1
        elif opened.get(tag):
            opened[tag] -= 1
            depth -= 1
        if depth > deepest:
            return True
    return options > _MOST_OPTIONS or roots > _MOST_ATTRIBUTES


def flatten(markup: str) -> Walk:
    """Text and links without a tree. What styles hide is taken as shown; anchors keep their text."""
    walk = Walk(markup)
    position = 0
    anchor = None
    skipping = ""
    for match in _TAG.finditer(markup):
        tag, closing = match[2].lower(), bool(match[1])
        if not skipping:
            walk.say(html.unescape(markup[position : match.start()]), anchor)
        position = match.end()
        if skipping:
            skipping = "" if closing and tag == skipping else skipping
            continue
        if tag in BLOCKS:
            walk.shown.append("\n")
        if closing:
            anchor = None if tag == "a" else anchor
            continue
        if tag in ("script", "style", "title"):
            skipping = tag
            walk.links.has_script |= tag == "script"
        opened = walk.links.element(tag, _attributes(match[3]))
        anchor = opened if opened is not None else anchor
    if not skipping:
        walk.say(html.unescape(markup[position:]), anchor)
    return walk


def _attributes(text: str) -> Attributes:
    found: Attributes = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), html.unescape(double or single or bare))
    return found
