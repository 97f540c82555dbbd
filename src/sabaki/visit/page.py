"""What one look brought back, put into the report's words: the view, and what is kept as files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from sabaki.facts import kits, pagebrands, pagestate
from sabaki.model.visit import Artifact, Cookie, Step, View
from sabaki.visit import favicon, forms, har
from sabaki.visit.capture import Captured
from sabaki.visit.forms import host, text, texts
from sabaki.visit.ledger import REFUSED, Exchange
from sabaki.visit.profiles import Profile
from sabaki.visit.traffic import Traffic

Keep = Callable[[bytes], str]
"""Keeps a piece and gives its SHA-256."""


def view(
    captured: Captured,
    traffic: Traffic,
    exchanges: list[Exchange],
    *,
    name: str,
    asked: str,
    sent: tuple[str, ...] = (),
) -> View:
    """The view, its state included. `sent` is what stood in for the recipient's address."""
    seen = _seen(captured, traffic, exchanges, asked, sent)
    standing = pagestate.of(seen)
    found = captured.collected
    refused: dict[str, int] = {}
    for each in exchanges:
        if each.failure == REFUSED:
            refused[each.host] = refused.get(each.host, 0) + 1
    return View(
        name=name,
        url=seen.url,
        status=seen.status,
        title=seen.title,
        language=pagebrands.language(seen),
        text=seen.text,
        steps=(*seen.steps, *_popups(captured)),
        forms=seen.forms,
        resources=traffic.resources(exchanges, refused),
        downloads=tuple(captured.downloads),
        cookies=tuple(_cookies(found.cookies)),
        console=tuple(captured.console),
        dialogs=tuple(captured.dialogs),
        brands=pagebrands.of(seen),
        traits=kits.traits(seen),
        icon=hashlib.sha256(found.icon).hexdigest() if found.icon else "",
        icon_hash=favicon.icon_hash(found.icon) if found.icon else None,
        state=standing.state,
        reason=standing.reason,
        reason_ja=standing.reason_ja,
        error=seen.error if not seen.status else "",
    )


def _popups(captured: Captured) -> Iterator[Step]:
    """Windows that the page wanted to open: they were closed, and not looked at."""
    for url in captured.popups:
        yield Step(url=url, how="window")


def artifacts(captured: Captured, traffic: Traffic, profile: Profile, browser: str, keep: Keep) -> Iterator[Artifact]:
    """What is kept of a look, each piece a file."""
    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

    def kept(kind: str, content: bytes, media_type: str, width: int = 0, height: int = 0) -> Artifact:
        return Artifact(kind, keep(content), len(content), media_type, at, profile.name, width, height)

    found = captured.collected
    pictures = (("screenshot", "layout", found.screenshot), ("screenshot_full", "layout_full", found.full))
    for kind, words, picture in pictures:
        if picture is not None:
            yield kept(kind, picture.content, "image/png", picture.width, picture.height)
            yield kept(words, msgspec.json.encode(picture.words), "application/json", picture.width, picture.height)
    for kind, name, media_type in (("dom", "markup", "text/html"), ("text", "text", "text/plain")):
        if content := text(found.page, name):
            yield kept(kind, content.encode("utf-8", "replace"), media_type)
    if found.icon:
        yield kept("favicon", found.icon, "application/octet-stream")
    if traffic.fetched:
        yield kept("har", har.write(traffic.fetched, text(found.page, "title"), browser), "application/json")


def _seen(
    captured: Captured, traffic: Traffic, exchanges: list[Exchange], asked: str, sent: tuple[str, ...]
) -> pagestate.Seen:
    page, frames = captured.collected.page, captured.collected.frames
    last = traffic.pages[-1] if traffic.pages else None
    failed = _failure(exchanges, last.url) if last is not None and not last.status else None
    url = _where(page, last.url if last else asked)
    return pagestate.Seen(
        asked=asked,
        url=url,
        status=0 if last is None else last.status,
        error=last.error if last is not None else "",
        failure=failed.failure if failed is not None else "",
        failure_reason=failed.reason if failed is not None else "",
        steps=traffic.steps(exchanges),
        title=text(page, "title"),
        language=text(page, "language"),
        text="\n".join(found for each in (page, *frames) if (found := text(each, "text"))),
        forms=forms.read((page, *frames), url),
        downloads=len(captured.downloads),
        dialogs=tuple(captured.dialogs),
        images=texts(page, "images"),
        alts=texts(page, "alts"),
        hosts=tuple(dict.fromkeys(name for each in traffic.fetched if each.status and (name := host(each.url)))),
        requests=tuple(f"{each.method} {each.url}" for each in traffic.fetched),
        server=last.headers.get("server", "")[:100] if last is not None else "",
        content_type=last.media_type if last is not None else "",
        source=captured.collected.source,
        markup=text(page, "markup"),
        scripts=texts(page, "scripts"),
        sent=sent,
    )


def _failure(exchanges: list[Exchange], url: str) -> Exchange | None:
    """What went wrong the last time that the host of a page was asked."""
    name = host(url)
    found = next((each for each in reversed(exchanges) if each.host.rstrip(".") == name), None)
    return found if found is not None and found.failure else None


def _where(page: dict[str, Any], otherwise: str) -> str:
    url = text(page, "url")
    return url if url.startswith(("http:", "https:")) else otherwise


def _cookies(found: list[dict[str, Any]]) -> Iterator[Cookie]:
    for each in found:
        expires = each.get("expires", -1)
        date = None
        if isinstance(expires, int | float) and 0 < expires < 4e9:
            date = datetime.fromtimestamp(expires, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        yield Cookie(
            text(each, "name")[:100],
            text(each, "domain")[:255],
            bool(each.get("secure")),
            bool(each.get("httpOnly")),
            text(each, "sameSite")[:10],
            date,
        )
