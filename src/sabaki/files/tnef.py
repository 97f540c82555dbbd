"""TNEF, [MS-OXTNEF]: the winmail.dat in which Outlook and Exchange wrap what plain mail cannot carry."""

from __future__ import annotations

import datetime
import struct
from enum import IntEnum

from sabaki.files import mapimail
from sabaki.files.mapi import MULTIPLE, Attachment, Id, Mapi, Method, Properties, Type
from sabaki.files.opened import Asked, Opened

SIGNATURE = b"\x78\x9f\x3e\x22"
_EPOCH = datetime.datetime(1601, 1, 1)  # noqa: DTZ001  # attributes hold times without a zone
_IN_MESSAGE, _IN_ATTACHMENT = 1, 2
_IS_MESSAGE = bytes.fromhex("0703020000000000c000000000000046")
"""IID_IMessage: the object behind it is one more TNEF stream."""
_SIZES = {
    Type.INTEGER16: 2,
    Type.INTEGER32: 4,
    Type.FLOAT32: 4,
    Type.FLOAT64: 8,
    Type.CURRENCY: 8,
    Type.FLOATING_TIME: 8,
    Type.ERROR: 4,
    Type.BOOLEAN: 2,
    Type.INTEGER64: 8,
    Type.TIME: 8,
    Type.GUID: 16,
}
_COUNTED = frozenset((Type.STRING8, Type.STRING, Type.BINARY, Type.OBJECT))


class _Attribute(IntEnum):
    """Attributes that are read, 2.1.3.1: their numbers without the type in the upper half."""

    FROM = 0x8000
    SUBJECT = 0x8004
    DATE_SENT = 0x8005
    DATE_RECEIVED = 0x8006
    MESSAGE_CLASS = 0x8008
    BODY = 0x800C
    ATTACH_DATA = 0x800F
    ATTACH_TITLE = 0x8010
    ATTACH_TRANSPORT_NAME = 0x9001
    ATTACH_RENDER_DATA = 0x9002
    MESSAGE_PROPERTIES = 0x9003
    RECIPIENTS = 0x9004
    ATTACH_PROPERTIES = 0x9005
    OEM_CODEPAGE = 0x9007


_STRINGS = {
    _Attribute.SUBJECT: Id.SUBJECT,
    _Attribute.MESSAGE_CLASS: Id.MESSAGE_CLASS,
    _Attribute.BODY: Id.BODY,
    _Attribute.ATTACH_TITLE: Id.ATTACH_FILENAME,
    _Attribute.ATTACH_TRANSPORT_NAME: Id.ATTACH_TRANSPORT_NAME,
}
_TIMES = {_Attribute.DATE_SENT: Id.CLIENT_SUBMIT_TIME, _Attribute.DATE_RECEIVED: Id.MESSAGE_DELIVERY_TIME}


def read(content: bytes, asked: Asked) -> Opened:
    """Text, markup and attachments of a TNEF stream. Never raises: a wrong checksum is noted and read over."""
    return mapimail.describe(parse(content, asked), content, asked, "no TNEF signature")


def to_mail(content: bytes, asked: Asked) -> bytes | None:
    """The message as an RFC 5322 mail; None if it is not TNEF."""
    return mapimail.to_mail(parse(content, asked), content, asked)


def parse(content: bytes, asked: Asked) -> Mapi | None:
    """The message with all that is embedded in it, or None if this is no TNEF."""
    if not content.startswith(SIGNATURE):
        return None
    outermost = Mapi()
    work = [(content, outermost, 0)]
    while work:
        octets, message, depth = work.pop()
        _Stream(octets, message, asked).read()
        for attachment in message.attachments:
            inner = attachment.properties.object(Id.ATTACH_DATA)
            if inner is None:
                continue
            is_message = inner.startswith(_IS_MESSAGE) and inner[16:20] == SIGNATURE
            if not is_message:
                attachment.content = attachment.content or inner[16:]
            elif asked.budget.within("nesting", depth + 1, "TNEF"):
                attachment.message = Mapi()
                work.append((inner[16:], attachment.message, depth + 1))
            else:
                attachment.content = inner[16:]
        if message is not outermost:
            outermost.damage += [what for what in message.damage if what not in outermost.damage]
    return outermost


