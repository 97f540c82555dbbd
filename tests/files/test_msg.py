from __future__ import annotations

import random
import struct

from sabaki.files import msg
from sabaki.files.mapi import Id, Method
from sabaki.files.opened import Asked
from sabaki.mail import message
from sabaki.mail.limits import Budget
from sabaki.model.message import Message
from tests.files import office, outlook

TO = {Id.DISPLAY_NAME: "佐藤", Id.SMTP_ADDRESS: "sato@example.jp", Id.RECIPIENT_TYPE: 1}
FILE = {Id.ATTACH_LONG_FILENAME: "請求書.docx", Id.ATTACH_METHOD: 1, Id.ATTACH_DATA: b"PK\3\4" * 2_000}
INSIDE = "__attach_version1.0_#00000000/__substg1.0_3701000D/"


def _mail(content: bytes) -> Message:
    made = msg.to_mail(content, Asked())
    assert made is not None
    return message.read(made, Budget())


def _first(mail: Message, key: str) -> str:
    field = mail.first(key)
    assert field is not None
    return field.value


def test_a_note_becomes_a_mail() -> None:
    mail = _mail(outlook.msg(outlook.NOTE, [TO], [FILE]))
    assert _first(mail, "from") == "経理部 <keiri@corp.example>"
    assert _first(mail, "to") == "佐藤 <sato@example.jp>"
    assert _first(mail, "subject") == "ご請求書の件"
    assert mail.contents["1"].decode() == "本文です。\r\nhttps://pay.example/"
    assert mail.parts[-1].filename == "請求書.docx"
    assert mail.contents["2"] == FILE[Id.ATTACH_DATA]


def test_a_note_as_a_file() -> None:
    opened = msg.read(outlook.msg(outlook.NOTE, [TO], [FILE]), Asked())
    assert opened.title == "ご請求書の件"
    assert "To: 佐藤 <sato@example.jp>" in opened.text
    assert [(child.name, child.content) for child in opened.children] == [("請求書.docx", FILE[Id.ATTACH_DATA])]
    assert not opened.traits


def test_a_plain_mail_under_that_name_is_not_ours() -> None:
    assert msg.to_mail(b"From: a@a.example\r\n\r\nx", Asked()) is None
    assert msg.to_mail(office.compound({"WordDocument": b"x" * 100}), Asked()) is None
    assert msg.read(b"From: a@a.example\r\n\r\nx", Asked()).traits[0].id == "damaged"


def test_a_message_inside_a_message_inside_a_message() -> None:
    inner = outlook.storage({**outlook.NOTE, Id.SUBJECT: "two"}, INSIDE, header=24)
    inner |= outlook.storage({Id.ATTACH_METHOD: Method.EMBEDDED_MESSAGE}, INSIDE + "__attach_version1.0_#00000000/")
    inner |= outlook.storage({**outlook.NOTE, Id.SUBJECT: "three"}, INSIDE + INSIDE, header=24)
    content = outlook.msg({**outlook.NOTE, Id.SUBJECT: "one"}, [], [{Id.ATTACH_METHOD: Method.EMBEDDED_MESSAGE}], inner)
    mail = _mail(content)
    subjects = [field.value for part in mail.parts for field in part.fields if field.key == "subject"]
    assert subjects == ["one", "two", "three"]
    (child,) = msg.read(content, Asked()).children
    assert (child.name, child.declared) == ("two.eml", "message/rfc822")


def test_a_package_in_an_ole_attachment() -> None:
    native = (
        b"\2\0run.js\0C:\\x\\run.js\0\0\0\3\0" + struct.pack("<I", 5) + b"C:\\t\0" + struct.pack("<I", 6) + b"eval()"
    )
    streams = {INSIDE + "\x01Ole10Native": struct.pack("<I", len(native)) + native}
    opened = msg.read(outlook.msg(outlook.NOTE, [], [{Id.ATTACH_METHOD: Method.STORAGE}], streams), Asked())
    assert [(child.name, child.content) for child in opened.children] == [("run.js", b"eval()")]


def test_named_properties() -> None:
    text = "x-originating-ip".encode("utf-16-le")
    names = {
        "__nameid_version1.0/__substg1.0_00020102": bytes.fromhex("8603020000000000c000000000000046"),
        "__nameid_version1.0/__substg1.0_00030102": struct.pack("<IHH", 0, (3 << 1) | 1, 0),
        "__nameid_version1.0/__substg1.0_00040102": struct.pack("<I", len(text)) + text,
        "__substg1.0_8000001F": "[192.0.2.9]".encode("utf-16-le"),
    }
    assert _first(_mail(outlook.msg(outlook.NOTE, more=names)), "x-originating-ip") == "[192.0.2.9]"


def test_many_recipients_and_attachments_stop_at_their_limits() -> None:
    asked = Asked()
    people = [{Id.SMTP_ADDRESS: f"u{n}@example.jp"} for n in range(2_100)]
    made = msg.parse(outlook.msg(outlook.NOTE, people), asked)
    assert made is not None
    assert len(made.recipients) == 2_000
    assert [reached.name for reached in asked.budget.reached] == ["addresses"]


def test_streams_that_share_their_sectors_are_not_read_again_and_again() -> None:
    content = outlook.msg({**outlook.NOTE, Id.BODY: "x" * 200_000}, [], [FILE])
    reader = Asked()
    assert msg.parse(content, reader) is not None
    assert Budget().left("decoded_size") - reader.budget.left("decoded_size") <= 2 * len(content)


def test_what_a_damaged_file_still_holds() -> None:
    whole = outlook.msg(outlook.NOTE, [TO], [FILE])
    for cut in range(0, len(whole), 97):
        msg.read(whole[:cut], Asked())
        msg.to_mail(whole[:cut], Asked())
    dice = random.Random(1)
    for _ in range(150):
        bent = bytearray(whole)
        for _ in range(8):
            bent[dice.randrange(len(bent))] = dice.randrange(256)
        msg.read(bytes(bent), Asked())
        msg.to_mail(bytes(bent), Asked())
