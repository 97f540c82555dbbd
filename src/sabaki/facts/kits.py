"""Traits of phishing kits on a visited page, by rules that are data (data/kits.toml). A trait is a hint, never a verdict."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import re2
from msgspec import Struct

from sabaki.facts import brands, recipienttrace
from sabaki.facts.identity import related
from sabaki.facts.pagestate import Seen
from sabaki.facts.visited import SECRETS
from sabaki.mail import urls
from sabaki.model.visit import Form, Trait

_CODE, _TEXT, _URL, _LINES = 400_000, 20_000, 4_000, 300
"""Characters of each text, and lines of each list, that are looked at."""
_SCRIPTS = 50
_DETAIL = 120
_RUNNING = frozenset({"code", "page", "text", "title"})
"""Places of running text, of which only the match is shown; of the others, the whole line."""
_MOST_ADDRESSES = 8
_ADDRESS = re2.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_LEADING = re2.compile(
    r"""(?i)(?:location(?:\.href|\.replace|\.assign)?\s*[=(]\s*|window\.open\(\s*|http-equiv=["']?refresh["']?[^>]{0,40}url=)["'`]?(https?://[^"'`\s<>)]{4,300})"""
)
_COPIED = re2.compile(
    r"(?i)saved from url=\(\d{1,6}\)\s*(https?://[^\s>]{1,300})|mirrored from ([^\s>]{1,300}) by httrack|"
    r"saved by (?:singlefile|savepage)[^>]{0,40}url:?\s*(https?://[^\s>]{1,300})|page saved with singlefile\s{1,10}url:\s*(https?://[^\s>]{1,300})"
)


class Rule(Struct, frozen=True):
    """A trait: every pattern of `all` must be found in its place, one of `any` (where there are some), and none of `none`."""

    id: str
    means: str
    means_ja: str
    all: tuple[_Pattern, ...] = ()
    any: tuple[_Pattern, ...] = ()
    none: tuple[_Pattern, ...] = ()


class _Pattern(NamedTuple):
    place: str
    found_in: re2._Regexp


def traits(seen: Seen) -> tuple[Trait, ...]:
    """The traits of a page, each once, with the piece that shows it (at most 120 characters)."""
    places = _Places(seen)
    found = ((rule.id, _shown(rule, places)) for rule in rules())
    return tuple(Trait(id, detail) for id, detail in found if detail is not None)


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of the table."""
    return tuple(_rule(id, row) for id, row in _document().items() if isinstance(row, dict))


def meaning(id: str) -> tuple[str, str]:
    """What a trait is, in English and in Japanese; its id for one that is not in the table (a report may be older)."""
    return next(((rule.means, rule.means_ja) for rule in rules() if rule.id == id), (id, id))


def version() -> str:
    """The state of the table."""
    return str(_document()["version"])


def _shown(rule: Rule, places: _Places) -> str | None:
    """The piece that shows a trait; None where it does not hold."""
    first = ""
    for pattern in rule.all:
        piece = places.find(pattern)
        if piece is None:
            return None
        first = first or ("" if pattern.place in ("asks", "language") else piece)
    if rule.any:
        piece = next((piece for pattern in rule.any if (piece := places.find(pattern)) is not None), None)
        if piece is None:
            return None
        first = piece or first
    return None if any(places.find(pattern) is not None for pattern in rule.none) else first


class _Places:
    """The texts that rules look into, as bytes (RE2 counts those), each made when it is first wanted."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._made: dict[str, bytes] = {}

    def find(self, pattern: _Pattern) -> str | None:
        """What a pattern finds in its place; None for nothing."""
        name, expression = pattern
        if name not in self._made:
            self._made[name] = _PLACES[name](self._seen).encode("utf-8", "replace")
        text = self._made[name]
        match = expression.search(text) if text else None
        if match is None:
            return None
        start, end = match.span()
        if name not in _RUNNING:
            start, end = text.rfind(b"\n", 0, start) + 1, (text + b"\n").find(b"\n", start)
        return " ".join(text[start : min(end, start + 4 * _DETAIL)].decode("utf-8", "replace").split())[:_DETAIL]


def _code(seen: Seen) -> str:
    """The page as it came and as it stood in the end, and its scripts, each once."""
    parts = dict.fromkeys((seen.source[:_CODE], seen.markup[:_CODE]))
    left = _CODE
    for script in seen.scripts[:_SCRIPTS]:
        parts[script[:left]] = None
        left = max(0, left - len(script))
    return "\n".join(parts)


def _sound(text: str) -> str:
    """The text without halves of surrogate pairs, which a script can put there and RE2 does not take."""
    return text.encode("utf-8", "replace").decode()


def _host(url: str) -> str:
    try:
        return (urlsplit(url[:_URL]).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _actions(seen: Seen) -> list[str]:
    return [f"{form.method.upper()} {form.action[:_URL]}" for form in seen.forms[:_LINES] if _secret(form)]


def _elsewhere(seen: Seen) -> list[str]:
    forms = (form for form in seen.forms[:_LINES] if form.elsewhere and _secret(form))
    return [f"{form.method.upper()} {form.action[:_URL]}" for form in forms]


def _secret(form: Form) -> bool:
    return any(each in SECRETS for each in form.asks)


def _prefilled(seen: Seen) -> Iterator[str]:
    """Addresses of the page that the link carries, plain or encoded. They themselves are not repeated."""
    url = urls.parse(seen.asked[:_URL], "visit")
    if url is None:
        return
    fields = [
        (f"the field {field.name[:40]!r}", field.value)
        for form in seen.forms[:_LINES]
        for field in form.fields[:_LINES]
    ]
    for where, text in (*fields, ("the title", seen.title), ("the text", seen.text[:_TEXT])):
        addresses = tuple(dict.fromkeys(match[0] for match in _ADDRESS.finditer(_sound(text[:_TEXT]))))[
            :_MOST_ADDRESSES
        ]
        trace = recipienttrace.find(url, addresses) if addresses else None
        if trace:
            yield f"@ in {where}, from the link's {trace.where} ({trace.detail})"


def _foreign(seen: Seen, found: Iterator[str]) -> Iterator[str]:
    """Of these URLs those that are a known brand's whose the page is not, behind the brand's id."""
    own = _host(seen.url)
    for url in found:
        host = _host(url)
        brand = brands.owner_of(host) if host and not related(host, own) else None
        if brand is not None and brands.owner_of(own) != brand:
            yield f"{brand.id} {url[:_URL]}"


def _onward(seen: Seen) -> Iterator[str]:
    return _foreign(
        seen, (match[1] for match, _ in zip(_LEADING.finditer(_sound(_code(seen))), range(_LINES), strict=False))
    )


def _saved(seen: Seen) -> Iterator[str]:
    own = _host(seen.url)
    for match, _ in zip(
        _COPIED.finditer(_sound(seen.source[:_CODE] or seen.markup[:_CODE])), range(_LINES), strict=False
    ):
        url = next((group for group in match.groups() if group), "")
        host = _host(url if "://" in url else f"http://{url}")
        if host and not related(host, own):
            yield url


def _lines(found: Iterator[str] | list[str] | tuple[str, ...]) -> str:
    return "\n".join(line.replace("\n", " ")[:_URL] for line, _ in zip(found, range(_LINES), strict=False))


_PLACES: dict[str, Callable[[Seen], str]] = {
    "asked": lambda seen: seen.asked[:_URL],
    "url": lambda seen: seen.url[:_URL],
    "host": lambda seen: _host(seen.url),
    "title": lambda seen: seen.title[:_TEXT],
    "text": lambda seen: seen.text[:_TEXT],
    "language": lambda seen: seen.language[:20],
    "page": lambda seen: seen.source[:_CODE] or seen.markup[:_CODE],
    "code": _code,
    "requests": lambda seen: _lines(seen.requests),
    "actions": lambda seen: _lines(_actions(seen)),
    "elsewhere": lambda seen: _lines(_elsewhere(seen)),
    "asks": lambda seen: " ".join(seen.asks),
    "prefilled": lambda seen: _lines(_prefilled(seen)),
    "borrowed": lambda seen: _lines(_foreign(seen, iter(seen.images[:_LINES]))),
    "onward": lambda seen: _lines(_onward(seen)),
    "saved": lambda seen: _lines(_saved(seen)),
}


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads((resources.files("sabaki.data") / "kits.toml").read_text("utf-8"))


def _rule(id: str, row: dict[str, Any]) -> Rule:
    patterns = {
        key: tuple(_Pattern(place, re2.compile(f"(?i){pattern}".encode())) for place, pattern in row.get(key, ()))
        for key in ("all", "any", "none")
    }
    means, means_ja = row["means"]
    unknown = {pattern.place for found in patterns.values() for pattern in found} - _PLACES.keys()
    assert not unknown, f"{id}: no such place: {unknown}"
    return Rule(id, means, means_ja, **patterns)
