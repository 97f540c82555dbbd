"""A mail quoted in the text of another: where its copied header stands, in text and in markup, and the mail made of it.

Programs copy From, Date, Subject and To in the reader's language, below a line that says so or below none at all.
"""

from __future__ import annotations

import base64
import html
import re
from bisect import bisect_right
from collections.abc import Iterable

import msgspec
import re2

_BLANK = "[ \\t\u00a0\u3000\u200b]"
_LABELS = {
    "from": "from|差出人|送信者|送信元|発信者|von|de|da|van|发件人|寄件者|보낸 사람|보낸사람",
    "to": "to|宛先|宛て先|受信者|送信先|an|à|a|para|aan|收件人|收件者|받는 사람|받는사람",
    "cc": "cc|ＣＣ|kopie|copie|抄送|副本|참조",
    "date": "date|sent|日付|日時|送信日時|送信日|受信日時|datum|gesendet|envoyé|fecha|enviado|enviado el|enviado em|enviada em|data"
    "|inviato|verzonden|发送时间|日期|寄件日期|보낸 날짜|날짜",
    "subject": "subject|件名|題名|表題|betreff|objet|asunto|assunto|oggetto|onderwerp|主题|主旨|제목",
    "reply-to": "reply-to|返信先|antwort an|répondre à",
}
_KEYS = {word: key for key, words in _LABELS.items() for word in words.split("|")}
_ANY_LABEL = "|".join(sorted(_KEYS, key=len, reverse=True))
_LABEL = re2.compile(
    f"(?i)^(?:{_BLANK}|[>|*])*({_ANY_LABEL})(?:{_BLANK}|\\*)*[:：](?:{_BLANK}|\\*)*(.*?)(?:{_BLANK}|\\*)*$"
)
_FIRST = re2.compile(
    f"(?im)^(?:{_BLANK}|[>|*])*"
    f"(?:{_LABELS['from']}|{_LABELS['subject']}|{_LABELS['date']}|{_LABELS['to']})(?:{_BLANK}|\\*)*[:：]"
)
_MARKER = re2.compile(
    rf"(?im)^(?:{_BLANK}|[>|])*(?:[-_=*~]{{2,}}{_BLANK}*)?(?:"
    r"(?:begin |start of )?forwarded (?:message|mail|e-?mail)(?: from .{1,200}?)?:?|original (?:e-?mail|message):?"
    r"|forwarded by .{1,200}?|(?:以下、?)?転送(?:された|する|元の?)?(?:メッセージ|メール)(?:です)?[:：]?"
    r"|元の(?:メッセージ|メール)[:：]?|オリジナル(?:の)?(?:メッセージ|メール)|以下(?:は)?、?転送.{0,12}|転送者.{1,200}?"
    r"|weitergeleitete nachricht:?|ursprüngliche nachricht|message transféré:?|message d['’]origine"
    r"|mensaje (?:reenviado|original)|mensagem (?:encaminhada|original)|messaggio (?:inoltrato|originale)"
    r"|doorgestuurd bericht|oorspronkelijk bericht|转发的?邮件|原始邮件|轉寄郵件|전달된 메시지|원본 메시지|원본 메일"
    rf"){_BLANK}*(?:[-_=*~]{{2,}})?{_BLANK}*\r?$"
)
_TAG = re.compile(r"<!--|<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,20})([^<>]{0,9000})>")
_BREAKS = frozenset(
    "address article blockquote body br center dd div dl dt fieldset footer h1 h2 h3 h4 h5 h6 header hr html li ol p pre "
    "section table tbody thead tr ul".split()
)
_BOX = re.compile(r"[^\s<>\[\]()\"',;:@]{1,64}@[^\s<>\[\]()\"',;:@]{1,253}")
_ENCLOSED = re.compile(r"[<\[(]{1,2}\s?(?:mailto:)?([^\s<>\[\]()\"',;:@]{1,64}@[^\s<>\[\]()\"',;:@]{1,253})")
_MAILTO = re.compile(r"<mailto:[^<>\s]{1,320}>|\[mailto:([^\[\]\s]{1,320})\]")
_WIDE = str.maketrans("＜＞＠［］", "<>@[]")
_HEAD_LINES = 16
_LONGEST = 2_000
_FOLDED_AT = 60
LOOK = 40_000
"""So many characters of a text are searched for a quoted header: nobody writes more above it."""
_MARKUP = 2_000_000
_STYLES = 200_000
_MARKERS = 20
_CANDIDATES = 40


