"""Raw bytes to Message: nothing is lost, nothing raises, and every limit that is reached is named."""

from __future__ import annotations

import hashlib
import re

from sabaki.mail import mime
from sabaki.mail.limits import Budget
from sabaki.model.evidence import Location
from sabaki.model.message import Defect, Message

_PREFIX = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*+\r{0,3}\n|\r)*+(?:>?From (?![ \t]*:)[^\r\n]*+(?:\r{0,3}\n|\r|\Z))*+")


def read(raw: bytes, budget: Budget) -> Message:
    """Read a mail (RFC 5322, RFC 2045 to 2047, RFC 2231), an mbox "From " line before it included.

    Every byte is hashed and kept; what stands beyond `message_size` is not interpreted.
    """
    end = len(raw)
    if not budget.within("message_size", end):
        end = budget.limits.message_size
    match = _PREFIX.match(raw, 0, end)
    start = match.end() if match else 0
    tree = mime.read(raw, start, end, budget)
    return Message(
        raw=raw,
        sha256=hashlib.sha256(raw).hexdigest(),
        parts=tree.parts,
        contents=tree.contents,
        prefix=Location(0, start),
        defects=_some(_of_prefix(raw[:start]) + tree.defects, budget),
        limits=budget.reached,
    )


def _of_prefix(prefix: bytes) -> tuple[Defect, ...]:
    if not prefix or prefix.lstrip(b"\xef\xbb\xbf").startswith((b"From ", b">From ")):
        return ()
    return (Defect("text_before_header", "", Location(0, len(prefix))),)


def _some(defects: tuple[Defect, ...], budget: Budget) -> tuple[Defect, ...]:
    """The first defects: a flood of them tells no more than the beginning does."""
    if budget.within("defects", len(defects)):
        return defects
    return defects[: budget.limits.defects]
