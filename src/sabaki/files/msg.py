"""Outlook's .msg, [MS-OXMSG]: a message as properties in a compound file."""

from __future__ import annotations

import re
import struct
from collections import defaultdict

from sabaki.files import mapimail, ole10native
from sabaki.files.compound import MAGIC, Compound, Entry
from sabaki.files.mapi import MULTIPLE, Attachment, Id, Mapi, Method, Properties, Type
from sabaki.files.opened import Asked, Opened

_STREAM = re.compile(r"__substg1\.0_([0-9a-f]{4})([0-9a-f]{4})\Z", re.I)
_PROPERTIES, _RECIPIENT, _ATTACHMENT = "__properties_version1.0", "__recip_version1.0_", "__attach_version1.0_"
_NAMES = "__nameid_version1.0"
_TOP, _EMBEDDED, _INNER = 32, 24, 8
"""Octets before the entries of a property stream: of a message, of one inside it, of a recipient or attachment (2.4)."""
_SETS = {1: bytes.fromhex("2803020000000000c000000000000046"), 2: bytes.fromhex("2903020000000000c000000000000046")}
_VARIABLE = frozenset((Type.STRING, Type.STRING8, Type.BINARY, Type.GUID, Type.OBJECT))


def read(content: bytes, asked: Asked) -> Opened:
    """Text, markup and attachments of an Outlook item, whatever its class. Never raises."""
    return mapimail.describe(parse(content, asked), content, asked, "no Outlook message in it")


def to_mail(content: bytes, asked: Asked) -> bytes | None:
    """The message as an RFC 5322 mail; None if it is not an Outlook message (many files named .msg are plain mails)."""
    return mapimail.to_mail(parse(content, asked), content, asked)


def parse(content: bytes, asked: Asked) -> Mapi | None:
    """The message with all that is embedded in it, or None if there is none."""
    if not content.startswith(MAGIC):
        return None
    message = _Reader(Compound(content), asked).message()
    empty = message.properties.is_empty and not message.recipients and not message.attachments
    return None if empty else message


