"""URLs as Safe Browsing and Web Risk know them: canonical, as expressions of host suffix and path prefix, each a SHA-256.

By Google's "URLs and Hashing" (Safe Browsing v5). Only the first four bytes of such a hash ever leave the machine.
"""

from __future__ import annotations

import hashlib
import re

import can_ada
import msgspec

from sabaki.mail.domains import as_ip, registrable_domain

PREFIX_BYTES = 4
"""What is sent of a hash. Many expressions share each such prefix."""
_LONGEST = 65_536
"""Bytes of a URL that are looked at."""
_HOSTS = 4
"""Host suffixes beside the full host."""
_PATHS = 4
"""Path prefixes beside the full path, the root among them."""
_SCHEMES = ("http:", "https:", "ftp:")
_OTHER_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,40}:(?![0-9])")
_HEX = frozenset(b"0123456789abcdefABCDEF")
_DOTS = re.compile(r"\.{2,}")
_SLASHES = re.compile(rb"/{2,}")
_PORT = re.compile(rb":[0-9]{0,9}\Z")
_STRIPPED = bytes(range(0x21))


class Canonical(msgspec.Struct, frozen=True):
    """A URL in its canonical parts, percent-escaped. `query` is None where there is none; "" where it is empty ("/q?")."""

    scheme: str
    host: str
    path: str
    query: str | None = None

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}{self.full_path}"

    @property
    def full_path(self) -> str:
        """The path with its query."""
        return self.path if self.query is None else f"{self.path}?{self.query}"


class Expression(msgspec.Struct, frozen=True):
    """A host suffix with a path prefix ("example.jp/a/"), and its SHA-256."""

    text: str
    hash: bytes

    @property
    def prefix(self) -> bytes:
        """What may be sent."""
        return self.hash[:PREFIX_BYTES]


def expressions(url: str) -> tuple[Expression, ...]:
    """The up to 30 expressions under which a URL may be listed, the widest first; empty for what is no web address. Never raises."""
    known = canonical(url)
    if known is None:
        return ()
    texts = [host + path for host in _hosts(known.host) for path in _paths(known)]
    return tuple(Expression(text, hashlib.sha256(text.encode("ascii")).digest()) for text in texts)


def canonical(url: str) -> Canonical | None:
    """The canonical form, or None for what is no web address. Never raises.

    Where a browser reads the URL, its reading counts (spellings of addresses, IDN, backslashes); what browsers refuse is taken as
    it stands. Raw bytes may be given as lone surrogates (PEP 383).
    """
    scheme, authority, rest = _split(url[:_LONGEST])
    host = _host(authority)
    if not host:
        return None
    path, mark, query = _unescaped(rest).partition(b"?")
    return Canonical(scheme, host, _escaped(_path(path)), _escaped(query) if mark else None)


def _split(url: str) -> tuple[str, bytes, bytes]:
    """Scheme, authority, and path with query; three empty ones where it is no web address. The fragment is dropped."""
    text = (
        url.encode("utf-8", "surrogateescape" if _is_escaped(url) else "surrogatepass")
        .strip(_STRIPPED)
        .decode("latin-1")
    )
    if not text.lower().startswith(_SCHEMES):
        if _OTHER_SCHEME.match(text):
            return "", b"", b""
        text = f"http://{text}"
    seen = _as_browser(text.encode("latin-1"))
    raw = (seen or text).encode("latin-1").translate(None, b"\t\r\n").partition(b"#")[0]
    scheme, _, after = raw.partition(b":")
    after = after.lstrip(b"/\\")
    end = min((at for mark in b"/?" if (at := after.find(mark)) >= 0), default=len(after))
    return (
        scheme.decode("ascii").lower(),
        after[:end],
        after[end:] if after[end : end + 1] == b"/" else b"/" + after[end:],
    )


def _is_escaped(url: str) -> bool:
    """Whether all surrogates stand for bytes, so that they can be turned back."""
    return all("\udc80" <= each <= "\udcff" for each in url if "\ud800" <= each <= "\udfff")


def _as_browser(raw: bytes) -> str | None:
    try:
        return can_ada.parse(raw.decode("utf-8")).href if raw else None
    except (ValueError, UnicodeError):
        return None


def _unescaped(raw: bytes) -> bytes:
    """Percent-unescaped until nothing is left to unescape, in one pass: a byte that was won may end an escape of its own."""
    if b"%" not in raw:
        return raw
    out = bytearray()
    for byte in raw:
        out.append(byte)
        while len(out) > 2 and out[-3] == 0x25 and out[-2] in _HEX and out[-1] in _HEX:
            out[-3:] = bytes((int(out[-2:], 16),))
    return bytes(out)


def _escaped(raw: bytes) -> str:
    return "".join(chr(byte) if 0x20 < byte < 0x7F and byte not in b"#%" else f"%{byte:02X}" for byte in raw)


def _host(authority: bytes) -> str:
    bare = _PORT.sub(b"", authority.rpartition(b"@")[2])
    host = _DOTS.sub(".", _escaped(_unescaped(bare)).strip(".")).lower()
    if (host and host[-1].isdigit()) or host.startswith("["):
        # Leading dots hid an address from the browser's reading; mapped and NAT64 forms are unwrapped.
        seen = _as_browser(f"http://{host}/".encode())
        host = can_ada.parse(seen).hostname if seen else host
        address = as_ip(host)
        return f"[{address}]" if ":" in address else address or host
    return host


def _path(path: bytes) -> bytes:
    """Dot segments resolved, then runs of slashes made one."""
    kept: list[bytes] = []
    segments = path.split(b"/")[1:]
    for at, segment in enumerate(segments):
        last = at == len(segments) - 1
        if segment == b"..":
            del kept[-1:]
        if segment not in (b".", b".."):
            kept.append(segment)
        elif last:
            kept.append(b"")
    return _SLASHES.sub(b"/", b"/" + b"/".join(kept))


def _hosts(host: str) -> list[str]:
    """The registrable domain and up to three longer suffixes, then the full host; for an address only itself."""
    if host.startswith("[") or as_ip(host):
        return [host]
    registrable = registrable_domain(host)
    if registrable is None:
        return [host]
    above = host[: -len(registrable)].split(".")[:-1] if host != registrable else []
    suffixes = [registrable]
    for label in reversed(above):
        suffixes.append(f"{label}.{suffixes[-1]}")
    return list(dict.fromkeys((*suffixes[:_HOSTS], host)))


def _paths(known: Canonical) -> list[str]:
    """The root and up to three longer directories, then the full path without and with its query."""
    directories = ["/"]
    for segment in known.path.split("/")[1:-1][: _PATHS - 1]:
        directories.append(f"{directories[-1]}{segment}/")
    return list(dict.fromkeys((*directories, known.path, known.full_path)))
