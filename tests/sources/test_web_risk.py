from __future__ import annotations

import asyncio
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.model.finding import State
from sabaki.model.knowledge import Listing, Subject
from sabaki.sources import web_risk
from sabaki.sources.sbproto import Detail
from sabaki.sources.source import Failed, registered
from tests.sources.safebrowsing_server import Here, SafeBrowsingServer, decoded

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
END = "2026-11-24T09:05:00.123456789Z"
HASH = bytes(range(200, 232))


@pytest.fixture
def server() -> Iterator[SafeBrowsingServer]:
    with SafeBrowsingServer() as running:
        running.list_as("evil.example/", "SOCIAL_ENGINEERING")
        yield running


def asked(here: Here, *urls: str) -> list[Listing]:
    async def whole() -> list[Listing]:
        found = []
        try:
            for url in urls:
                (known,) = await web_risk.ask(Subject("url", url), here)
                assert isinstance(known, Listing)
                found.append(known)
        finally:
            await here.egress.close()
        return found

    return asyncio.run(whole())


def test_listed_and_not_listed_by_prefixes_alone(server: SafeBrowsingServer, tmp_path: Path) -> None:
    bad, good = asked(Here(server, tmp_path), "http://a.evil.example/x?token=abc", "http://good.example/")
    assert (bad.list, bad.listed, bad.threats, bad.matched) == (
        "Google Web Risk",
        True,
        ("SOCIAL_ENGINEERING",),
        "evil.example/",
    )
    assert good.listed is False
    assert len(server.paths) == 7
    for path in server.paths:
        parts = urlsplit(path)
        assert parts.path == "/v1/hashes:search"
        query = parse_qs(parts.query)
        assert set(query) == {"hashPrefix", "threatTypes"}
        assert len(decoded(query["hashPrefix"][0])) == 4
        assert tuple(query["threatTypes"]) == web_risk.THREATS


def test_each_prefix_once(server: SafeBrowsingServer, tmp_path: Path) -> None:
    asked(Here(server, tmp_path), *(f"http://evil.example/{at % 3}" for at in range(9)))
    assert len(server.searches) == len(set(server.searches)) == 4


@pytest.mark.parametrize("fault", ["forbidden", "quota", "down", "garbage", "truncated", "empty", "portal", "redirect"])
def test_a_failure_is_never_not_listed(server: SafeBrowsingServer, tmp_path: Path, fault: str) -> None:
    server.fault = fault
    with pytest.raises(Failed) as failed:
        asked(Here(server, tmp_path), "http://new.example/a/b/c?d")
    assert failed.value.state in (State.TEMPERROR, State.PERMERROR)


def test_a_wrong_key_and_no_web_address(server: SafeBrowsingServer, tmp_path: Path) -> None:
    with pytest.raises(Failed, match="web_risk_key"):
        asked(Here(server, tmp_path, web_risk_key="wrong"), "http://new.example/")
    with pytest.raises(Failed, match="web address"):
        asked(Here(server, tmp_path), "data:text/html,x")
    source = registered()["web_risk"]
    assert (source.accepts, source.sends, source.needs) == (("url",), "hash-prefix", "web_risk_key")


def answer(*threats: dict[str, object], **more: object) -> bytes:
    return json.dumps({"threats": threats, **more}).encode()


def threat(**changed: object) -> dict[str, object]:
    return {"hash": b64encode(HASH).decode(), "threatTypes": ["MALWARE"], "expireTime": END} | changed


def test_an_answer_is_read() -> None:
    found = web_risk.read(
        answer(threat(threatTypes=["MALWARE", "NEW_KIND"]), threat(expireTime="2026-11-24T09:01:00Z")), NOW
    )
    assert found.seconds == 60
    assert found.hashes[0].hash == HASH
    assert found.hashes[0].details == (Detail("MALWARE"), Detail(""))
    other = web_risk.read(answer(threat(hash=urlsafe_b64encode(HASH).decode().rstrip("="))), NOW)
    assert other.hashes[0].hash == HASH
    assert web_risk.read(json.dumps({"negativeExpireTime": END}).encode(), NOW).seconds == pytest.approx(300.123456)
    assert web_risk.read(json.dumps({"negativeExpireTime": "2020-01-01T00:00:00Z"}).encode(), NOW).seconds == 0
    assert web_risk.read(json.dumps({"negativeExpireTime": "2099-01-01T00:00:00Z"}).encode(), NOW).seconds == 86_400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"threats": 5}',
        b'{"threats": []}',
        b'{"negativeExpireTime": "soon"}',
        b'{"negativeExpireTime": 5}',
        answer(threat(hash="AAAA")),
        answer(threat(hash="*" * 43)),
        answer(threat(expireTime=None)),
        b"<html>",
        b"\xff\xfe",
    ],
)
def test_what_is_no_answer(body: bytes) -> None:
    with pytest.raises((ValueError, msgspec.MsgspecError)):
        web_risk.read(body, NOW)


@given(st.binary(max_size=100), st.text(max_size=30))
def test_any_bytes_are_read_or_refused(body: bytes, time: str) -> None:
    for raw in (body, json.dumps({"negativeExpireTime": time}).encode(), answer(threat(hash=time))):
        with suppress(ValueError, msgspec.MsgspecError):
            web_risk.read(raw, NOW)
