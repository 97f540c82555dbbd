"""The header of a MAPI message: the transport's as it was kept, else one made of the properties ([MS-OXCMAIL] 2.1)."""

from __future__ import annotations

import base64
import datetime
import re

from sabaki.files.mapi import Id, Mapi, Properties, PropertySet, flat_entries, one_off_address

_FIELD = re.compile(rb"([^\s:\x00-\x20\x7f]{1,200})[ \t]{0,20}:")
_REPLACED = re.compile(rb"(?:content-[!-9;-~]{1,60}|mime-version)[ \t]{0,20}:", re.I)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]++")
_SMTP = re.compile(r"[^\s<>@]{1,256}@[^\s<>@]{1,255}\Z")
_DAYS, _MONTHS = "Mon Tue Wed Thu Fri Sat Sun".split(), "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_TO, _CC, _BCC = 1, 2, 3
_MOST = 2_000
_IMPORTANCE = {0: "low", 2: "high"}


def written(mapi: Mapi) -> bytes:
    """The header's fields, each with its CRLF, without those that describe the body (Content-*, MIME-Version)."""
    kept = [field for field in fields_of(_transport(mapi.properties)) if not _REPLACED.match(field)]
    names = {field.partition(b":")[0].strip().lower() for field in kept}
    if b"from" in names:
        return b"".join(kept)
    made = [(name, value) for name, value in _made(mapi) if value and name.lower().encode() not in names]
    return b"".join(kept) + "".join(f"{name}: {value}\r\n" for name, value in made).encode("utf-8", "replace")


def shown(mapi: Mapi) -> str:
    """The few lines that a person sees over a message."""
    read = mapi.properties
    lines = [f"From: {_plain(*_author(read))}"]
    for word, kind in (("To", _TO), ("Cc", _CC)):
        people = [_plain(*_recipient(one)) for one in _recipients(mapi, kind)[:50]]
        lines.append(f"{word}: {', '.join(people) or read.text(Id.DISPLAY_TO if kind == _TO else Id.DISPLAY_CC)}")
    lines += [f"Subject: {subject(read)}", f"Date: {_date(read)}"]
    return "\n".join(one_line(line)[:1_000] for line in lines if not line.endswith(": "))


def subject(read: Properties) -> str:
    """The subject in one line, without the marks that some writers put before its prefix ([MS-OXCMSG] 2.2.1.10)."""
    text = read.text(Id.SUBJECT)
    if text.startswith("\x01"):
        text = text[2:]
    if not text:
        text = read.text(Id.SUBJECT_PREFIX) + (read.text(Id.NORMALIZED_SUBJECT) or read.text(Id.CONVERSATION_TOPIC))
    return one_line(text)


def one_line(text: str) -> str:
    """Text without control characters and line breaks, so that it can stand in a field."""
    return _CONTROLS.sub(" ", text).strip()


def fields_of(header: bytes) -> list[bytes]:
    """The fields of a header up to its first empty line, each with its continuations and CRLF at the ends.

    A line that is no field, as Exchange writes before the header, is left out; behind a field it continues that.
    """
    fields: list[list[bytes]] = []
    for line in re.split(rb"\r\n|\n", header.lstrip(b"\r\n\0 \t")):
        if not line.strip(b"\0"):
            break
        if line[0] in b" \t" and fields:
            fields[-1].append(line)
        elif _FIELD.match(line):
            fields.append([line])
        elif fields:
            fields[-1].append(b" " + line)
    return [b"\r\n".join(lines) + b"\r\n" for lines in fields]


def _transport(read: Properties) -> bytes:
    octets = read.narrow(Id.TRANSPORT_MESSAGE_HEADERS)
    if octets and not read.has_wide(Id.TRANSPORT_MESSAGE_HEADERS):
        return octets
    return read.text(Id.TRANSPORT_MESSAGE_HEADERS).encode("utf-8", "replace")


def _made(mapi: Mapi) -> list[tuple[str, str]]:
    read = mapi.properties
    author, sender = _author(read), _sender(read)
    made = [("Date", _date(read)), ("From", _mailbox(*author))]
    if sender[1] and author[1] and sender[1].lower() != author[1].lower():
        made.append(("Sender", _mailbox(*sender)))
    made.append(("Reply-To", _list([_mailbox(*one) for one in _reply_to(read)])))
    for name, kind in (("To", _TO), ("Cc", _CC), ("Bcc", _BCC)):
        people = [_mailbox(*_recipient(one)) for one in _recipients(mapi, kind)]
        if not people and kind != _BCC:
            listed = read.text(Id.DISPLAY_TO if kind == _TO else Id.DISPLAY_CC)[:100_000].split(";")[:_MOST]
            people = [_mailbox(one.strip(), one.strip() if _SMTP.match(one.strip()) else "") for one in listed]
        made.append((name, _list(people)))
    made.append(("Subject", _words(subject(read))))
    for name, id in (
        ("Message-ID", Id.INTERNET_MESSAGE_ID),
        ("In-Reply-To", Id.IN_REPLY_TO_ID),
        ("References", Id.INTERNET_REFERENCES),
    ):
        made.append((name, one_line(read.text(id))[:20_000]))
    made.append(("Importance", _IMPORTANCE.get(read.integer(Id.IMPORTANCE) or 1, "")))
    return made + _named(read, {name.lower() for name, _ in made})


