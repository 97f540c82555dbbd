"""MAPI: the properties that Outlook's .msg files and TNEF share ([MS-OXCDATA] 2.11, [MS-OXPROPS]), and a message of them.

Values are kept as octets until they are asked for: the code page of the 8-bit strings may stand behind them.
"""

from __future__ import annotations

import datetime
import struct
from enum import IntEnum

import msgspec

from sabaki.mail import charset_labels, charsets


class Type(IntEnum):
    """Property types, [MS-OXCDATA] 2.11.1."""

    INTEGER16 = 0x0002
    INTEGER32 = 0x0003
    FLOAT32 = 0x0004
    FLOAT64 = 0x0005
    CURRENCY = 0x0006
    FLOATING_TIME = 0x0007
    ERROR = 0x000A
    BOOLEAN = 0x000B
    OBJECT = 0x000D
    INTEGER64 = 0x0014
    STRING8 = 0x001E
    STRING = 0x001F
    TIME = 0x0040
    GUID = 0x0048
    BINARY = 0x0102


MULTIPLE = 0x1000
"""Set in the type of a property with several values."""


class Id(IntEnum):
    """The properties that are read, by their names in [MS-OXPROPS] without "PidTag"."""

    IMPORTANCE = 0x0017
    MESSAGE_CLASS = 0x001A
    SUBJECT = 0x0037
    CLIENT_SUBMIT_TIME = 0x0039
    SUBJECT_PREFIX = 0x003D
    SENT_REPRESENTING_NAME = 0x0042
    SENT_REPRESENTING_ENTRY_ID = 0x0041
    REPLY_RECIPIENT_ENTRIES = 0x004F
    REPLY_RECIPIENT_NAMES = 0x0050
    SENT_REPRESENTING_EMAIL_ADDRESS = 0x0065
    TRANSPORT_MESSAGE_HEADERS = 0x007D
    CONVERSATION_TOPIC = 0x0070
    RECIPIENT_TYPE = 0x0C15
    SENDER_ENTRY_ID = 0x0C19
    SENDER_NAME = 0x0C1A
    SENDER_EMAIL_ADDRESS = 0x0C1F
    DISPLAY_CC = 0x0E03
    DISPLAY_TO = 0x0E04
    MESSAGE_DELIVERY_TIME = 0x0E06
    NORMALIZED_SUBJECT = 0x0E1D
    BODY = 0x1000
    RTF_COMPRESSED = 0x1009
    HTML = 0x1013
    INTERNET_MESSAGE_ID = 0x1035
    INTERNET_REFERENCES = 0x1039
    IN_REPLY_TO_ID = 0x1042
    DISPLAY_NAME = 0x3001
    EMAIL_ADDRESS = 0x3003
    CREATION_TIME = 0x3007
    ATTACH_DATA = 0x3701
    ATTACH_EXTENSION = 0x3703
    ATTACH_FILENAME = 0x3704
    ATTACH_METHOD = 0x3705
    ATTACH_LONG_FILENAME = 0x3707
    ATTACH_PATHNAME = 0x3708
    ATTACH_TRANSPORT_NAME = 0x370C
    ATTACH_LONG_PATHNAME = 0x370D
    ATTACH_MIME_TAG = 0x370E
    ATTACH_CONTENT_ID = 0x3712
    SMTP_ADDRESS = 0x39FE
    INTERNET_CODEPAGE = 0x3FDE
    MESSAGE_LOCALE_ID = 0x3FF1
    MESSAGE_CODEPAGE = 0x3FFD
    SENDER_SMTP_ADDRESS = 0x5D01
    SENT_REPRESENTING_SMTP_ADDRESS = 0x5D02
    ATTACHMENT_HIDDEN = 0x7FFE


class Method(IntEnum):
    """How an attachment is held, PidTagAttachMethod, [MS-OXCMSG] 2.2.2.9."""

    NONE = 0
    BY_VALUE = 1
    BY_REFERENCE = 2
    BY_REFERENCE_RESOLVE = 3
    BY_REFERENCE_ONLY = 4
    EMBEDDED_MESSAGE = 5
    STORAGE = 6
    BY_WEB_REFERENCE = 7


class PropertySet:
    """GUIDs of sets of named properties as they are stored, [MS-OXPROPS] 1.3.2."""

    INTERNET_HEADERS = bytes.fromhex("8603020000000000c000000000000046")
    ATTACHMENT = bytes.fromhex("7f7f359672594c4a98e1d08f8da25c95")
    APPOINTMENT = bytes.fromhex("0220060000000000c000000000000046")
    ADDRESS = bytes.fromhex("0420060000000000c000000000000046")
    PUBLIC_STRINGS = bytes.fromhex("2903020000000000c000000000000046")