class Quote(msgspec.Struct, frozen=True):
    """A quoted header in a text: where it starts, the line that announces it included; where its last field ends.

    `fields` maps "from", "date" ... to what was copied, `mark` is what stands before each line (">"), if anything does.
    """

    start: int
    end: int
    fields: dict[str, str]
    mark: str = ""

    def below(self, text: str) -> str:
        """The quoted text: all that follows the quoted header, without the marks of quoting."""
        rest = text[self.end :]
        if not self.mark:
            return rest
        return "\n".join(line[1:].removeprefix(" ") if line.startswith(">") else line for line in rest.split("\n"))


class Flat(msgspec.Struct, frozen=True):
    """Markup as lines of text. `starts` are where its pieces start in `text`, `spans` where these stand in the markup.

    `kept` is what holds for all of the page: its styles, and the base of its links.
    """

    text: str
    starts: list[int]
    spans: list[tuple[int, int]]
    kept: str = ""

    def before(self, position: int) -> int:
        """Where in the markup the piece with this character of the text starts."""
        return self._piece(position)[0]

    def behind(self, position: int) -> int:
        """Where in the markup the piece that holds the character before this one ends."""
        return self._piece(position - 1)[1]

    def _piece(self, position: int) -> tuple[int, int]:
        return self.spans[max(bisect_right(self.starts, max(position, 0)) - 1, 0)] if self.spans else (0, 0)


def find(text: str, *, unmarked: bool) -> Quote | None:
    """The first quoted header: below a line that announces it, or with `unmarked` also where it stands alone."""
    text = text[:LOOK]
    for number, marker in enumerate(_MARKER.finditer(text)):
        if number >= _MARKERS:
            break
        after = text.find("\n", marker.end())
        if after >= 0 and (found := _fields(text, _visible(text, marker.start()), after + 1, enough=2)):
            return found
    if not unmarked:
        return None
    for number, label in enumerate(_FIRST.finditer(text)):
        if number >= _CANDIDATES:
            break
        if found := _fields(text, _visible(text, label.start()), label.start(), enough=3):
            return found
    return None


def _visible(text: str, position: int) -> int:
    """The first character from there on that is no blank: in markup, blanks belong to what stands before."""
    while position < len(text) - 1 and text[position].isspace():
        position += 1
    return position


def flatten(markup: str) -> Flat:
    """The text of the markup's beginning, with the way back: one pass."""
    pieces: list[str] = []
    starts: list[int] = []
    spans: list[tuple[int, int]] = []
    kept: list[str] = []
    length = position = 0
    skip = ""
    markup = markup[:_MARKUP]
    while length < LOOK + 10_000:
        tag = _TAG.search(markup, position)
        end = tag.start() if tag else len(markup)
        if end > position and not skip:
            piece = html.unescape(markup[position:end]).replace("\r", " ").replace("\n", " ")
            starts.append(length)
            spans.append((position, end))
            pieces.append(piece)
            length += len(piece)
        if tag is None:
            break
        if tag.group(2) is None:
            closing = markup.find("-->", tag.end())
            position = closing + 3 if closing >= 0 else len(markup)
            continue
        name = tag.group(2).lower()
        if skip:
            if name == skip and tag.group(1):
                kept.extend([markup[position : tag.end()]] if skip == "style" else [])
                skip = ""
        elif name in ("style", "script", "title") and not tag.group(1):
            skip = name
            kept.extend([tag.group()] if name == "style" else [])
        elif name == "base":
            kept.append(tag.group())
        elif name in _BREAKS:
            pieces.append("\n")
            length += 1
        position = tag.end()
    return Flat("".join(pieces), starts, spans, "".join(kept)[:_STYLES])


def in_markup(markup: str, *, unmarked: bool) -> tuple[Quote, str, str] | None:
    """The quoted header in markup, the markup above it, and that below, with the styles that hold for it."""
    flat = flatten(markup)
    quote = find(flat.text, unmarked=unmarked)
    if quote is None:
        return None
    return quote, markup[: flat.before(quote.start)], flat.kept + markup[flat.behind(quote.end) :]


