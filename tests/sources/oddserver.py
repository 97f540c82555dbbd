"""A DNS server that answers as the test says: wrongly, slowly, not at all."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dns.message

Behaviour = Callable[[dns.message.Message, int], "list[bytes]"]
"""Takes the question and how many came before; gives the datagrams to send back."""


class OddServer:
    """Where it listens, and what it was asked."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.asked: list[str] = []


@contextmanager
def answering(behaviour: Behaviour) -> Iterator[OddServer]:
    """A UDP server on loopback with that behaviour, for as long as the context lasts."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(0.1)
        server = OddServer(listening.getsockname()[1])
        done = threading.Event()

        def serve() -> None:
            while not done.is_set():
                try:
                    wire, peer = listening.recvfrom(65_535)
                except (TimeoutError, ConnectionError):
                    continue
                question = dns.message.from_wire(wire)
                server.asked.append(str(question.question[0]))
                for datagram in behaviour(question, len(server.asked) - 1):
                    listening.sendto(datagram, peer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            done.set()
            thread.join(5)
