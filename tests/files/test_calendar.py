"""Appointments and contact cards."""

from __future__ import annotations

import base64
import random

from sabaki.files import calendar
from sabaki.files.opened import Asked, Opened

GOOGLE = """BEGIN:VCALENDAR\r
PRODID:-//Google Inc//Google Calendar 70.9054//EN\r
VERSION:2.0\r
METHOD:REQUEST\r
BEGIN:VTIMEZONE\r
TZURL:https://tz.example/Tokyo\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
DTSTART:20260301T010000Z\r
ORGANIZER;CN="Yamada: Taro":mailto:yamada@orchard.example\r
ATTENDEE;CUTYPE=INDIVIDUAL;CN=hanako@kaki.example;X-NUM-GUESTS=0:mailto:han\r
 ako@kaki.example\r
SUMMARY:お支払い方法の更新\\, 至急\r
DESCRIPTION:Your account will be closed.\\nUpdate now: https://evil.example/lo\r
 gin?u=1\\n\\nThank you\r
LOCATION:https://meet.example/abc\r
X-GOOGLE-CONFERENCE:https://meet.example/x\r
URL:https://evil.example/u\r
ATTACH;FMTTYPE=text/html;FILENAME=form.html:https://evil.example/form.html\r
X-ALT-DESC;FMTTYPE=text/html:<html><body><a href="https://evil.example/h">Pay\\, now</a></body></html>\r
BEGIN:VALARM\r
ACTION:DISPLAY\r
DESCRIPTION:Last warning\r
TRIGGER:-P0DT0H10M0S\r
END:VALARM\r
END:VEVENT\r
END:VCALENDAR\r
"""


def read(text: str | bytes, name: str = "invite.ics") -> Opened:
    return calendar.read(text.encode() if isinstance(text, str) else text, Asked(name))


def test_invitation() -> None:
    opened = read(GOOGLE)
    assert opened.title == "お支払い方法の更新, 至急"
    assert {(link.raw, link.source) for link in opened.links} == {
        ("https://evil.example/login?u=1", "ics:description"),
        ("https://meet.example/abc", "ics:location"),
        ("https://meet.example/x", "ics:x-google-conference"),
        ("https://evil.example/u", "ics:url"),
        ("https://evil.example/form.html", "ics:attach"),
    }
    assert opened.markup == ['<html><body><a href="https://evil.example/h">Pay, now</a></body></html>']
    assert "organizer: Yamada: Taro <yamada@orchard.example>" in opened.text
    assert "attendee: hanako@kaki.example <hanako@kaki.example>" in opened.text
    assert "Last warning" in opened.text
    assert "closed.\nUpdate now" in opened.text
    assert not opened.traits


def test_attached_file_comes_out() -> None:
    coded = base64.b64encode(b"<html><form></form></html>").decode()
    opened = read(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\n"
        f"ATTACH;ENCODING=BASE64;VALUE=BINARY;FILENAME=a.html;FMTTYPE=text/html:{coded[:20]}\n {coded[20:]}\n"
        "END:VEVENT\nEND:VCALENDAR"
    )
    child = opened.children[0]
    assert (child.name, child.content, child.declared) == ("a.html", b"<html><form></form></html>", "text/html")
    assert [(trait.id, trait.detail) for trait in opened.traits] == [("embedded_file", "a.html")]


def test_vcard_old_and_new() -> None:
    opened = read(
        "BEGIN:VCARD\r\nVERSION:2.1\r\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=B1=B1=\r\n=E7=94=B0\r\n"
        "item1.URL;WORK:https://a.example/card\r\nNOTE:see https://a.example/note\r\n"
        "PHOTO;ENCODING=b;TYPE=PNG:iVBORw0KGgoAAAAA\r\nEND:VCARD\r\n",
        "a.vcf",
    )
    assert opened.title == "山田"
    assert [(link.raw, link.source) for link in opened.links] == [
        ("https://a.example/card", "vcf:url"),
        ("https://a.example/note", "vcf:note"),
    ]
    assert opened.children[0].content.startswith(b"\x89PNG")  # type: ignore[union-attr]
    assert not opened.traits


def test_other_charsets() -> None:
    assert read(GOOGLE.encode("utf-16")).title == "お支払い方法の更新, 至急"
    assert read(GOOGLE.encode("cp932")).title == "お支払い方法の更新, 至急"


def test_data_address_in_altrep_and_attach() -> None:
    opened = read(
        'BEGIN:VCALENDAR\nDESCRIPTION;ALTREP="data:text/html,%3Ca%20href%3D%22https%3A//evil.example/%22%3E":x\n'
        "ATTACH:data:application/zip;base64,UEsDBAoAAAAA\nEND:VCALENDAR\n"
    )
    assert opened.markup == ['<a href="https://evil.example/">']
    assert opened.children[0].content == b"PK\x03\x04\x0a\0\0\0\0"


def test_never_raises_on_damage() -> None:
    whole = GOOGLE.encode()
    assert read(whole[:300]).traits[0].id == "damaged"
    dice = random.Random(2)
    for end in range(0, len(whole), 11):
        read(whole[:end])
    for _ in range(200):
        broken = bytearray(whole)
        for _ in range(6):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        read(bytes(broken))
    read(b'BEGIN:VCALENDAR\nX;A="' + b'":"' * 50_000)
