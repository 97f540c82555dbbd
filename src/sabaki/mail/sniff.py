"""Is this a mail at all? A look at the first lines, before anything is parsed."""

from __future__ import annotations

_LOOK = 64_000
_KNOWN = frozenset(
    b"from to cc subject date received return-path message-id mime-version content-type delivered-to reply-to sender "
    b"x-original-to dkim-signature authentication-results arc-seal x-mailer list-id".split()
)


def looks_like_mail(raw: bytes) -> bool:
    """Whether the bytes begin with a header (RFC 5322 section 2.2) that holds at least one field every mail may have.

    A leading mbox "From " line, a byte order mark and empty lines before the header are no obstacle.
    """
    head = raw[:_LOOK].removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    for line in head.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"):
        if not line.strip():
            return False
        name, colon, _ = line.partition(b":")
        if colon and name.strip().lower() in _KNOWN:
            return True
    return False
