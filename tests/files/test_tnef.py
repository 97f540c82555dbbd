from __future__ import annotations

import random
import struct

import pytest

from sabaki.files import tnef
from sabaki.files.mapi import Id, Method, PropertySet, Type
from sabaki.files.opened import Asked
from sabaki.mail import message
from sabaki.mail.limits import Budget
from tests.files import outlook
from tests.files.outlook import tnef_attribute as attribute

PAGE = attribute(1, 0x00069007, struct.pack("<II", 932, 0))
SUBJECT = attribute(1, 0x00018004, "見積書".encode("cp932") + b"\0")
BODY = attribute(1, 0x0002800C, "本文です".encode("cp932") + b"\0")
RENDERING = attribute(2, 0x00069002, bytes(14))
TITLE = attribute(2, 0x00018010, b"MITSUM~1.XLS\0")
DATA = attribute(2, 0x0006800F, b"PK\3\4")


def _properties(values: dict[int, outlook.Value | tuple[int, bytes]], level: int = 1) -> bytes:
    return attribute(level, 0x00069003 if level == 1 else 0x00069005, outlook.tnef_properties(values))


WHOLE = outlook.tnef(
    PAGE,
    SUBJECT,
    BODY,
    _properties({Id.SENT_REPRESENTING_SMTP_ADDRESS: "keiri@corp.example", Id.CLIENT_SUBMIT_TIME: outlook.WHEN}),
    RENDERING,
    TITLE,
    DATA,
    _properties({Id.ATTACH_LONG_FILENAME: "見積書.xlsx", Id.ATTACH_METHOD: 1}, 2),
    RENDERING,
    DATA,
)


def test_attributes_and_properties() -> None:
    opened = tnef.read(WHOLE, Asked())
    assert opened.title == "見積書"
    assert opened.text == (
        "From: keiri@corp.example\nSubject: 見積書\nDate: Sat, 12 Nov 2016 14:59:49 +0000\n\n本文です"
    )
    assert [(child.name, child.content) for child in opened.children] == [("見積書.xlsx", b"PK\3\4"), ("", b"PK\3\4")]
    assert not opened.traits


def test_as_a_mail() -> None:
    made = tnef.to_mail(WHOLE, Asked())
    assert made is not None
    mail = message.read(made, Budget())
    assert [part.filename for part in mail.parts] == ["", "", "見積書.xlsx", ""]
    assert mail.contents["1"].decode() == "本文です"
    assert tnef.to_mail(b"From: a@a.example\r\n\r\nx", Asked()) is None


def test_html_and_packed_rtf() -> None:
    rtf = outlook.packed(rb"{\rtf1 \fromhtml1 {\*\htmltag64 <p>}a}")
    assert tnef.read(outlook.tnef(_properties({Id.HTML: b"<p>x</p>"})), Asked()).markup == ["<p>x</p>"]
    assert tnef.read(outlook.tnef(_properties({Id.RTF_COMPRESSED: rtf})), Asked()).markup == ["<p>a"]


def test_a_message_inside() -> None:
    inner = bytes.fromhex("0703020000000000c000000000000046") + WHOLE
    held = {Id.ATTACH_METHOD: Method.EMBEDDED_MESSAGE, Id.ATTACH_DATA: (int(Type.OBJECT), inner)}
    opened = tnef.read(outlook.tnef(SUBJECT, RENDERING, _properties(held, 2)), Asked())
    (child,) = opened.children
    assert (child.name, child.declared) == ("見積書.eml", "message/rfc822")
    assert child.content is not None
    assert message.read(child.content, Budget()).parts[-2].filename == "見積書.xlsx"


def test_another_object_inside() -> None:
    held = {Id.ATTACH_DATA: (int(Type.OBJECT), bytes(16) + b"\xd0\xcf\x11\xe0")}
    (child,) = tnef.read(outlook.tnef(RENDERING, _properties(held, 2)), Asked()).children
    assert child.content == b"\xd0\xcf\x11\xe0"


