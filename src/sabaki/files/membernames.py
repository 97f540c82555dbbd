"""The names of files in archives: from octets to text, and what a name tries to do."""

from __future__ import annotations

import re
import unicodedata

from sabaki.mail import charsets, detection

_SAMPLE = 16_384
_COMPONENT = 255
_LONG = 1_024
_DRIVE = re.compile(r"[A-Za-z]:")
_WIDE_GAP = re.compile(r"[ \u00a0\u2000-\u200a\u3000\u2800\u3164]{8}")
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
_BLANK = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u115f\u1160\u3164\u2800")
_ASIAN = ("gb18030", "big5", "euc-kr", "euc-jp", "cp932")


def charset_of(names: list[bytes], *, dos: bool = True) -> str:
    """The codec that unlabelled names of one archive are in, told from all of them together.

    ASCII and UTF-8 where they fit; then Japanese as Windows writes it (CP932); then what statistics say of several
    names; last the code page that ZIP means (CP437, APPNOTE D.1), or Latin-1 where the archive is not from DOS.
    """
    sample = b"\n".join(name for name in names if not name.isascii())[:_SAMPLE]
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as wrong:
        if len(sample) == _SAMPLE and wrong.start > _SAMPLE - 4:
            return "utf-8"
    else:
        return "utf-8"
    if found := detection.japanese(sample):
        return "cp932" if found == "cp932" else "euc_jp"
    over = sum(octet > 0x7F for octet in sample)
    guess = charsets.decode(sample, None)
    if guess.charset in _ASIAN and over >= 8 and not guess.defects[1:]:
        return guess.charset
    return "cp437" if dos else "latin-1"


def decode(name: bytes, charset: str) -> str:
    """The name as text; octets that do not fit are shown as they are (U+FFFD would make two names one)."""
    return name.decode(charset, "backslashreplace")


def unsafe(name: str) -> bool:
    """Whether the name would be written somewhere else, or nowhere: climbing, absolute, a drive, NUL, too long."""
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or name[:1] in ("/", "\\") or _DRIVE.match(name) or "\0" in name:
        return True
    return len(name) > _LONG or any(len(part.encode("utf-8", "replace")) > _COMPONENT for part in parts)


def disguise(name: str) -> str:
    """How the name shows something else than it is: "direction", "invisible", "control", "spaces"; "" if it does not."""
    if not _BIDI.isdisjoint(name):
        return "direction"
    if not _BLANK.isdisjoint(name):
        return "invisible"
    if any(unicodedata.category(character) == "Cc" for character in name[:_LONG]):
        return "control"
    return "spaces" if _WIDE_GAP.search(name[:_LONG]) else ""


def shown(name: str) -> str:
    """The name for a sentence: short, and with nothing in it that moves the cursor."""
    return name[:200].encode("unicode_escape").decode("ascii") if disguise(name) else name[:200]
