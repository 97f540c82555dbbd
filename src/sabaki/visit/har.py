"""The traffic of one view as a HAR 1.2 document. Bodies are hashed and not in it, cookies and credentials are blanked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from sabaki._version import VERSION
from sabaki.visit.traffic import Fetched

_SECRET = frozenset({"cookie", "set-cookie", "authorization", "proxy-authorization"})


def write(fetched: Sequence[Fetched], title: str, browser: str) -> bytes:
    """The document as JSON."""
    began = _moment(fetched[0].at) if fetched else _moment(0)
    page = {"startedDateTime": began, "id": "page_1", "title": title[:300], "pageTimings": {}}
    log = {
        "version": "1.2",
        "creator": {"name": "sabaki", "version": VERSION},
        "browser": {"name": browser.partition("/")[0] or "Chromium", "version": browser.partition("/")[2]},
        "pages": [page],
        "entries": [_entry(each) for each in fetched],
    }
    return msgspec.json.format(msgspec.json.encode({"log": log}), indent=1)


def _entry(each: Fetched) -> dict[str, Any]:
    milliseconds = max(0.0, (each.ended - each.at) * 1000) if each.ended else 0.0
    entry = {
        "pageref": "page_1",
        "startedDateTime": _moment(each.at),
        "time": round(milliseconds, 1),
        "request": {
            "method": each.method,
            "url": each.url,
            "httpVersion": each.protocol or "unknown",
            "cookies": [],
            "headers": _fields(each.request_headers),
            "queryString": [{"name": name, "value": value} for name, value in _query(each.url)],
            "headersSize": -1,
            "bodySize": -1,
        },
        "response": {
            "status": each.status,
            "statusText": each.status_text,
            "httpVersion": each.protocol or "unknown",
            "cookies": [],
            "headers": _fields(each.headers),
            "content": _content(each),
            "redirectURL": each.redirect,
            "headersSize": -1,
            "bodySize": each.size,
        },
        "cache": {},
        "timings": {"send": 0, "wait": round(milliseconds, 1), "receive": 0},
        "_resourceType": each.type.lower(),
    }
    return entry | ({"_error": each.error} if each.error else {})


def _content(each: Fetched) -> dict[str, Any]:
    content = {"size": each.length or each.size, "mimeType": each.media_type or "x-unknown"}
    return content | ({"_sha256": each.sha256} if each.sha256 else {})


def _fields(headers: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": "" if name in _SECRET else value} for name, value in headers.items()]


def _query(url: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(url).query, keep_blank_values=True, max_num_fields=200)
    except ValueError:
        return []


def _moment(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (OverflowError, ValueError, OSError):
        return "1970-01-01T00:00:00.000Z"
