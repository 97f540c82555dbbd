"""A mail passed on to be looked at: which is the original, who passed it on, and why the one is taken and not the other.

Whoever passes a mail on is a reporter and no suspect. But the mail around may itself be the attack, with something harmless
attached to draw the eye: so the pipeline takes the original only where nothing speaks against the mail around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec
import re2

from sabaki.facts import freemail, identity, quoting
from sabaki.mail import message as mail
from sabaki.mail import pasted
from sabaki.mail.limits import Budget
from sabaki.mail.sniff import looks_like_mail
from sabaki.model.case import Body, Case
from sabaki.model.evidence import Grade
from sabaki.model.message import Field, Message, Part

_TAGGED = r"(?i)^\s*(?:[\[【(][^\]】)]{1,40}[\]】)]\s*)*"
_FORWARDED = re.compile(_TAGGED + r"\[?(?:fwd?|wg|tr|enc|rv|doorst|vs|转发|轉寄|転送|전달)\s*(?:\[\d+\])?\s*[:：]")
_REPLIED = re.compile(_TAGGED + r"(?:re|aw|sv|antw|返信|回复|回覆|답장)\s*(?:[\[(]?\d+[\])]?)?\s*[:：]")
_REPORTED = re.compile(
    r"(?i)^\s*(?:[123]\|<|(?:phishing|junk|not junk|potential phish(?:ing)?|spam)\s*:|\[\s?(?:phish|spam|suspicious)[^\]]{0,40}\])"
    r"|(?:phish(?:ing)?|suspicious|spam|scam|malicious|fraudulent) (?:e-?mail|mail|message)|(?:report|reported)(?:ing)? (?:a )?(?:phish|spam)"
    r"|phish(?:ing)? (?:report|alert)|(?:不審|怪し|あやし|迷惑|詐欺|フィッシング|なりすまし|標的型|スパム).{0,12}(?:メール|報告|通報|相談|連絡|届|確認)"
)
_DESKS = (
    "abuse|phish(?:ing)?|report(?:s|ing)?|reportphishing|spam|junk|security|infosec|secops|soc|csirt|cert|psirt|postmaster|meiwaku|"
    "fishing|incident|suspicious|dfir|helpdesk|mailadmin|sysadmin"
)
_DESK = re2.compile(rf"(?i)^(?:.*[._+-])?(?:{_DESKS})(?:[._+-].*)?$")
_TO_DESK = re2.compile(rf"(?i)(?:^|[\s<\"',;._+-])(?:{_DESKS})(?:[._+-][^\s@]{{0,60}})?@")
_MODERATOR = re2.compile(r"(?i)^.{1,60}-(?:owner|admin|moderators?|request)$")
_SIGNS_OF_BOUNCE = ("message/delivery-status", "message/disposition-notification", "message/global-delivery-status")
_BOUNCES = ("delivery-status", "disposition-notification")
_MAILERS = re2.compile(r"(?i)(?:^|[<\s])(?:mailer-daemon|postmaster|mail-daemon|double-bounce)@")
_MAIL_TYPES = ("message/rfc822", "message/global", "application/vnd.ms-outlook", "text/rfc822-headers")
_MAIL_NAMES = (".eml", ".msg", ".mht")
_ENCLOSING = ("message/rfc822", "message/global", "message/news", "multipart/digest")
MOST = 8
"""So many of the mails attached are looked at."""
_FILES = 100
_RECEIVED = re.compile(rb"(?im)^received:")
_LOOK = 64_000

Convert = Callable[[bytes, str], bytes | None]
_Why = tuple[str, str]


class Original(msgspec.Struct, frozen=True):
    """The mail inside, and the mail around it without it (`around`).

    `kind` is "mail" (attached as it was), "pasted" (header and all stand in the body) or "quoted" (its text stands in the
    body, its header is what the reporter's program copied of it). `place` says where it stood, `others` are more mails
    that are attached, each with its place. `around` holds what else there is, attached mails that are not among these too.
    """

    kind: str
    raw: bytes
    around: Message
    place: str
    reason: str
    reason_ja: str
    others: tuple[tuple[bytes, str], ...] = ()


def possible(message: Message) -> bool:
    """Whether it is worth a look: a mail is attached, the subject says forwarded or reported, or it went to a desk."""
    subject, to = message.first("subject"), message.first("to")
    if subject is not None and (says_forward(subject.value) or says_report(subject.value)):
        return True
    if to is not None and "@" in to.value and _TO_DESK.search(to.value[:2_000]):
        return True
    return len(message.parts) > 1 and next(_mails(message), None) is not None


def find(message: Message, case: Case, convert: Convert, most: int = MOST) -> Original | None:
    """The mail that this one passes on, if it does. `convert` turns an Outlook message into a mail;
    of several attached no more than `most` are looked at.

    What may be one: an abuse report (RFC 5965); an attached mail where the mail around says that it forwards or reports,
    comes from a colleague, goes to a desk that takes reports or to a list's moderators, or where the inner one had been
    delivered to whoever sends it on; a mail pasted or quoted in the text, from a colleague or to such a desk. What never
    is: a bounce or a receipt (RFC 3464, RFC 8098), a digest (RFC 2046 section 5.1.5), a reply.
    """
    kind = _report_type(message)
    if kind != "feedback-report" and (_is_bounce(message, kind) or message.parts[0].content_type == "multipart/digest"):
        return None
    who = _who(case)
    quoted = _in_text(message, case, who)
    attached = _attached(message, case, kind == "feedback-report", who, convert, most)
    if quoted and attached and quoted.kind == "quoted" and _subject(quoted.raw) not in ("", _subject(attached.raw)):
        # The quoted mail is the one passed on, and the mail attached came with it.
        return _unnamed(quoted)
    chosen = attached or quoted
    return _unnamed(chosen) if chosen else None


def says_forward(subject: str) -> bool:
    """Whether a subject says that the mail was passed on ("Fwd:", "転送:")."""
    return bool(_FORWARDED.match(subject[:200]))


def says_report(subject: str) -> bool:
    """Whether a subject says that a mail is reported ("[Phish Alert]", 「不審なメールの報告」); a reply to such a one does not."""
    return bool(_REPORTED.search(subject[:200])) and not _REPLIED.match(subject[:200])


def _report_type(message: Message) -> str:
    root = message.parts[0]
    return root.parameters.get("report-type", "").lower() if root.content_type == "multipart/report" else ""


def _is_bounce(message: Message, kind: str) -> bool:
    """Whether a mail system wrote it: a bounce may carry anything, and nobody passed that on."""
    if kind in _BOUNCES or message.first("x-failed-recipients"):
        return True
    if any(part.content_type in _SIGNS_OF_BOUNCE for part in _outside(message)):
        return True
    author, path = message.first("from"), message.first("return-path")
    return (
        author is not None
        and path is not None
        and path.value in ("", "<>")
        and bool(_MAILERS.search(author.value[:2_000]))
    )


def _who(case: Case) -> _Why | None:
    """Why the sender of the mail around counts as a reporter, by what the mail says; None where nothing does."""
    author = case.author
    boxes = (*case.recipients.to, *case.recipients.delivered_to)
    if any(_DESK.match(box.local) for box in boxes):
        return "it went to a desk that takes reports", "報告を受け付ける窓口に届いたメールであり"
    if author is None or not author.domain or author.domain in freemail.domains() or _is_forged(case):
        return None
    named = any(identity.under(author.domain, domain) for domain in case.vantage.own_domains)
    if named or any(author.domain == box.domain and author.address != box.address for box in boxes[:5]):
        return "it came from a colleague of the recipient", "受信者と同じ組織の人からのメールであり"
    return None


def _is_forged(case: Case) -> bool:
    """Whether somebody outside wrote a colleague's address into From, by what our servers found."""
    if identity.vouched(case):
        return False
    failed = any(
        result.result == "fail"
        and result.method in ("dmarc", "compauth", "spf")
        and result.grade is not Grade.SELF_DECLARED
        for result in case.authentication
    )
    outside = bool(case.vantage.own_domains and case.trust.basis == "named" and case.origin.ip)
    return failed or (outside and not identity.from_inside(case))


# -- attached


def _attached(
    message: Message, case: Case, is_report: bool, who: _Why | None, convert: Convert, most: int
) -> Original | None:
    if _REPLIED.match(case.subject.text[:200]) and not is_report and not _to_desk(case):
        return None
    found: list[tuple[bytes, Part]] = []
    count = 0
    for part in _mails(message):
        count += 1
        if count <= most and (raw := _bytes_of(message, part, convert)) is not None:
            found.append((raw, part))
    if not found:
        return None
    why = _why_attached(case, is_report, who, *found[0])
    if why is None:
        return None
    several = several_ja = ""
    if count > 1:
        several = f" (of the {count} attached, the one that more speaks against)"
        several_ja = f"（添付された{count}通のうち、疑わしい点が最も多いもの）"
    return Original(
        "mail",
        found[0][0],
        _without(message, {part.path for _, part in found}),
        f"part {found[0][1].path}",
        f"{why[0]}: the mail attached to it was dissected{several}",
        f"{why[1]}、添付されていたメール{several_ja}を解析しました",
        tuple((raw, f"part {part.path}") for raw, part in found[1:]),
    )


def _to_desk(case: Case) -> bool:
    return any(_DESK.match(box.local) for box in (*case.recipients.to, *case.recipients.delivered_to))


def _why_attached(case: Case, is_report: bool, who: _Why | None, raw: bytes, part: Part) -> _Why | None:
    if is_report:
        return "the mail is an abuse report (RFC 5965)", "迷惑メールの通報（RFC 5965）であり"
    if part.parameters.get("x-spam-type") == "original":
        return "a spam filter put the mail into one of its own", "迷惑メールフィルターが元のメールを包んだものであり"
    if who:
        return who
    if any(_MODERATOR.match(box.local) for box in case.recipients.to):
        return "it asks a mailing list's moderators about a mail", "メーリングリストの管理者に承認を求めるメールであり"
    if says_forward(case.subject.text):
        return "its subject says that it was forwarded", "件名から転送されたメールと分かり"
    if says_report(case.subject.text):
        return "its subject says that it reports a mail", "件名から不審なメールの報告と分かり"
    head = raw[:_LOOK]
    address = case.author.address.lower().encode("utf-8", "replace") if case.author else b""
    if len(address) > 5 and _RECEIVED.search(head) and address in head.partition(b"\n\n")[0].lower():
        return (
            "the mail attached had been delivered to whoever sends it on",
            "添付のメールは、送ってきた人に届いたもので",
        )
    return None


def _mails(message: Message) -> Iterator[Part]:
    """Attached mails, not those inside them nor in a digest."""
    for part in _outside(message):
        if part.path and part.content_type != "multipart/digest" and _is_mail(part):
            yield part


def _is_mail(part: Part) -> bool:
    return part.content_type in _MAIL_TYPES or part.filename.lower().endswith(_MAIL_NAMES)


def _outside(message: Message) -> Iterator[Part]:
    """The mail's own parts: attached mails and digests too, but not what is inside these."""
    inside = "\0"
    for part in message.parts:
        # Parts come in reading order: what is inside the last one follows it.
        if part.path.startswith(inside):
            continue
        if part.path and part.content_type in _ENCLOSING:
            inside = f"{part.path}."
        yield part


def _bytes_of(message: Message, part: Part, convert: Convert) -> bytes | None:
    content = message.contents.get(part.path)
    if content is None:
        content = message.raw[part.body.start : part.body.end]
    return content if looks_like_mail(content) else convert(content, part.filename)


def _without(message: Message, paths: set[str]) -> Message:
    """The mail without these parts and all that is inside them."""
    gone: set[str] = set()
    parts: list[Part] = []
    inside = "\0"
    for part in message.parts:
        if part.path in paths or part.path.startswith(inside):
            inside = f"{part.path}." if part.path in paths else inside
            gone.add(part.path)
        else:
            parts.append(part)
    return msgspec.structs.replace(
        message,
        parts=tuple(
            msgspec.structs.replace(part, children=tuple(child for child in part.children if child not in gone))
            if part.children
            else part
            for part in parts
        ),
        contents={path: content for path, content in message.contents.items() if path not in gone},
        defects=tuple(defect for defect in message.defects if not (defect.location and defect.location.part in gone)),
    )


def _subject(raw: bytes) -> str:
    """A mail's subject without blanks, for comparison."""
    field = mail.read(raw[:_LOOK], Budget()).first("subject")
    return "".join(field.value.split()) if field else ""


def _unnamed(original: Original) -> Original:
    """The mail around does not speak by the subject that it took over from the mail inside."""
    subject = _subject(original.raw)
    root = original.around.parts[0]
    if not subject or not any(_is_taken_over(field, subject) for field in root.fields):
        return original
    fields = tuple(
        msgspec.structs.replace(field, value="Fwd:", raw_value="Fwd:") if _is_taken_over(field, subject) else field
        for field in root.fields
    )
    parts = (msgspec.structs.replace(root, fields=fields), *original.around.parts[1:])
    return msgspec.structs.replace(original, around=msgspec.structs.replace(original.around, parts=parts))


def _is_taken_over(field: Field, subject: str) -> bool:
    return field.key == "subject" and "".join(field.value.split()).strip(")").endswith(subject.strip(")"))


# -- in the text


class _Cut(msgspec.Struct, frozen=True):
    """A body cut in two: `kind` "plain" or "html", what stands above the quoted mail, and what belongs to it."""

    part: str
    kind: str
    above: str
    below: str
    fields: dict[str, str] = {}


def _in_text(message: Message, case: Case, who: _Why | None) -> Original | None:
    subject = case.subject.text
    if who is None or _REPLIED.match(subject[:200]):
        return None
    unmarked = says_forward(subject) or says_report(subject)
    if not unmarked and not _to_desk(case):
        return None
    own = {part.path for part in _outside(message)}
    bodies = [body for body in case.bodies if not body.attached and body.part in own and body.part in message.contents]
    return _pasted(message, bodies, who) or _quoted(message, bodies, who, unmarked=unmarked)


def _pasted(message: Message, bodies: list[Body], who: _Why) -> Original | None:
    """A whole mail in the text, its way through the servers included."""
    for body in bodies:
        text = body.text if body.kind == "text" else quoting.flatten(_markup(message, body)).text
        octets = text[:2_000_000].encode("utf-8", "replace")
        found = pasted.find(octets)
        if found is None or not _RECEIVED.search(found.raw[:_LOOK]):
            continue
        above = octets[: found.start].decode("utf-8", "replace")
        cuts = [_Cut(body.part, "plain" if body.kind == "text" else "html", above, "")]
        return Original(
            "pasted",
            found.raw,
            _above(message, cuts, set()),
            f"part {body.part or '1'}",
            f"{who[0]}, and a mail is pasted into its text, header and all: the pasted mail was dissected",
            f"{who[1]}、本文にヘッダーごと貼り付けられたメールがあるため、貼り付けられたメールを解析しました",
        )
    return None


def _quoted(message: Message, bodies: list[Body], who: _Why, *, unmarked: bool) -> Original | None:
    """The mail quoted in the text that is shown; the other forms of that text (RFC 2046 section 5.1.4) are cut likewise."""
    shown = next((body for body in bodies if body.shown and body.text), None)
    quote = quoting.find(shown.text, unmarked=unmarked) if shown else None
    if shown is None or quote is None:
        return None
    cuts = [cut for body in bodies if (cut := _cut(message, body, unmarked))]
    cuts = [cut for cut in cuts if _alike(cut.fields, quote.fields)]
    if not any(cut.part == shown.part for cut in cuts):
        cuts.append(_Cut(shown.part, "html", shown.text[: quote.start], _markup(message, shown), quote.fields))
    files = _files(message, {body.part for body in bodies})
    fields = max((cut.fields for cut in cuts), key=lambda fields: sum(map(len, fields.values())))
    texts = [(cut.kind, cut.below) for cut in sorted(cuts, key=lambda cut: cut.kind, reverse=True)]
    raw = quoting.write(
        fields,
        texts,
        [message.raw[part.header.start : part.body.end] for part in files],
        f"=_{message.sha256[:40]}",
    )
    return Original(
        "quoted",
        raw,
        _above(message, cuts, {part.path for part in files}),
        f"part {shown.part or '1'}",
        f"{who[0]}, and it quotes a mail in its text: the quoted mail was dissected. "
        "Its header is what the reporter's program copied; the rest of it is lost",
        f"{who[1]}、本文に元のメールが引用されているため、引用されたメールを解析しました。"
        "ヘッダーは転送時に写された分しか残っていません",
    )


def _cut(message: Message, body: Body, unmarked: bool) -> _Cut | None:
    if body.kind == "text":
        quote = quoting.find(body.text, unmarked=unmarked)
        return (
            _Cut(body.part, "plain", body.text[: quote.start], quote.below(body.text), quote.fields) if quote else None
        )
    found = quoting.in_markup(_markup(message, body), unmarked=unmarked)
    return _Cut(body.part, "html", found[1], found[2], found[0].fields) if found else None


def _alike(first: dict[str, str], second: dict[str, str]) -> bool:
    """Whether two quoted headers are one: as far as blanks and line breaks let it be told."""
    return any(
        "".join(first.get(key, "").split())[:40] == "".join(second[key].split())[:40]
        for key in ("subject", "from")
        if key in second
    )


def _markup(message: Message, body: Body) -> str:
    content = message.contents[body.part]
    try:
        return content.decode(body.charset or "utf-8", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def _files(message: Message, texts: set[str]) -> list[Part]:
    """What came with the quoted mail: attachments, and pictures that its markup shows."""
    files = [part for part in _outside(message) if part.path and not part.children and part.path not in texts]
    files += [part for part in _outside(message) if part.children and part.content_type in _ENCLOSING and part.path]
    return [part for part in files if not part.content_type.startswith("multipart/")][:_FILES]


def _above(message: Message, cuts: list[_Cut], files: set[str]) -> Message:
    """The mail around, with no more of its text than what stands above the quoted mail, and without the files."""
    left = _without(message, files)
    above = {cut.part: cut for cut in cuts}
    parts = tuple(
        msgspec.structs.replace(
            part, parameters={**part.parameters, "charset": "utf-8"}, size=len(above[part.path].above)
        )
        if part.path in above
        else part
        for part in left.parts
    )
    contents = {
        path: above[path].above.encode("utf-8", "replace") if path in above else content
        for path, content in left.contents.items()
    }
    return msgspec.structs.replace(left, parts=parts, contents=contents)
