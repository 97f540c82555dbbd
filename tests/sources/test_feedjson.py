from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sabaki.sources import feedjson, feedread
from sabaki.sources.feedindex import Entry, Feed
from sabaki.sources.feedkeys import Kind

UUID = "5f0e8d5a-0000-4000-8000-0123456789ab"
EVENT = {
    "Event": {
        "info": "OSINT - parcel fee\tphishing",
        "date": "2026-11-01",
        "publish_timestamp": "1795000000",
        "Orgc": {"name": "CERT"},
        "Attribute": [
            {"type": "url", "value": "https://evil.example/pay", "to_ids": True, "category": "Network activity"},
            {"type": "link", "value": "https://news.example/report", "to_ids": False},
            {"type": "domain", "value": "victim.example", "to_ids": False},
            {"type": "hostname", "value": "login.evil.example", "to_ids": True},
            {"type": "ip-dst|port", "value": "192.0.2.5|443", "to_ids": True},
            {"type": "domain|ip", "value": "evil.example|192.0.2.6", "to_ids": True},
            {"type": "md5", "value": "d41d8cd98f00b204e9800998ecf8427e", "to_ids": True},
            {"type": "domain", "value": "gone.example", "to_ids": True, "deleted": True},
            {"type": "domain", "value": "no domain", "to_ids": True},
        ],
        "Object": [{"name": "url", "Attribute": [{"type": "url", "value": "http://second.example/", "to_ids": True}]}],
    }
}
FOUND = [
    (Kind.URL, "evil.example/pay/"),
    (Kind.HOST, "login.evil.example"),
    (Kind.NETWORK, "192.0.2.5"),
    (Kind.BELOW, "evil.example"),
    (Kind.NETWORK, "192.0.2.6"),
    (Kind.URL, "second.example/"),
]


def read(document: Any, **how: Any) -> tuple[Feed, list[Entry]]:
    feed = Feed("x")
    return feed, list(feedjson.read(feed, json.dumps(document).encode(), **how))


def test_only_what_an_event_marks_for_detection() -> None:
    feed, entries = read(EVENT)
    assert [(kind, key) for kind, key, _ in entries] == FOUND
    assert entries[0][2] == ("OSINT - parcel fee phishing",)
    assert (feed.kind, feed.date, feed.unread) == ("misp", "2026-11-18T11:06:40Z", 1)


def test_a_misp_feed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.json"
    outside.write_text(json.dumps(EVENT))
    directory = tmp_path / "circl"
    directory.mkdir()
    names = {UUID: {"info": "x"}, "../outside": {}, UUID.replace("5f", "60"): {}, UUID.replace("5f", "61"): {}}
    (directory / "manifest.json").write_text(json.dumps(names))
    (directory / f"{UUID}.json").write_text(json.dumps(EVENT))
    (directory / f"{UUID.replace('5f', '61')}.json").write_text("{")
    (directory / f"{UUID.replace('5f', '62')}.json").write_text(json.dumps(EVENT))
    ((feed, entries),) = feedread.lists([tmp_path / "circl"])
    assert [(kind, key) for kind, key, _ in entries] == FOUND
    assert (feed.name, feed.kind, feed.date) == ("circl", "misp", "2026-11-18T11:06:40Z")
    assert feed.unread == 3
    assert [Path(each.file).name for each, _ in feedread.lists([tmp_path])] == ["manifest.json", "outside.json"]


def test_a_feed_without_a_readable_manifest(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("[]")
    ((feed, entries),) = feedread.lists([tmp_path])
    assert list(entries) == []
    assert feed.unread == 1


@pytest.mark.parametrize(
    ("type", "values", "wanted"),
    [
        ("hostname", [".example.com", "example.net"], [(Kind.BELOW, "example.com"), (Kind.BELOW, "example.net")]),
        ("string", ["example.com", "192.0.2.1"], [(Kind.HOST, "example.com"), (Kind.NETWORK, "192.0.2.1")]),
        ("cidr", ["192.0.2.0/24", "x", 7], [(Kind.NETWORK, "192.0.2.0/24")]),
        ("regex", ["/.*/"], []),
        ("substring", ["example"], []),
    ],
)
def test_warning_lists(type: str, values: list[Any], wanted: list[tuple[str, str]]) -> None:
    document = {
        "name": "Known things",
        "type": type,
        "version": 20261101,
        "list": values,
        "matching_attributes": ["url"],
    }
    feed, entries = read(document)
    assert [(kind, key) for kind, key, _ in entries] == wanted
    assert (feed.kind, feed.name, feed.allow, feed.date) == ("warning", "Known things", True, "2026-11-01")
    assert feed.unread == len(values) - len(wanted)


@pytest.mark.parametrize(
    ("type", "category", "settles"),
    [
        ("hostname", "", True),
        ("cidr", "", False),
        ("cidr", "known", False),
        ("cidr", "false_positive", True),
        ("string", "known", False),
    ],
)
def test_whose_an_address_is_settles_nothing(type: str, category: str, settles: bool) -> None:
    feed, _ = read({"name": "x", "type": type, "category": category, "version": 1, "list": ["192.0.2.0/24"]})
    assert feed.settles is settles


def test_dumps_in_json() -> None:
    row = {"phish_id": 1, "url": "https://evil.example/a", "target": "Example Bank", "verified": "yes", "details": []}
    assert read([row])[1] == [(Kind.URL, "evil.example/a/", ("Example Bank",))]
    row = {"url": "http://evil.example/b", "threat": "malware_download", "url_status": "online", "tags": ["elf", None]}
    assert read({"3500001": [row]})[1] == [(Kind.URL, "evil.example/b/", ("malware_download", "elf"))]
    feed, entries = read([{"url": "nothing"}, {}, {"url": "https://evil.example/c"}])
    assert (feed.unread, len(entries)) == (2, 1)


def test_what_is_none_of_them() -> None:
    for raw in (b"", b"7", b'{"list": 7}', b'{"Event": 7}', b"\xff"):
        with pytest.raises(ValueError):
            list(feedjson.read(Feed("x"), raw))
