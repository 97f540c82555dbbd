"""Appointments (iCalendar, RFC 5545) and contact cards (vCard, RFC 6350): what they say, where they lead, what they carry."""

from __future__ import annotations

import re
from binascii import Error as NotBase64
from binascii import a2b_base64
from collections.abc import Iterator
from urllib.parse import unquote

import msgspec

from sabaki.files.opened import Asked, Child, Opened
from sabaki.mail import charsets, urlfind
from sabaki.mail.transfer import quoted_printable

_FOLD = re.compile(r"\r?\n[ \t]|\r[ \t]")
_SOFT = re.compile(r"=\r?\n")
_ESCAPE = re.compile(r"\\([\\;,nN:\"])")
_PROPERTIES = 20_000
_SAID = {
    "SUMMARY": "", "DESCRIPTION": "", "LOCATION": "", "COMMENT": "", "CONTACT": "", "NOTE": "", "FN": "", "ORG": "",
    "TITLE": "", "TEL": "", "EMAIL": "", "ADR": "", "NICKNAME": "", "ROLE": "", "BDAY": "", "X-WR-CALNAME": "",
    "ORGANIZER": "organizer", "ATTENDEE": "attendee", "DTSTART": "start", "DTEND": "end", "METHOD": "method",
    "RRULE": "repeats", "TRIGGER": "alarm", "ACTION": "alarm action", "PRODID": "made by", "STATUS": "status",
}  # fmt: skip
_LEADING = {
    "URL", "CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK",
    "X-MICROSOFT-ONLINEMEETINGCONFLINK", "X-ZOOM-MEETING-URL", "X-OPT-URL", "SOURCE", "FBURL", "CALURI", "CALADRURI", "IMPP",
    "X-SOCIALPROFILE", "X-MICROSOFT-LOCATIONURL", "X-APPLE-STRUCTURED-LOCATION", "IMAGE", "REFRESH-INTERVAL", "LINK",
    "STRUCTURED-DATA", "X-JABBER", "TZURL", "RELATED",
}  # fmt: skip
_CARRYING = frozenset({"ATTACH", "PHOTO", "LOGO", "SOUND", "KEY", "IMAGE", "X-ATTACH"})
_QUIET = frozenset({"IMAGE", "PHOTO", "LOGO", "SOUND", "KEY", "TZURL"})


class Property(msgspec.Struct, frozen=True):
    """One content line: its name in capitals without a group, its parameters in capitals, its value as written."""

    name: str
    parameters: dict[str, str]
    value: str


def read(content: bytes, asked: Asked) -> Opened:
    """Read an iCalendar or vCard file: text, HTML descriptions, links, files inside."""
    opened = Opened()
    decoded = charsets.decode(content[: asked.limits.decoded_size], None).text.lstrip("\ufeff \t\r\n")
    source = "vcf" if decoded[:40].upper().startswith("BEGIN:VCARD") else "ics"
    lines: list[str] = []
    open_blocks: list[str] = []
    for entry in _properties(decoded):
        if entry.name in ("BEGIN", "END"):
            _block(entry, open_blocks)
            continue
        if open_blocks and open_blocks[-1] in ("VTIMEZONE", "STANDARD", "DAYLIGHT"):
            continue
        _property(entry, source, lines, opened)
    if open_blocks:
        opened.note("damaged", f"{open_blocks[-1][:60]} does not end")
    opened.text = "\n".join(dict.fromkeys(lines))[: asked.limits.file_text]
    return opened


def _properties(text: str) -> Iterator[Property]:
    """The content lines, unfolded (RFC 5545 section 3.1); vCard 2.1's soft line breaks too."""
    if "QUOTED-PRINTABLE" in text.upper():
        text = _SOFT.sub("", text)
    for number, line in enumerate(_FOLD.sub("", text).splitlines()):
        if number >= _PROPERTIES:
            return
        head, colon, value = _split(line)
        if colon:
            name, *parameters = head.split(";")
            named = (parameter.partition("=") for parameter in parameters[:50])
            yield Property(
                name.rpartition(".")[2].strip().upper(),
                {key.strip().upper(): said.strip('"') for key, equals, said in named if equals or key},
                value,
            )


