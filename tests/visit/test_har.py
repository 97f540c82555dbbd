"""The HAR 1.2 document holds what the format asks for, and no secrets."""

from __future__ import annotations

import json
from typing import Any

from sabaki.model.visit import Visit
from sabaki.visit import har
from sabaki.visit.traffic import Fetched

ENTRY = {
    "startedDateTime": str,
    "time": (int, float),
    "request": {
        "method": str,
        "url": str,
        "httpVersion": str,
        "cookies": list,
        "headers": list,
        "queryString": list,
        "headersSize": int,
        "bodySize": int,
    },
    "response": {
        "status": int,
        "statusText": str,
        "httpVersion": str,
        "cookies": list,
        "headers": list,
        "content": {"size": int, "mimeType": str},
        "redirectURL": str,
        "headersSize": int,
        "bodySize": int,
    },
    "cache": {},
    "timings": {"send": (int, float), "wait": (int, float), "receive": (int, float)},
}
"""The required members of an entry by HAR 1.2."""


def missing(document: Any, wanted: Any, at: str = "entry") -> list[str]:
    if not isinstance(wanted, dict):
        return [] if isinstance(document, wanted) else [at]
    if not isinstance(document, dict):
        return [at]
    return [
        each
        for name, inner in wanted.items()
        for each in (missing(document[name], inner, f"{at}.{name}") if name in document else [f"{at}.{name}"])
    ]


def checked(raw: bytes) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(raw)["log"]
    assert log["version"] == "1.2"
    assert {"name", "version"} <= log["creator"].keys()
    assert [each for entry in log["entries"] for each in missing(entry, ENTRY)] == []
    pages = {page["id"] for page in log["pages"]}
    assert all(entry["pageref"] in pages for entry in log["entries"])
    assert all({"startedDateTime", "title", "pageTimings"} <= page.keys() for page in log["pages"])
    return log


def fetched(**more: Any) -> Fetched:
    return Fetched("https://a.example/x?q=1&r=%20", "GET", "Document", 1_790_000_000.5, **more)


def test_whole_and_hashed() -> None:
    one = fetched(status=200, media_type="text/html", size=10, length=30, sha256="ab" * 32, ended=1_790_000_000.75)
    (entry,) = checked(har.write([one], "title", "Chrome/156.0"))["entries"]
    assert entry["time"] == 250.0
    assert entry["response"]["content"] == {"size": 30, "mimeType": "text/html", "_sha256": "ab" * 32}
    assert entry["request"]["queryString"] == [{"name": "q", "value": "1"}, {"name": "r", "value": " "}]


def test_cookies_and_credentials_are_blank() -> None:
    secret = {"cookie": "sid=1", "authorization": "Basic x", "x": "y"}
    one = fetched(request_headers=secret, headers={"set-cookie": "sid=1", "server": "z"})
    raw = har.write([one], "", "Chrome/156.0")
    assert b"sid=1" not in raw
    assert b"Basic x" not in raw
    checked(raw)


def test_nothing_odd_breaks_it() -> None:
    odd = Fetched("http://[::1", "GET", "", -1e300, ended=1e300, error="net::ERR_X")
    (entry,) = checked(har.write([odd], "t" * 1_000, ""))["entries"]
    assert entry["_error"] == "net::ERR_X"
    assert checked(har.write([], "", ""))["entries"] == []


def test_that_of_a_real_visit(seen: Any) -> None:
    log = checked(seen.kept("everything", "har"))
    page = next(entry for entry in log["entries"] if entry["request"]["url"].endswith("/#fragment-stays"))
    assert len(page["response"]["content"]["_sha256"]) == 64
    assert log["browser"]["name"] == "Chrome"
    assert "secret-value" not in json.dumps(log)
    assert isinstance(seen["everything"], Visit)
