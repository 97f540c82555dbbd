"""mbox files (RFC 4155 and its older dialects): where each mail in them begins and ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from mmap import mmap

from sabaki.mail import sniff

_LINE = 1_000
_HEADER = 64_000
_BREAK = re.compile(rb"(?:\n\r?\n|\r\r)(From [^\r\n]{10,995})(?=(\r\n|\n|\r))")
_DATE = re.compile(
    rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? [^\n]{0,40}\d{1,2}:\d\d|\d{4}-\d\d-\d\d|\d{1,2} [A-Z][a-z]{2} \d{2,4}"
    rb"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}\d{1,2} "
)
_FIELD = re.compile(rb"[!-9;-~]{1,200}[ \t]{0,8}:|>?From ")
_LENGTH = re.compile(rb"(?i)(?:^|\n)content-length[ \t]{0,8}:[ \t]{0,8}(\d{1,12})[ \t]{0,8}\r?\n")
_EMPTY_LINE = re.compile(rb"\n\r?\n")


def looks_like_mbox(content: bytes | mmap) -> bool:
    """Whether it begins with a "From " line with a date, and a mail after it. One mail in an mbox is an mbox too."""
    start = _first(content)
    return start >= 0 and _is_separator(content, start) and sniff.looks_like_mail(content[start : start + _HEADER])


def split(content: bytes | mmap) -> Iterator[tuple[int, int]]:
    """Where each mail begins and ends, its "From " line included, the empty line before the next one not.

    A "From " line counts after an empty line, with a date in it and a header field after it; in mboxo and mboxrd others
    are quoted (">From "), and stay so: the bytes are evidence. A Content-Length (mboxcl) is believed where a "From "
    line follows at its end. One pass, no copies; content that begins otherwise is one span.
    """
    start = max(_first(content), 0)
    if start >= len(content):
        return
    at = _after_length(content, start)
    while found := _BREAK.search(content, at):
        at = found.end()
        if not (_DATE.search(found.group(1)) and _FIELD.match(content, found.end(2))):
            continue
        yield start, found.start() + 1
        start = found.start(1)
        at = max(_after_length(content, start), at)
    yield start, _last(content, start)


def _last(content: bytes | mmap, start: int) -> int:
    """Where the last mail ends: the empty line that a program puts after each mail is not its own."""
    if content[start : start + 5] == b"From ":
        for ending in (b"\r\n\r\n", b"\n\n"):
            if content[-len(ending) :] == ending:
                return max(start, len(content) - len(ending) // 2)
    return len(content)


def _first(content: bytes | mmap) -> int:
    """Where the first line that is not empty begins with "From ", after a byte order mark if need be; -1 if it does not."""
    head = content[:_LINE]
    skipped = len(head) - len(head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n"))
    return skipped if content[skipped : skipped + 5] == b"From " else -1


def _is_separator(content: bytes | mmap, start: int) -> bool:
    """Whether the "From " at `start` opens a mail: a date in the line, a field of a header in the next."""
    head = content[start : start + 2 * _LINE].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    line, _, rest = head.partition(b"\n")
    return len(line) <= _LINE and _DATE.search(line) is not None and _FIELD.match(rest) is not None


def _after_length(content: bytes | mmap, start: int) -> int:
    """Where to go on looking: behind the body if its length is given and a separator stands there, else at `start`."""
    head = content[start : start + _HEADER]
    gap = _EMPTY_LINE.search(head)
    stated = _LENGTH.search(head, 0, gap.end()) if gap else None
    if gap is None or stated is None:
        return start
    end = start + gap.end() + int(stated.group(1))
    if end >= len(content):
        return end if end == len(content) else start
    near = content[end : end + 16]
    skipped = len(near) - len(near.lstrip(b"\r\n"))
    if near[skipped : skipped + 5] == b"From " and _is_separator(content, end + skipped):
        return max(start, end - 3)
    return start
