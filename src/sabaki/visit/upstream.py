"""Another vantage: a proxy of the operator's (SOCKS5, RFC 1928; HTTP) that connects for us. Names are resolved there and never here."""

from __future__ import annotations

import asyncio
import base64
import ipaddress
from urllib.parse import unquote, urlsplit

import msgspec

from sabaki.visit import http1

SCHEMES = ("socks5", "http")
_PORTS = {"socks5": 1080, "http": 8080}
_REPLIES = {
    1: "general failure",
    2: "not allowed by its rules",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "time ran out",
    7: "command not supported",
    8: "address type not supported",
}
_BOUND = {1: 4, 4: 16}
"""SOCKS5 address types to the bytes of the address that follows."""


class NotAnUpstream(ValueError):
    """The setting is no proxy that can be used. The message says what is expected."""


class NoWay(Exception):
    """The upstream proxy did not connect. The message says why."""


class Upstream(msgspec.Struct, frozen=True):
    """A proxy of the operator's. `scheme` is "socks5" or "http"; `user` and `password` are bytes as they are sent."""

    scheme: str
    host: str
    port: int
    user: bytes = b""
    password: bytes = b""

    @property
    def credentials(self) -> http1.Fields:
        """The field that says who asks an HTTP proxy; none without a user."""
        if not self.user:
            return ()
        return ((b"Proxy-Authorization", b"Basic " + base64.b64encode(self.user + b":" + self.password)),)


def parse(text: str) -> Upstream | None:
    """Read "socks5://[user:password@]host[:port]" or "http://..."; None for "". Raises NotAnUpstream, which never shows the password."""
    if not text.strip():
        return None
    wanted = "an upstream proxy is written socks5://host:port or http://host:port"
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise NotAnUpstream(wanted) from None
    scheme = "socks5" if parts.scheme == "socks5h" else parts.scheme
    if scheme not in SCHEMES or not parts.hostname or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise NotAnUpstream(wanted)
    user, password = (unquote(part or "").encode("utf-8") for part in (parts.username, parts.password))
    if len(user) > 255 or len(password) > 255 or (password and not user):
        raise NotAnUpstream(f"{wanted}; user and password have 255 bytes each at most")
    return Upstream(scheme, parts.hostname, port or _PORTS[scheme], user, password)


async def connect(
    upstream: Upstream, host: str, port: int, *, tunnel: bool
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to `host` through the upstream proxy; with an HTTP proxy and without `tunnel`, one to that proxy itself.

    Raises NoWay, OSError, and what asyncio's reader raises for an answer that is cut short.
    """
    reader, writer = await asyncio.open_connection(upstream.host, upstream.port, limit=http1.LINE)
    try:
        if upstream.scheme == "socks5":
            await _socks5(upstream, host, port, reader, writer)
        elif tunnel:
            await _tunnel(upstream, host, port, reader, writer)
    except BaseException:
        writer.close()
        raise
    return reader, writer


async def _socks5(
    upstream: Upstream, host: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    writer.write(b"\x05\x02\x00\x02" if upstream.user else b"\x05\x01\x00")
    version, method = await reader.readexactly(2)
    if version != 5 or method not in (0, 2) or (method == 2 and not upstream.user):
        raise NoWay("the SOCKS5 proxy wants another way to log in")
    if method == 2:  # RFC 1929
        user, password = upstream.user, upstream.password
        writer.write(bytes((1, len(user))) + user + bytes((len(password),)) + password)
        if (await reader.readexactly(2))[1] != 0:
            raise NoWay("the SOCKS5 proxy does not accept user and password")
    writer.write(b"\x05\x01\x00" + _destination(host) + port.to_bytes(2, "big"))
    version, code, _, kind = await reader.readexactly(4)
    if version != 5 or code:
        raise NoWay(f"the SOCKS5 proxy did not connect: {_REPLIES.get(code, 'unknown reason')}")
    size = _BOUND.get(kind)
    if size is None:
        size = (await reader.readexactly(1))[0]
    await reader.readexactly(size + 2)


def _destination(host: str) -> bytes:
    """Address type and address, RFC 1928, 5; a name goes as a name."""
    if http1.is_address(host):
        address = ipaddress.ip_address(host)
        return (b"\x01" if address.version == 4 else b"\x04") + address.packed
    written = host.encode("ascii")
    return b"\x03" + bytes((len(written),)) + written


async def _tunnel(
    upstream: Upstream, host: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    fields = ((b"Host", where.encode("ascii")), *upstream.credentials)
    writer.write(http1.written(b"CONNECT " + where.encode("ascii") + b" HTTP/1.1", fields))
    try:
        lines = await http1.read_head(reader)
        status = http1.reply(lines).status if lines else 0
    except http1.Malformed as error:
        raise NoWay(f"the upstream proxy: {error}") from None
    if not 200 <= status < 300:
        raise NoWay(f"the upstream proxy answered {status}" if status else "the upstream proxy closed the connection")