class _Stream:
    """Reads the attributes of one stream into a message."""

    def __init__(self, octets: bytes, message: Mapi, asked: Asked) -> None:
        self._octets = octets
        self._message = message
        self._asked = asked
        self._codepage: int | None = None
        self._attachment: Attachment | None = None
        self._was_data = False

    def read(self) -> None:
        """All attributes, as far as they hold together: level, id, size, octets, checksum (2.1.3)."""
        octets, at = self._octets, 6
        while at + 9 <= len(octets):
            level, id, size = struct.unpack_from("<BII", octets, at)
            if level not in (_IN_MESSAGE, _IN_ATTACHMENT):
                self._message.hurt(f"octets that are no attribute at {at:,}")
                break
            value = octets[at + 9 : at + 9 + size]
            at += 9 + size
            if at + 2 > len(octets):
                self._message.hurt("cut off")
            elif sum(value) & 0xFFFF != struct.unpack_from("<H", octets, at)[0]:
                self._message.hurt(f"checksum of attribute {id & 0xFFFF:04X}")
            at += 2
            self._take(level, id & 0xFFFF, value)
        self._message.settle(self._codepage)

    def _take(self, level: int, id: int, value: bytes) -> None:
        if level == _IN_ATTACHMENT:
            self._in_attachment(id, value)
        elif id == _Attribute.OEM_CODEPAGE and len(value) >= 4:
            self._codepage = struct.unpack_from("<I", value)[0]
        elif id == _Attribute.MESSAGE_PROPERTIES:
            _Properties(value, self._message).into(self._message.properties)
        elif id == _Attribute.RECIPIENTS:
            self._recipients(value)
        elif id == _Attribute.FROM:
            self._author(value)
        elif id in _TIMES:
            self._time(_TIMES[_Attribute(id)], value)
        elif id in _STRINGS:
            self._string(self._message.properties, id, value)

    def _in_attachment(self, id: int, value: bytes) -> None:
        attachment = self._attachment
        # Each attachment begins with its rendering; some writers leave that out.
        begins = id == _Attribute.ATTACH_RENDER_DATA or (id == _Attribute.ATTACH_DATA and self._was_data)
        if attachment is None or begins:
            if not self._asked.budget.within("parts", len(self._message.attachments) + 1, "TNEF"):
                return
            attachment = self._attachment = Attachment()
            self._message.attachments.append(attachment)
            self._was_data = False
        if id == _Attribute.ATTACH_DATA:
            attachment.content, self._was_data = value, True
        elif id == _Attribute.ATTACH_PROPERTIES:
            _Properties(value, self._message).into(attachment.properties)
            if (data := attachment.properties.binary(Id.ATTACH_DATA)) and not attachment.content:
                attachment.content = data
            if attachment.properties.integer(Id.ATTACH_METHOD) == Method.EMBEDDED_MESSAGE:
                self._was_data = False
        elif id in _STRINGS:
            self._string(attachment.properties, id, value)

    def _string(self, properties: Properties, id: int, value: bytes) -> None:
        properties.put(_STRINGS[_Attribute(id)], Type.STRING8, value)

    def _time(self, id: Id, value: bytes) -> None:
        """DTR, 2.1.3.3.4: year, month, day, hour, minute, second, day of the week."""
        if len(value) < 12:
            return
        try:
            time = datetime.datetime(*struct.unpack_from("<6H", value))  # noqa: DTZ001  # as above
        except ValueError:
            return
        ticks = (time - _EPOCH) // datetime.timedelta(microseconds=1) * 10
        self._message.properties.put(id, Type.TIME, struct.pack("<q", ticks))

    def _author(self, value: bytes) -> None:
        """TRP, 2.1.3.3.1: sizes, then the name and "type:address", both ended by NUL."""
        if len(value) < 8:
            return
        name_size, address_size = struct.unpack_from("<HH", value, 4)
        name = value[8 : 8 + name_size].partition(b"\0")[0]
        address = value[8 + name_size : 8 + name_size + address_size].partition(b"\0")[0]
        self._message.properties.put(Id.SENDER_NAME, Type.STRING8, name)
        self._message.properties.put(Id.SENDER_EMAIL_ADDRESS, Type.STRING8, address.partition(b":")[2] or address)

    def _recipients(self, value: bytes) -> None:
        """A table: the number of rows, then the properties of each (2.1.3.5.1)."""
        if len(value) < 4:
            return
        rows = struct.unpack_from("<I", value)[0]
        reader = _Properties(value, self._message, 4)
        while rows and reader.has_more:
            if not self._asked.budget.within("addresses", len(self._message.recipients) + 1, "TNEF"):
                return
            recipient = Properties()
            reader.into(recipient)
            self._message.recipients.append(recipient)
            rows -= 1


class _Cut(Exception):
    """The octets end before what they announce."""


class _Properties:
    """Reads lists of properties as TNEF encodes them, 2.1.3.4."""

    def __init__(self, octets: bytes, message: Mapi, at: int = 0) -> None:
        self._octets = octets
        self._message = message
        self._at = at

    @property
    def has_more(self) -> bool:
        """Whether there are octets left."""
        return self._at + 4 <= len(self._octets)

    def into(self, properties: Properties) -> None:
        """Read one list."""
        try:
            for _ in range(self._number()):
                self._property(properties)
        except _Cut:
            self._message.hurt("properties are cut off")
            self._at = len(self._octets)

    def _property(self, properties: Properties) -> None:
        type, id = struct.unpack("<HH", self._take(4))
        if id >= 0x8000:
            self._name(properties, id)
        single = type & ~MULTIPLE
        if single in _COUNTED:
            values = [self._take_padded(self._number()) for _ in range(min(self._number(), len(self._octets)))]
        elif single in _SIZES:
            count = min(self._number(), len(self._octets)) if type & MULTIPLE else 1
            values = [self._take_padded(_SIZES[Type(single)]) for _ in range(count)]
        else:
            self._message.hurt(f"property of unknown type {type:04X}")
            raise _Cut
        if values:
            properties.put(id, single, values[0])

    def _name(self, properties: Properties, id: int) -> None:
        owner = self._take(16)
        if self._number() == 0:
            properties.names.setdefault((owner, self._number()), id)
            return
        text = self._take_padded(self._number())
        name = text[: min(len(text), 512) & ~1].decode("utf-16-le", "replace").rstrip("\0").lower()
        properties.names.setdefault((owner, name), id)

    def _number(self) -> int:
        return int(struct.unpack("<I", self._take(4))[0])

    def _take(self, size: int) -> bytes:
        taken = self._octets[self._at : self._at + size]
        if len(taken) < size:
            raise _Cut
        self._at += size
        return taken

    def _take_padded(self, size: int) -> bytes:
        """Octets up to a multiple of four; of a last one that is cut off nothing is lost but itself."""
        taken = self._take(size)
        self._at += -size % 4
        return taken
