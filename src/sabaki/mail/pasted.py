"""A mail that somebody pasted: its header with words around it, quoted, indented, unwrapped or copied from a web page.

Programs show a header ("show original", "Internet headers"), people copy it. What gets lost on the way is mended as far as
it can be told: the blanks that mark folded lines (RFC 5322 section 2.2.3), "<" written as "&lt;", the colon that became a
wide one. What stood in front of the header is left out, and the mail's bytes are then ours.
"""

from __future__ import annotations

import codecs
import html
import re
from itertools import islice

import msgspec
import re2

from sabaki.mail.sniff import looks_like_mail

_LOOK = 64_000
_HEADER = 512_000
_INTRODUCTION = 80
"""So many lines may stand before the header: words of whoever pasted it, the table of a web page."""
_RUN = 200
_ENOUGH = 3
_COLON = "：".encode()
_NO_BREAK = re.compile(rb"\xc2\xa0|\xe3\x80\x80|\xe2\x80[\x8b\x8e\x8f]|\xef\xbb\xbf")
_TECHNICAL = frozenset(
    b"received x-received return-path delivered-to message-id mime-version content-type authentication-results "
    b"dkim-signature arc-seal received-spf x-originating-ip x-mailer".split()
)
_BEGINNING = _TECHNICAL | frozenset(
    b"from to subject date cc reply-to sender x-original-to envelope-to list-id arc-message-signature bcc "
    b"arc-authentication-results x-google-smtp-source thread-topic references in-reply-to user-agent domainkey-signature "
    b"content-transfer-encoding x-apparently-to x-priority x-ms-exchange-organization-scl".split()
)
_TRACE = re.compile(
    rb"(?im)^(?:[ \t>|*]|\xc2\xa0){0,40}(?:<pre[^>\n]{0,200}>)?"
    rb"(?:received|x-received|return-path|delivered-to|message-id|mime-version)[ \t]{0,3}(?::|\xef\xbc\x9a)"
)
_FIELD = re.compile(rb"([A-Za-z][A-Za-z0-9_.-]{0,75})[ \t]{0,3}:(?!//)")
_ANY_FIELD = re.compile(rb"[!-9;=?-~]{1,998}[ \t]{0,20}:")
_TAGS = re.compile(rb"(?:[A-Za-z0-9_-]{1,60}[ \t]{0,2}:[ \t]?){1,40}[A-Za-z0-9_-]{1,60};?[ \t]{0,9}\r?")
_LEFT = re.compile(rb"(?:[ \t]{0,40}[>|])*+[ \t]{0,40}")
_TAIL = re.compile(
    rb"(?:by|for|with|id|via|envelope-from|helo|\(|\[?b[hi]?=|[acdhijklqstvxz]=|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),)[ \t(=A-Za-z0-9<.]"
)
_TABLE_ENDS = (
    b"copy to clipboard",
    "クリップボードにコピー".encode(),
    b"download original",
    "元のメールをダウンロード".encode(),
    "オリジナルをダウンロード".encode(),
    "メールをダウンロード".encode(),
    "元のメッセージをダウンロード".encode(),
)
_PRE = re2.compile(rb"(?i)<pre[^>\n]{0,200}>")
_PRE_END = re2.compile(rb"(?i)</pre>")
_TRIES = 12


class Pasted(msgspec.Struct, frozen=True):
    """The mail; where it starts in what was looked at, in octets; whether its bytes had to be changed."""

    raw: bytes
    start: int
    changed: bool


def clean(raw: bytes) -> bytes | None:
    """The mail in pasted text, or None where there is none. The bytes are those given where nothing was to be mended."""
    if is_mail(raw):
        return raw
    found = find(raw)
    if found is None:
        return raw if looks_like_mail(raw) else None
    return found.raw


