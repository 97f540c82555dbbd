"""Plain text that comes inside another file."""

from __future__ import annotations

from sabaki.files.opened import Asked, Opened
from sabaki.mail import charsets

_BYTES_A_CHARACTER = 4


def read(content: bytes, asked: Asked) -> Opened:
    """Text in whatever charset it turns out to be; cut at `file_text` characters."""
    most = asked.limits.file_text
    decoded = charsets.decode(content[: most * _BYTES_A_CHARACTER], None)
    if len(decoded.text) > most or len(content) > most * _BYTES_A_CHARACTER:
        asked.budget.note("file_text", asked.name[:200])
    return Opened(text=decoded.text[:most])
