"""What a Received field says of TLS: the version and the cipher suite, in each server's own form."""

from __future__ import annotations

import re
from functools import lru_cache

_PREFIXES = ("using ", "tls", "ssl", "version=", "cipher", "x=tls", "x=ssl")
_LOOKED_AT = 300
_MARKS = ("tls", "ssl", "cipher", "encrypted")
_WORD = re.compile(r"[^\s,;:=()]{1,100}+")
_VERSION = re.compile(r"(?:(tls)|(ssl))[v_ ]{0,2}([0-9])(?:[._]([0-9]))?(/sslv3)?", re.IGNORECASE)
_CIPHER = re.compile(
    r"(?=.{0,80}(?:AES|RC4|DES|CHACHA|CAMELLIA|ARIA|SEED|NULL|IDEA|GCM|CBC))[A-Z0-9][A-Za-z0-9_-]{4,80}+"
)
_BARE = re.compile(r"AES[0-9]{3}(?:-SHA[0-9]{0,3})?|RC4-(?:MD5|SHA)")


def read(comment: str) -> tuple[bool, str, str]:
    """Whether a comment is about the session, and the version ("TLSv1.3", as OpenSSL names them) and cipher in it.

    OpenSSL's older "TLSv1/SSLv3" names the family of the cipher and tells no version: "".
    """
    return _read(comment[:_LOOKED_AT])


@lru_cache(maxsize=2_048)
def _read(comment: str) -> tuple[bool, str, str]:
    plain = comment.partition('"')[0].partition(" subject")[0]  # a client certificate's name is the peer's own text
    lowered = plain.lower()
    if not any(mark in lowered for mark in _MARKS) or lowered.startswith("client "):
        return False, "", ""
    version = _version(plain)
    cipher = _cipher(_WORD.findall(plain))
    return bool(version or cipher) or lowered.startswith(_PREFIXES), version, cipher


def _version(text: str) -> str:
    match = _VERSION.search(text)
    if not match or match[5]:
        return ""
    name = "TLSv" if match[1] else "SSLv"
    minor = match[4] if match[4] and match[4] != "0" else ""
    return f"{name}{match[3]}.{minor}" if minor else f"{name}{match[3]}"


def _cipher(words: list[str]) -> str:
    following = next((words[at + 1] for at, word in enumerate(words[:-1]) if word.lower() == "cipher"), "")
    if following and not _VERSION.fullmatch(following):
        return following
    return next((word for word in words if is_cipher(word)), "")


def is_cipher(word: str) -> bool:
    """Whether a word has the form of a cipher suite's name (IANA's, OpenSSL's or GnuTLS's)."""
    named = ("-" in word or "_" in word) and not _VERSION.fullmatch(word)
    return bool((named and _CIPHER.fullmatch(word)) or _BARE.fullmatch(word))


def of(comments: list[str], protocol: list[str], clause: str) -> tuple[str, str, str]:
    """What a field says of the session, its version and its cipher, each "" where it says nothing.

    `comments` are those that only the server can have written, `protocol` the words of `with`
    (`ESMTP/TLS/CIPHER`, `CIPHER encrypted SMTP`), `clause` is the word of `tls` (RFC 8314 section 7.4).
    """
    for comment in comments:
        is_session, version, cipher = read(comment)
        if is_session:
            return comment, version, cipher or clause
    if clause:
        return clause, "", clause
    first = protocol[0] if protocol else ""
    if "/" in first and "TLS" in first.upper():
        return first, "", next((part for part in first.split("/")[2:] if is_cipher(part)), "")
    if "encrypted" in protocol[1:2]:
        return f"{first} encrypted", "", first
    return "", "", ""
