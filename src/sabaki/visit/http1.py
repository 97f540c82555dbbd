"""Heads of HTTP/1.1 messages (RFC 9112) as the proxy reads and writes them: bounded, strict towards the browser, never guessed at."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence

import msgspec

LINE = 65_536
"""Bytes of one line at most: Chromium sends addresses of any length, and kits carry much in them."""
HEAD = 131_072
FIELDS = 120

_TOKEN = frozenset(b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_LABEL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
_NOT_PUBLIC = (".localhost", ".local", ".internal", ".invalid", ".lan", ".home", ".corp", ".intranet", ".home.arpa")
"""Ends of names that lead into somebody's own network: RFC 6761, RFC 6762, RFC 8375 and what is used like them."""
_HOP = frozenset(
    b"connection keep-alive proxy-connection proxy-authenticate proxy-authorization te trailer upgrade expect".split()
)
"""Fields for this connection alone (RFC 9110, 7.6.1), never passed on."""

Fields = tuple[tuple[bytes, bytes], ...]


class Malformed(Exception):
    """Not what may be sent to a proxy, or more than it reads. The message says what."""


class Request(msgspec.Struct, frozen=True):
    """A request to a proxy. `path` is "" for CONNECT; `length` are the bytes of its body."""

    method: str
    host: str
    port: int
    path: bytes = b""
    fields: Fields = ()
    length: int = 0


class Reply(msgspec.Struct, frozen=True):
    """The head of an answer. `reason` is its words."""

    status: int
    reason: bytes
    fields: Fields


async def read_head(reader: asyncio.StreamReader) -> list[bytes]:
    """The lines of a head, without their ends. Empty where the other side closed before it said anything. Raises Malformed."""
    lines: list[bytes] = []
    size = 0
    while True:
        try:
            line = await reader.readuntil(b"\n")
        except asyncio.LimitOverrunError:
            raise Malformed("a line is too long") from None
        except asyncio.IncompleteReadError as error:
            if error.partial or lines:
                raise Malformed("the head ends too early") from None
            return []
        size += len(line)
        if len(line) > LINE or size > HEAD:
            raise Malformed("the head is too large")
        if line in (b"\r\n", b"\n") and lines:
            return lines
        if len(lines) > FIELDS:
            raise Malformed("the head has too many fields")
        lines.append(line)


def request(lines: Sequence[bytes]) -> Request:
    """Read the head of a request in absolute-form or authority-form (RFC 9112, 3.2). Raises Malformed: nothing is put right."""
    parts = _strict(lines[0]).split(b" ")
    if len(parts) != 3 or parts[2] not in (b"HTTP/1.1", b"HTTP/1.0") or not parts[0] or not _TOKEN.issuperset(parts[0]):
        raise Malformed("no request line")
    if not all(0x20 < byte < 0x7F for byte in parts[1]):
        raise Malformed("the target is not ASCII")
    method, target = parts[0].decode("ascii"), parts[1]
    fields = tuple(_field(_strict(line)) for line in lines[1:])
    length = _length(fields)
    if method == "CONNECT":
        if length:
            raise Malformed("CONNECT with a body")
        host, port = authority(target.decode("ascii"))
        return Request(method, host, port)
    if target[:7].lower() != b"http://":
        raise Malformed("the target is not in absolute-form")
    rest = target[7:]
    end = min((at for at in (rest.find(b"/"), rest.find(b"?")) if at >= 0), default=len(rest))
    host, port = authority(rest[:end].decode("ascii"), 80)
    path = rest[end:]
    if b"#" in path:
        raise Malformed("the target has a fragment")
    return Request(method, host, port, path if path.startswith(b"/") else b"/" + path, fields, length)


def reply(lines: Sequence[bytes]) -> Reply:
    """Read the head of an answer, as tolerantly as browsers do; what is no field is left out. Raises Malformed."""
    version, _, rest = lines[0].strip(b"\r\n").partition(b" ")
    code, _, reason = rest.strip().partition(b" ")
    if version[:7] != b"HTTP/1." or len(code) != 3 or not code.isdigit() or code[:1] == b"0":
        raise Malformed("the server does not speak HTTP/1")
    fields: list[tuple[bytes, bytes]] = []
    for line in lines[1:]:
        if line[:1] in b" \t" and fields:  # obs-fold, RFC 9112, 5.2
            fields[-1] = (fields[-1][0], fields[-1][1] + b" " + _value(line))
            continue
        name, colon, value = line.partition(b":")
        if colon and name and _TOKEN.issuperset(name):
            fields.append((name, _value(value)))
    return Reply(int(code), _value(reason), tuple(fields))