def _split(line: str) -> tuple[str, str, str]:
    """Split at the first colon that stands in no quoted parameter."""
    position = line.find(":")
    quote = line.find('"')
    if 0 <= quote < position:
        closed = line.find('"', quote + 1)
        for _ in range(100):
            position = line.find(":", closed + 1) if closed >= 0 else position
            quote = line.find('"', closed + 1) if closed >= 0 else -1
            if not 0 <= quote < position:
                break
            closed = line.find('"', quote + 1)
    return (line[:position], ":", line[position + 1 :]) if position >= 0 else (line, "", "")


def _block(entry: Property, open_blocks: list[str]) -> None:
    name = entry.value.strip().upper()
    if entry.name == "BEGIN" and len(open_blocks) < 100:
        open_blocks.append(name)
    elif name in open_blocks:
        while open_blocks and open_blocks.pop() != name:
            pass


def _property(entry: Property, source: str, lines: list[str], opened: Opened) -> None:
    value = _plain(entry)
    where = f"{source}:{entry.name.lower()}"
    if entry.name in _CARRYING and _carried(entry, value, source, opened):
        return
    if entry.name == "X-ALT-DESC" or "html" in entry.parameters.get("FMTTYPE", "").lower():
        opened.markup.append(value)
        return
    if entry.name in ("ORGANIZER", "ATTENDEE"):
        address = unquote(value.partition(":")[2] or value)
        value = f"{entry.parameters['CN']} <{address}>" if entry.parameters.get("CN") else address
    if entry.name in ("SUMMARY", "FN"):
        opened.title = opened.title or value
    if entry.name in _SAID and value.strip():
        label = _SAID[entry.name]
        lines.append(f"{label}: {value}" if label else value)
    altered = entry.parameters.get("ALTREP", "")
    if altered.lower().startswith(("http:", "https:")):
        opened.link(altered, where)
    elif altered[:5].lower() == "data:":
        _data(altered, opened)
    found = urlfind.find(value) if entry.name != "PRODID" else ()
    if entry.name in _LEADING and ":" in value and not found:
        opened.link(value.strip(), where)
    for link in found:
        opened.link(link.raw, where, clickable=entry.name not in _QUIET)


def _plain(entry: Property) -> str:
    value = entry.value
    if entry.parameters.get("ENCODING", "").upper() == "QUOTED-PRINTABLE" or "QUOTED-PRINTABLE" in entry.parameters:
        octets = quoted_printable(value.encode("utf-8", "replace")).octets
        value = charsets.decode(octets, entry.parameters.get("CHARSET")).text
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def _carried(entry: Property, value: str, source: str, opened: Opened) -> bool:
    """Take out a file that stands in the value. False where the value is only an address."""
    name = (
        entry.parameters.get("FILENAME")
        or entry.parameters.get("X-FILENAME")
        or entry.parameters.get("X-APPLE-FILENAME", "")
    )
    declared = entry.parameters.get("FMTTYPE") or entry.parameters.get("MEDIATYPE", "")
    encoding = entry.parameters.get("ENCODING", "").upper()
    if value[:5].lower() == "data:":
        _data(value, opened, name)
        return True
    if (
        encoding in ("BASE64", "B")
        or "BASE64" in entry.parameters
        or entry.parameters.get("VALUE", "").upper() == "BINARY"
    ):
        letters = re.sub(r"[^A-Za-z0-9+/]", "", value)
        _child(letters, name, declared, opened)
        return True
    if ":" in value:
        quiet = entry.name in _QUIET
        opened.link(value.strip(), f"{source}:{entry.name.lower()}", name, clickable=not quiet)
        return True
    return False


def _data(value: str, opened: Opened, name: str = "") -> None:
    """A data: address (RFC 2397)."""
    head, _, body = value[5:].partition(",")
    if "base64" in head.lower():
        _child(re.sub(r"[^A-Za-z0-9+/]", "", body), name, head.partition(";")[0], opened)
    elif "html" in head.lower():
        opened.markup.append(unquote(body))


def _child(letters: str, name: str, declared: str, opened: Opened) -> None:
    letters = letters[:-1] if len(letters) % 4 == 1 else letters
    try:
        octets = a2b_base64(letters + "=" * (-len(letters) % 4))
    except NotBase64:
        opened.note("damaged", "an attachment is no base64")
        return
    if octets:
        opened.children.append(Child(name, octets, declared=declared))
        if declared.partition("/")[0].lower() not in ("image", "audio") and not octets.startswith(
            (b"\xff\xd8\xff", b"\x89PNG", b"GIF8")
        ):
            opened.note("embedded_file", name or declared or "without a name")