def find(raw: bytes) -> Pasted | None:
    """The mail in pasted text, and where it starts.

    It counts as one only with three fields in a row that any mail may have, one of them of the kind that people do not
    type (Received, Message-ID, Return-Path, MIME-Version ...). One pass over the beginning, and over the rest only where it
    is indented or quoted throughout. Never raises.
    """
    text = _as_utf8(raw)
    if text is None or b"\0" in text[:1_000]:
        return None
    head = text[:_LOOK]
    if not _TRACE.search(head):
        return None
    if page := _PRE.search(head):
        end = _PRE_END.search(text, page.end())
        inside = text[page.end() : end.start() if end else len(text)]
        if _TRACE.search(inside[:_LOOK]):
            found = _found(html.unescape(inside.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape"))
            return msgspec.structs.replace(found, start=page.start(), changed=True) if found else None
    found = _found(text)
    if found is not None and text is not raw:
        return msgspec.structs.replace(found, changed=True)
    return found


def has_lost_folds(raw: bytes) -> bool:
    """Whether folded lines of a header have lost the blanks that they begin with, as happens in web forms and chats.

    A mail on its way keeps them: two lines that go on a field without a blank are hardly ever there by chance.
    """
    lost = 0
    for line in islice(_lines(raw[:_LOOK]), _RUN):
        if not line.strip():
            return False
        if _TAIL.match(line) and not _FIELD.match(line):
            lost += 1
            if lost >= 2:
                return True
    return False


def _as_utf8(raw: bytes) -> bytes | None:
    """Text as editors save it: UTF-16 by its byte order mark, else as it is."""
    for mark, charset in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if raw.startswith(mark):
            return raw[2:].decode(charset, "replace").encode("utf-8", "replace")
    return raw


def _lines(text: bytes) -> list[bytes]:
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")


def _found(text: bytes) -> Pasted | None:
    begin = _after_table(text)
    at, tried = begin, 0
    for _ in range(_INTRODUCTION):
        if at >= min(len(text), _LOOK) or tried >= _TRIES:
            return None
        end = text.find(b"\n", at)
        end = len(text) if end < 0 else end
        left = _LEFT.match(text, at)
        prefix = left.group() if left else b""
        if _begins(_plain(text[at + len(prefix) : end])):
            tried += 1
            rest = _unquoted(text[at:], prefix)
            header, body, spaced = _split(rest)
            if _is_header(header):
                return _mended(text, at, rest, header, body, spaced)
        at = end + 1
    return None


def _after_table(text: bytes) -> int:
    """Behind what Gmail's "show original" puts above the mail, a table with fields of its own."""
    lower = text[:8_000].lower()
    last = max(lower.rfind(words) for words in _TABLE_ENDS)
    end = text.find(b"\n", last)
    return end + 1 if last >= 0 and end >= 0 and _TRACE.search(text[end : end + _LOOK]) else 0


def _plain(line: bytes) -> bytes:
    return _NO_BREAK.sub(b" ", line[:2_000].replace(_COLON, b":", 1) if b":" not in line[:80] else line[:2_000]).strip(
        b" \t\r"
    )


def _begins(line: bytes) -> bool:
    """Whether a header may begin with this line."""
    match = _FIELD.match(line)
    if match is None:
        return False
    name = match.group(1).lower()
    return name in _BEGINNING or name.startswith((b"x-", b"arc-"))


def _unquoted(text: bytes, prefix: bytes) -> bytes:
    """The text without what stands before each of its lines."""
    if not prefix:
        return text
    marks = prefix.rstrip(b" \t")
    text = b"\n" + text
    text = text.replace(b"\n" + prefix, b"\n")
    if marks and marks != prefix:
        text = text.replace(b"\n" + marks, b"\n")
    return text[1:]


def _split(text: bytes) -> tuple[list[bytes], bytes, bool]:
    """The header's lines, the body behind the empty line, and whether an empty line stood after each of its lines."""
    header = text[:_HEADER]
    lines: list[bytes] = []
    at, empty, spaced = 0, 0, False
    while at < len(header):
        end = header.find(b"\n", at)
        end = len(header) if end < 0 else end
        line, at = header[at:end].rstrip(b"\r"), end + 1
        if line.strip(b" \t\xc2\xa0"):
            lines.append(line)
            empty = 0
            continue
        following = header[at : at + 400].split(b"\n", 1)[0]
        if len(lines) == 1 and _begins(_plain(following)):
            spaced = True
        if spaced and not empty and following.strip():
            empty += 1
            if _FIELD.match(_plain(following)) or following[:1] in b" \t" or _TAIL.match(following):
                continue
        return lines, text[at:], spaced
    return lines, text[len(header) :], spaced


def _is_header(lines: list[bytes]) -> bool:
    names = {
        match.group(1).lower() for line in lines[:_RUN] if (match := _FIELD.match(_plain(line))) and match.group(1)
    }
    return len(names & _BEGINNING) >= _ENOUGH and bool(names & _TECHNICAL)


def _mended(text: bytes, at: int, rest: bytes, lines: list[bytes], body: bytes, spaced: bool) -> Pasted:
    header = _header(lines)
    if b"&lt;" in header and b"<" not in header:
        header = html.unescape(header.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        if b"&lt;" in body and b"<" not in body:
            body = html.unescape(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    same = not spaced and header == b"\n".join(lines) + b"\n"
    if same and rest == text[at:]:
        return Pasted(rest if at else text, at, at > 0)
    return Pasted(header + b"\n" + body, at, changed=True)


def _header(lines: list[bytes]) -> bytes:
    """The header with its folds, one line a field or a folded part of it."""
    mended: list[bytes] = []
    name = b""
    for line in lines:
        plain = _NO_BREAK.sub(b" ", line)
        match = _FIELD.match(plain)
        if match is None and _COLON in plain[:80]:
            wide = plain.replace(_COLON, b":", 1)
            if _begins(wide):
                plain, match = wide, _FIELD.match(wide)
        signature = name.endswith((b"-signature", b"arc-seal"))
        if match and signature and _TAGS.fullmatch(plain) and not plain[match.end() :].startswith(b" "):
            match = None
        if match:
            name = match.group(1).lower()
            mended.append(plain)
        else:
            mended.append(plain if plain[:1] in (b" ", b"\t") or not mended else b" " + plain)
    return b"\n".join(mended) + b"\n"


def is_mail(raw: bytes) -> bool:
    """Whether the bytes are a mail as they stand: a header at the very beginning, its folds in place."""
    return looks_like_mail(raw) and _starts_with_field(raw) and not has_lost_folds(raw)


def _starts_with_field(raw: bytes) -> bool:
    """Whether the first line is a field, or the "From " line of an mbox."""
    line = raw[:4_000].removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n").partition(b"\n")[0]
    return line.startswith((b"From ", b">From ")) or _ANY_FIELD.match(line) is not None