def write(fields: dict[str, str], texts: Iterable[tuple[str, str]], files: list[bytes], boundary: str) -> bytes:
    """The quoted mail as a mail: the fields that were copied, its text ("plain", "html"), the files that came with it.

    `files` are whole parts (RFC 2046), their headers included; `boundary` must not stand in them.
    """
    head = "".join(f"{key.title()}: {_value(key, value)}\r\n" for key, value in fields.items())
    inner = f"{boundary}a"
    alternatives = "".join(
        f"--{inner}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        f"{base64.encodebytes(content.encode('utf-8', 'replace')).decode('ascii')}\r\n"
        for kind, content in texts
    )
    body = f'Content-Type: multipart/alternative; boundary="{inner}"\r\n\r\n{alternatives}--{inner}--\r\n'
    top = f"{head}MIME-Version: 1.0\r\n"
    if not files:
        return f"{top}{body}".encode("utf-8", "replace")
    outer = f"{boundary}b"
    opening = f'{top}Content-Type: multipart/mixed; boundary="{outer}"\r\n\r\n--{outer}\r\n{body}'
    rest = b"".join(b"--" + outer.encode() + b"\r\n" + file + b"\r\n" for file in files)
    return opening.encode("utf-8", "replace") + rest + f"--{outer}--\r\n".encode()


# -- the fields


def _fields(text: str, start: int, at: int, *, enough: int) -> Quote | None:
    """Read the lines from `at` on: fields, what goes on in the next line, empty lines among them."""
    fields: dict[str, str] = {}
    last, end, below, mark, empty, above = "", at, False, "", 0, ""
    for _ in range(_HEAD_LINES):
        if at >= len(text):
            break
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        line = text[at : min(stop, at + _LONGEST)].rstrip("\r")
        match = _LABEL.match(line)
        if match:
            key = _KEYS[match.group(1).lower()]
            if key in fields:
                break
            fields[key], last, end, empty = match.group(2), key, stop, 0
            mark = mark or (">" if line.lstrip().startswith(">") else "")
        elif line.strip(" \t>|-_=*~\u00a0\u3000\u200b"):
            if last and not empty and not fields[last] and (below or last == "from"):
                fields[last], end, below = line.lstrip(" \t>*").rstrip(" \t*"), stop, True
            elif last and not empty and _goes_on(line, above, text[stop + 1 : stop + 200]):
                fields[last], end = f"{fields[last]} {line.lstrip(' >').rstrip()}", stop
            else:
                break
        elif last:
            empty += 1
            if empty > 2 or ("subject" in fields and "to" in fields and "from" in fields and "date" in fields):
                break
        above, at = line, stop + 1
    complete = len(fields) >= enough and ("subject" in fields or "date" in fields)
    return Quote(start, min(end, len(text)), fields, mark) if complete and fields.get("from") else None


def _goes_on(line: str, above: str, after: str) -> bool:
    """Whether a line goes on the field above it: that one is long, and a field or an empty line follows."""
    following = after.partition("\n")[0]
    return len(above) >= _FOLDED_AT and len(line) < 200 and bool(_LABEL.match(following) or not following.strip(" >\r"))


def _value(key: str, value: str) -> str:
    value = " ".join(value.split())[:_LONGEST]
    if key == "from":
        return _mailbox(value)
    if key in ("to", "cc", "reply-to"):
        return _MAILTO.sub(lambda match: f"<{match.group(1)}>" if match.group(1) else "", value)
    return value


def _mailbox(value: str) -> str:
    """`Name [mailto:a@b]`, `Name <a@b<mailto:a@b>>`, `"Name" a@b` as RFC 5322 writes it; a name alone stays one."""
    value = value.translate(_WIDE)
    enclosed = list(_ENCLOSED.finditer(value))
    if enclosed:
        address = enclosed[-1].group(1)
        first = next(match for match in enclosed if match.group(1) == address)
        name = value[: first.start()]
    elif boxes := list(_BOX.finditer(value)):
        address, name = boxes[-1].group(), value[: boxes[-1].start()]
    else:
        return '"' + value.strip("\"'* ").replace("\\", "").replace('"', "") + '"'
    name = name.rpartition("on behalf of")[2].rpartition("代理")[2]
    name = name.strip("\"'*;, <[(").removeprefix("mailto:").replace("\\", "").replace('"', "")
    return f'"{name}" <{address}>' if name else f"<{address}>"
