"""The world of the escape attempts: who has which address, the servers that notice whoever comes, and a DNS that notices who asks.

Runs in a network namespace that has only loopback. Addresses that count as global ones are loopback's too, in there.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import socket
import struct
from collections import Counter
from urllib.parse import parse_qs, unquote, urlsplit

import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset

from tests.visit.escape_channels import CHANNELS, Channel, Page, pointed

PAGE = "20.65.0.1"
_NETWORKS = (
    *("10.66.0.0/16", "20.65.0.0/16", "20.66.0.0/16", "100.66.0.0/16", "169.254.0.0/16"),
    *("fd66::/16", "fec0::/16", "2002::/16", "64:ff9b::/96"),
)
TCP = (80, 443, 8080, 8443, 3000, 3478, 53)
UDP = (443, 3478)
ALLOWED = (80, 443, 8080, 8443)
_NAME = re.compile(r"^([a-z0-9]+)-([0-9]+)\.test$")
_PKTINFO = getattr(socket, "IP_PKTINFO", 8)


def routes() -> list[str]:
    """What `ip -batch` makes of loopback all of it."""
    return [
        "link set lo up",
        *(f"route add local {network} dev lo" for network in _NETWORKS),
    ]


def addresses(kind: str, number: int) -> tuple[str, ...]:
    """Where the names of a kind lead."""
    loop, private, control = f"127.0.{number}.1", f"10.66.{number}.1", f"20.66.{number}.1"
    return {
        "page": (PAGE,),
        "control": (control,),
        "loop": (loop,),
        "udp": (loop,),
        "dns": (control,),
        "priv": (private,),
        "link": (f"169.254.{number}.1",),
        "meta": ("169.254.169.254",),
        "cgn": (f"100.66.{number}.1",),
        "zero": ("0.0.0.0",),
        "mapped": (f"::ffff:{private}",),
        "sixtofour": (f"2002:a42:{number:02x}01::1",),
        "nat64": (f"64:ff9b::a42:{number:02x}01",),
        "ula": (f"fd66::{number:x}",),
        "site": (f"fec0::{number:x}",),
        "six": ("::1",),
        "mixed": (control, loop),
    }.get(kind, ())


def literal(kind: str, number: int) -> str:
    """A host that is spelt as an address, or leads here by itself."""
    return {
        "=loopback": f"127.0.{number}.1",
        "=private": f"10.66.{number}.1",
        "=link-local": f"169.254.{number}.1",
        "=decimal": str(int(ipaddress.IPv4Address(f"127.0.{number}.1"))),
        "=hex": f"0x7f.0.{number}.1",
        "=octal": f"0177.0.{number}.1",
        "=short": f"127.{number << 8 | 1}",
        "=localhost": "localhost",
        "=v6": f"[fd66::{number:x}]",
        "=mapped": f"[::ffff:10.66.{number}.1]",
        "=port 3000": f"control-{number}.test:3000",
    }[kind]


def target(channel: Channel, number: int, *, control: bool) -> str:
    """The URL that the page is pointed at: the canary's, or that of a server that may be asked."""
    if channel.seen == "place":
        return f"http://control-{number}.test/t/{number}" if control else channel.target
    host = literal(channel.target, number) if channel.target.startswith("=") else f"{channel.target}-{number}.test"
    host = f"control-{number}.test" if control and channel.seen != "dns" else host
    match channel.scheme:
        case "stun" | "turn":
            return f"{channel.scheme}:{host}:3478"
        case "turntcp":
            return f"turn:{host}:80"
    return f"{channel.scheme}://{host}/t/{number}"


class Resolver:
    """The guard's names: no DNS, and names that lead elsewhere at the second question."""

    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()

    async def __call__(self, host: str) -> tuple[str, ...]:
        self._asked[host] += 1
        return self.answer(host, self._asked[host])

    def answer(self, host: str, time: int = 1) -> tuple[str, ...]:
        if host == "page.test":
            return (PAGE,)
        found = _NAME.match(host)
        if not found:
            return ()
        kind, number = found[1], int(found[2])
        if kind == "rebind":
            kind = "control" if time == 1 else "loop"
        return addresses(kind, number)


