"""OneNote sections (.one, MS-ONESTORE): the files laid into the page, their names, the text and the links.

The revision store is not rebuilt: files and strings stand in it whole, each behind its length, and are found there,
those of earlier revisions included.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sabaki.files import kinds
from sabaki.files.opened import Asked, Child, Opened
from sabaki.mail import detection, urlfind
from sabaki.model.finding import State

_FILE = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")
"""Before each file (FileDataStoreObject, section 2.6.13): then 8 octets of length and 12 unused ones."""
_HEAD = 36
_PACKAGED = bytes.fromhex("2fe98d63d4a6c14b9a36b3fc2511a5b7")
_LENGTH = re.compile(rb"[\x04-\xfe][\x00-\x4e]\0\0(?=[^\0])")
_PLAUSIBLE = re.compile(
    rb"(?:[\x20-\x7e\t\r\n\x0b]\0|[\xa0-\xff]\0|[\x00-\xff][\x01-\x05\x20\x30-\x9f\xac-\xd7\xff]){1,16}(?:\0\0)?\Z"
)
_LOOKED = 20_000_000
"""Octets that are decoded in search of strings at most; more are only found in sections built to waste time."""
_NARROW = re.compile(rb"[\x20-\x7e\t\r\n]{6,20000}")
_ADDRESS = re.compile(rb"(?i)https?://[\x21-\x7e]{4,2000}|(?:h\0t\0t\0p\0)(?:s\0)?:\0/\0/\0(?:[\x21-\x7e]\0){4,2000}")
_FILE_NAME = re.compile(r"[^\\/:*?\"<>|\r\n\t]{1,200}\.[A-Za-z0-9_-]{1,12}")
_STYLES = frozenset(
    ("calibri", "calibri light", "segoe ui", "meiryo", "meiryo ui", "yu gothic", "times new roman", "arial")
)


def read(content: bytes, asked: Asked) -> Opened:
    """Read a OneNote section: every file in it, what a person reads, and where it links."""
    opened = Opened()
    blobs, rest = _taken_apart(content, opened)
    strings = list(dict.fromkeys(_strings(rest)))
    names = [text for text in strings if _FILE_NAME.fullmatch(text) and kinds.claimed(text)]
    paths = [text for text in strings if "\\" in text and kinds.claimed(text)]
    names += [name for path in paths if (name := path.rpartition("\\")[2]) not in names]
    _children(blobs, names, opened)
    said = [text for text in strings if text not in names and not _is_furniture(text)]
    opened.text = "\n".join(said + paths)[: asked.limits.file_text]
    opened.title = next((text for text in said if "://" not in text), "")
    _links(rest, strings, opened)
    if content[48:64] == _PACKAGED and not blobs:
        opened.state = State.PERMERROR
        opened.reason = "packed as OneDrive packs it: the files in it were not taken out"
        opened.reason_ja = "OneDrive形式でまとめられており、中のファイルは取り出せませんでした"
    return opened


def _taken_apart(content: bytes, opened: Opened) -> tuple[list[bytes], bytes]:
    """The files in a section, and the section without them."""
    blobs: list[bytes] = []
    rest: list[bytes] = []
    seen: set[bytes] = set()
    position = 0
    while (at := content.find(_FILE, position)) >= 0:
        rest.append(content[position:at])
        size = int.from_bytes(content[at + 16 : at + 24], "little")
        start = at + _HEAD
        end = start + size
        if end > len(content):
            opened.note("damaged", "a file's length leads beyond the end")
            # A false length must not swallow the files that follow.
            following = content.find(_FILE, start)
            end = following if following >= 0 else len(content)
        blob = content[start:end]
        if blob and blob not in seen:
            seen.add(blob)
            blobs.append(blob)
        position = max(start, end)
        if len(blobs) >= 1_000:
            break
    rest.append(content[position:])
    return blobs, b"\0\0\0\0".join(rest)


def _strings(content: bytes) -> Iterator[str]:
    """Strings that stand behind their own length (section 2.6.8, properties of variable size)."""
    position, looked = 0, 0
    while (match := _LENGTH.search(content, position)) and looked < _LOOKED:
        start = match.end()
        size = match[0][0] | match[0][1] << 8
        position = match.start() + 1
        if size & 1 or start + size > len(content) or not _PLAUSIBLE.match(content, start, start + min(size, 32)):
            continue
        looked += size
        text = content[start : start + size].decode("utf-16-le", "replace").rstrip("\0")
        if text.strip() and "\0" not in text and "\ufffd" not in text and detection.is_plausible_wide(text):
            yield text.strip()
            position = start + size
    for match in _NARROW.finditer(content):
        start = match.start()
        size = int.from_bytes(content[start - 4 : start], "little") if start >= 4 else 0
        if 6 <= size <= len(match[0]) + 1:
            yield match[0][:size].decode("latin-1").strip("\0 \t\r\n")


def _is_furniture(text: str) -> bool:
    return text.lower() in _STYLES or len(text) < 2 or (text[:1] == "{" and text[-1:] == "}" and len(text) == 38)


def _children(blobs: list[bytes], names: list[str], opened: Opened) -> None:
    """Give each file its name: the first whose ending fits what the file is, else the next in order."""
    left = list(names)
    for blob in blobs:
        kind = kinds.identify(blob)
        fitting = [name for name in left if _fits(kind, kinds.claimed(name))]
        name = fitting[0] if fitting else ""
        if not name and kind.family != "picture":
            name = next((other for other in left if kinds.family_of(kinds.claimed(other)) != "picture"), "")
        if name:
            left.remove(name)
        if kind.family != "picture":
            opened.note("embedded_file", name or kind.id)
        opened.children.append(Child(name, blob))
    for name in left:
        if kinds.family_of(kinds.claimed(name)) in ("program", "script", "shortcut", "page"):
            opened.note("embedded_file", name)


def _fits(kind: kinds.Kind, claimed: str) -> bool:
    return claimed == kind.id or (kind.how != "text" and kind.family == kinds.family_of(claimed))


def _links(rest: bytes, strings: list[str], opened: Opened) -> None:
    seen: set[str] = set()
    for text in strings:
        for found in urlfind.find(text):
            if found.raw not in seen:
                seen.add(found.raw)
                opened.link(found.raw, "onenote:link", text)
    for match in _ADDRESS.finditer(rest):
        raw = (
            match[0].decode("utf-16-le", "replace") if match[0][1:2] == b"\0" else match[0].decode("latin-1")
        ).strip()
        if "schemas.microsoft.com" not in raw and not any(raw.startswith(known) for known in list(seen)[:200]):
            seen.add(raw)
            opened.link(raw, "onenote:link")