def _named(read: Properties, taken: set[str]) -> list[tuple[str, str]]:
    """Fields that Outlook kept as properties of their own, such as X-Originating-IP."""
    found = []
    for (owner, name), id in list(read.names.items())[:_MOST]:
        if owner == PropertySet.INTERNET_HEADERS and isinstance(name, str) and _FIELD.fullmatch(f"{name}:".encode()):
            value = one_line(read.text(id))[:20_000]
            if name not in taken and not _REPLACED.match(f"{name}:".encode()):
                found.append((name, value if value.isascii() else _words(value)))
    return found


def _author(read: Properties) -> tuple[str, str]:
    """Name and address of From: whom the message represents, else who sent it."""
    address = _smtp(
        read.text(Id.SENT_REPRESENTING_SMTP_ADDRESS),
        read.text(Id.SENT_REPRESENTING_EMAIL_ADDRESS),
        one_off_address(read.binary(Id.SENT_REPRESENTING_ENTRY_ID) or b"")[1],
    )
    name = read.text(Id.SENT_REPRESENTING_NAME)
    sender = _sender(read)
    if not name and not address:
        return sender
    return name, address or (sender[1] if name == sender[0] else "")


def _sender(read: Properties) -> tuple[str, str]:
    address = _smtp(
        read.text(Id.SENDER_SMTP_ADDRESS),
        read.text(Id.SENDER_EMAIL_ADDRESS),
        one_off_address(read.binary(Id.SENDER_ENTRY_ID) or b"")[1],
    )
    return read.text(Id.SENDER_NAME), address


def _recipient(read: Properties) -> tuple[str, str]:
    return read.text(Id.DISPLAY_NAME), _smtp(
        read.text(Id.SMTP_ADDRESS), read.text(Id.EMAIL_ADDRESS), read.text(Id.DISPLAY_NAME)
    )


def _recipients(mapi: Mapi, kind: int) -> list[Properties]:
    """Those of a kind; the top bits of the type only say whether sending to them was tried."""
    return [one for one in mapi.recipients[:_MOST] if ((one.integer(Id.RECIPIENT_TYPE) or _TO) & 0xF) == kind]


def _reply_to(read: Properties) -> list[tuple[str, str]]:
    entries = flat_entries(read.binary(Id.REPLY_RECIPIENT_ENTRIES) or b"", 50)
    return [(name, address) for name, address in map(one_off_address, entries) if _SMTP.match(address)]


def _smtp(*addresses: str) -> str:
    """The first that is an Internet address: Exchange's own ("/O=...") means nothing outside of it."""
    for address in addresses:
        plain = one_line(address).strip("'<> ").removeprefix("SMTP:").removeprefix("smtp:")
        if _SMTP.match(plain) and not plain.upper().startswith("/O="):
            return plain
    return ""


def _date(read: Properties) -> str:
    for id in (Id.CLIENT_SUBMIT_TIME, Id.MESSAGE_DELIVERY_TIME, Id.CREATION_TIME):
        if (time := read.time(id)) is not None:
            return _stamp(time)
    return ""


def _stamp(time: datetime.datetime) -> str:
    return f"{_DAYS[time.weekday()]}, {time.day:02} {_MONTHS[time.month - 1]} {time.year:04} {time:%H:%M:%S} +0000"


def _mailbox(name: str, address: str) -> str:
    name = one_line(name).strip("'")[:1_000]
    if not name or name == address:
        return f"<{address}>" if address else ""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    phrase = f'"{escaped}"' if name.isascii() else _words(name)
    return f"{phrase} <{address}>" if address else phrase


def _plain(name: str, address: str) -> str:
    return f"{name} <{address}>" if name and address and name != address else name or address


def _list(people: list[str]) -> str:
    return ",\r\n ".join(filter(None, people))


def _words(text: str) -> str:
    """Text as encoded-words where it is not ASCII (RFC 2047), each of whole characters and at most 75 long."""
    if text.isascii() and "=?" not in text:
        return text
    words: list[str] = []
    chunk = b""
    for character in text:
        octets = character.encode("utf-8", "replace")
        if len(chunk) + len(octets) > 45:
            words.append(base64.b64encode(chunk).decode("ascii"))
            chunk = b""
        chunk += octets
    words.append(base64.b64encode(chunk).decode("ascii"))
    return "\r\n ".join(f"=?utf-8?B?{word}?=" for word in words)
