from __future__ import annotations

from sabaki.files import mapimail
from sabaki.files.mapi import Attachment, Id, Mapi, Method, PropertySet, Type
from sabaki.files.opened import Asked
from sabaki.mail import message
from sabaki.mail.limits import Budget, Limits
from sabaki.model.message import Message
from tests.files import outlook

HTML = '<html><body><a href="https://evil.example/">こちら</a></body></html>'
OUTLOOK_RTF = (
    rb"{\rtf1\ansi\ansicpg932\fromhtml1 \deff0{\fonttbl{\f0\fcharset128 MS;}}"
    rb"{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 \'93\'fa{\*\htmltag84 &amp;}\htmlrtf }\htmlrtf0 {\*\htmltag72 </p>}}"
)


def _mail(mapi: Mapi, asked: Asked | None = None) -> Message:
    return message.read(mapimail.write(mapi, asked or Asked(), "seed"), Budget())


def _file(name: str, content: bytes, **more: outlook.Value) -> Attachment:
    ids = {Id[key.upper()]: value for key, value in more.items()}
    return Attachment(outlook.properties({Id.ATTACH_LONG_FILENAME: name, Id.ATTACH_METHOD: 1, **ids}), content)


def _texts(mail: Message) -> dict[str, str]:
    texts = [part for part in mail.parts if part.content_type.startswith("text/")]
    return {part.content_type: mail.contents[part.path].decode() for part in texts}


def test_text_and_html_and_files() -> None:
    mapi = outlook.mapi({**outlook.NOTE, Id.HTML: HTML.encode("cp932"), Id.INTERNET_CODEPAGE: 932})
    mapi.attachments = [
        _file("請求書.docx", b"PK\3\4", attach_mime_tag="application/octet-stream"),
        _file("logo.png", b"\x89PNG", attach_mime_tag="image/png", attach_content_id="<logo@x>"),
    ]
    mail = _mail(mapi)
    assert [(part.content_type, part.filename, part.disposition) for part in mail.parts] == [
        ("multipart/mixed", "", ""),
        ("multipart/alternative", "", ""),
        ("text/plain", "", ""),
        ("text/html", "", ""),
        ("application/octet-stream", "請求書.docx", "attachment"),
        ("image/png", "logo.png", "inline"),
    ]
    assert _texts(mail)["text/plain"] == "本文です。\r\nhttps://pay.example/"
    assert _texts(mail)["text/html"] == HTML
    assert mail.contents["2"] == b"PK\3\4"
    assert mail.parts[-1].content_id.strip("<>") == "logo@x"
    assert not mail.defects


def test_one_body_needs_no_multipart() -> None:
    mail = _mail(outlook.mapi(outlook.NOTE))
    assert [part.content_type for part in mail.parts] == ["text/plain"]


def test_html_out_of_rtf() -> None:
    mapi = outlook.mapi({Id.RTF_COMPRESSED: outlook.packed(OUTLOOK_RTF)})
    assert _texts(_mail(mapi)) == {"text/html": "<p>日&amp;</p>"}


def test_links_of_rtf_that_is_not_from_html() -> None:
    rtf = rb'{\rtf1 Click {\field{\*\fldinst HYPERLINK "https://evil.example/"}{\fldrslt here}}}'
    texts = _texts(_mail(outlook.mapi({Id.RTF_COMPRESSED: outlook.packed(rtf)})))
    assert texts["text/plain"] == "Click here"
    assert '<a href="https://evil.example/">here</a>' in texts["text/html"]


def test_messages_inside_messages() -> None:
    inner = outlook.mapi({**outlook.NOTE, Id.SUBJECT: "inner"})
    inner.attachments = [_file("a.txt", b"a", attach_mime_tag="text/plain")]
    outer = outlook.mapi({**outlook.NOTE, Id.SUBJECT: "outer"})
    outer.attachments = [Attachment(outlook.properties({Id.DISPLAY_NAME: "inner"}), message=inner)]
    mail = _mail(outer)
    assert [part.content_type for part in mail.parts] == [
        "multipart/mixed",
        "text/plain",
        "message/rfc822",
        "multipart/mixed",
        "text/plain",
        "text/plain",
    ]
    assert [field.value for part in mail.parts for field in part.fields if field.key == "subject"] == ["outer", "inner"]


