"""A server on loopback that speaks Safe Browsing v5 (protobuf) and Web Risk v1 (JSON) as documented, with the faults of real ones.

with SafeBrowsingServer() as server:
    server.list_as("evil.example/", "SOCIAL_ENGINEERING")
    server.publish("se-4b", ["evil.example/"])
    ...  # safe_browsing_url = web_risk_url = server.url, key: server.key
"""

from __future__ import annotations

import hashlib
import itertools
import json
import threading
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from sabaki.model.lookup import Lookup
from sabaki.sources.egress import Egress, Guard

THREATS = {"MALWARE": 1, "SOCIAL_ENGINEERING": 2, "UNWANTED_SOFTWARE": 3, "POTENTIALLY_HARMFUL_APPLICATION": 4}
ATTRIBUTES = {"CANARY": 1, "FRAME_ONLY": 2}
ALL_LISTS = ("se-4b", "mw-4b", "uws-4b", "uwsa-4b", "pha-4b", "gc-32b")
PARAMETERS = {4: (3, 30), 8: (35, 62), 16: (99, 126), 32: (227, 254)}


def sha(expression: str) -> bytes:
    return hashlib.sha256(expression.encode()).digest()


def varint(value: int) -> bytes:
    out = bytearray()
    value &= (1 << 64) - 1
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value) if value else b""


def fixed64(field: int, value: int) -> bytes:
    return varint(field << 3 | 1) + value.to_bytes(8, "little") if value else b""


def message(field: int, raw: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(raw)) + raw


def duration(seconds: float) -> bytes:
    return number(1, int(seconds)) + number(2, int(seconds % 1 * 1e9))