class _Reader:
    """Reads the storages of one file by a work-list: an embedded message is one more of them."""

    def __init__(self, file: Compound, asked: Asked) -> None:
        self._file = file
        self._asked = asked
        # Streams of an honest file do not share sectors, so together they are no larger than it is.
        self._left = 2 * len(file.content)
        self._inside: dict[str, list[Entry]] = defaultdict(list)
        for entry in file.entries:
            if not entry.lost:
                self._inside[entry.storage].append(entry)
        self._names = self._named()

    def message(self) -> Mapi:
        """The outermost message."""
        outermost = Mapi()
        work = [("", outermost, 0)]
        while work:
            storage, message, depth = work.pop()
            self._fill(message, storage, depth)
            for attachment, inner in self._attachments(message, storage):
                if self._asked.budget.within("nesting", depth + 1, "MSG"):
                    attachment.message = Mapi()
                    work.append((inner, attachment.message, depth + 1))
        for what in self._file.damage:
            outermost.hurt(what)
        return outermost

    def _fill(self, message: Mapi, storage: str, depth: int) -> None:
        self._read(message.properties, storage, _TOP if depth == 0 else _EMBEDDED, message)
        message.properties.names = self._names
        for entry in self._inside[storage]:
            if not entry.stream and entry.name.lower().startswith(_RECIPIENT):
                if not self._asked.budget.within("addresses", len(message.recipients) + 1, "MSG"):
                    break
                recipient = Properties()
                self._read(recipient, entry.path, _INNER, message)
                message.recipients.append(recipient)

    def _attachments(self, message: Mapi, storage: str) -> list[tuple[Attachment, str]]:
        """Put the attachments; returns those that are messages, with the storage that each is in."""
        embedded = []
        for entry in self._inside[storage]:
            if entry.stream or not entry.name.lower().startswith(_ATTACHMENT):
                continue
            if not self._asked.budget.within("parts", len(message.attachments) + 1, "MSG"):
                break
            attachment = Attachment()
            self._read(attachment.properties, entry.path, _INNER, message)
            message.attachments.append(attachment)
            attachment.content = attachment.properties.binary(Id.ATTACH_DATA)
            inner = next((one for one in self._inside[entry.path] if not one.stream and _is_object(one)), None)
            if inner is None:
                continue
            if self._holds_message(inner, attachment):
                embedded.append((attachment, inner.path))
            else:
                self._storage(inner, attachment)
        message.settle()
        return embedded

    def _holds_message(self, inner: Entry, attachment: Attachment) -> bool:
        if attachment.properties.integer(Id.ATTACH_METHOD) == Method.EMBEDDED_MESSAGE:
            return True
        return any(one.name.lower() == _PROPERTIES for one in self._inside[inner.path])

    def _storage(self, inner: Entry, attachment: Attachment) -> None:
        """An OLE object's file: a package's, or the stream in which programs put it ([MS-OXOCFG] has no more to say)."""
        streams = {one.name.lower(): one for one in self._inside[inner.path] if one.stream}
        for name in ("\x01ole10native", "package", "contents"):
            if name not in streams:
                continue
            octets = self._octets(streams[name])
            wrapped = ole10native.package(octets) if name == "\x01ole10native" else None
            attachment.content = wrapped.content if wrapped is not None else octets
            attachment.inner_name = wrapped.name if wrapped is not None else ""
            return

    def _read(self, properties: Properties, storage: str, header: int, message: Mapi) -> None:
        for entry in self._inside[storage]:
            if not entry.stream:
                continue
            if entry.name.lower() == _PROPERTIES:
                self._fixed(properties, self._octets(entry)[header:])
            elif found := _STREAM.match(entry.name):
                id, type = int(found[1], 16), int(found[2], 16)
                if type in _VARIABLE:
                    octets = self._octets(entry)
                    properties.put(id, type, octets)
                    if len(octets) < entry.size:
                        message.hurt(f"property {id:04X} is cut off")

    def _fixed(self, properties: Properties, octets: bytes) -> None:
        """The entries of a property stream, 2.4.2: values of up to eight octets stand in them."""
        for at in range(0, min(len(octets), 1_000_000) - 15, 16):
            type, id = struct.unpack_from("<HH", octets, at)
            if type not in _VARIABLE and not type & MULTIPLE:
                properties.put(id, type, octets[at + 8 : at + 16])

    def _octets(self, entry: Entry) -> bytes:
        size = min(entry.size, self._left)
        if size <= 0 or not self._asked.budget.spend("decoded_size", min(size, len(self._file.content)), "MSG"):
            return b""
        octets = self._file.read(entry, size)
        self._left -= len(octets)
        return octets

    def _named(self) -> dict[tuple[bytes, int | str], int]:
        """The mapping of named properties, 2.2.3: sets, entries of eight octets, and the strings that they point to."""
        storage = next((one.path for one in self._inside[""] if one.name.lower() == _NAMES), "")
        streams = {one.name.lower()[-8:]: one for one in self._inside.get(storage, []) if one.stream} if storage else {}
        sets, entries, strings = (
            self._octets(streams[tag]) if tag in streams else b"" for tag in ("00020102", "00030102", "00040102")
        )
        names: dict[tuple[bytes, int | str], int] = {}
        for at in range(0, min(len(entries), 160_000) - 7, 8):
            name, which, index = struct.unpack_from("<IHH", entries, at)
            number = which >> 1
            owner = _SETS.get(number) or sets[16 * (number - 3) : 16 * (number - 2)] if number else b""
            if not which & 1:
                names.setdefault((owner, name), 0x8000 + index)
            elif name + 4 <= len(strings):
                size = min(struct.unpack_from("<I", strings, name)[0], 512)
                text = strings[name + 4 : name + 4 + size]
                key = text[: len(text) & ~1].decode("utf-16-le", "replace").lower()
                names.setdefault((owner, key), 0x8000 + index)
        return names


def _is_object(entry: Entry) -> bool:
    return entry.name.lower().endswith("3701000d")