def passed_on(fields: Fields, without: frozenset[bytes] = frozenset()) -> Fields:
    """The fields without those for one connection alone, Connection's own list included."""
    named = {
        each.strip().lower() for name, value in fields if name.lower() == b"connection" for each in value.split(b",")
    }
    # Connection cannot take away what frames the message.
    dropped = ((_HOP | named) - {b"content-length", b"transfer-encoding"}) | without
    return tuple((name, value) for name, value in fields if name.lower() not in dropped)


def written(first: bytes, fields: Fields) -> bytes:
    """A head as it goes over the line."""
    return b"\r\n".join((first, *(name + b": " + value for name, value in fields), b"", b""))


def authority(text: str, default: int = 0) -> tuple[str, int]:
    """The host, in one spelling, and the port (RFC 3986, 3.2; no user). `default` 0: the port must stand there. Raises Malformed."""
    if text.startswith("["):
        bare, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise Malformed("no address in brackets")
        return _address6(bare), _port(rest[1:], default, given=bool(rest))
    bare, colon, port = text.partition(":")
    return name(bare), _port(port, default, given=bool(colon))


def name(text: str) -> str:
    """A host that may be asked for, in lower case and without the dot at its end; an IPv4 address only as four plain numbers.

    Raises Malformed for addresses spelt in other ways ("127.1", "0x7f.1", "2130706433"), and for what is no name at all.
    """
    host = text.lower().removesuffix(".")
    labels = host.split(".")
    if len(host) > 253 or not all(0 < len(label) <= 63 and _LABEL.issuperset(label) for label in labels):
        raise Malformed("the host is no name")
    # The URL Standard reads a host as an IPv4 address as soon as its last label is a number.
    if labels[-1].isdigit() or (labels[-1].startswith("0x") and all(c in "0123456789abcdef" for c in labels[-1][2:])):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise Malformed("an address that is not four plain numbers") from None
    return host


def is_public(host: str) -> bool:
    """Whether a host that `authority` gave is an address or can be a name of the public DNS; who resolves it does not matter."""
    return is_address(host) or ("." in host and not host.endswith(_NOT_PUBLIC))


def is_address(host: str) -> bool:
    """Whether a host that `authority` gave is an address and not a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _address6(text: str) -> str:
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        raise Malformed("no IPv6 address") from None
    if address.scope_id is not None:
        raise Malformed("an address with a zone")
    return str(address)


def _port(text: str, default: int, *, given: bool) -> int:
    if not text and default:
        return default
    if not given or not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65_536):
        raise Malformed("no port")
    return int(text)


def _strict(line: bytes) -> bytes:
    """A line that ends in CRLF and holds no other CR, LF or NUL."""
    bare = line[:-2]
    if line[-2:] != b"\r\n" or b"\r" in bare or b"\0" in bare:
        raise Malformed("a line that does not end in CRLF")
    return bare


def _field(line: bytes) -> tuple[bytes, bytes]:
    name, colon, value = line.partition(b":")
    if not colon or not name or not _TOKEN.issuperset(name):
        raise Malformed("no field")
    return name, value.strip(b" \t")


def _value(raw: bytes) -> bytes:
    return raw.replace(b"\0", b"").replace(b"\r", b" ").replace(b"\n", b" ").strip()


def _length(fields: Fields) -> int:
    """The size of the body. One plain Content-Length or none: everything else is how requests are smuggled."""
    if any(name.lower() == b"transfer-encoding" for name, _ in fields):
        raise Malformed("a body in chunks")
    lengths = [value for name, value in fields if name.lower() == b"content-length"]
    if not lengths:
        return 0
    if len(lengths) > 1 or not lengths[0].isdigit() or len(lengths[0]) > 12:
        raise Malformed("no length that can be read")
    return int(lengths[0])