def test_no_deeper_than_the_limit() -> None:
    mapi = outlook.mapi(outlook.NOTE)
    for _ in range(500):
        mapi = Mapi(outlook.properties(outlook.NOTE), attachments=[Attachment(message=mapi)])
    asked = Asked(budget=Budget(Limits(nesting=10)))
    assert mapimail.write(mapi, asked, "seed").count(b"message/rfc822") == 11
    assert [reached.name for reached in asked.budget.reached] == ["nesting"]


def test_a_mail_signed_in_the_clear_is_what_was_signed() -> None:
    entity = (
        b'Content-Type: multipart/signed;\r\n boundary="s"\r\nReceived: forged\r\n\r\n'
        b"--s\r\nContent-Type: text/plain\r\n\r\nsigned text\r\n--s--\r\n"
    )
    mapi = outlook.mapi({**outlook.NOTE, Id.MESSAGE_CLASS: "IPM.Note.SMIME.MultipartSigned"})
    mapi.attachments = [_file("smime.p7m", entity, attach_mime_tag="multipart/signed")]
    mail = _mail(mapi)
    assert [part.content_type for part in mail.parts] == ["multipart/signed", "text/plain"]
    assert mail.first("received") is None
    assert mail.contents["1"] == b"signed text"


def test_names_are_data() -> None:
    name = '../a"\r\nX-Injected: 1\u202efdp.exe'
    mapi = outlook.mapi(outlook.NOTE)
    mapi.attachments = [
        _file(name, b"MZ", attach_mime_tag="text/html\r\nX-Injected: 2", attach_content_id="x>\r\ny: 1")
    ]
    mail = _mail(mapi)
    assert mail.parts[-1].filename == name
    assert mail.parts[-1].content_type == "application/octet-stream"
    assert {field.key for part in mail.parts for field in part.fields}.isdisjoint({"x-injected", "y"})


def test_an_appointment_tells_place_and_time() -> None:
    mapi = outlook.mapi({Id.MESSAGE_CLASS: "IPM.Appointment", Id.SUBJECT: "会議"})
    mapi.properties.names = {(PropertySet.APPOINTMENT, 0x8208): 0x8001, (PropertySet.APPOINTMENT, 0x820D): 0x8002}
    mapi.properties.put(0x8001, Type.STRING, "https://meet.example/1".encode("utf-16-le"))
    mapi.properties.put(0x8002, *outlook.typed(0, outlook.WHEN))
    assert _texts(_mail(mapi))["text/plain"] == "Location: https://meet.example/1\nStart: 2016-11-12 14:59 UTC"


def test_as_a_file() -> None:
    mapi = outlook.mapi({**outlook.NOTE, Id.HTML: HTML})
    web = {
        Id.ATTACH_METHOD: Method.BY_WEB_REFERENCE,
        Id.ATTACH_LONG_PATHNAME: "https://drive.example/x",
        Id.ATTACH_LONG_FILENAME: "x.pdf",
    }
    mapi.attachments = [
        Attachment(message=outlook.mapi({Id.SUBJECT: "inner"})),
        Attachment(outlook.properties(web)),
        _file("b.zip", b"PK"),
    ]
    mapi.hurt("cut off")
    opened = mapimail.describe(mapi, b"", Asked())
    assert opened.title == "ご請求書の件"
    assert "From: 経理部 <keiri@corp.example>" in opened.text
    assert "本文です。" in opened.text
    assert opened.markup == [HTML]
    assert [(child.name, child.declared) for child in opened.children] == [
        ("inner.eml", "message/rfc822"),
        ("x.pdf", ""),
        ("b.zip", ""),
    ]
    assert opened.children[1].content is None
    assert {(trait.id, trait.detail) for trait in opened.traits} == {
        ("external_link", "https://drive.example/x"),
        ("damaged", "cut off"),
    }
    assert [(link.raw, link.text) for link in opened.links] == [("https://drive.example/x", "x.pdf")]
