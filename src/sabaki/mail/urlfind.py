"""URLs in running text, Japanese text included, in time linear in its length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from sabaki.mail.domains import has_known_suffix

_UNSEEN = "\u00ad\u034f\u180b-\u180d\u200b-\u200d\u2060-\u2064\ufe00-\ufe0f\ufeff"
"""Characters that do not show and that a browser drops from a host (UTS 46, "ignored")."""
_IS_UNSEEN = re.compile(f"[{_UNSEEN}]")
_LETTERS = "\u00c0-\u024f\u0370-\u03ff\u0400-\u052f\u0590-\u06ff"
"""Letters that may stand in a written path. Chinese, Japanese and Korean are not among them: there the text goes on."""
_DOTS: Final = ".\u3002\uff0e\uff61\u2024\ufe52"
"""What a browser takes for a dot in a host (UTS 46): the full stops of East Asia, a leader, a small full stop."""
_WIDE = r"\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff0d"
_HOST = (
    rf"(?:\[\.\]|\(\.\)|\[[0-9a-fA-F:.]{{2,60}}\]|[\w.:@%!$&'*+,;=~\-\u3002\uff0e\uff61\u2024\ufe52{_UNSEEN}{_WIDE}])"
)
_REST = rf"[/?#\\][!#-;=?-_a-z{{|}}~{_LETTERS}{_UNSEEN}]{{0,9000}}"

# Linear by construction: a literal head, then runs of one class each, nothing to backtrack over.
_FULL = re.compile(
    rf"(?i)(?:h(?:tt|xx|tx)ps?|ftp|file|smb|webcal)(?:\[?:\]?[/\\]{{1,6}}|\[://\])({_HOST}{{1,2000}})({_REST})?"
)
_WIDE_FULL = re.compile(
    r"(?i)[hｈ][tｔ][tｔ][pｐ][sｓ]?[:：][/／]{2}[a-z0-9ａ-ｚ０-９.．。｡\-－]{1,2000}"
    r"(?:[/?#／？＃][!#-;=?-_a-z~／？＝＆．－＿＃％ａ-ｚ０-９]{0,9000})?"
)
_BROKEN = re.compile(
    r"(?i)<(?:URL:)?\s{0,4}((?:https?|ftp)://[^<>\s\"]{1,2000}(?:\r?\n[ \t]{0,20}[^<>\s\"]{1,2000}){1,20})\s{0,4}>"
)
_BARE = re.compile(
    r"(?i)(?<![a-z0-9_.@/:\\=%&+-])(www\d{0,2}\.)?"
    r"([a-z0-9](?:[a-z0-9-]{0,62}\.){1,10}[a-z][a-z0-9-]{1,24}(?::\d{2,5})?)"
    r"(/[!#-;=?-_a-z{|}~]{0,9000})?(?![a-z0-9_@])"
)
_FILE_LIKE = frozenset("ai app bat cc cfg com exe java js md mov ms pl ps py rs sh so st ts zip".split()) - {
    "com",
    "app",
}
_ENTITIES = ("&gt;", "&lt;", "&quot;", "](", "&nbsp;")
_LOOSE_ENDS = ".,;:!?'\"*~`|\\\u00b7\u3001\u3002\uff01\uff0c\uff1f\u200b"
_PAIRS = {")": "(", "]": "[", "}": "{", ">": "<"}


class Found(msgspec.Struct, frozen=True):
    """A URL in text: `text[start:end]`. `raw` is as written; only one that was broken over lines is put together."""

    raw: str
    start: int
    end: int


def find(text: str) -> tuple[Found, ...]:
    """Find the URLs that a mail program would make clickable, in order, without overlaps.

    With a scheme (defanged `hxxp` and full-width letters too), with `www.`, or a bare host with a path, if its
    top-level domain is a known one. Mail addresses are none. Trailing punctuation, Japanese included, is left out.
    """
    found: dict[int, Found] = {}
    taken: list[tuple[int, int]] = []
    if ":" in text or "\uff1a" in text:
        _with_scheme(text, found, taken)
    if "." in text and ("/" in text or "www" in text or "WWW" in text):
        _bare(text, found, taken)
    return tuple(_apart(found))


def _apart(found: dict[int, Found]) -> Iterator[Found]:
    """In order; of two that overlap the first."""
    end = 0
    for start in sorted(found):
        if start >= end:
            yield found[start]
            end = found[start].end


def _with_scheme(text: str, found: dict[int, Found], taken: list[tuple[int, int]]) -> None:
    if ":/" in text or ":\\" in text or "[:" in text:
        for match in _BROKEN.finditer(text) if "\n" in text and "<" in text else ():
            found[match.start(1)] = Found("".join(match[1].split()), match.start(1), match.end(1))
            taken.append(match.span(1))
        broken = tuple(taken)
        for match in _FULL.finditer(text):
            if any(start <= match.start() < end for start, end in broken[:50]):
                continue
            _add(text, match.start(), _full_end(match), found, taken)
    if "\uff1a" in text or "\uff0f\uff0f" in text:
        for match in _WIDE_FULL.finditer(text):
            if match.start() not in found:
                _add(text, match.start(), match.end(), found, taken)


def _add(text: str, start: int, end: int, found: dict[int, Found], taken: list[tuple[int, int]]) -> None:
    end = start + len(_trimmed(text[start:end]))
    if end - start > 8:
        found[start] = Found(text[start:end], start, end)
        taken.append((start, end))


def _full_end(match: re.Match[str]) -> int:
    host = match[1]
    if host.isascii():
        return match.end()
    kept = _host_length(host)
    return match.end() if kept == len(host) else match.start(1) + kept


def _host_length(host: str) -> int:
    """How much of a non-ASCII run is the host: it ends where the text goes on behind a top-level domain.

    "example.jpをご覧ください" is example.jp and text; "日本語.jp" and "example。com" are hosts (an ideographic full
    stop is a dot to a browser, but after a complete name it ends a sentence).
    """
    start = host.rfind("@") + 1
    label_start = start
    for position in range(start, len(host) + 1):
        if position < len(host) and host[position] not in _DOTS:
            continue
        label = host[label_start:position]
        if label_start > start or position == len(host):
            ascii_part = _ascii_head(label)
            if len(ascii_part) < len(label) and (label_start == start or _is_tld(ascii_part)):
                return label_start + len(ascii_part) if ascii_part else position
        if position < len(host) and host[position] in "\u3002\uff61" and not _dot_goes_on(host, start, position):
            return position
        label_start = position + 1
    return _without_strange_end(host, start)


def _ascii_head(label: str) -> str:
    return next(
        (label[:i] for i, character in enumerate(label) if not (character.isascii() or _IS_UNSEEN.match(character))),
        label,
    )


def _is_tld(label: str) -> bool:
    return bool(label) and len(label) < 64 and has_known_suffix(label.lower())


def _dot_goes_on(host: str, start: int, position: int) -> bool:
    following = host[position + 1 : position + 65]
    for index, character in enumerate(following):
        if not (character.isascii() and (character.isalnum() or character == "-")):
            following = following[:index]
            break
    before = host[start:position]
    complete = any(dot in before for dot in _DOTS) and _is_tld(_last_label(before))
    return bool(following) and not complete


def _last_label(host: str) -> str:
    return host[max(host.rfind(dot) for dot in _DOTS) + 1 :]


def _without_strange_end(host: str, start: int) -> int:
    """Leave out a last label that is Japanese text and no top-level domain ("example.jp.詳細")."""
    last = _last_label(host)
    label = last.partition(":")[0]
    if label and not label[0].isascii() and "." in host[start:] and not _is_tld(label):
        return len(host) - len(last) - 1
    return len(host)


def _trimmed(raw: str) -> str:
    """The URL without the punctuation of the sentence around it. Closing brackets stay where they were opened."""
    for entity in _ENTITIES:
        if (position := raw.find(entity)) > 0:
            raw = raw[:position]
    unclosed = {closer: raw.count(closer) - raw.count(opener) for closer, opener in _PAIRS.items()}
    end = len(raw)
    while end > 0:
        last = raw[end - 1]
        if last in _LOOSE_ENDS:
            end -= 1
        elif unclosed.get(last, 0) > 0:
            unclosed[last] -= 1
            end -= 1
        else:
            break
    return raw[:end]


def _bare(text: str, found: dict[int, Found], taken: list[tuple[int, int]]) -> None:
    spans = iter(sorted(taken))
    span = next(spans, None)
    for match in _BARE.finditer(text):
        while span is not None and span[1] <= match.start():
            span = next(spans, None)
        if span is not None and span[0] <= match.start():
            continue
        host = match[2].partition(":")[0]
        top = host.rpartition(".")[2].lower()
        if not match[1] and not (match[3] and top not in _FILE_LIKE and has_known_suffix(top)):
            continue
        start, end = match.span()
        end = start + len(_trimmed(text[start:end]))
        found.setdefault(start, Found(text[start:end], start, end))
