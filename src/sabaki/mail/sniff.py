"""Is this a mail at all? A look at the first lines, before anything is parsed."""

from __future__ import annotations

_LOOK = 64_000
_KNOWN = frozenset(
    b"from to cc subject date received return-path message-id mime-version content-type delivered-to reply-to sender "
    b"x-original-to dkim-signature authentication-results arc-seal x-mailer list-id".split()
)

_CONTAINERS = (
    b"PK\x03\x04", b"PK\x07\x08", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"MSCF\0\0\0\0", b"\x1f\x8b", b"BZh",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x78\x9f\x3e\x22",
)  # fmt: skip
"""How archives and Outlook's items begin. Mails stand in some of them as they are, header and all."""


def looks_like_mail(raw: bytes) -> bool:
    """Whether the bytes begin with a header (RFC 5322 section 2.2) that holds at least one field every mail may have.

    A leading mbox "From " line, a byte order mark and empty lines before the header are no obstacle.
    An archive with mails in it is none.
    """
    if raw.startswith(_CONTAINERS) or raw[257:262] == b"ustar" or raw[0x8001:0x8006] == b"CD001" or _is_lzh(raw):
        return False
    head = raw[:_LOOK].removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    for line in head.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"):
        if not line.strip():
            return False
        name, colon, _ = line.partition(b":")
        # A folded line is no field: a header that is indented as a whole was pasted.
        if colon and name.rstrip().lower() in _KNOWN:
            return True
    return False


def _is_lzh(raw: bytes) -> bool:
    return raw[2:5] in (b"-lh", b"-lz") and raw[6:7] == b"-"
