"""DNS servers that go wrong, on the real port, by UDP and TCP."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Callable

import dns.flags
import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from tests.online.behaviours import pours, silent
from tests.online.places import LOOPBACK
from tests.online.servers import Serve, listen

Answer = Callable[[dns.message.Message], "list[bytes]"]
_ROOT = "ns.example."


def start(answer: Answer, by_tcp: Serve | None = None) -> None:
    """Answer every question so, until the process ends."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.bind((LOOPBACK, 53))

    def serve() -> None:
        while True:
            wire, peer = listening.recvfrom(65_535)
            for datagram in answer(dns.message.from_wire(wire)):
                listening.sendto(datagram, peer)

    threading.Thread(target=serve, daemon=True).start()
    if by_tcp:
        listen(LOOPBACK, 53, by_tcp)


def nothing(_: dns.message.Message) -> list[bytes]:
    """Never answers."""
    return []


def falls_silent(question: dns.message.Message) -> list[bytes]:
    """Is there when Sabaki looks for it, and then no more."""
    return _root(question) if question.question[0].name == dns.name.root else []


def other_names(question: dns.message.Message) -> list[bytes]:
    """Answers about a name that nobody asked for, with the wrong number, and then with the right one."""
    if question.question[0].name == dns.name.root:
        return _root(question)
    response = dns.message.make_response(question)
    response.flags |= dns.flags.RA
    response.answer.append(dns.rrset.from_text("ginkou.example.", 300, "IN", "A", "203.0.113.66"))
    right = response.to_wire()
    response.id ^= 1
    elsewhere = dns.message.make_query("ginkou.example.", "A")
    elsewhere.id = question.id
    other = dns.message.make_response(elsewhere)
    other.answer.append(dns.rrset.from_text("ginkou.example.", 300, "IN", "A", "203.0.113.66"))
    return [response.to_wire(), other.to_wire(), right]


def too_much(question: dns.message.Message) -> list[bytes]:
    """Three thousand addresses in one datagram."""
    if question.question[0].name == dns.name.root:
        return _root(question)
    response = dns.message.make_response(question)
    response.flags |= dns.flags.RA
    if question.question[0].rdtype == dns.rdatatype.A:
        many = [f"203.{high}.{low}.1" for high in range(12) for low in range(250)]
        response.answer.append(dns.rrset.from_text(question.question[0].name, 300, "IN", "A", *many))
    return [response.to_wire(max_size=65_535)]


def garbage(question: dns.message.Message) -> list[bytes]:
    """Noise, with the right number before it."""
    if question.question[0].name == dns.name.root:
        return _root(question)
    noise = random.Random(question.id).randbytes(200)
    return [noise, question.id.to_bytes(2, "big") + noise, b""]


def cut(question: dns.message.Message) -> list[bytes]:
    """Says that the answer is too long for UDP."""
    response = dns.message.make_response(question)
    if question.question[0].name != dns.name.root:
        response.flags |= dns.flags.TC
    return [response.to_wire()]


def _root(question: dns.message.Message) -> list[bytes]:
    response = dns.message.make_response(question)
    response.answer.append(dns.rrset.from_text(".", 300, "IN", "NS", _ROOT))
    return [response.to_wire()]


ODD: dict[str, tuple[Answer, Serve | None]] = {
    "slow: never answers": (nothing, silent),
    "slow: falls silent": (falls_silent, silent),
    "lying: other names": (other_names, silent),
    "1 GB by TCP": (cut, pours(b"\xff\xff", b"\0" * 65_536)),
    "thousands of addresses": (too_much, None),
    "garbage": (garbage, None),
}
