"""A MAPI message as others read it: an RFC 5322 mail, or what `files` gives back of any file.

The mail's header is the one that the transport left, octet for octet where it can be; only what describes the body's
encoding is written anew, because the body is.
"""

from __future__ import annotations

import base64
import hashlib
import html as html_text
import re
from urllib.parse import quote

import msgspec

from sabaki.files import mapiheader, rtf, rtfpacked
from sabaki.files.mapi import Attachment, Id, Mapi, Properties, PropertySet, charset_of
from sabaki.files.opened import Asked, Child, Opened
from sabaki.mail import charsets

_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}\Z")
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}["']?([a-z0-9_:.-]{2,40})""", re.I)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$&+.^_`{}~ ()\[\],=@-]{1,200}\Z")
_CONTENT_FIELD = re.compile(rb"content-[a-z-]{1,40}[ \t]{0,9}:", re.I)
_LOCATION, _START, _END = 0x8208, 0x820D, 0x820E
_CONTACT_TEXTS = (0x8083, 0x8093, 0x80A3, 0x802B)
"""Three mail addresses and the web page of a contact, LIDs of PSETID_Address."""


class Bodies(msgspec.Struct):
    """The bodies of a message, decoded. `rich` is what was read out of the RTF one, `damage` what was wrong with it."""

    text: str = ""
    html: str = ""
    rich: Opened | None = None
    damage: str = ""


def bodies(mapi: Mapi, asked: Asked) -> Bodies:
    """Every body that a message has; HTML out of the RTF where it stands only there."""
    read = mapi.properties
    found = Bodies(text=read.text(Id.BODY), html=_html(read))
    packed = read.binary(Id.RTF_COMPRESSED)
    if packed:
        unpacked = rtfpacked.unpack(packed, min(asked.budget.left("decoded_size"), 16 * len(packed) + 4_096))
        asked.budget.spend("decoded_size", len(unpacked.rtf), "RTF")
        found.damage = unpacked.damage
        if unpacked.rtf:
            found.rich = rtf.read(unpacked.rtf, asked)
            found.html = found.html or "".join(found.rich.markup)
    extra = [line for line in _told(mapi) if line not in found.text]
    if extra:
        found.text = "\n".join([found.text, *extra]).strip()
    return found


def _html(read: Properties) -> str:
    octets = read.binary(Id.HTML)
    if octets is None:
        return read.text(Id.HTML)
    octets = octets.rstrip(b"\0")
    stated = _META_CHARSET.search(octets, 0, 4_096)
    label = charset_of(read.integer(Id.INTERNET_CODEPAGE)) or (stated[1].decode("ascii") if stated else None)
    return charsets.decode(octets, label or read.charset).text


def _told(mapi: Mapi) -> list[str]:
    """What is shown of an item beside its body: an appointment's place and times, a contact's addresses, links of attachments that are held elsewhere."""
    read = mapi.properties
    lines = []
    if place := read.named_text(PropertySet.APPOINTMENT, _LOCATION).strip():
        lines.append(f"Location: {place}")
    for word, lid in (("Start", _START), ("End", _END)):
        if time := read.named_time(PropertySet.APPOINTMENT, lid):
            lines.append(f"{word}: {time:%Y-%m-%d %H:%M} UTC")
    if mapi.message_class.startswith("ipm.contact"):
        lines += [text for lid in _CONTACT_TEXTS if (text := read.named_text(PropertySet.ADDRESS, lid).strip())]
    lines += [f"{one.name}: {one.target}" for one in mapi.attachments[:200] if one.target]
    return lines


# As a file


def describe(mapi: Mapi | None, content: bytes, asked: Asked, missing: str = "") -> Opened:
    """Text, markup and attachments of a message; `content` is the file that it came in.

    Where there is no message in it, `missing` says so.
    """
    if mapi is None:
        nothing = Opened()
        nothing.note("damaged", missing)
        return nothing
    opened = Opened(title=mapiheader.subject(mapi.properties))
    for what in mapi.damage:
        opened.note("damaged", what)
    found = bodies(mapi, asked)
    if found.damage:
        opened.note("damaged", found.damage)
    shown = found.text
    if found.rich is not None:
        opened.traits += found.rich.traits
        opened.links += found.rich.links
        opened.children += found.rich.children
        shown = shown or found.rich.text
    if found.html:
        opened.markup.append(found.html)
    header = mapiheader.shown(mapi)
    opened.text = f"{header}\n\n{shown}".strip()[: asked.limits.file_text]
    seed = hashlib.sha256(content).hexdigest()
    for number, attachment in enumerate(mapi.attachments):
        opened.children.append(_child(attachment, opened, asked, f"{seed[:32]}.{number}"))
    return opened


def _child(attachment: Attachment, opened: Opened, asked: Asked, seed: str) -> Child:
    if attachment.message is not None:
        name = attachment.name or mapiheader.subject(attachment.message.properties) or "message"
        mail = write(attachment.message, asked, seed)
        return Child(
            name if name.lower().endswith((".eml", ".msg")) else f"{name}.eml", mail, declared="message/rfc822"
        )
    if attachment.target:
        opened.note("external_link", attachment.target)
        opened.link(attachment.target, "msg:attachment", attachment.name)
    return Child(attachment.name, attachment.content, declared=attachment.declared)


# As a mail


def to_mail(mapi: Mapi | None, content: bytes, asked: Asked) -> bytes | None:
    """The message that `content` holds as a mail, or None where it holds none."""
    return write(mapi, asked, hashlib.sha256(content).hexdigest()) if mapi is not None else None


def write(mapi: Mapi, asked: Asked, seed: str) -> bytes:
    """The message as an RFC 5322 mail with CRLF, embedded messages inside it as message/rfc822.

    `seed` is what no text of the message can foresee, a hash of the whole: boundaries are made of it.
    """
    written: list[bytes] = []
    work: list[bytes | tuple[Mapi, int]] = [(mapi, 0)]
    number = 0
    while work:
        piece = work.pop()
        if isinstance(piece, bytes):
            written.append(piece)
        elif asked.budget.within("nesting", piece[1], "MAPI"):
            number += 1
            work.extend(reversed(_pieces(piece[0], piece[1], asked, f"=_{seed[:40]}_{number}")))
    return b"".join(written)


def _pieces(mapi: Mapi, depth: int, asked: Asked, boundary: str) -> list[bytes | tuple[Mapi, int]]:
    header = mapiheader.written(mapi)
    if signed := _signed_entity(mapi):
        return [header, b"MIME-Version: 1.0\r\n", *signed]
    texts = _texts(bodies(mapi, asked))
    if len(texts) == 1 and not mapi.attachments:
        return [header, b"MIME-Version: 1.0\r\n", texts[0]]
    pieces: list[bytes | tuple[Mapi, int]] = [header, b"MIME-Version: 1.0\r\n"]
    alternative = _multipart("alternative", f"{boundary}a", texts) if len(texts) > 1 else texts
    if not mapi.attachments:
        return [*pieces, *alternative]
    pieces += [_multipart_field("mixed", f"{boundary}m"), f"--{boundary}m\r\n".encode(), *alternative]
    for attachment in mapi.attachments:
        pieces += [f"\r\n--{boundary}m\r\n".encode(), *_part(attachment, depth)]
    return [*pieces, f"\r\n--{boundary}m--\r\n".encode()]


def _multipart_field(subtype: str, boundary: str) -> bytes:
    return f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode()


def _multipart(subtype: str, boundary: str, parts: list[bytes]) -> list[bytes]:
    inside = [piece for part in parts for piece in (f"\r\n--{boundary}\r\n".encode(), part)]
    return [_multipart_field(subtype, boundary), *inside, f"\r\n--{boundary}--\r\n".encode()]


def _texts(found: Bodies) -> list[bytes]:
    """The bodies as MIME parts. RTF that is not made from HTML gives its text, and its links as HTML."""
    text, html = found.text, found.html
    packed = found.rich
    if packed is not None and not html:
        text = text or packed.text
        if links := [link for link in packed.links if link.clickable]:
            anchors = "<br>\n".join(
                f'<a href="{html_text.escape(link.raw)}">{html_text.escape(link.text or link.raw)}</a>'
                for link in links
            )
            html = f"<pre>{html_text.escape(packed.text)}</pre>\n<p>{anchors}</p>\n"
    parts = []
    if text or not html:
        parts.append(_encoded('text/plain; charset="utf-8"', text.encode("utf-8", "replace")))
    if html:
        parts.append(_encoded('text/html; charset="utf-8"', html.encode("utf-8", "replace")))
    return parts


def _encoded(content_type: str, octets: bytes, more: str = "") -> bytes:
    lines = base64.encodebytes(octets).replace(b"\n", b"\r\n")
    return f"Content-Type: {content_type}\r\n{more}Content-Transfer-Encoding: base64\r\n\r\n".encode() + lines


def _part(attachment: Attachment, depth: int) -> list[bytes | tuple[Mapi, int]]:
    if attachment.message is not None:
        name = _parameter("filename", attachment.name) if attachment.name else ""
        field = f"Content-Type: message/rfc822\r\nContent-Disposition: attachment{name}\r\n\r\n"
        return [field.encode(), (attachment.message, depth + 1)]
    declared = attachment.declared
    if not _MEDIA_TYPE.match(declared) or declared.startswith(("multipart/", "message/")):
        declared = "application/octet-stream"
    id = mapiheader.one_line(attachment.properties.text(Id.ATTACH_CONTENT_ID))[:500].strip("<> ")
    inline = bool(id) and (declared.startswith("image/") or bool(attachment.properties.integer(Id.ATTACHMENT_HIDDEN)))
    more = f"Content-Disposition: {'inline' if inline else 'attachment'}{_parameter('filename', attachment.name)}\r\n"
    if id:
        more += f"Content-ID: <{id}>\r\n"
    return [_encoded(declared, attachment.content or b"", more)]


def _parameter(name: str, value: str) -> str:
    """A parameter with its name, quoted, or by RFC 2231 where it holds anything unusual."""
    if not value:
        return ""
    if _PLAIN_NAME.match(value):
        return f';\r\n {name}="{value}"'
    return f";\r\n {name}*=UTF-8''{quote(value.encode('utf-8', 'replace'), safe='')}"


def _signed_entity(mapi: Mapi) -> list[bytes]:
    """The MIME entity that Outlook keeps whole, as an attachment, of a mail that is signed in the clear ([MS-OXOSMIME] 2.1.2)."""
    if "smime" not in mapi.message_class or len(mapi.attachments) != 1:
        return []
    only = mapi.attachments[0]
    if not only.declared.startswith("multipart/signed") or not only.content:
        return []
    head, gap, body = only.content.partition(b"\r\n\r\n")
    if not gap:
        head, gap, body = only.content.partition(b"\n\n")
    fields = [field for field in mapiheader.fields_of(head) if _CONTENT_FIELD.match(field)]
    if not gap or not fields:
        return []
    return [b"".join(fields), b"\r\n", body]
