"""How a server may go wrong: down, slow, lying, leading elsewhere, without end, garbage. Each as a function that is handed a connection."""

from __future__ import annotations

import gzip
import json
import random
import socket
import time
from collections.abc import Callable

from tests.online import forms, places
from tests.online.servers import LOG, Serve, host_at, question, reply, target
from tests.sources.safebrowsing_server import duration, fixed64, full_hash, message, number, sha

GIGABYTE = 1 << 30
_HEAD_END = b"\r\n\r\n"
_CHUNK = 1 << 16
_PROTOBUF = "application/x-protobuf"
_NOISE = random.Random(5).randbytes(4_000)
ELSEWHERE = {
    "redirecting to loopback": places.LOOPBACK,
    "redirecting to the cloud's metadata": places.METADATA,
    "redirecting to a private address": places.PRIVATE,
    "redirecting to IPv6 loopback": f"[{places.LOOPBACK6}]",
    "redirecting to a mapped address": "[::ffff:127.0.0.1]",
    "redirecting to a number": "2130706433",
}


def silent(connection: socket.socket, _: str) -> None:
    """Takes what comes, and says nothing until the client goes."""
    question(connection, b"\0never")


def after(end: bytes, serve: Serve) -> Serve:
    """Hears the question out first."""

    def wrapped(connection: socket.socket, address: str) -> None:
        question(connection, end)
        serve(connection, address)

    return wrapped


def says(raw: bytes) -> Serve:
    """Says that, whatever was asked."""
    return lambda connection, _: connection.sendall(raw)


def drips(raw: bytes) -> Serve:
    """A byte a second."""

    def serve(connection: socket.socket, _: str) -> None:
        for byte in raw:
            connection.sendall(bytes((byte,)))
            time.sleep(1)

    return serve


def pours(head: bytes, chunk: bytes, most: int = GIGABYTE) -> Serve:
    """So many bytes in chunks, for as long as somebody takes them."""

    def serve(connection: socket.socket, _: str) -> None:
        connection.sendall(head)
        gone = 0
        while gone < most:
            sent = connection.send(chunk)
            LOG.pour(sent)
            gone += sent

    return serve


def _bomb() -> bytes:
    """A gigabyte of blanks, packed to a thousandth."""
    packed = gzip.compress(b" " * (1 << 24), 9)
    return packed * (GIGABYTE >> 24)  # RFC 1952 section 2.2: members follow each other


def over_http(kind: str) -> dict[str, Serve]:
    """What HTTP servers of any kind do, inside of TLS, after the question."""
    ok = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n"
    blanks = b" " * _CHUNK
    acts: dict[str, Serve] = {
        "slow: never answers": silent,
        "slow: a byte a second": drips(reply(200, b"{}", kind)),
        "1 GB, announced": pours(f"{ok}Content-Length: {GIGABYTE}\r\n\r\n".encode(), blanks),
        "1 GB, chunked": pours(f"{ok}Transfer-Encoding: chunked\r\n\r\n".encode(), b"10000\r\n" + blanks + b"\r\n"),
        "1 GB, until the end": pours(f"{ok}Connection: close\r\n\r\n".encode(), blanks),
        "1 GB, gzip": lambda connection, _: connection.sendall(reply(200, _bomb(), kind, Content_Encoding="gzip")),
        "1 GB of header fields": pours(b"HTTP/1.1 200 OK\r\n", b"X-Filler: " + b"x" * 60_000 + b"\r\n"),
        "garbage instead of HTTP": says(_NOISE),
        "garbage as the body": says(reply(200, _NOISE, kind)),
        "an error (503)": says(reply(503, b"", "text/html")),
        "a captive portal": says(reply(200, b"<html>Sign in to the network</html>", "text/html")),
        "redirecting without end": lambda connection, address: connection.sendall(
            reply(302, b"", Location=f"https://{host_at(address)}/again")
        ),
        "redirecting to plain HTTP": lambda connection, address: connection.sendall(
            reply(302, b"", Location=f"http://{host_at(address)}/")
        ),
        "redirecting to names of the inside": lambda connection, address: connection.sendall(
            reply(307, b"", Location=f"https://{_trap_for(address)}/latest/meta-data/")
        ),
    }
    for name, host in ELSEWHERE.items():
        acts[name] = says(reply(302, b"", Location=f"https://{host}/latest/meta-data/"))
    return acts


def _trap_for(address: str) -> str:
    """Another name of the inside for each server."""
    return list(places.TRAPS)[sum(address.encode()) % len(places.TRAPS)]


def _about_others(host: str, path: str) -> bytes:
    text = forms.rdap(host, path)[1].decode()
    text = text.replace(places.DOMAIN, "ginkou.example").replace("20.33.0.0", "203.0.113.0")
    for before, lie in (
        ("20.128.255.255", "203.0.113.255"),
        ("99.198.96.0", "203.0.113.0"),
        ("99.198.127.255", "203.0.113.255"),
    ):
        text = text.replace(before, lie)
    return reply(200, text.encode())


