"""What a PDF does when it is opened or clicked: actions (ISO 32000-2, 12.6), forms, attachments, out of its raw objects."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import msgspec

from sabaki.files.opened import Child, Opened
from sabaki.files.pdfobject import Name, Ref, Value, text
from sabaki.files.pdfraw import Object, Table, names_in
from sabaki.mail import urlfind

_TELLING = re.compile(
    rb"/(?:URI|JS|JavaScript|Launch|OpenAction|AA|SubmitForm|ImportData|GoToR|GoToE|Thread|EmbeddedFile|Filespec|EF|FS"
    rb"|RichMedia|3D|Screen|Movie|Sound|Rendition|XFA|AcroForm|Tx)(?![A-Za-z])|/[^ /<>()\[\]]{0,40}#"
)
_DANGEROUS = frozenset(
    "URI JS JavaScript Launch OpenAction AA SubmitForm ImportData GoToR GoToE EmbeddedFile EmbeddedFiles Filespec "
    "RichMedia XFA AcroForm Action ObjStm Encrypt".split()
)
_HARMLESS = frozenset(("GoTo", "Named", "SetOCGState", "Hide", "Trans", "GoTo3DView", ""))
_FIELD_EVENTS = frozenset("KFV")
_PASSWORD_FLAG = 1 << 13
_PASSWORD_WORDS = ("password", "passwd", "passcode", "pwd", "パスワード", "暗証", "pin code", "pincode")
_MOST_VISITED = 50_000
_MOST_FILES = 50
_XFA_SCRIPT = re.compile(r"<(?:\w{1,20}:)?script\b[^<>]{0,500}>([^<]{1,2000})")
_XFA_TARGET = re.compile(r"""(?i)\btarget\s{0,5}=\s{0,5}["']((?:https?|ftp|mailto):[^"'<>]{1,2000})""")
_REMOTE = ("\\\\", "//", "smb:", "file:")
_FOLLOWING = ("launchurl", "submitform", "geturl", "app.openDoc".lower())


class Findings(msgspec.Struct):
    """What was found in the objects, beside what is noted in `opened` itself.

    `uris` are the links of the current revision, `older` those that only an older one has. `attached` names the
    attachments, by their streams. `embedded` are the numbers of embedded streams; `read` of those that were
    read as scripts, once each.
    """

    opened: Opened
    table: Table
    uris: dict[str, None] = msgspec.field(default_factory=dict)
    older: dict[str, None] = msgspec.field(default_factory=dict)
    attached: dict[int, str] = msgspec.field(default_factory=dict)
    embedded: dict[int, None] = msgspec.field(default_factory=dict)
    read: set[int] = msgspec.field(default_factory=set)

    def reading(self, *, current: bool) -> dict[str, None]:
        """Where the links of a revision go."""
        return self.uris if current else self.older


def inspect(table: Table, opened: Opened) -> Findings:
    """Look at every object that names an action, a form or a file. Notes traits; the links come back."""
    found = Findings(opened, table)
    for current, item in _objects(table):
        if not _TELLING.search(item.source, item.start, min(item.end, item.start + 1_000_000)):
            continue
        value = table.value(item)
        _look(value, item.number, found, current=current)
        if any(name.escaped and name in _DANGEROUS for name in names_in(value)):
            opened.note("obfuscated", "names with # escapes")
    for trailer in table.trailers:
        if any(name.escaped and name in _DANGEROUS for name in names_in(trailer)):
            opened.note("obfuscated", "names with # escapes")
    for uri in found.older:
        if uri not in found.uris:
            opened.note("older_revision", uri)
    return found


def _objects(table: Table) -> Iterator[tuple[bool, Object]]:
    for item in table.current.values():
        yield True, item
    for item in table.older:
        yield False, item


def _look(value: Value, number: int, found: Findings, *, current: bool) -> None:
    """Go through one object and what is written inside it; references are followed only where an action needs them."""
    waiting: list[Value] = [value]
    for _ in range(_MOST_VISITED):
        if not waiting:
            return
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            waiting.extend(item.values())
            _action(item, found, current=current)
            _started(item, found)
            _form(item, found)
            _file(item, number, found)
            if _name(item, "Subtype", found) in ("RichMedia", "3D", "Screen", "Movie", "Sound"):
                found.opened.note("rich_media", _name(item, "Subtype", found))


def _name(item: dict[str, Value], key: str, found: Findings) -> str:
    value = found.table.resolve(item.get(key)) if key in item else None
    return str(value) if isinstance(value, Name) else ""


def _action(item: dict[str, Value], found: Findings, *, current: bool) -> None:
    kind = _name(item, "S", found)
    if "URI" in item and (uri := _string(item["URI"], found)):
        found.reading(current=current)[uri] = None
    if "JS" in item:
        _script(item["JS"], found, current=current)
    elif kind == "JavaScript":
        found.opened.note("javascript")
    if kind == "Launch":
        found.opened.note("launch", _launched(item, found))
    elif kind == "SubmitForm":
        target = _target(item.get("F"), found)
        found.opened.note("submit_form", target)
        found.opened.link(target, "pdf:submit", clickable=current)
    elif kind in ("ImportData", "GoToR", "GoToE", "Thread"):
        _elsewhere(kind, _target(item.get("F"), found), found)
    elif kind in ("Rendition", "Movie", "Sound", "RichMediaExecute"):
        found.opened.note("rich_media", kind)
    if kind == "Launch":
        _elsewhere(kind, _target(item.get("F"), found), found)
        for url in urlfind.find(_launched(item, found)[:10_000]):
            found.opened.link(url.raw, "pdf:launch", clickable=current)
    if _name(item, "FS", found) == "URL" and (uri := _string(item.get("F"), found)):
        found.reading(current=current)[uri] = None


def _elsewhere(kind: str, target: str, found: Findings) -> None:
    """A target in another file: on a server it betrays who opens it, and may send the password's hash along."""
    lowered = target.lower()
    if lowered.startswith(_REMOTE):
        found.opened.note("remote_target", target)
        found.opened.link(target, f"pdf:{kind.lower()}")
    elif "://" in target:
        found.opened.note("external_link", target)
        found.opened.link(target, f"pdf:{kind.lower()}")
    elif kind in ("GoToE", "ImportData"):
        found.opened.note("external_link", f"{kind} {target}".strip())


def _string(value: Value, found: Findings) -> str:
    """A text string; "" for none, and where it is encrypted."""
    resolved = found.table.resolve(value)
    if found.table.encrypted or not isinstance(resolved, bytes):
        return ""
    return text(resolved).strip("\x00\r\n\t ")


def _target(value: Value, found: Findings) -> str:
    """A file specification (7.11): a string, or a dictionary with one for each system."""
    resolved = found.table.resolve(value)
    if isinstance(resolved, dict):
        named = (_string(resolved.get(key), found) for key in ("UF", "F", "DOS", "Unix", "Mac"))
        return next((name for name in named if name), "")
    return _string(resolved, found)


def _launched(item: dict[str, Value], found: Findings) -> str:
    pieces = [_target(item.get("F"), found)]
    for system in ("Win", "Unix", "Mac"):
        entry = found.table.resolve(item.get(system))
        if isinstance(entry, dict):
            pieces += [_string(entry.get(key), found) for key in ("F", "P", "O")]
        else:
            pieces.append(_string(entry, found))
    return " ".join(piece for piece in pieces if piece)


def _script(value: Value, found: Findings, *, current: bool) -> None:
    script = _string(value, found) or _once(value, found)
    if not script:
        return
    found.opened.note("javascript", " ".join(script[:2_000].split())[:300])
    follows = any(word in script.lower() for word in _FOLLOWING)
    for url in urlfind.find(script[:100_000])[:200]:
        found.opened.link(url.raw, "pdf:javascript", clickable=current and follows)


def _once(value: Value, found: Findings) -> str:
    """The text of a stream, the first time that it is asked for."""
    if not isinstance(value, Ref) or value.number in found.read:
        return ""
    found.read.add(value.number)
    return text((found.table.stream(value) or b"")[:1_000_000])


def _started(item: dict[str, Value], found: Findings) -> None:
    """What starts by itself: when the document or a page is opened, a field entered (12.6.3)."""
    if "OpenAction" in item:
        action = found.table.resolve(item["OpenAction"])
        if isinstance(action, dict) and (kind := _name(action, "S", found)) not in _HARMLESS:
            found.opened.note("open_action", kind)
    if "AA" in item:
        events = found.table.resolve(item["AA"])
        for event, entry in events.items() if isinstance(events, dict) else ():
            action = found.table.resolve(entry)
            if event in _FIELD_EVENTS or not isinstance(action, dict):
                continue
            if (kind := _name(action, "S", found)) not in _HARMLESS and not _calculates(event, item):
                found.opened.note("open_action", f"{event}: {kind}")


def _calculates(event: str, item: dict[str, Value]) -> bool:
    """Whether the event "C" is a field's (it is calculated), not a page's (it is closed)."""
    return event == "C" and ("FT" in item or "T" in item or "Parent" in item) and item.get("Type") != "Page"


def _form(item: dict[str, Value], found: Findings) -> None:
    if "XFA" in item:
        found.opened.note("form", "XFA")
        _xfa(found.table.resolve(item["XFA"]), item["XFA"], found)
    if _name(item, "FT", found) == "Tx":
        flags = found.table.resolve(item.get("Ff"))
        named = f"{_string(item.get('T'), found)} {_string(item.get('TU'), found)}".strip()
        if (isinstance(flags, float) and int(flags) & _PASSWORD_FLAG) or any(
            word in named.lower() for word in _PASSWORD_WORDS
        ):
            found.opened.note("password_form", named)
        else:
            found.opened.note("form")


def _xfa(resolved: Value, value: Value, found: Findings) -> None:
    """An XML form (12.7.8): a stream, or names and streams by turns. Its scripts, and where it is sent."""
    for packet in resolved[:40] if isinstance(resolved, list) else [value]:
        body = _once(packet, found)
        for match in itertools.islice(_XFA_SCRIPT.finditer(body), 20):
            found.opened.note("javascript", " ".join(match[1].split())[:300])
        for match in itertools.islice(_XFA_TARGET.finditer(body), 20):
            found.opened.note("submit_form", match[1])
            found.opened.link(match[1], "pdf:submit")


def _file(item: dict[str, Value], number: int, found: Findings) -> None:
    files = found.table.resolve(item.get("EF")) if "EF" in item else None
    if isinstance(files, dict):
        name = _target(item, found)
        for key in ("UF", "F", "DOS", "Unix", "Mac"):
            target = files.get(key)
            if isinstance(target, Ref):
                found.attached.setdefault(target.number, name)
    if item.get("Type") == "EmbeddedFile":
        found.embedded[number] = None


def attachments(found: Findings) -> Iterator[Child]:
    """The embedded files (7.11.4), with their names where one is given; the older revisions' too, if still there."""
    numbers = dict.fromkeys([*found.attached, *found.embedded])
    for number in list(numbers)[:_MOST_FILES]:
        name = found.attached.get(number, "")
        item = found.table.current.get(number)
        content = found.table.stream(Ref(number, 0)) if item is not None else None
        found.opened.note("embedded_file", name)
        yield Child(name, content)