Name = tuple[bytes, int | str]
"""What names a named property: its set, and a number (LID) or a string in lower case."""

_EPOCH = datetime.datetime(1601, 1, 1, tzinfo=datetime.UTC)
_CODEPAGES = {
    1200: "utf-16-le",
    1201: "utf-16-be",
    1361: "johab",
    10000: "macintosh",
    10001: "cp932",
    20127: "us-ascii",
    20866: "koi8-r",
    21866: "koi8-u",
    28591: "windows-1252",
    28598: "iso-8859-8",
    28599: "windows-1254",
    38598: "iso-8859-8",
    50225: "iso-2022-kr",
    50227: "gb18030",
    51936: "gb18030",
    51949: "cp949",
    51950: "big5",
    52936: "hz",
    54936: "gb18030",
}
_LOCALES = {0x11: 932, 0x04: 936, 0x12: 949, 0x19: 1251, 0x22: 1251, 0x08: 1253, 0x1F: 1254, 0x0D: 1255, 0x01: 1256}
"""Windows code page by primary language (the low ten bits of a locale id, [MS-LCID])."""
_TRADITIONAL_CHINESE = (0x0404, 0x0C04, 0x1404)


def charset_of(codepage: int | None) -> str | None:
    """The charset of a Windows code page number as `mail.charsets` names it, or None."""
    if codepage is None or not 0 < codepage < 100_000:
        return None
    if 28592 <= codepage <= 28606 and codepage not in _CODEPAGES:
        return charset_labels.canonical(f"iso-8859-{codepage - 28590}")
    return charset_labels.canonical(_CODEPAGES.get(codepage, f"cp{codepage}"))