def _nonsense(_: str, path: str) -> bytes:
    """The right names and types; the values make no sense, or mean harm."""
    markup = "<script>alert(1)</script>\u202e\x1b[2J"
    document = {
        "objectClassName": "domain" if "/domain/" in path else "ip network",
        "ldhName": places.DOMAIN,
        "startAddress": "0.0.0.0",
        "endAddress": "255.255.255.255",
        "handle": markup * 500,
        "name": markup,
        "country": "ZZZZ",
        "status": [markup, "", "active"] * 300,
        "events": [{"eventAction": "registration", "eventDate": "9999-99-99T99:99:99Z"}] * 300,
        "nameservers": [{"objectClassName": "nameserver", "ldhName": "x" * 5_000}] * 100,
        "entities": [
            forms.entity("registrant", ["fn", {}, "text", markup], ["adr", {"cc": markup}, "text", [markup] * 7])
        ]
        * 200,
        "port43": "127.0.0.1",
        "links": [
            {"rel": "related", "href": f"https://{places.LOOPBACK}/rdap/domain/x", "type": "application/rdap+json"}
        ],
    }
    return reply(200, json.dumps(document).encode())


def _answering(make: Callable[[str, str], bytes]) -> Serve:
    def serve(connection: socket.socket, address: str) -> None:
        connection.sendall(make(*target(question(connection, _HEAD_END))))

    return serve


def _leading(host: str, path: str) -> bytes:
    """The registry is honest, and the registrar that it leads to is inside."""
    related = f"https://{places.LOOPBACK}/rdap/domain/{places.DOMAIN}"
    if "/domain/" in path:
        return reply(200, json.dumps(forms.registry(related)).encode())
    return reply(*forms.rdap(host, path))


RDAP_LIES: dict[str, Serve] = {
    "lying: about others": _answering(_about_others),
    "lying: nonsense of the right types": _answering(_nonsense),
    "lying: nobody has it": _answering(lambda *_: reply(404, b'{"errorCode": 404}')),
    "lying: a registrar on loopback": _answering(_leading),
}


def _hashes() -> bytes:
    """Hashes that nobody asked for, of kinds that nobody knows, and some that are none."""
    odd = message(1, message(1, b"short")) + message(
        1, full_hash(sha("somebody-else.example/"), [(2, ()), (999, (7,))])
    )
    return odd + number(15, 1 << 40) + fixed64(14, 3) + message(2, duration(10.0**11))


SAFE_BROWSING_LIES: dict[str, Serve] = {
    "lying: nothing is listed": after(_HEAD_END, says(reply(200, message(2, duration(300)), _PROTOBUF))),
    "lying: hashes of others": after(_HEAD_END, says(reply(200, _hashes(), _PROTOBUF))),
    "lying: empty": after(_HEAD_END, says(reply(200, b"", _PROTOBUF))),
}


def _referring(host: str) -> Serve:
    """Answers about the right name, and refers to a server inside."""

    def serve(connection: socket.socket, address: str) -> None:
        line = question(connection, b"\r\n").decode("latin-1").strip()
        if host_at(address) == places.IANA:
            connection.sendall(f"refer:        {host}\n".encode())
            return
        name = line.split()[-1] if line else ""
        text = f"Domain Name: {name}\r\nRegistrar: Touroku\r\nRegistrar WHOIS Server: {host}\r\n"
        connection.sendall(f"{text}Creation Date: 2022-06-20T14:11:09Z\r\n".encode())

    return serve


def _form_of_another(connection: socket.socket, address: str) -> None:
    line = question(connection, b"\r\n").decode("latin-1").strip()
    answer = forms.whois(host_at(address), line).decode("iso-2022-jp", "replace")
    for name in (places.SCHOOL, places.DOMAIN):
        answer = answer.replace(name.upper(), "BETSU.AC.JP").replace(name, "betsu.example")
    for block in ("20.33.0.0 - 20.128.255.255", "99.198.96.0 - 99.198.127.255"):
        answer = answer.replace(block, "203.0.113.0 - 203.0.113.255")
    lines = [each for each in answer.splitlines() if not each.startswith("CIDR:")]
    connection.sendall("\r\n".join(lines).encode("iso-2022-jp", "replace"))


WHOIS: dict[str, Serve] = {
    "slow: never answers": silent,
    "slow: a byte a second": after(b"\r\n", drips(b"Domain Information: \r\n" * 50)),
    "lying: about others": _form_of_another,
    "lying: nobody has it": after(b"\r\n", says(b"No match!!\r\n")),
    "referring to loopback": _referring("loop.example"),
    "referring to the cloud's metadata": _referring("meta.example"),
    "referring to a private address": _referring("inside.example"),
    "referring to a bare address": _referring(places.LOOPBACK),
    "1 GB": after(b"\r\n", pours(b"", b"[Domain Name] X\r\n" * 4_000)),
    "1 GB in one line": after(b"\r\n", pours(b"", b"x" * _CHUNK)),
    "garbage": after(b"\r\n", says(_NOISE)),
    "too many questions": after(b"\r\n", says(b"WHOIS LIMIT EXCEEDED - try again later\r\n")),
    "closing at once": after(b"\r\n", says(b"")),
}

BELOW_TLS: dict[str, Serve] = {"slow: no handshake": silent, "garbage instead of TLS": says(_NOISE)}
