"""Servers on loopback that take their time for every answer: DNS, RDAP, Safe Browsing, WHOIS. In a process of their own.

The DNS knows every name, with SPF policies that include another's, so that a mail's questions hang on one another as they do outside.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any, NamedTuple

import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import dns.rrset

HOST = "bench.example"
"""The servers' own names are below this one."""
SOMEWHERE = "93.184.215.14"
"""Where every other name leads: an address that the databases know, and that nobody connects to."""
_TTL = 300
_NOT_LISTED = b"\x12\x03\x08\xac\x02"
"""Safe Browsing v5: no hash is listed, which holds for 300 seconds."""
_JPRS = """\
[ JPRS database provides information on network administration. ]

Domain Information: [ドメイン情報]
a. [ドメイン名]                 {name}
f. [組織名]                     架空商事株式会社
g. [Organization]               Kaku Shoji Co., Ltd.
p. [ネームサーバ]               ns1.{name}
[状態]                          Connected (2027/03/31)
[登録年月日]                    1999/04/01
[最終更新]                      2026/04/01 01:05:35 (JST)

"""


class Ports(NamedTuple):
    """Where they listen on 127.0.0.1."""

    dns: int
    http: int
    whois: int


def record(name: str, type: str) -> str:
    """What the DNS has for a name, in presentation form; "" for nothing."""
    if type == "A":
        return "127.0.0.1" if name.endswith(HOST) else SOMEWHERE
    if type == "MX":
        return f"10 mx.{name}."
    if type == "NS":
        return f"ns.{name}."
    if type != "TXT":
        return ""
    if name.startswith("_dmarc."):
        return '"v=DMARC1; p=none"'
    if name.startswith("_spf."):
        return '"v=spf1 ip4:192.0.2.0/24 ~all"'
    return "" if name.startswith("_") or "._" in name else f'"v=spf1 include:_spf.{name} ~all"'


def dns_answer(wire: bytes) -> bytes:
    """The answer to a query, on the wire."""
    query = dns.message.from_wire(wire)
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.RA
    question = query.question[0]
    name, type = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
    found = record(name, type)
    # A name out of a mail may hold anything that a label may: what cannot be written is not there.
    if found and len(name) < 200 and name.replace("-", "").replace("_", "").replace(".", "").isalnum():
        answer.answer.append(dns.rrset.from_text(question.name, _TTL, "IN", type, found))
    return answer.to_wire()


def http_answer(head: str) -> tuple[str, bytes]:
    """Media type and body for a request."""
    if "/v5/" in head:
        return "application/x-protobuf", _NOT_LISTED
    kind = "domain" if "/domain/" in head else "ip network" if "/ip/" in head else "autnum"
    name = head.split()[1].rpartition("/")[2]
    document: dict[str, Any] = {
        "objectClassName": kind,
        "handle": name,
        "country": "JP",
        "status": ["active"],
        "entities": [],
    }
    if kind == "domain":
        document["ldhName"] = name
    elif kind == "ip network":
        document |= {"startAddress": name, "endAddress": name, "ipVersion": f"v{ip_address(name).version}"}
    document["events"] = [{"eventAction": "registration", "eventDate": "2020-01-01T00:00:00Z"}]
    return "application/rdap+json", json.dumps(document).encode()


def whois_answer(line: bytes) -> bytes:
    """JPRS's form for whatever is asked."""
    name = line.decode("ascii", "replace").split()[-1].partition("/")[0].upper() if line.strip() else ""
    return _JPRS.format(name=name).encode("iso-2022-jp")


class _Dns(asyncio.DatagramProtocol):
    def __init__(self, latency: float) -> None:
        self._latency = latency

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, address: Any) -> None:
        asyncio.get_running_loop().call_later(self._latency, self._transport.sendto, dns_answer(data), address)


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def _http(latency: float) -> Handler:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            await asyncio.sleep(latency)
            media_type, body = http_answer(head)
            fields = f"Content-Type: {media_type}\r\nContent-Length: {len(body)}\r\n"
            writer.write(f"HTTP/1.1 200 OK\r\n{fields}\r\n".encode() + body)

    return answer


def _whois(latency: float) -> Handler:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        await asyncio.sleep(latency)
        writer.write(whois_answer(line))
        await writer.drain()
        writer.close()

    return answer


def _quietly(answer: Handler) -> Handler:
    """Whoever hangs up is let go."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    return handle


async def _serve(latency: float, told: Any) -> None:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Dns(latency), ("127.0.0.1", 0))
    ports = [transport.get_extra_info("sockname")[1]]
    servers = []
    for answer in (_http(latency), _whois(latency)):
        servers.append(await asyncio.start_server(_quietly(answer), "127.0.0.1", 0, backlog=512))
        ports.append(servers[-1].sockets[0].getsockname()[1])
    told.send(tuple(ports))
    await asyncio.Event().wait()


def _run(latency: float, told: Any) -> None:
    asyncio.run(_serve(latency, told))


@contextmanager
def serving(latency: float) -> Iterator[Ports]:
    """The servers, each taking `latency` seconds for an answer."""
    near, far = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(latency, far), daemon=True)
    process.start()
    try:
        yield Ports(*near.recv())
    finally:
        process.terminate()
        process.join()
