"""Outlook's formats made by hand: .msg (over `office.compound`), TNEF and compressed RTF."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

from sabaki.files.mapi import Id, Mapi, Properties, Type
from tests.files import office

Value = str | bytes | int
WHEN = 131_234_363_890_000_000  # 2016-11-12 14:59:49 UTC in 100 ns since 1601


def typed(id: int, value: Value) -> tuple[int, bytes]:
    """The type and the octets of a value: a number that is very large is a time."""
    if isinstance(value, str):
        return Type.STRING, value.encode("utf-16-le")
    if isinstance(value, bytes):
        return Type.BINARY, value
    return (Type.TIME, struct.pack("<q", value)) if value > 2**31 else (Type.INTEGER32, struct.pack("<i", value))


def properties(values: Mapping[int, Value]) -> Properties:
    made = Properties()
    for id, value in values.items():
        made.put(id, *typed(id, value))
    return made


def mapi(values: Mapping[int, Value], recipients: Sequence[Mapping[int, Value]] = ()) -> Mapi:
    return Mapi(properties(values), [properties(one) for one in recipients])


def storage(values: Mapping[int, Value], prefix: str = "", header: int = 8) -> dict[str, bytes]:
    """The streams of one object of a .msg file."""
    streams: dict[str, bytes] = {}
    entries = b""
    for id, value in values.items():
        type, octets = typed(id, value)
        if type in (Type.STRING, Type.BINARY):
            streams[f"{prefix}__substg1.0_{id:04X}{type:04X}"] = octets
            entries += struct.pack("<HHIII", type, id, 6, len(octets), 0)
        else:
            entries += struct.pack("<HHI", type, id, 6) + octets.ljust(8, b"\0")
    return {**streams, f"{prefix}__properties_version1.0": bytes(header) + entries}


def msg(
    values: Mapping[int, Value],
    recipients: Sequence[Mapping[int, Value]] = (),
    attachments: Sequence[Mapping[int, Value]] = (),
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    streams = storage(values, header=32)
    for number, one in enumerate(recipients):
        streams |= storage(one, f"__recip_version1.0_#{number:08X}/")
    for number, one in enumerate(attachments):
        streams |= storage(one, f"__attach_version1.0_#{number:08X}/")
    return office.compound({**streams, **(more or {})})


def tnef_attribute(level: int, id: int, value: bytes) -> bytes:
    return struct.pack("<BII", level, id, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def tnef_properties(values: Mapping[int, Value | tuple[int, bytes]]) -> bytes:
    made = struct.pack("<I", len(values))
    for id, value in values.items():
        type, octets = value if isinstance(value, tuple) else typed(id, value)
        made += struct.pack("<HH", type, id)
        if type in (Type.STRING, Type.STRING8, Type.BINARY, Type.OBJECT):
            made += struct.pack("<II", 1, len(octets)) + octets + bytes(-len(octets) % 4)
        else:
            made += octets
    return made


def tnef(*attributes: bytes) -> bytes:
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(attributes)


def packed(rtf: bytes) -> bytes:
    """Compressed RTF of literals only, with the reference to the place of writing that ends it."""
    octets = b""
    for at in range(0, len(rtf), 8):
        chunk = rtf[at : at + 8]
        octets += bytes((0 if len(chunk) == 8 else 1 << len(chunk),)) + chunk
    end = struct.pack(">H", (207 + len(rtf)) % 4096 << 4)
    octets += end if len(rtf) % 8 else b"\x01" + end
    return struct.pack("<II4sI", len(octets) + 12, len(rtf), b"LZFu", 0) + octets


NOTE: dict[int, Value] = {
    Id.MESSAGE_CLASS: "IPM.Note",
    Id.SUBJECT: "ご請求書の件",
    Id.BODY: "本文です。\r\nhttps://pay.example/",
    Id.SENT_REPRESENTING_NAME: "経理部",
    Id.SENT_REPRESENTING_EMAIL_ADDRESS: "/O=EXAMPLE/OU=FIRST/CN=KEIRI",
    Id.SENT_REPRESENTING_SMTP_ADDRESS: "keiri@corp.example",
    Id.CLIENT_SUBMIT_TIME: WHEN,
    Id.INTERNET_MESSAGE_ID: "<1@corp.example>",
}
