"""Every packet on loopback, written down: who was connected to, what the DNS was asked. In this network there is no other way out."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import struct
import threading
import time
from pathlib import Path

import dns.exception
import dns.message
import dns.rdatatype
import msgspec

_ALL = 0x0003
_RECEIVE_FORCE = 33
"""SO_RCVBUFFORCE of socket(7)."""
_OUTGOING = 4
_HEAD = 2_000
"""Bytes of a packet that are looked at."""
_STATISTICS = 6
_SOL_PACKET = 263
_TCP, _UDP = 6, 17
_ERRORS = {1, 58}
"""ICMP of either version: what the kernel says of a closed port."""


class Record(msgspec.Struct):
    """`packets` counts all of them, `lost` those that went by unseen. `connections` are "address:port" of each TCP handshake begun,

    `names` each question to the DNS as "name TYPE", `others` what fits nowhere.
    """

    packets: int = 0
    lost: int = 0
    connections: list[str] = []
    names: list[str] = []
    others: list[str] = []


def counted() -> int:
    """Packets that loopback has sent, as the kernel counts them."""
    lines = Path("/proc/net/dev").read_text().splitlines()
    return next(int(line.split()[10]) for line in lines if line.strip().startswith("lo:"))


class Recorder:
    """Use it in a `with`; `record` is complete afterwards."""

    def __init__(self) -> None:
        self.record = Record()
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ALL))
        self._socket.setsockopt(socket.SOL_SOCKET, _RECEIVE_FORCE, 64 << 20)
        self._socket.bind(("lo", _ALL))
        self._socket.settimeout(0.2)
        self._done = threading.Event()
        self._streams: dict[tuple[str, int], bytearray] = {}
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Recorder:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        time.sleep(0.3)  # what is under way arrives
        self._done.set()
        self._thread.join()
        _, lost = struct.unpack("II", self._socket.getsockopt(_SOL_PACKET, _STATISTICS, 8))
        self.record.lost = lost
        self._socket.close()

    def _run(self) -> None:
        while True:
            try:
                raw, (_, _, kind, *_) = self._socket.recvfrom(_HEAD)
            except TimeoutError:
                if self._done.is_set():
                    return
                continue
            if kind == _OUTGOING:  # on loopback each is seen going and coming
                self.record.packets += 1
                self._packet(raw)

    def _packet(self, raw: bytes) -> None:
        if raw[0] >> 4 == 4:
            protocol, source, to, rest = raw[9], raw[12:16], raw[16:20], raw[(raw[0] & 15) * 4 :]
        else:
            protocol, source, to, rest = raw[6], raw[8:24], raw[24:40], raw[40:]
        at, peer = str(ipaddress.ip_address(to)), str(ipaddress.ip_address(source))
        if protocol in _ERRORS:
            return
        ports: tuple[int, int] = struct.unpack("!HH", rest[:4]) if len(rest) >= 8 else (0, 0)
        if protocol == _UDP and ports[1] == 53:
            self._asked(rest[8:])
        elif protocol == _TCP:
            self._segment(rest, at, ports)
        elif not (protocol == _UDP and ports[0] == 53):
            self.record.others.append(f"protocol {protocol} from {peer} to {at}:{ports[1]}")

    def _segment(self, rest: bytes, at: str, ports: tuple[int, int]) -> None:
        flags, data = rest[13], rest[(rest[12] >> 4) * 4 :]
        if flags & 0x12 == 0x02:
            self.record.connections.append(f"{at}:{ports[1]}")
        if ports[1] == 53 and data:
            stream = self._streams.setdefault((at, ports[0]), bytearray())
            stream += data
            if len(stream) > 2 and len(stream) >= 2 + int.from_bytes(stream[:2], "big"):
                self._asked(bytes(stream[2:]))
                stream.clear()

    def _asked(self, wire: bytes) -> None:
        with contextlib.suppress(dns.exception.DNSException):
            message = dns.message.from_wire(wire)
            for each in message.question:
                name = each.name.to_text(omit_final_dot=True).lower()
                self.record.names.append(f"{name} {dns.rdatatype.to_text(each.rdtype)}")
            return
        self.record.others.append(f"not a question: {wire[:40]!r}")
