from __future__ import annotations

from sabaki.files import mapiheader
from sabaki.files.mapi import Id, Properties, PropertySet, Type
from sabaki.mail import message
from sabaki.mail.limits import Budget
from tests.files import outlook

TRANSPORT = (
    "Microsoft Mail Internet Headers Version 2.0\r\n"
    "Received: from a.example ([192.0.2.1])\r\n\tby mx.example.jp; Mon, 1 Jan 2024 00:00:00 +0900\r\n"
    "received: from b.example ([192.0.2.2]) by a.example\r\n"
    'Content-Type: multipart/mixed;\r\n\tboundary="x"\r\n'
    "MIME-Version: 1.0\r\n"
    "From: Real <real@a.example>\r\n"
    "Subject: =?utf-8?B?5pys5b2T?=\r\n"
    "X-Odd : kept\r\n"
    "\r\n"
    "--x\r\nContent-Type: text/plain\r\n"
)


def _fields(made: bytes) -> list[tuple[str, str]]:
    return [(field.name, field.value) for field in message.read(made + b"\r\n", Budget()).fields]


def test_the_transport_header_is_kept_in_order_and_without_content_fields() -> None:
    made = mapiheader.written(outlook.mapi({**outlook.NOTE, Id.TRANSPORT_MESSAGE_HEADERS: TRANSPORT}))
    assert made == (
        b"Received: from a.example ([192.0.2.1])\r\n\tby mx.example.jp; Mon, 1 Jan 2024 00:00:00 +0900\r\n"
        b"received: from b.example ([192.0.2.2]) by a.example\r\n"
        b"From: Real <real@a.example>\r\n"
        b"Subject: =?utf-8?B?5pys5b2T?=\r\n"
        b"X-Odd : kept\r\n"
    )


def test_octets_of_an_8_bit_header_are_kept() -> None:
    read = outlook.mapi({})
    raw = b"From: a@a.example\r\nSubject: " + "件名".encode("cp932") + b"\r\n"
    read.properties.put(Id.TRANSPORT_MESSAGE_HEADERS, Type.STRING8, raw)
    assert mapiheader.written(read) == raw


def test_a_header_out_of_the_properties() -> None:
    people = [
        {Id.DISPLAY_NAME: "佐藤", Id.SMTP_ADDRESS: "sato@example.jp", Id.RECIPIENT_TYPE: 1},
        {Id.DISPLAY_NAME: 'A "B"', Id.EMAIL_ADDRESS: "ab@example.jp", Id.RECIPIENT_TYPE: 1},
        {Id.DISPLAY_NAME: "c@example.jp", Id.EMAIL_ADDRESS: "/O=X/CN=C", Id.RECIPIENT_TYPE: 2},
    ]
    made = _fields(mapiheader.written(outlook.mapi(outlook.NOTE, people)))
    assert made == [
        ("Date", "Sat, 12 Nov 2016 14:59:49 +0000"),
        ("From", "経理部 <keiri@corp.example>"),
        ("To", '佐藤 <sato@example.jp>, "A \\"B\\"" <ab@example.jp>'),
        ("Cc", "<c@example.jp>"),
        ("Subject", "ご請求書の件"),
        ("Message-ID", "<1@corp.example>"),
    ]


def test_exchange_addresses_are_no_addresses() -> None:
    values = {Id.SENT_REPRESENTING_NAME: "Keiri", Id.SENT_REPRESENTING_EMAIL_ADDRESS: "/O=E/CN=KEIRI@X"}
    assert _fields(mapiheader.written(outlook.mapi(values))) == [("From", '"Keiri"')]


def test_sender_and_author_differ() -> None:
    values = {**outlook.NOTE, Id.SENDER_NAME: "Relay", Id.SENDER_EMAIL_ADDRESS: "relay@other.example"}
    made = dict(_fields(mapiheader.written(outlook.mapi(values))))
    assert made["Sender"] == '"Relay" <relay@other.example>'


def test_no_property_can_add_a_field() -> None:
    values = {
        Id.SUBJECT: "x\r\nReceived: forged",
        Id.SENT_REPRESENTING_NAME: "y\r\n\r\nbody",
        Id.SENT_REPRESENTING_SMTP_ADDRESS: "a@a.example\r\nBcc: b@b.example",
        Id.INTERNET_MESSAGE_ID: "<1>\nX-Injected: 1",
    }
    read = outlook.mapi(values)
    read.properties.names[(PropertySet.INTERNET_HEADERS, "x-a\r\nx-b")] = 0x8001
    read.properties.put(0x8001, Type.STRING, "v".encode("utf-16-le"))
    assert [name for name, _ in _fields(mapiheader.written(read))] == ["From", "Subject", "Message-ID"]


def test_fields_that_outlook_keeps_as_named_properties() -> None:
    read = outlook.mapi(outlook.NOTE)
    read.properties.names[(PropertySet.INTERNET_HEADERS, "x-originating-ip")] = 0x8001
    read.properties.put(0x8001, Type.STRING, "[192.0.2.9]".encode("utf-16-le"))
    assert ("x-originating-ip", "[192.0.2.9]") in _fields(mapiheader.written(read))


def test_the_mark_before_a_subject() -> None:
    read = Properties()
    read.put(Id.SUBJECT, Type.STRING, "\x01\x05RE: x".encode("utf-16-le"))
    assert mapiheader.subject(read) == "RE: x"
    parts = outlook.properties({Id.SUBJECT_PREFIX: "RE: ", Id.NORMALIZED_SUBJECT: "y"})
    assert mapiheader.subject(parts) == "RE: y"


def test_a_line_that_is_no_field() -> None:
    assert mapiheader.fields_of(b"\r\nA: 1\r\nbroken line\r\nB: 2\n c\n\nD: 3") == [
        b"A: 1\r\n broken line\r\n",
        b"B: 2\r\n c\r\n",
    ]


def test_what_a_person_sees() -> None:
    shown = mapiheader.shown(outlook.mapi(outlook.NOTE, [{Id.DISPLAY_NAME: "佐藤", Id.SMTP_ADDRESS: "s@example.jp"}]))
    assert shown.splitlines() == [
        "From: 経理部 <keiri@corp.example>",
        "To: 佐藤 <s@example.jp>",
        "Subject: ご請求書の件",
        "Date: Sat, 12 Nov 2016 14:59:49 +0000",
    ]