class World:
    """The servers. `canary`, `control` and `leaks` count who came, by channel; -1 stands for none that can be told."""

    def __init__(self) -> None:
        self.canary: Counter[int] = Counter()
        self.control: Counter[int] = Counter()
        self.asked: Counter[int] = Counter()
        self.names: Counter[str] = Counter()
        self.leaks = 0
        self._resolver = Resolver()
        self._servers: list[asyncio.AbstractServer] = []
        self._sockets: list[socket.socket] = []

    def forget(self) -> None:
        for each in (self.canary, self.control, self.asked, self.names):
            each.clear()
        self.leaks = 0

    async def open(self) -> None:
        for port in TCP:
            self._servers.append(await asyncio.start_server(self._connected, None, port))
        loop = asyncio.get_running_loop()
        for port in (*UDP, 53):
            listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            listener.setsockopt(socket.IPPROTO_IP, _PKTINFO, 1)
            listener.settimeout(0)
            listener.bind(("0.0.0.0", port))
            loop.add_reader(listener, self._datagram, listener, port)
            self._sockets.append(listener)

    def close(self) -> None:
        for server in self._servers:
            server.close()
        for listener in self._sockets:
            asyncio.get_running_loop().remove_reader(listener)
            listener.close()

    def note(self, address: str, port: int, path: str = "") -> None:
        """Somebody came to this address."""
        if address == PAGE:
            return
        said = re.match(r"/t/([0-9]+)", path)
        number = int(said[1]) if said else number_of(address)
        allowed = address.startswith("20.66.") and port in ALLOWED
        (self.control if allowed else self.canary)[number] += 1

    # -- TCP

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address, port = writer.get_extra_info("sockname")[:2]
        address = address.removeprefix("::ffff:")
        head = b""
        if port in (443, 8443):  # what is said there is TLS
            self.note(address, port)
            writer.close()
            return
        with contextlib.suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError, TimeoutError):
            async with asyncio.timeout(3):
                head = await reader.readuntil(b"\r\n\r\n")
        parts = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        path = parts[1] if len(parts) == 3 else ""
        self.note(address, port, path)
        with contextlib.suppress(OSError):
            writer.write(_written(self._answer(path)))
            await writer.drain()
            writer.close()

    def _answer(self, path: str) -> Page:
        where = urlsplit(path)
        query = parse_qs(where.query)
        if where.path.startswith("/leak"):
            self.leaks += 1
        if found := re.match(r"/c/([0-9]+)", where.path):
            channel = CHANNELS[int(found[1])]
            return pointed(channel.page, unquote(query.get("to", [""])[0]))
        if where.path == "/redirect":
            return Page(status="302 Found", fields=(f"Location: {query['to'][0]}",))
        if where.path == "/sw.js":
            to = query["to"][0]
            source = f"try{{importScripts('{to}')}}catch(e){{}};fetch('{to}',{{mode:'no-cors'}}).catch(()=>0)"
            return Page(source, type="text/javascript")
        return Page("//", fields=("Access-Control-Allow-Origin: *",), type="text/javascript")

    # -- UDP

    def _datagram(self, listener: socket.socket, port: int) -> None:
        with contextlib.suppress(OSError):
            said, extra, _, sender = listener.recvmsg(4_096, 256)
            if port == 53:
                self._question(listener, said, sender)
                return
            for level, kind, content in extra:
                if level == socket.IPPROTO_IP and kind == _PKTINFO:
                    _, _, raw = struct.unpack("i4s4s", content[:12])
                    self.note(socket.inet_ntoa(raw), port)

    def _question(self, listener: socket.socket, said: bytes, sender: object) -> None:
        try:
            question = dns.message.from_wire(said)
        except Exception:  # noqa: BLE001  # whatever was sent there: it was noticed
            self.asked[-1] += 1
            return
        name = question.question[0].name.to_text(omit_final_dot=True).lower()
        found = _NAME.match(name)
        self.asked[int(found[2]) if found else -1] += 1
        self.names[name] += 1
        response = dns.message.make_response(question)
        response.flags |= dns.flags.RA
        kind = question.question[0].rdtype
        time = 2 if name.startswith("rebind") and self.names[name] > 2 else 1
        for address in self._resolver.answer(name, time):
            six = ":" in address
            if kind == (dns.rdatatype.AAAA if six else dns.rdatatype.A):
                response.answer.append(dns.rrset.from_text(question.question[0].name, 0, "IN", kind, address))
        listener.sendto(response.to_wire(), sender)  # type: ignore[arg-type]


def number_of(host: str) -> int:
    """The channel that an address or name belongs to; -1 where it belongs to none alone."""
    if found := _NAME.match(host):
        return int(found[2])
    if host == "localhost":
        return next(number for number, channel in enumerate(CHANNELS) if channel.target == "=localhost")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return -1
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return number_of(str(address.ipv4_mapped))
        return int(address) & 0xFFFF if host.startswith(("fd66", "fec0")) else -1
    octets = address.packed
    own = octets[:2] in (b"\x0a\x42", b"\x14\x42", b"\xa9\xfe", b"\x64\x42") or octets[:2] == b"\x7f\x00"
    return octets[2] if own and octets[3] == 1 and host != "127.0.0.1" else -1


def _written(page: Page) -> bytes:
    body = page.html.encode()
    fields = "".join(f"{field}\r\n" for field in page.fields)
    return (
        f"HTTP/1.1 {page.status}\r\nContent-Type: {page.type}; charset=utf-8\r\n{fields}"
        f"Cache-Control: no-store\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
