"""PDF files written by hand, small enough to read."""

from __future__ import annotations

PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]>>"


def stream(head: bytes, body: bytes) -> bytes:
    """A stream object; `head` is what its dictionary has beside the length."""
    return b"<<%s/Length %d>>\nstream\n" % (head, len(body)) + body + b"\nendstream"


def catalogue(extra: bytes = b"", page: bytes = b"") -> dict[int, bytes]:
    """The objects of a document with one empty page; more for its catalogue, and for the page."""
    return {
        1: b"<</Type/Catalog/Pages 2 0 R" + extra + b">>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: PAGE[:-2] + page + b">>",
    }


def written(objects: dict[int, bytes], trailer: bytes = b"/Root 1 0 R") -> bytes:
    """The file of these objects, with its cross-reference table."""
    out = bytearray(b"%PDF-1.7\n")
    offsets = {}
    for number, body in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    return bytes(out + _index(offsets, len(out), max(objects) + 1, trailer))


def updated(document: bytes, number: int, body: bytes) -> bytes:
    """The document with one object saved over, as an incremental update has it."""
    before = document.rindex(b"xref\n0 ")
    added = b"%d 0 obj\n" % number + body + b"\nendobj\n"
    index = b"xref\n%d 1\n%010d 00000 n \ntrailer\n<</Size 20/Root 1 0 R/Prev %d>>\n" % (number, len(document), before)
    return document + added + index + b"startxref\n%d\n%%%%EOF\n" % (len(document) + len(added))


def _index(offsets: dict[int, int], start: int, size: int, trailer: bytes) -> bytes:
    rows = b"".join(
        b"%010d 00000 n \n" % offsets[number] if number in offsets else b"0000000000 65535 f \n"
        for number in range(size)
    )
    return b"xref\n0 %d\n%strailer\n<</Size %d %s>>\nstartxref\n%d\n%%%%EOF\n" % (size, rows, size, trailer, start)