def rice(values: list[int], width: int, parameter: int | None = None, count: int | None = None) -> bytes:
    """Sorted numbers as RiceDeltaEncoded32Bit, 64Bit, 128Bit or 256Bit."""
    least, greatest = PARAMETERS[width]
    span = max(1, (values[-1] - values[0]) // max(1, len(values) - 1))
    k = parameter if parameter is not None else min(greatest, max(least, span.bit_length() - 1))
    held, bits, data = 0, 0, bytearray()
    for before, after in itertools.pairwise(values):
        quotient, rest = divmod(after - before, 1 << k)
        held |= ((1 << quotient) - 1 | rest << (quotient + 1)) << bits
        bits += quotient + 1 + k
        data += (held & (1 << (bits & ~7)) - 1).to_bytes(bits // 8, "little")
        held >>= bits & ~7
        bits &= 7
    if bits:
        data.append(held)
    parts = max(1, width // 8)
    shifts = range(64 * (parts - 1), -1, -64)
    first = [values[0] >> shift & (1 << 64) - 1 for shift in shifts]
    head = number(1, first[0]) + b"".join(fixed64(at, part) for at, part in enumerate(first[1:], 2))
    entries = len(values) - 1 if count is None else count
    tail = message(parts + 3, bytes(data)) if data else b""
    return head + number(parts + 1, k if entries else 0) + number(parts + 2, entries) + tail


class Here:
    """A world with an egress that may go to this machine, settings for a server, a directory, and a clock that is moved by hand."""

    def __init__(self, server: SafeBrowsingServer, data: Path, **settings: Any) -> None:
        self.egress: Any = Egress(Guard(_no_names, ("127.0.0.1",), None))
        self.data = data
        self.at = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
        at = {"safe_browsing_url": server.url, "web_risk_url": server.url}
        keys = {"safe_browsing_key": server.key, "web_risk_key": server.key}
        self.settings = SimpleNamespace(**at | keys | settings)
        server.clock = self.now

    def now(self) -> datetime:
        return self.at

    def pass_time(self, **units: float) -> None:
        self.at += timedelta(**units)

    async def lookup(self, name: str, type: str) -> Lookup:
        raise AssertionError(name)


async def _no_names(host: str) -> tuple[str, ...]:
    raise AssertionError(host)


class SafeBrowsingServer:
    """Answers what it was told is listed, and keeps what it was asked. `fault` makes it fail in one of the ways of `_FAULTS`."""

    def __init__(self) -> None:
        self.key = "test-key"
        self.fault = ""
        self.retry_after = ""
        self.cache_seconds = 300.0
        self.wait_seconds = 1800.0
        self.clock: Any = lambda: datetime.now(UTC)
        self.paths: list[str] = []
        self.searches: list[tuple[bytes, ...]] = []
        """The prefixes of each search."""
        self.list_requests: list[dict[str, list[str]]] = []
        self.release = threading.Event()
        """Set to let slow answers go."""
        self._listed: dict[bytes, list[tuple[int, tuple[int, ...]]]] = {}
        self._versions: dict[str, list[list[bytes]]] = {name: [[]] for name in ALL_LISTS}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:  # the library's own name
                outer._answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.handler = Handler
        """For a connection that somebody else accepted."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()

    def list_as(self, expression: str | bytes, *threats: str | int, attributes: Iterable[str | int] = ()) -> None:
        """List an expression ("evil.example/") or a whole hash. Numbers stand for kinds that are newer than the client."""
        hash = sha(expression) if isinstance(expression, str) else expression
        marks = tuple(ATTRIBUTES[each] if isinstance(each, str) else each for each in attributes)
        kinds = [(THREATS[each] if isinstance(each, str) else each, marks) for each in threats]
        self._listed.setdefault(hash, []).extend(kinds)

    def publish(self, name: str, expressions: Iterable[str | bytes]) -> None:
        """A new version of a list: its whole contents, as expressions or as hashes of its width."""
        width = int(name.rpartition("-")[2][:-1])
        hashes = {(sha(each) if isinstance(each, str) else each)[:width] for each in expressions}
        self._versions[name].append(sorted(hashes))

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        query = parse_qs(parts.query)
        self.paths.append(handler.path)
        key = handler.headers.get("X-Goog-Api-Key") or query.get("key", [""])[0]
        if self.fault in _FAULTS:
            _FAULTS[self.fault](self, handler)
        elif key != self.key:
            error(
                handler, 400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", "API_KEY_INVALID"
            )
        elif parts.path == "/v5/hashes:search":
            self._search(handler, query)
        elif parts.path == "/v5/hashLists:batchGet":
            self._lists(handler, query)
        elif parts.path == "/v1/hashes:search":
            self._web_risk(handler, query)
        else:
            error(handler, 404, "NOT_FOUND", "Requested entity was not found.")

    def _found(self, prefixes: Iterable[bytes]) -> list[tuple[bytes, list[tuple[int, tuple[int, ...]]]]]:
        wanted = tuple(prefixes)
        return [(hash, kinds) for hash, kinds in self._listed.items() if hash.startswith(wanted)]

    def _search(self, handler: BaseHTTPRequestHandler, query: dict[str, list[str]]) -> None:
        prefixes = tuple(decoded(each) for each in query.get("hashPrefixes", []))
        self.searches.append(prefixes)
        if not 0 < len(prefixes) <= 1000 or any(len(each) != 4 for each in prefixes):
            error(handler, 400, "INVALID_ARGUMENT", "Request contains an invalid argument.")
            return
        raw = b"".join(message(1, full_hash(hash, kinds)) for hash, kinds in self._found(prefixes))
        send(handler, 200, "application/x-protobuf", raw + message(2, duration(self.cache_seconds)))

    def _lists(self, handler: BaseHTTPRequestHandler, query: dict[str, list[str]]) -> None:
        names = query.get("names", [])
        self.list_requests.append(query)
        most = int(query.get("sizeConstraints.maxUpdateEntries", ["0"])[0])
        if len(set(names)) != len(names) or not set(names) <= set(ALL_LISTS) or 0 < most < 1024:
            error(handler, 400, "INVALID_ARGUMENT", "Request contains an invalid argument.")
            return
        held = dict(decoded(each).decode().split("/") for each in query.get("version", []))
        raw = b"".join(message(1, self._list(name, held.get(name, ""), most)) for name in names)
        send(handler, 200, "application/x-protobuf", raw)

    def _list(self, name: str, version: str, most: int) -> bytes:
        """A HashList: whole for whoever has none, else what changed, at most `most` additions. A version is "index.count"."""
        width = int(name.rpartition("-")[2][:-1])
        now = self._versions[name][-1]
        at, _, count = version.partition(".")
        before = self._versions[name][int(at)][: int(count)] if version else []
        known, target = set(before), set(now)
        added = sorted(target - known)
        removed = [place for place, each in enumerate(before) if each not in target]
        rest = bool(most and len(added) > most)
        if rest:  # from an unfinished version on, only what comes after is missing
            added = added[:most]
            now = sorted(known - {before[place] for place in removed} | set(added))
            self._versions[name].insert(-1, now)
        index = len(self._versions[name]) - (2 if rest else 1)
        raw = message(1, name.encode()) + message(2, f"{name}/{index}.{len(now)}".encode()) + number(3, bool(version))
        if added:
            values = [int.from_bytes(each, "big") for each in added]
            raw += message({4: 4, 8: 9, 16: 10, 32: 11}[width], self._rice(values, width))
        if removed:
            raw += message(5, rice(removed, 4))
        if added or removed or not version:
            checksum = hashlib.sha256(b"".join(now)).digest()
            raw += message(7, bytes(32) if self.fault == "checksum" else checksum)
        return raw + message(6, duration(0 if rest else self.wait_seconds))

    def _rice(self, values: list[int], width: int) -> bytes:
        if self.fault == "rice parameter":
            return rice(values, width, parameter=31 if width == 4 else 255)
        if self.fault == "rice count":
            return rice(values, width, count=(1 << 31) - 1)
        return rice(values, width)

    def _web_risk(self, handler: BaseHTTPRequestHandler, query: dict[str, list[str]]) -> None:
        prefix = decoded(query["hashPrefix"][0])
        self.searches.append((prefix,))
        until = (self.clock() + timedelta(seconds=self.cache_seconds)).strftime("%Y-%m-%dT%H:%M:%S.123456789Z")
        names = {value: name for name, value in THREATS.items()}
        threats = [
            {"threatTypes": [names[kind] for kind, _ in kinds], "hash": b64encode(hash).decode(), "expireTime": until}
            for hash, kinds in self._found((prefix,))
        ]
        answer = ({"threats": threats} if threats else {}) | {"negativeExpireTime": until}
        send(handler, 200, "application/json; charset=UTF-8", json.dumps(answer).encode())


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def full_hash(hash: bytes, kinds: list[tuple[int, tuple[int, ...]]]) -> bytes:
    details = (number(1, kind) + (message(2, b"".join(map(varint, marks))) if marks else b"") for kind, marks in kinds)
    return message(1, hash) + b"".join(message(2, detail) for detail in details)


def send(handler: BaseHTTPRequestHandler, status: int, kind: str, raw: bytes, **more: str) -> None:
    handler.send_response(status)
    for name, value in {"content-type": kind, "content-length": str(len(raw)), **more}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(raw)


def error(handler: BaseHTTPRequestHandler, code: int, status: str, text: str, reason: str = "", **more: str) -> None:
    """Google's form of an error (google.rpc.Status, in JSON)."""
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}] if reason else []
    raw = json.dumps({"error": {"code": code, "message": text, "status": status, "details": details}}).encode()
    send(handler, code, "application/json; charset=UTF-8", raw, **more)


def _quota(server: SafeBrowsingServer, handler: BaseHTTPRequestHandler) -> None:
    more = {"Retry-After": server.retry_after} if server.retry_after else {}
    error(handler, 429, "RESOURCE_EXHAUSTED", "Quota exceeded.", "RATE_LIMIT_EXCEEDED", **more)


def _slow(server: SafeBrowsingServer, handler: BaseHTTPRequestHandler) -> None:
    server.release.wait(60)
    send(handler, 200, "application/x-protobuf", b"")


def _endless(server: SafeBrowsingServer, handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("content-type", "application/x-protobuf")
    handler.send_header("content-length", str(1 << 30))
    handler.end_headers()
    try:
        while not server.release.is_set():
            handler.wfile.write(bytes(65_536))
    except OSError:
        pass
    handler.close_connection = True


_PROTO = "application/x-protobuf"
_FAULTS: dict[str, Any] = {
    "forbidden": lambda _, handler: error(
        handler, 403, "PERMISSION_DENIED", "API has not been used.", "SERVICE_DISABLED"
    ),
    "quota": _quota,
    "down": lambda _, handler: error(handler, 503, "UNAVAILABLE", "The service is currently unavailable."),
    "slow": _slow,
    "endless": _endless,
    "garbage": lambda _, handler: send(handler, 200, _PROTO, bytes(range(256))),
    "truncated": lambda _, handler: send(handler, 200, _PROTO, message(1, bytes(40))[:-5]),
    "empty": lambda _, handler: send(handler, 200, _PROTO, b""),
    "portal": lambda _, handler: send(handler, 200, "text/html", b"<html>Sign in to the network</html>"),
    "redirect": lambda _, handler: send(handler, 302, "text/html", b"", Location="http://127.0.0.1:1/"),
    "cut": lambda _, handler: (
        handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc"),
        handler.connection.close(),
    ),
}
