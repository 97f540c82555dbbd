"""A world for the tests of lists and services: an HTTP server on loopback that speaks each documented API with its errors, and a DNS."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from sabaki.model.knowledge import Subject
from sabaki.model.lookup import Answer, Lookup
from sabaki.sources.egress import Egress, Guard
from sabaki.sources.source import Failed

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KEY = "0123456789abcdef"
Reply = tuple[int, dict[str, str], bytes]
Records = dict[str, tuple[str, ...] | Answer]


class Asked(msgspec.Struct):
    """A request as the server got it."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]


class World:
    """Loopback and a table of DNS records. `asked` are the HTTP requests, `looked_up` the names that were looked up."""

    def __init__(self, records: Records | None = None, data: Path = Path("/nowhere"), **settings: Any) -> None:
        self.settings = SimpleNamespace(**settings)
        self.data, self.records = data, records or {}
        self.time = NOW
        self.asked: list[Asked] = []
        self.looked_up: list[str] = []
        self.egress = Egress(Guard(self._resolve, ("127.0.0.1",), None))

    async def _resolve(self, host: str) -> tuple[str, ...]:
        return ("127.0.0.1",) if host.endswith(".example") else ()

    async def lookup(self, name: str, type: str) -> Lookup:
        assert type == "A"
        self.looked_up.append(name)
        found = self.records.get(name, Answer.NXDOMAIN)
        at = self.time.isoformat(timespec="seconds")
        if isinstance(found, Answer):
            return Lookup(name, type, found, asked_at=at)
        return Lookup(name, type, Answer.ANSWER, found, asked_at=at)

    def now(self) -> datetime:
        return self.time


def reply(status: int, content: Any, headers: dict[str, str] | None = None) -> Reply:
    """A JSON answer; bytes are sent as they are, as HTML."""
    if isinstance(content, bytes):
        return status, {"Content-Type": "text/html"} | (headers or {}), content
    return status, {"Content-Type": "application/json"} | (headers or {}), json.dumps(content).encode()


def virustotal(asked: Asked) -> Reply:
    """API v3: the key in x-apikey; an object for a URL by the base64url of it, a domain or an address."""
    if asked.headers.get("x-apikey") != KEY:
        return reply(401, {"error": {"code": "WrongCredentialsError", "message": "Wrong API key"}})
    if not asked.path.startswith(("/api/v3/urls/", "/api/v3/domains/", "/api/v3/ip_addresses/")):
        return reply(404, b"<h1>no such page</h1>")
    name = asked.path.rpartition("/")[2]
    if "evil" not in name and not name.startswith(("aHR0cHM6Ly9ldmls", "192.0.2.")):
        return reply(404, {"error": {"code": "NotFoundError", "message": f'"{name}" not found'}})
    stats = {"malicious": 11, "suspicious": 1, "harmless": 60, "undetected": 22, "timeout": 0}
    attributes = {"last_analysis_stats": stats, "last_analysis_date": 1_795_000_000, "reputation": -20}
    return reply(200, {"data": {"id": name, "type": "url", "attributes": attributes}})


def abuseipdb(asked: Asked) -> Reply:
    """API v2, check."""
    if asked.headers.get("key") != KEY:
        return reply(401, {"errors": [{"detail": "Authentication failed.", "status": 401}]})
    ip = asked.query["ipAddress"][0]
    reports = 12 if ip == "192.0.2.1" else 0
    data = {"ipAddress": ip, "isPublic": True, "abuseConfidenceScore": 75 if reports else 0, "totalReports": reports}
    data |= {"isWhitelisted": None, "numDistinctUsers": reports and 7, "usageType": "Data Center/Web Hosting/Transit"}
    data |= {"lastReportedAt": "2026-11-20T10:00:00+00:00" if reports else None, "isTor": False}
    return reply(200, {"data": data})


def otx(asked: Asked) -> Reply:
    """API v1, general section of an indicator."""
    if asked.headers.get("x-otx-api-key") != KEY:
        return reply(403, {"detail": "Invalid API Key"})
    listed = "evil" in asked.path or "192.0.2.1" in asked.path
    pulse = {"name": "Parcel fee phishing", "modified": "2026-11-01T00:00:00.000000", "tags": ["phishing", "jp"]}
    info = {"count": 1, "pulses": [pulse]} if listed else {"count": 0, "pulses": []}
    return reply(200, {"indicator": "x", "pulse_info": info, "validation": []})


def urlscan(asked: Asked) -> Reply:
    """API v1, search. Verdicts are only in it for some accounts."""
    if len(asked.headers.get("api-key", "")) != len(KEY):
        return reply(400, {"message": "Invalid API key format", "status": 400})
    found = "evil" in asked.query["q"][0]
    page = {"url": "https://evil.example/", "domain": "evil.example", "title": "お荷物のお届け"}
    result = {"task": {"time": "2026-11-20T10:00:00.000Z", "visibility": "public"}, "page": page}
    return reply(200, {"results": [result] if found else [], "total": int(found), "took": 3, "has_more": False})


def ask_with(
    ask: Callable[[Subject, Any], Awaitable[Any]],
    subject: Subject | list[Subject],
    answer: Callable[[Asked], Reply],
    world: World,
    *settings: str,
) -> list[Any]:
    """Ask about each subject in turn, with the server's address in the settings named. Answers, or what was raised."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, target, _ = head[0].split(" ")
            fields = dict(line.split(": ", 1) for line in head[1:] if line)
            parts = urlsplit(target)
            request = Asked(method, parts.path, parse_qs(parts.query), {k.lower(): v for k, v in fields.items()})
            world.asked.append(request)
            status, headers, body = answer(request)
            lines = [
                f"HTTP/1.1 {status} X",
                f"Content-Length: {len(body)}",
                "Connection: close",
                *(f"{k}: {v}" for k, v in headers.items()),
            ]
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def go() -> list[Any]:
        running = await asyncio.start_server(handle, "127.0.0.1", 0)
        port = running.sockets[0].getsockname()[1]
        for setting in settings:
            setattr(world.settings, setting, f"http://service.example:{port}")
        try:
            return [await caught(ask(each, world)) for each in (subject if isinstance(subject, list) else [subject])]
        finally:
            await world.egress.close()
            running.close()

    return asyncio.run(go())


async def caught(asking: Awaitable[Any]) -> Any:
    """The answer, or the Failed that was raised."""
    try:
        return await asking
    except Failed as failure:
        return failure


def run(asking: Coroutine[Any, Any, Any]) -> Any:
    """An answer that needs no server, or the Failed that was raised."""
    return asyncio.run(caught(asking))
