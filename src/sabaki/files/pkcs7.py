"""Signed and encrypted messages (PKCS #7, RFC 5652, RFC 8551): what was signed is read, what is encrypted is said to be.

A signature beside a mail holds nothing. A mail may also stand inside its signature ("opaque", `smime.p7m`): programs show
it like any other, and whoever only looks at the outside sees no text and no link. No signature is verified here.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from sabaki.files.opened import Asked, Child, Opened
from sabaki.model.finding import State

_OCTETS, _SEQUENCE = 0x04, 0x30
_CONSTRUCTED = 0x20
_PKCS7 = bytes.fromhex("2a864886f70d0107")
_SIGNED, _ENVELOPED, _ENCRYPTED = _PKCS7 + b"\x02", _PKCS7 + b"\x03", _PKCS7 + b"\x06"
_SMIME = bytes.fromhex("2a864886f70d010910")
_AUTH_ENVELOPED, _COMPRESSED = _SMIME + b"\x01\x17", _SMIME + b"\x01\x09"
_MOST_ELEMENTS = 20_000
_SHUT = ("encrypted for its recipient", "受信者の鍵で暗号化されており、読めません")


class _Malformed(Exception):
    """Not as the format says. The message says how."""


def read(content: bytes, asked: Asked) -> Opened:
    """Read a PKCS #7 message. What stands inside is a mail without its outer header. Spends `decoded_size`."""
    opened = Opened()
    try:
        outer = list(_elements(content, 0, len(content), most=1))
        parts = list(_inside(content, outer[0], most=2))
        method = content[parts[0][1] : parts[0][2]]
        if method in (_ENVELOPED, _ENCRYPTED, _AUTH_ENVELOPED):
            opened.locked = True
            opened.state, (opened.reason, opened.reason_ja) = State.SKIPPED, _SHUT
        elif method in (_SIGNED, _COMPRESSED) and len(parts) == 2:
            _take(content, parts[1], method, asked, opened)
    except (_Malformed, IndexError) as wrong:
        opened.note("damaged", str(wrong) or "not as PKCS #7 is")
    return opened


def _take(content: bytes, explicit: _Element, method: bytes, asked: Asked, opened: Opened) -> None:
    """What is signed or compressed: version, algorithms, and then the content with its type (RFC 5652 section 5.1)."""
    message = _only(content, explicit)
    fields = list(_inside(content, message, most=3))
    if len(fields) < 3 or fields[2][0] != _SEQUENCE:
        raise _Malformed("no content, not even an empty one")
    held = list(_inside(content, fields[2], most=2))
    if len(held) < 2:
        return
    octets = b"".join(_octets(content, _only(content, held[1])))
    if method == _COMPRESSED:
        octets = _inflated(octets, asked)
    if asked.budget.spend("decoded_size", len(octets), asked.name[:200]) and octets:
        opened.children.append(Child("", octets, declared="message/rfc822"))


_Element = tuple[int, int, int]
"""Tag, and where the content starts and ends."""


def _inside(content: bytes, element: _Element, most: int) -> Iterator[_Element]:
    return _elements(content, element[1], element[2], most)


def _only(content: bytes, element: _Element) -> _Element:
    found = next(_inside(content, element, most=1), None)
    if found is None:
        raise _Malformed("an element is empty")
    return found


def _elements(content: bytes, at: int, end: int, most: int) -> Iterator[_Element]:
    """The elements in a stretch, at most as many. BER: a length may be left open, then two NULs end the element."""
    for _ in range(most):
        if at >= end or content[at : at + 2] == b"\0\0":
            return
        tag, start, length = _head(content, at)
        if length is None:
            stop, at = _open_end(content, start, end)
        else:
            stop = at = min(start + length, end)
        yield tag, start, stop


def _head(content: bytes, at: int) -> tuple[int, int, int | None]:
    """Tag, where the content starts, and its length; None where that is left open."""
    if at + 2 > len(content):
        raise _Malformed("ends too early")
    tag, length = content[at], content[at + 1]
    if tag & 0x1F == 0x1F:
        raise _Malformed("a tag of several bytes")
    if length < 0x80:
        return tag, at + 2, length
    if length == 0x80:
        return tag, at + 2, None
    count = length & 0x7F
    return tag, at + 2 + count, int.from_bytes(content[at + 2 : at + 2 + min(count, 8)], "big")


def _open_end(content: bytes, at: int, end: int) -> tuple[int, int]:
    """Where an element of open length ends, and where the next one starts. Where the end is missing: the end of all."""
    depth = 1
    for _ in range(_MOST_ELEMENTS):
        if at + 2 > end:
            return end, end
        if content[at : at + 2] == b"\0\0":
            depth -= 1
            if not depth:
                return at, at + 2
            at += 2
            continue
        _, start, length = _head(content, at)
        depth += length is None
        at = start if length is None else start + length
    return end, end


def _octets(content: bytes, element: _Element) -> Iterator[bytes]:
    """An octet string: in one piece, or in many."""
    tag, start, end = element
    if tag & ~_CONSTRUCTED != _OCTETS:
        raise _Malformed("the content is no octet string")
    if not tag & _CONSTRUCTED:
        yield content[start:end]
        return
    for piece in _elements(content, start, end, most=1 << 20):
        if piece[0] == _OCTETS:
            yield content[piece[1] : piece[2]]


def _inflated(octets: bytes, asked: Asked) -> bytes:
    try:
        return zlib.decompressobj().decompress(octets, max(1, asked.budget.left("decoded_size")))
    except zlib.error as wrong:
        raise _Malformed(str(wrong)) from wrong
