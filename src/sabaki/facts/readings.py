"""Second readings: what other programs would make of a mail that has two meanings (union of both, never a choice).

Text between and behind the parts, a repeated Content-Type, a transfer encoding or charset under the wrong label, parts
that the header does not announce. Each is read the other way as well, and what was ambiguous is said with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import msgspec

from sabaki.mail import mime, parameters, transfer
from sabaki.mail.limits import Budget, Limits
from sabaki.model.evidence import Location
from sabaki.model.message import Defect, Field, Message, Part

MARGINS = ("preamble", "epilogue")
"""Readings of text that no mail program shows."""

_MOST = 40
"""So many second readings are made of one mail."""
_LONGEST = 2_000_000
_HTML_NAMES = (".html", ".htm", ".shtml", ".xhtml", ".svg")
_NO_TEXT = frozenset({"text/calendar", "text/rfc822-headers"})
_ENCLOSING = frozenset({"message/rfc822", "message/global", "message/news", "message/partial"})
_MARKUP = re.compile(rb"(?i)<(?:!doctype|html|head|body|a|form|table|div|p|iframe|meta|script|img)\b")
_DELIMITER = re.compile(rb"(?:\A|[\r\n])--([!-~]{1,200}?)[ \t]{0,80}\r?\n(?=content-)", re.IGNORECASE)
_BOUNDARY = re.compile(r"(?i)boundary(?:\*0?\*?)?\s{0,9}=\s{0,9}(?:\"([^\"]{1,200})\"|([^\s\";]{1,200}))")
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/=_-]{1,2000}\s{0,3}")
_ALL_BASE64 = re.compile(rb"\s*+(?:[A-Za-z0-9+/]++\s*+)++={0,2}\s*+")
_ESCAPE = re.compile(rb"\x1b(?:[$(),\-./][ -/]?[@-~]|\[[0-9;]{0,20}m|&@)|[\x0e\x0f]")
_UTF7 = re.compile(r"\+([A-Za-z0-9+/]{2,8000})-?")
_EBCDIC_HTTP = "http".encode("cp037")
_BLANK_LINE = re.compile(rb"\n[ \t]{1,80}\r?\n")
_BODY_LIKE = re.compile(rb"(?im)^https?:|<(?:a|html|body|form|script|iframe|img|meta)\b")
_ADDRESS = re.compile(rb"(?i)https?:|www\.|href|mailto:|<form|<script")
_TWO_WAYS = re.compile(rb"(?i)[\r\n]\.[\r\n]{1,2}(?:(?:EHLO|HELO|RSET)[^\r\n]{0,200}[\r\n]{1,2})?MAIL FROM:")


class Reading(msgspec.Struct, frozen=True):
    """One other reading: of which part, its name ("preamble", "duplicate_content_type"), the octets and their label.

    `kind` is "text" or "html"; `defect` says what is ambiguous, None where that is already said.
    """

    part: str
    name: str
    kind: str
    content: bytes
    charset: str | None
    defect: Defect | None = None


def kind_of(part: Part) -> str:
    """How a part is read: "html", "text", or "" where it is no text for people."""
    if part.content_type in ("text/html", "application/xhtml+xml", "image/svg+xml"):
        return "html"
    if part.filename.lower().endswith(_HTML_NAMES):
        return "html"
    return "text" if part.content_type.startswith("text/") and part.content_type not in _NO_TEXT else ""


def others(message: Message, budget: Budget) -> Iterator[Reading]:
    """The other readings of a mail; nothing for one that can be read in one way only. Budget: `decoded_size`."""
    yield from islice(_every(message, budget), _MOST)


def defects(message: Message) -> Iterator[Defect]:
    """What is ambiguous although it gives nothing more to read."""
    by_path = {part.path: part for part in message.parts}
    for part in message.parts:
        start = part.parameters.get("start") if part.content_type == "multipart/related" else None
        first = by_path.get(part.children[0]) if part.children else None
        if start and first and start.strip("<> ") != first.content_id:
            yield Defect("related_start_elsewhere", start[:200], part.header)
    header = message.raw[message.parts[0].header.start : message.parts[0].header.end]
    if b"\0" in header:
        yield Defect("nul_in_header", "", message.parts[0].header)
    crlf, lf = header.count(b"\r\n"), header.count(b"\n")
    if 0 < crlf < lf:
        yield Defect("bare_lf", f"{lf - crlf} of {lf} lines", message.parts[0].header)
    if (b"MAIL FROM:" in message.raw or b"mail from:" in message.raw) and (found := _TWO_WAYS.search(message.raw)):
        yield Defect("smuggled_commands", "", Location(found.start(), found.end()))


def _every(message: Message, budget: Budget) -> Iterator[Reading]:
    told = {defect.id for defect in message.defects}
    for defect in message.defects:
        if defect.id in ("text_in_preamble", "text_in_epilogue") and defect.location:
            place = defect.location
            yield _margin(place.part or "", defect.id.removeprefix("text_in_"), message.raw[place.start : place.end])
    for part in message.parts:
        if told:
            yield from _told(part, message, told, budget)
        if part.content_type in _ENCLOSING:
            yield from _enclosed(part, message, budget)
        elif part.content_type == "message/external-body":
            yield from _elsewhere(part)
        content = message.contents.get(part.path)
        if content and kind_of(part):
            yield from _mislabelled(part, content[:_LONGEST], message, budget)
        yield from _after_blank_line(part, message)
        for field in part.fields:
            if field.key in ("http", "https"):  # the empty line is missing, and the body begins with an address
                text = message.raw[field.location.start : part.header.end]
                defect = Defect("address_as_field", field.raw_value[:200], field.location)
                yield Reading(part.path, "address_as_field", "text", text[:_LONGEST], None, defect)
                break


def _margin(path: str, name: str, text: bytes) -> Reading:
    return Reading(path, name, "html" if _MARKUP.search(text[:100_000]) else "text", text[:_LONGEST], None)


# -- what the header says twice, or in a way that is none


def _told(part: Part, message: Message, told: set[str], budget: Budget) -> Iterator[Reading]:
    """Readings by the second of two fields or parameters, and by a Content-Type that breaks the grammar."""
    body = message.raw[part.body.start : part.body.end]
    types = [field for field in part.fields if field.key == "content-type"]
    if "duplicate_content_type" in told:
        for field in types[1:4]:
            yield from _as_type(part, field, body, message, budget)
    if "content_type_invalid" in told and types and "html" in types[0].raw_value.lower() and kind_of(part) != "html":
        yield Reading(part.path, "content_type_invalid", "html", message.contents.get(part.path, b""), _charset(part))
    if "duplicate_content_transfer_encoding" in told and kind_of(part):
        encodings = [field for field in part.fields if field.key == "content-transfer-encoding"]
        for field in encodings[1:4]:
            content = transfer.decode(body, field.value.strip().lower().split(";")[0]).octets
            if content != message.contents.get(part.path):
                yield Reading(part.path, "duplicate_encoding", _looks(part, content), content, _charset(part))
    if "duplicate_parameter" in told and types:
        for quoted, bare in _BOUNDARY.findall(types[0].raw_value)[1:4]:
            boundary = quoted or bare
            if boundary != part.parameters.get("boundary"):
                yield from _in_parts(part, "duplicate_boundary", boundary.encode("latin-1", "replace"), body, budget)
    if "boundary_not_found" in told and types and types[0].value.lower().lstrip().startswith("multipart/"):
        yield from _unannounced(part, body, budget, None)


def _as_type(part: Part, field: Field, body: bytes, message: Message, budget: Budget) -> Iterator[Reading]:
    parsed = parameters.parse(field.raw_value, budget)
    if parsed.value == part.content_type:
        return
    if parsed.value.startswith("multipart/"):
        boundary = parsed.parameters.get("boundary", "").encode("latin-1", "replace")
        yield from _in_parts(part, "duplicate_content_type", boundary, body, budget)
        return
    kind = "html" if parsed.value.endswith(("html", "xhtml+xml", "svg+xml")) else "text"
    content = message.contents.get(part.path)
    if content is None:
        content = transfer.decode(body, part.transfer_encoding).octets
    yield Reading(part.path, "duplicate_content_type", kind, content, parsed.parameters.get("charset"))


def _charset(part: Part) -> str | None:
    return part.parameters.get("charset")


def _looks(part: Part, content: bytes) -> str:
    return "html" if kind_of(part) == "html" or _MARKUP.search(content[:20_000]) else "text"


# -- parts inside what was taken for text


def _unannounced(part: Part, body: bytes, budget: Budget, defect: Defect | None) -> Iterator[Reading]:
    found = _DELIMITER.search(body[:_LONGEST])
    if found:
        yield from _in_parts(part, "unannounced_parts", found[1], body, budget, defect)


def _in_parts(
    part: Part, name: str, boundary: bytes, body: bytes, budget: Budget, defect: Defect | None = None
) -> Iterator[Reading]:
    """Read a body as a multipart with that boundary."""
    if boundary and b"--" + boundary in body:
        escaped = boundary.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        raw = b'Content-Type: multipart/mixed; boundary="' + escaped + b'"\n\n' + body
        yield from _as_entity(part, name, raw, budget, defect)


def _as_entity(part: Part, name: str, raw: bytes, budget: Budget, defect: Defect | None = None) -> Iterator[Reading]:
    """The text parts of an entity that stands inside a part. Its own limits are small: it is read a second time."""
    if not budget.spend("decoded_size", len(raw), f"part {part.path or 'root'}"):
        return
    small = Budget(Limits(parts=200, nesting=16, fields=500, decoded_size=20_000_000))
    tree = mime.read(raw, 0, len(raw), small)
    for inner in islice(tree.parts, 100):
        content = tree.contents.get(inner.path)
        if content and (kind := kind_of(inner)):
            yield Reading(part.path, f"{name}.{inner.path or '0'}", kind, content, _charset(inner), defect)


def _enclosed(part: Part, message: Message, budget: Budget) -> Iterator[Reading]:
    """An encoded message (RFC 2046 section 5.2.1 forbids it), or a piece of one (section 5.2.2)."""
    content = message.contents.get(part.path)
    if not content:
        return
    if part.content_type == "message/partial":
        number, total = (part.parameters.get(name, "?") for name in ("number", "total"))
        yield from _as_entity(
            part, "partial", content, budget, Defect("message_partial", f"{number} of {total}"[:80], part.header)
        )
    else:
        yield from _as_entity(part, "encoded_message", content, budget)


def _elsewhere(part: Part) -> Iterator[Reading]:
    """message/external-body (RFC 2046 section 5.2.3, RFC 2017): the content is fetched from where the parameters say."""
    said = part.parameters
    target = "".join(said.get("url", "").split())
    if not target and said.get("site"):
        scheme = "http" if "http" in said.get("access-type", "").lower() else "ftp"
        folder = said.get("directory", "").strip("/")
        target = f"{scheme}://{said['site']}/{folder}{'/' if folder else ''}{said.get('name', '').lstrip('/')}"
    defect = Defect("external_body", (target or said.get("access-type", ""))[:300], part.header)
    yield Reading(part.path, "external_body", "text", target.encode(), "utf-8", defect)


# -- wrong labels


def _mislabelled(part: Part, content: bytes, message: Message, budget: Budget) -> Iterator[Reading]:
    unchanged = part.transfer_encoding in transfer.UNCHANGED
    if kind_of(part) == "text":
        if content[:200].lstrip()[:1] == b"<" and _MARKUP.match(content[:200].lstrip()):
            defect = Defect("html_under_text_label", part.content_type, part.body)
            yield Reading(part.path, "html_under_text_label", "html", content, _charset(part), defect)
        if b"ontent-T" in content or b"ontent-t" in content or b"ONTENT-T" in content:
            yield from _unannounced(part, content, budget, Defect("unannounced_parts", "", part.body))
    if unchanged and b'=3D"' in content and (b"=\n" in content or b"=\r\n" in content or b'href=3D"' in content):
        plain = transfer.quoted_printable(content).octets
        defect = Defect("quoted_printable_unlabelled", "", part.body)
        yield Reading(part.path, "quoted_printable_unlabelled", _looks(part, plain), plain, _charset(part), defect)
    if b" " not in content[:60] and (plain := _from_base64(content)):
        defect = Defect("base64_unlabelled", part.transfer_encoding, part.body)
        yield Reading(part.path, "base64_unlabelled", _looks(part, plain), plain, _charset(part), defect)
    if part.transfer_encoding == "base64" and message.raw.find(b":", part.body.start, part.body.end) >= 0:
        lines = message.raw[part.body.start : part.body.end][:_LONGEST].splitlines(keepends=True)
        rest = b"".join(line for line in lines if not _BASE64_LINE.fullmatch(line))
        if _ADDRESS.search(rest):
            yield Reading(part.path, "text_in_base64", _looks(part, rest), rest, None)
    yield from _other_charsets(part, content)


def _from_base64(content: bytes) -> bytes:
    """A text that is one block of base64, decoded, if text comes of it; b"" otherwise."""
    if len(content) < 40 or not _ALL_BASE64.fullmatch(content):
        return b""
    plain = transfer.base64(content).octets
    sample = plain[:2_000]
    odd = sum(octet < 9 or 13 < octet < 32 for octet in sample)
    return plain if odd * 50 <= len(sample) and (b" " in sample or b"/" in sample) else b""


def _other_charsets(part: Part, content: bytes) -> Iterator[Reading]:
    """Octets that hide an address from who believes the label: NUL or escapes inside it, UTF-7, EBCDIC, wide labels."""
    label = (_charset(part) or "").lower()
    if b"\0" in content:
        yield _relabelled(part, content.replace(b"\0", b""), "nul_dropped", label)
    if b"\x1b" in content or b"\x0e" in content:
        plain = _ESCAPE.sub(b"", content)
        if plain.lower().count(b"http") > content.lower().count(b"http"):
            yield _relabelled(part, plain, "escapes_dropped", label)
    if _EBCDIC_HTTP in content:
        yield _relabelled(part, content.decode("cp037").encode(), "ebcdic", label)
    if label.startswith(("utf-16", "utf16", "utf-32", "utf-7", "hz", "ucs", "cp037", "ibm", "ebcdic", "unicode")):
        if _ADDRESS.search(content):
            yield _relabelled(part, content, "ascii_under_label", label)
    elif b"+" in content and "utf-7" not in label and content.isascii():
        text = content.decode("ascii")
        plain_text = _UTF7.sub(_utf7, text) if "+A" in text else text
        if plain_text.count("://") > text.count("://") or plain_text.count("<") > text.count("<"):
            yield _relabelled(part, plain_text.encode("utf-8", "replace"), "utf7", label)


def _relabelled(part: Part, content: bytes, how: str, label: str) -> Reading:
    defect = Defect("address_behind_charset", f"{how}, declared {label or 'nothing'}"[:120], part.body)
    return Reading(part.path, how, _looks(part, content), content, "utf-8", defect)


def _utf7(match: re.Match[str]) -> str:
    try:
        return (match[0].removesuffix("-") + "-").encode("ascii").decode("utf-7")
    except UnicodeDecodeError:
        return match[0]


def _after_blank_line(part: Part, message: Message) -> Iterator[Reading]:
    """A line of blanks in the header: some programs end the header there and show what follows."""
    found = _BLANK_LINE.search(message.raw, part.header.start, part.header.end)
    if found is None:
        return
    rest = message.raw[found.end() : part.header.end]
    if not _BODY_LIKE.search(rest):
        return  # filters fold their reports with such lines: fields follow, and fields are read as such
    defect = Defect("blank_line_in_header", "", Location(found.start() + 1, found.end(), part.path))
    yield Reading(part.path, "after_blank_line", _looks(part, rest), rest[:_LONGEST], None, defect)
