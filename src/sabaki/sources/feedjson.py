"""Lists in JSON: MISP feeds, events and warning lists, and the dumps of PhishTank and URLhaus."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from sabaki.sources.feedindex import Entry, Feed, clean, rfc3339
from sabaki.sources.feedkeys import Kind, entry, host_key, network_key

MOST = 400_000_000
"""Bytes of one document."""
_MOST_EVENT = 50_000_000
_MOST_EVENTS = 100_000
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TYPES = {
    "url": Kind.URL,
    "uri": Kind.URL,
    "link": Kind.URL,
    "domain": Kind.BELOW,
    "hostname": Kind.HOST,
    "ip-src": Kind.NETWORK,
    "ip-dst": Kind.NETWORK,
}
"""MISP's types of attributes that are looked for in a mail; of "domain|ip" and the like each half is one."""
_HALVES = {"domain|ip": ("domain", "ip-dst"), "hostname|port": ("hostname", ""), "ip-src|port": ("ip-src", "")} | {
    "ip-dst|port": ("ip-dst", "")
}


class _Attribute(msgspec.Struct):
    type: str = ""
    value: str = ""
    to_ids: bool = False
    deleted: bool = False


class _Object(msgspec.Struct):
    Attribute: list[_Attribute] = []


class _Event(msgspec.Struct):
    info: str = ""
    date: str = ""
    publish_timestamp: int | str = 0
    timestamp: int | str = 0
    Attribute: list[_Attribute] = []
    Object: list[_Object] = []


class _Document(msgspec.Struct):
    Event: _Event


class _WarningList(msgspec.Struct):
    values: list[Any] = msgspec.field(name="list")
    name: str = ""
    type: str = "string"
    version: int | str = 0
    category: str = ""


class _Row(msgspec.Struct):
    url: str = ""
    target: str | None = None
    threat: str | None = None
    url_status: str | None = None
    tags: Any = None


def read(feed: Feed, raw: bytes, *, allow: bool = False) -> Iterator[Entry]:
    """The entries of a document of any of these forms. Raises ValueError where it is none, or larger than MOST."""
    if len(raw) > MOST:
        raise ValueError(f"larger than {MOST:,} bytes")
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    document = _decoded(raw)
    if isinstance(document, _WarningList):
        yield from _warning_list(feed, document)
    elif isinstance(document, _Document):
        feed.kind, feed.allow = "misp", allow
        feed.date = _date(document.Event) or feed.date
        yield from _event(feed, document.Event)
    else:
        for row in document:
            words = (row.threat, row.target, row.url_status, *(row.tags if isinstance(row.tags, list) else ()))
            found = entry(row.url.strip())
            if found is None:
                feed.unread += 1
                continue
            texts = (clean(word) for word in words if isinstance(word, str))
            yield *found, tuple(text for text in texts if text and text.lower() not in ("other", "online"))[:8]


def _decoded(raw: bytes) -> _WarningList | _Document | list[_Row]:
    """The document as the first of its possible forms. URLhaus has its rows in a list by number."""
    forms: tuple[Any, ...] = (_WarningList, _Document, list[_Row], dict[str, list[_Row]], dict[str, _Row])
    error: Exception = ValueError("no JSON")
    for form in forms:
        try:
            document = msgspec.json.decode(raw, type=form)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as failure:
            error = failure
            continue
        if not isinstance(document, dict):
            return document  # type: ignore[no-any-return]
        rows = document.values()
        return [row for each in rows for row in (each if isinstance(each, list) else [each])]
    raise ValueError(f"none of the forms that are known: {error}"[:200])


def _warning_list(feed: Feed, document: _WarningList) -> Iterator[Entry]:
    """A list of well-known indicators. "substring" and "regex" would have to be tried one by one, and are left out."""
    feed.kind, feed.allow = "warning", True
    feed.name = clean(document.name) or feed.name
    feed.date = _version_date(document.version) or feed.date
    # "known" identifies whose something is; only "false_positive" says that it means nothing by itself.
    feed.settles = (document.type in ("hostname", "string") and document.category != "known") or (
        document.category == "false_positive"
    )
    if document.type not in ("hostname", "string", "cidr"):
        feed.unread += len(document.values)
        return
    for value in document.values:
        found = _listed(value.strip(), document.type) if isinstance(value, str) else None
        if found is None:
            feed.unread += 1
        else:
            yield *found, ()


def _listed(value: str, type: str) -> tuple[Kind, str] | None:
    if type == "hostname":
        key = host_key(value.removeprefix("."))
        return (Kind.BELOW, key) if key else None
    if key := network_key(value):
        return Kind.NETWORK, key
    if type == "cidr":
        return None
    found = entry(value)
    return (Kind.HOST, found[1]) if found and found[0] is Kind.BELOW else found


def is_misp_feed(path: Path) -> bool:
    """Whether a directory is a MISP feed."""
    return path.is_dir() and (path / "manifest.json").is_file()


def misp_feed(feed: Feed, directory: Path) -> Iterator[Entry]:
    """What the events of a MISP feed mark for detection. The manifest is a list of what may be there; each event is a file of its own."""
    try:
        raw = (directory / "manifest.json").read_bytes()
        names = [name for name in msgspec.json.decode(raw, type=dict[str, Any]) if _UUID.fullmatch(name)]
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        feed.unread += 1
        return
    dates = [""]
    for name in sorted(names)[:_MOST_EVENTS]:
        file = directory / f"{name}.json"
        try:
            if not file.is_file() or file.stat().st_size > _MOST_EVENT:
                raise ValueError("missing or too large")
            event = msgspec.json.decode(file.read_bytes(), type=_Document).Event
        except (OSError, ValueError, RecursionError):
            feed.unread += 1
            continue
        dates.append(_date(event))
        yield from _event(feed, event)
    feed.date = max(dates) or feed.date


def _event(feed: Feed, event: _Event) -> Iterator[Entry]:
    """What is marked for detection ("to_ids"): everything else in an event is context, often somebody innocent's."""
    words = (clean(event.info),) if event.info else ()
    attributes = [*event.Attribute, *(each for object_ in event.Object for each in object_.Attribute)]
    for attribute in attributes:
        if attribute.deleted or not attribute.to_ids:
            continue
        types = _HALVES.get(attribute.type, (attribute.type,))
        for type, value in zip(types, attribute.value.split("|"), strict=False):
            if type not in _TYPES:
                continue
            found = entry(value.strip())
            if found is None:
                feed.unread += 1
            else:
                yield (_TYPES[type] if found[0] is Kind.BELOW and type == "hostname" else found[0]), found[1], words


def _date(event: _Event) -> str:
    for stamp in (event.publish_timestamp, event.timestamp):
        if str(stamp).isdecimal() and 0 < int(stamp) < 1 << 40:
            return rfc3339(int(stamp))
    return event.date[:10] if re.fullmatch(r"\d{4}-\d{2}-\d{2}", event.date) else ""


def _version_date(version: int | str) -> str:
    """Most warning lists have the date as their version: 20261120."""
    text = str(version)
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if re.fullmatch(r"20\d\d[01]\d[0-3]\d", text) else ""