def test_an_attachment_without_rendering() -> None:
    made = outlook.tnef(TITLE, DATA, DATA)
    assert [child.name for child in tnef.read(made, Asked()).children] == ["MITSUM~1.XLS", ""]


def test_recipients_and_named_properties() -> None:
    people = struct.pack("<I", 2)
    for address in ("a@example.jp", "b@example.jp"):
        people += outlook.tnef_properties({Id.SMTP_ADDRESS: address, Id.RECIPIENT_TYPE: 1})
    name = "x-mailer\0".encode("utf-16-le")
    named = struct.pack("<IHH", 1, Type.STRING, 0x8001) + PropertySet.INTERNET_HEADERS
    named += struct.pack("<II", 1, len(name)) + name + bytes(-len(name) % 4)
    value = "Kit".encode("utf-16-le")
    named += struct.pack("<II", 1, len(value)) + value + bytes(-len(value) % 4)
    made = tnef.to_mail(outlook.tnef(attribute(1, 0x00069004, people), attribute(1, 0x00069003, named)), Asked())
    assert made is not None
    assert b"To: <a@example.jp>,\r\n <b@example.jp>\r\n" in made
    assert b"x-mailer: Kit\r\n" in made


def test_old_attributes_of_author_and_time() -> None:
    author = b"\4\0\0\0" + struct.pack("<HH", 6, 20) + b"Keiri\0" + b"SMTP:k@corp.example\0"
    sent = struct.pack("<7H", 2016, 11, 12, 14, 59, 49, 0)
    opened = tnef.read(outlook.tnef(attribute(1, 0x8000, author), attribute(1, 0x00038005, sent)), Asked())
    assert opened.text == "From: Keiri <k@corp.example>\nDate: Sat, 12 Nov 2016 14:59:49 +0000"


@pytest.mark.parametrize(
    ("content", "damage"),
    [
        (outlook.tnef(PAGE, SUBJECT[:-2] + b"\0\0", BODY), "checksum of attribute 8004"),
        (outlook.tnef(PAGE, SUBJECT, BODY, b"Content-Type: junk junk"), "octets that are no attribute at 63"),
        (outlook.tnef(PAGE, SUBJECT, BODY[:-6]), "cut off"),
        (outlook.tnef(PAGE, SUBJECT, BODY, attribute(1, 0x00069003, b"\5\0\0\0")), "properties are cut off"),
        (
            outlook.tnef(PAGE, SUBJECT, BODY, attribute(1, 0x00069003, b"\1\0\0\0\xff\x0f\1\0")),
            "property of unknown type 0FFF",
        ),
    ],
)
def test_damage_is_noted_and_read_over(content: bytes, damage: str) -> None:
    opened = tnef.read(content, Asked())
    assert opened.title == "見積書"
    assert "本文" in opened.text
    assert damage in [trait.detail for trait in opened.traits if trait.id == "damaged"]


def test_a_count_of_values_that_is_absurd() -> None:
    bent = struct.pack("<IHHI", 1, Type.INTEGER32 | 0x1000, 0x1000, 0xFFFFFFFF)
    assert tnef.read(outlook.tnef(SUBJECT, attribute(1, 0x00069003, bent)), Asked()).traits[0].id == "damaged"


def test_what_a_damaged_file_still_holds() -> None:
    assert tnef.read(b"x", Asked()).traits[0].id == "damaged"
    for cut in range(len(WHOLE)):
        tnef.read(WHOLE[:cut], Asked())
    dice = random.Random(1)
    for _ in range(300):
        bent = bytearray(WHOLE)
        for _ in range(5):
            bent[dice.randrange(4, len(bent))] = dice.randrange(256)
        tnef.read(bytes(bent), Asked())
        tnef.to_mail(bytes(bent), Asked())
