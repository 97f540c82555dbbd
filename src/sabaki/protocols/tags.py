"""Tag lists (RFC 6376 section 3.2): "name=value; name=value", in signatures as in key records, by their grammar."""

from __future__ import annotations

import re

import msgspec

LONGEST = 128_000
"""Octets of a tag list that are read; no honest one has a tenth of that."""

_TAG = re.compile(rb"[ \t\r\n]*+([A-Za-z][A-Za-z0-9_]*+)[ \t\r\n]*+=([^;]*+)(;|\Z)")
_BLANK = re.compile(rb"[ \t\r\n]*+\Z")
# What no value holds. RFC 8616 lets in UTF-8; a line end stands only where a line is folded.
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|\n(?![ \t])")
_FOLD = b" \t\r\n"


class Faulty(Exception):
    """The tag list, or a value in it, does not follow the grammar: the id of what is wrong, and the tag or text in which it is."""

    def __init__(self, problem: str, where: str = "") -> None:
        super().__init__(problem, where)
        self.problem = problem
        self.where = where


class Tag(msgspec.Struct, frozen=True):
    """A tag's value without the white space around it; `start` and `end` span the value with that white space."""

    value: bytes
    start: int
    end: int

    @property
    def compact(self) -> bytes:
        """The value without any white space: base64 may be folded anywhere."""
        return self.value.translate(None, _FOLD)


def parse(octets: bytes) -> dict[str, Tag]:
    """Read a tag list. Names are case-sensitive; unknown tags are kept, for the caller to ignore.

    Raises Faulty where a tag has no name, stands twice or is empty between two ";", or where the list is over-long.
    """
    if len(octets) > LONGEST:
        raise Faulty("too_long")
    forbidden = _FORBIDDEN.search(octets)
    if forbidden:
        raise Faulty("control", f"0x{forbidden[0][0]:02x}")
    found: dict[str, Tag] = {}
    position, length = 0, len(octets)
    while position < length and not (found and _BLANK.match(octets, position)):
        match = _TAG.match(octets, position)
        if match is None:
            raise Faulty("no_tag", octets[position : position + 40].decode("ascii", "replace").strip())
        name = match[1].decode("ascii")
        if name in found:
            raise Faulty("tag_twice", name[:40])
        found[name] = Tag(match[2].strip(_FOLD), *match.span(2))
        position = match.end()
    if not found:
        raise Faulty("no_tag")
    return found
