"""Pages that are not the page, known by their words: notices of hosters, parked names, gates, default pages (data/pages.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

from msgspec import Struct

from sabaki.facts.folding import clean, fold
from sabaki.facts.visited import SECRETS
from sabaki.model.visit import PageState

_READ_TEXT, _READ_TITLE, _READ_CODE, _READ_URL = 8_000, 500, 300_000, 2_000
_READ_REQUESTS = 300
_TITLE_TIMES = 4
_ORDER = ("challenge", "suspended", "parked", "empty", "broken", "forbidden", "not_found")
"""Which is asked first: what is said more exactly. A gate may be anything behind."""
_LANGUAGES = frozenset("www m mobile ja jp en us search".split())
_INDEX = re.compile(r"(?:index of|directory listing (?:for|of)) ?/", re.IGNORECASE)
_ENTRY = re.compile(
    r"^[ \t]*([\w.()+ -]{1,100}\.[a-z0-9]{1,5}|[\w.()+ -]{1,100}/)(?=[ \t]|$)", re.IGNORECASE | re.MULTILINE
)
_PARENT = re.compile(r"parent directory|\.\./|name +last modified", re.IGNORECASE)


class Page(Struct, frozen=True):
    """A kind of page. `who` says whose it is; the rest is what it is known by, and what it never says (see data/pages.toml)."""

    id: str
    state: PageState
    who: str
    who_ja: str
    longest: int
    title: tuple[tuple[str, ...], ...] = ()
    text: tuple[tuple[str, ...], ...] = ()
    url: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


def by_address(url: str) -> Page | None:
    """The kind of page that stands at an address which only its owner can use; None for any other."""
    place = url[:_READ_URL].lower().partition(":")[2]
    return next((page for page in pages() for start in page.url if start[:2] == "//" and place.startswith(start)), None)


def find(
    title: str, text: str, hosts: Iterable[str], requests: Iterable[str], code: str, asks: Iterable[str]
) -> Page | None:
    """The kind of page that this is by its words and pieces; None where it is none of them, or asks for a secret."""
    asked = frozenset(asks) - {"captcha"}
    if asked & SECRETS.keys():
        return None
    shown = len(text)
    words, head = fold(clean(text[:_READ_TEXT])), fold(clean(title[:_READ_TITLE]))
    called = [request[:_READ_URL].lower() for request, _ in zip(requests, range(_READ_REQUESTS), strict=False)]
    pieces = "\n".join((code[:_READ_CODE].lower(), *called))
    names = frozenset(_above(host.lower().rstrip(".")[:300]) for host in hosts)
    below = frozenset().union(*names) if names else frozenset()
    for page in pages():
        if shown > page.longest * _TITLE_TIMES or any(phrase in words for phrase in page.unless):
            continue
        if _holds(page.title, head):
            return page
        if shown > page.longest:
            continue
        if _holds(page.text, words) or any(piece in pieces for piece in page.url if piece[:2] != "//"):
            return page
        if not asked and (not below.isdisjoint(page.hosts) or any(piece in pieces for piece in page.code)):
            return page
    return None


def listing(title: str, text: str) -> tuple[str, ...]:
    """The files and folders that an open directory lists, ("",) where it lists none; () where this is no such page."""
    if not (_INDEX.match(title.strip()[:_READ_TITLE]) or _INDEX.match(text.strip()[:_READ_TITLE])):
        return ()
    names = (match[1].strip() for match in _ENTRY.finditer(text[:_READ_TEXT]) if not _INDEX.match(match[1].strip()))
    return tuple(dict.fromkeys(name for name in names if not _PARENT.search(name)))[:50] or ("",)


def harmless(host: str) -> str:
    """The large site that a host is, as a name; "" where it is none or where others can publish below it."""
    first, _, rest = host.lower().partition(".")
    return next(
        (name for name in (host.lower(), rest if first in _LANGUAGES else "") if name in _document().harmless), ""
    )


def pages() -> tuple[Page, ...]:
    """Every kind of page of the table, in the order in which they are asked."""
    return _document().pages


def version() -> str:
    """The state of the table."""
    return _document().version


class _Document(Struct, frozen=True):
    version: str
    pages: tuple[Page, ...]
    harmless: frozenset[str]


@cache
def _document() -> _Document:
    table = tomllib.loads((resources.files("sabaki.data") / "pages.toml").read_text("utf-8"))
    found = [_page(state, id, row, table) for state in _ORDER for id, row in table[state].items()]
    return _Document(table["version"], tuple(found), frozenset(table["harmless"]["domains"]))


def _page(state: str, id: str, row: dict[str, Any], table: dict[str, Any]) -> Page:
    def phrases(key: str) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(fold(clean(part)) for part in phrase.split(" & ")) for phrase in row.get(key, ()))

    who, who_ja = row["who"]
    url, hosts, code = (tuple(row.get(key, ())) for key in ("url", "hosts", "code"))
    return Page(
        f"{state}.{id}",
        PageState(state),
        who,
        who_ja,
        table["longest"][state],
        phrases("title"),
        phrases("text"),
        url,
        hosts,
        code,
        tuple(fold(clean(phrase)) for phrase in (*table["unless"]["every"], *table["unless"].get(state, ()))),
    )


def _holds(phrases: tuple[tuple[str, ...], ...], words: str) -> bool:
    return any(all(part in words for part in phrase) for phrase in phrases)


def _above(host: str) -> frozenset[str]:
    labels = host.split(".")
    return frozenset(".".join(labels[start:]) for start in range(max(0, len(labels) - 6), len(labels) - 1))