class Properties:
    """The properties of one object: a message, a recipient or an attachment. Mutable while it is filled.

    `charset` is that of its 8-bit strings, None if not known. `names` gives the ids of named properties.
    """

    def __init__(self) -> None:
        self.charset: str | None = None
        self.names: dict[Name, int] = {}
        self._values: dict[tuple[int, int], bytes] = {}

    def put(self, id: int, type: int, octets: bytes) -> None:
        """Keep a value; of two for the same id and type the first."""
        self._values.setdefault((id, type), octets)

    def text(self, id: int) -> str:
        """A string, without NULs at its end; "" if there is none."""
        wide = self._values.get((id, Type.STRING))
        if wide:
            return wide[: len(wide) & ~1].decode("utf-16-le", "replace").rstrip("\0")
        narrow = self._values.get((id, Type.STRING8), b"").rstrip(b"\0")
        return charsets.decode(narrow, self.charset).text if narrow else ""

    def named_text(self, set: bytes, name: int | str) -> str:
        """A named string; "" if there is none."""
        id = self.names.get((set, name))
        return self.text(id) if id is not None else ""

    def named_time(self, set: bytes, name: int | str) -> datetime.datetime | None:
        """A named time; None if there is none."""
        id = self.names.get((set, name))
        return self.time(id) if id is not None else None

    def binary(self, id: int) -> bytes | None:
        """Octets, also those of a string where binary is expected."""
        return self._values.get((id, Type.BINARY))

    def object(self, id: int) -> bytes | None:
        """An object's octets as its container gives them."""
        return self._values.get((id, Type.OBJECT))

    def narrow(self, id: int) -> bytes | None:
        """The octets of an 8-bit string, not decoded."""
        return self._values.get((id, Type.STRING8))

    def has_wide(self, id: int) -> bool:
        """Whether a string is there in Unicode."""
        return (id, Type.STRING) in self._values

    def integer(self, id: int) -> int | None:
        """A whole number, or a truth value as 0 or 1."""
        for type, code in ((Type.INTEGER32, "<i"), (Type.INTEGER16, "<h"), (Type.BOOLEAN, "<H")):
            octets = self._values.get((id, type))
            if octets is not None and len(octets) >= struct.calcsize(code):
                return int(struct.unpack_from(code, octets)[0])
        return None

    def time(self, id: int) -> datetime.datetime | None:
        """A point in time (UTC; PtypTime is in units of 100 ns since 1601), None if there is none or it is absurd."""
        octets = self._values.get((id, Type.TIME), b"")
        if len(octets) < 8:
            return None
        ticks = struct.unpack_from("<q", octets)[0]
        try:
            return _EPOCH + datetime.timedelta(microseconds=ticks // 10) if ticks > 0 else None
        except OverflowError:
            return None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was put."""
        return not self._values


class Attachment(msgspec.Struct):
    """A file or a message attached to a message.

    `content` is None where it is held elsewhere or could not be had. `message` is an embedded message.
    `inner_name` is the name that an OLE package gives its file.
    """

    properties: Properties = msgspec.field(default_factory=Properties)
    content: bytes | None = None
    message: Mapi | None = None
    inner_name: str = ""

    @property
    def name(self) -> str:
        """The longest name that there is: hostile text, not a path."""
        read = self.properties.text
        name = read(Id.ATTACH_LONG_FILENAME) or read(Id.ATTACH_FILENAME) or self.inner_name
        name = name or read(Id.ATTACH_TRANSPORT_NAME) or read(Id.DISPLAY_NAME)
        return (name or self.target.replace("\\", "/").rpartition("/")[2])[:4_096]

    @property
    def target(self) -> str:
        """Where an attachment by reference really is: a URL, a UNC path, a file; "" for any other."""
        if self.properties.integer(Id.ATTACH_METHOD) not in (
            Method.BY_REFERENCE,
            Method.BY_REFERENCE_RESOLVE,
            Method.BY_REFERENCE_ONLY,
            Method.BY_WEB_REFERENCE,
        ):
            return ""
        return self.properties.text(Id.ATTACH_LONG_PATHNAME) or self.properties.text(Id.ATTACH_PATHNAME)

    @property
    def declared(self) -> str:
        """Its media type as stated, lower case; "" if none."""
        return self.properties.text(Id.ATTACH_MIME_TAG).strip().lower()[:200]


class Mapi(msgspec.Struct):
    """A message as properties. `damage` says what was wrong with its container, each once."""

    properties: Properties = msgspec.field(default_factory=Properties)
    recipients: list[Properties] = msgspec.field(default_factory=list)
    attachments: list[Attachment] = msgspec.field(default_factory=list)
    damage: list[str] = msgspec.field(default_factory=list)

    @property
    def message_class(self) -> str:
        """What kind of item it is, lower case ("ipm.note", "ipm.appointment", "ipm.note.smime")."""
        return self.properties.text(Id.MESSAGE_CLASS).lower()

    def hurt(self, what: str) -> None:
        """Note damage."""
        if what not in self.damage:
            self.damage.append(what)

    def settle(self, stated: int | None = None) -> None:
        """All is put: find the charset of the 8-bit strings and hand it to recipients and attachments.

        `stated` is a code page that the container states outside of the properties.
        """
        read = self.properties.integer
        pages = (read(Id.MESSAGE_CODEPAGE), stated, read(Id.INTERNET_CODEPAGE), _of_locale(read(Id.MESSAGE_LOCALE_ID)))
        charset = next((found for page in pages if (found := charset_of(page))), None)
        for properties in (self.properties, *self.recipients, *(one.properties for one in self.attachments)):
            properties.charset = charset
            properties.names = properties.names or self.properties.names


def _of_locale(locale: int | None) -> int | None:
    if locale is None:
        return None
    return 950 if locale & 0xFFFF in _TRADITIONAL_CHINESE else _LOCALES.get(locale & 0x3FF)


def one_off_address(entry_id: bytes) -> tuple[str, str]:
    """Display name and address of a one-off entry id ([MS-OXCDATA] 2.2.5.1), empty if it is none."""
    if entry_id[4:20] != bytes.fromhex("812b1fa4bea310199d6e00dd010f5402"):
        return "", ""
    flags, rest = entry_id[22:24], entry_id[24 : 24 + 8_192]
    if len(flags) == 2 and flags[1] & 0x80:
        strings = rest[: len(rest) & ~1].decode("utf-16-le", "replace").split("\0", 3)
    else:
        strings = charsets.decode(rest, None).text.split("\0", 3)
    return (strings[0], strings[2]) if len(strings) >= 3 else ("", "")


def flat_entries(octets: bytes, most: int) -> list[bytes]:
    """The entry ids of a FlatEntryList ([MS-OXCDATA] 2.3.3), at most `most`."""
    entries: list[bytes] = []
    at = 8
    while at + 4 <= len(octets) and len(entries) < most:
        size = struct.unpack_from("<I", octets, at)[0]
        if not size:
            break
        entries.append(octets[at + 4 : at + 4 + size])
        at += 4 + size + (-size % 4)
    return entries
