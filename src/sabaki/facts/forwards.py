"""A mail passed on to be looked at: which is the original, who passed it on, and why the one is taken and not the other.

Whoever passes a mail on is a reporter and no suspect. But the mail around may itself be the attack, with something harmless
attached to draw the eye: so the pipeline takes the original only where nothing speaks against the mail around it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator

import msgspec
import re2

from sabaki.mail.sniff import looks_like_mail
from sabaki.model.case import Body, Case
from sabaki.model.message import Message, Part

_FORWARDED = re.compile(r"(?i)^\s*(?:\[[^\]]{1,40}\]\s*)*(?:fwd?|wg|tr|enc|rv|转发|轉寄|転送)\s*(?:\[\d+\])?\s*[:：]")
_MARKER = re2.compile(
    r"(?im)^[ \t>]*(?:[-_=*]{2,}[ \t]*)?(?:"
    r"(?:begin )?forwarded message:?|forwarded mail|original message|転送(?:された)?メッセージ[:：]?|転送メール|元のメッセージ|オリジナルメッセージ|以下(?:は)?、?転送.{0,12}"
    r"|weitergeleitete nachricht|ursprüngliche nachricht|message transféré|message d'origine|转发的邮件|原始邮件"
    r")[ \t]*(?:[-_=*]{2,})?[ \t]*$"
)
_LABELS = {
    "from": "from|差出人|送信者|送信元|von|de|发件人|寄件者",
    "to": "to|宛先|宛て先|受信者|an|à|para|收件人|收件者",
    "cc": "cc|ＣＣ|kopie",
    "date": "date|sent|日付|日時|送信日時|送信日|datum|gesendet|envoyé|fecha|发送时间|日期",
    "subject": "subject|件名|題名|betreff|objet|asunto|主题|主旨",
    "reply-to": "reply-to|返信先",
}
_LABEL = re2.compile(r"(?i)^[ \t>*]*(" + "|".join(_LABELS.values()) + r")[ \t*]*[:：][ \t*]*(.*?)[ \t*]*$")
_KEYS = {word: key for key, words in _LABELS.items() for word in words.split("|")}
_DESK = re2.compile(
    r"(?i)^(?:.*[._+-])?(?:abuse|phish(?:ing)?|report(?:s|ing)?|spam|junk|security|infosec|secops|soc|csirt|cert|psirt|postmaster|"
    r"meiwaku|fishing|incident|suspicious|dfir|helpdesk|mailadmin|sysadmin)(?:[._+-].*)?$"
)
_BOUNDARY = "=_sabaki_quoted"
_HEAD_LINES = 14
_LOOK = 40_000
_ENOUGH = 3
_MAIL_NAMES = (".eml", ".msg", ".mht")
_NOT_PASSED_ON = ("delivery-status", "disposition-notification")


class Original(msgspec.Struct, frozen=True):
    """The mail inside, and the mail around it without it (`around`).

    `kind` is "mail" (attached as it was) or "quoted" (its text stands in the body, its header is what the reporter's
    program copied of it). `place` says where it stood, `others` how many more mails are attached.
    """

    kind: str
    raw: bytes
    around: Message
    place: str
    reason: str
    reason_ja: str
    others: int = 0


def possible(message: Message) -> bool:
    """Whether it is worth a look: a mail is attached, the subject says forwarded, or the recipient takes reports."""
    subject, to = message.first("subject"), message.first("to")
    if subject is not None and says_forward(subject.value):
        return True
    if to is not None and any(_DESK.match(piece.partition("@")[0].strip(' <>"')) for piece in to.value[:2_000].split()):
        return True
    return next(_mails(message), None) is not None


def find(message: Message, case: Case, convert: Callable[[bytes, str], bytes | None]) -> Original | None:
    """The mail that this one passes on, if it does. `convert` turns an Outlook message into a mail.

    What may be one: an abuse report (RFC 5965), an attached mail where the mail around says that it forwards, comes from
    a colleague or goes to a desk that takes reports, or where the inner one has been through servers; and a mail quoted
    in the text below a "forwarded message" line, from a colleague or to such a desk.
    """
    kind = _report_type(message)
    if kind in _NOT_PASSED_ON or message.parts[0].content_type == "multipart/digest":
        return None
    return _attached(message, case, kind == "feedback-report", convert) or _quoted(message, case)


def _report_type(message: Message) -> str:
    root = message.parts[0]
    return root.parameters.get("report-type", "").lower() if root.content_type == "multipart/report" else ""


def _who(case: Case) -> tuple[str, str] | None:
    """Why the sender of the mail around counts as a reporter, by what the mail says; None where nothing does."""
    author = case.author
    boxes = (*case.recipients.to, *case.recipients.delivered_to)
    if any(_DESK.match(box.local) for box in boxes):
        return "it went to a desk that takes reports", "報告を受け付ける窓口に届いたメールであり"
    if author is None:
        return None
    named = [domain for domain in case.vantage.own_domains if _under(author.domain, domain)]
    if named or any(author.domain and author.domain == box.domain for box in boxes[:5]):
        return "it came from a colleague of the recipient", "受信者と同じ組織の人からのメールであり"
    return None


def _under(domain: str, own: str) -> bool:
    return domain == own or domain.endswith(f".{own}")


def says_forward(subject: str) -> bool:
    """Whether a subject says that the mail was passed on ("Fwd:", "転送:")."""
    return bool(_FORWARDED.match(subject[:200]))


# -- attached


def _attached(
    message: Message, case: Case, is_report: bool, convert: Callable[[bytes, str], bytes | None]
) -> Original | None:
    holders = list(_mails(message))
    if not holders:
        return None
    part = holders[0]
    raw = _bytes_of(message, part, convert)
    if raw is None:
        return None
    why = _why_attached(case, is_report, raw)
    if why is None:
        return None
    return Original(
        "mail",
        raw,
        _without(message, [holder.path for holder in holders]),
        f"part {part.path}",
        f"{why[0]}: the mail attached to it was dissected",
        f"{why[1]}、添付されていたメールを解析しました",
        len(holders) - 1,
    )


def _why_attached(case: Case, is_report: bool, raw: bytes) -> tuple[str, str] | None:
    if is_report:
        return "the mail is an abuse report (RFC 5965)", "迷惑メールの通報（RFC 5965）であり"
    if who := _who(case):
        return who
    if says_forward(case.subject.text):
        return "its subject says that it was forwarded", "件名から転送されたメールと分かり"
    if b"\nreceived:" in b"\n" + raw[:64_000].lower():
        return "the mail attached has been through servers of its own", "添付のメールに独自の配送経路が残っており"
    return None


def _mails(message: Message) -> Iterator[Part]:
    """Attached mails, not those inside them."""
    inside: list[str] = []
    for part in message.parts[1:]:
        if any(part.path.startswith(f"{path}.") for path in inside):
            continue
        is_mail = part.content_type in ("message/rfc822", "message/global", "application/vnd.ms-outlook")
        headers = part.content_type == "text/rfc822-headers"
        if is_mail or headers or part.filename.lower().endswith(_MAIL_NAMES):
            inside.append(part.path)
            yield part


def _bytes_of(message: Message, part: Part, convert: Callable[[bytes, str], bytes | None]) -> bytes | None:
    content = message.contents.get(part.path)
    if content is None:
        content = message.raw[part.body.start : part.body.end]
    if looks_like_mail(content):
        return content
    return convert(content, part.filename)


def _without(message: Message, paths: list[str]) -> Message:
    gone = tuple(f"{path}." for path in paths)
    parts = tuple(
        msgspec.structs.replace(part, children=tuple(child for child in part.children if child not in paths))
        for part in message.parts
        if part.path not in paths and not part.path.startswith(gone)
    )
    left = {part.path for part in parts}
    contents = {path: content for path, content in message.contents.items() if path in left}
    return msgspec.structs.replace(message, parts=parts, contents=contents)


# -- quoted


def _quoted(message: Message, case: Case) -> Original | None:
    who = _who(case)
    body = next((body for body in case.bodies if body.shown and body.text), None)
    if who is None or body is None:
        return None
    found = _head(body.text[:_LOOK], says_forward(case.subject.text))
    if found is None:
        return None
    start, end, copied = found
    markup = next((other for other in case.bodies if other.shown and other.kind == "html"), None)
    raw = _written(copied, body.text[end:], message, markup)
    return Original(
        "quoted",
        raw,
        _only_text(message, body.text[:start]),
        f"part {body.part or '1'}",
        f"{who[0]}, and it quotes a mail below a line that says so: the quoted mail was dissected. "
        "Its header is what the reporter's program copied; the rest of it is lost",
        f"{who[1]}、転送を示す行の下に元のメールが引用されているため、引用されたメールを解析しました。"
        "ヘッダーは転送時に写された分しか残っていません",
    )


def _head(text: str, forwards: bool) -> tuple[int, int, dict[str, str]] | None:
    """Where the quoted header starts (its marker included) and ends, and its fields."""
    for marker in _MARKER.finditer(text):
        found = _fields(text, marker.end())
        if found:
            return marker.start(), *found
    if forwards:
        for match in re.finditer(r"(?im)^[ \t>*]*(?:from|差出人|送信者|von|de|发件人)[ \t*]*[:：]", text):
            found = _fields(text, match.start())
            if found:
                return match.start(), *found
    return None


def _fields(text: str, start: int) -> tuple[int, dict[str, str]] | None:
    fields: dict[str, str] = {}
    position = start
    for _ in range(_HEAD_LINES):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        line = text[position:end]
        match = _LABEL.match(line[:2_000])
        if match:
            fields.setdefault(_KEYS[match.group(1).lower()], match.group(2))
        elif line.strip(" \t>-_=*") and fields:
            break
        position = end + 1
        if end == len(text):
            break
    enough = len(fields) >= _ENOUGH and "from" in fields
    return (min(position, len(text)), fields) if enough else None


def _written(fields: dict[str, str], text: str, message: Message, markup: Body | None) -> bytes:
    """The quoted mail as a mail: the header fields that were copied, and the text; its HTML too, where there is some."""
    head = "".join(f"{key.title()}: {' '.join(value.split())}\r\n" for key, value in fields.items())
    texts = [("plain", text)]
    page = message.contents.get(markup.part) if markup else None
    if page is not None and markup is not None:
        texts.append(("html", _decoded(page, markup.charset)))
    parts = "".join(
        f"--{_BOUNDARY}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        f"{base64.encodebytes(content.encode('utf-8', 'replace')).decode('ascii')}\r\n"
        for kind, content in texts
    )
    structure = f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{_BOUNDARY}"\r\n\r\n'
    return f"{head}{structure}{parts}--{_BOUNDARY}--\r\n".encode("utf-8", "replace")


def _decoded(page: bytes, charset: str) -> str:
    try:
        return page.decode(charset or "utf-8", "replace")
    except LookupError:
        return page.decode("utf-8", "replace")


def _only_text(message: Message, text: str) -> Message:
    """The mail around, with no more than the reporter's own words."""
    root = msgspec.structs.replace(
        message.parts[0], content_type="text/plain", parameters={"charset": "utf-8"}, children=(), size=len(text)
    )
    return msgspec.structs.replace(message, parts=(root,), contents={"": text.encode("utf-8", "surrogateescape")})
