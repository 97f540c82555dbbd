"""Filters' marks on the mail, believed only where our own server wrote them.

A field that stands above the lowest attested Received field was added by ours and has that hop's grade; below it, S. The
subject is different: it is the sender's own field, and a mark at its head can have been put there by anyone on the way, the
sender included. It is inferred (I) where a trust line exists, and attested (A) only where a field of ours says the same.
"""

from __future__ import annotations

import re
import unicodedata

import re2
from msgspec.structs import replace

from sabaki.facts.trust import writer
from sabaki.model.case import Hop, Stamp, TrustLine
from sabaki.model.evidence import Grade
from sabaki.model.message import Field, Message

_HEAD = 120
_SHOWN = 80
_MOST = 40
_OPEN = r"[\[({<\x{3010}\x{300A}\x{3008}\x{3014}\x{300C}\x{300E}\x{226A}\x{00AB}*\x{2605}\x{2606}\x{25A0}\x{25CF}\x{25C6}#!?\x{203B}]{1,10}"
_CLOSE = r"[\])}>\x{3011}\x{300B}\x{3009}\x{3015}\x{300D}\x{300F}\x{226B}\x{00BB}*\x{2605}\x{2606}\x{25A0}\x{25CF}\x{25C6}#!?\x{203B}]{1,10}"
_ASIDE = (
    r"(?:suspect(?:ed)?|possibl[ey]|probabl[ey]|likely|maybe|detected|found|identified|e?mails?|messages?|warning|alert|"
    r"score|level|rate|meter|tag|low|medium|high|unsure|definite|as|の?疑い|の?可能性|あり|有り|判定|警告|注意|メール|らしき|と思われる|の?(?:おそれ|恐れ)|検[出知]|済み?|"
    r"[\s\d.,:;/%#?!+*|_-])*"
)
_SPAM = r"(?:spam|junk|bulk|ubm|ube|uce|massmail|meiwaku|迷惑メール|迷惑|スパム(?:メール)?)"
_HARM = r"(?:virus|malware|phishing|phish|scam|ウイルス|ウィルス|フィッシング|なりすまし|不審)"
_SUBJECT = re2.compile(rf"(?i)^\s*({_OPEN}\s*{_ASIDE}{_SPAM}(?:/{_SPAM})?{_ASIDE}\s*{_CLOSE})")
_LABEL_SUBJECT = re2.compile(r"^\s*(SPAM(?:-(?:LOW|MED|HIGH))?:)\s")
_HARM_SUBJECT = re2.compile(rf"(?i)^\s*([\[({{<*]{{1,10}}\s*{_ASIDE}{_HARM}{_ASIDE}\s*[\])}}>*]{{1,10}})")
"""Words for harm also stand in honest Japanese headings (【フィッシング】), so these take ASCII brackets only."""
_LIST_TAG = re2.compile(r"^\s*\[[^\[\]]{1,60}\]\s*")

_YES = frozenset(
    "yes true spam junk bulk phishing phish malware virus confirmed suspect suspected positive detected spamdetected".split()
)
_NO = frozenset("no false ham clean notspam innocent ok negative not_detected notdetected legit".split())
_SEGMENTS = frozenset(
    "spam junk antispam spamflag spamstate spamcheck spamstatus spamd rspamd bogosity dspam phishing".split()
)
_TEXTS = frozenset("report details checker version hits tests explanation relay message reason processed".split())
_MARKED = re.compile("spam|junk|bogosity|phishing|organization-scl|filteredbulk")
"""What a field's name holds at least; most fields are passed over by that."""
_SCORES = frozenset("score level bar stars points spamscore".split())
_ACTIONS = ("reject", "add header", "rewrite subject", "soft reject", "quarantine", "discard", "greylist")
_SPAM_VERDICTS = {"SPM": True, "SKS": True, "SKB": True, "BLK": True, "NSPM": False, "SKN": False, "SKI": False}
"""X-Forefront-Antispam-Report's SFV as Microsoft documents it; those left out say nothing about spam."""
_SCL_SPAM = 5


def _normalized(text: str) -> tuple[str, list[int]]:
    """The head of a subject with full-width forms made plain (NFKC), and where each character came from."""
    if text[:_HEAD].isascii():
        return text[:_HEAD], list(range(len(text[:_HEAD]) + 1))
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text[:_HEAD]):
        plain = unicodedata.normalize("NFKC", character)
        characters.append(plain)
        places.extend([place] * len(plain))
    places.append(min(len(text), _HEAD))
    return "".join(characters), places


def of_subject(text: str) -> str:
    """The filter's mark at the head of a subject, as written, or "". A mailing list's tags in front of it are looked past.

    A mark is a word for spam between brackets or stars, with nothing beside it but what filters put there (a score,
    "suspected", "の疑い").
    """
    head, places = _normalized(text)
    start = 0
    for _ in range(4):
        match = _SUBJECT.match(head[start:]) or _HARM_SUBJECT.match(head[start:]) or _LABEL_SUBJECT.match(head[start:])
        if match:
            return text[places[start + match.start(1)] : places[start + match.end(1) - 1] + 1]
        tag = _LIST_TAG.match(head[start:])
        if not tag:
            return ""
        start += tag.end()
    return ""


def find(message: Message, hops: tuple[Hop, ...], line: TrustLine) -> tuple[Stamp, ...]:
    """Every mark, the subject's first; each with the grade that its place in the header earns."""
    marks: list[Stamp] = []
    for field in message.fields:
        if not field.key.startswith("x-") or not _MARKED.search(field.key) or len(marks) >= _MOST:
            continue
        found = _of_field(field)
        if found:
            hop = writer(hops, field.index)
            grade = hop.grade if hop else Grade.SELF_DECLARED
            marks.extend(replace(mark, grade=grade, location=field.location) for mark in found)
    return (*_subject_marks(message, marks, line), *marks)


def _subject_marks(message: Message, marks: list[Stamp], line: TrustLine) -> list[Stamp]:
    field = message.first("subject")
    text = of_subject(field.value) if field else ""
    if not field or not text:
        return []
    agreed = any(mark.says_spam and mark.grade is Grade.ATTESTED for mark in marks)
    grade = Grade.SELF_DECLARED if line.basis == "none" else Grade.INFERRED
    grade = Grade.ATTESTED if agreed else grade
    return [Stamp("subject", text, says_spam=True, grade=grade, field_name=field.name, location=field.location)]


def _stamp(kind: str, text: str, says_spam: bool | None, field: Field) -> Stamp:
    return Stamp(kind, text[:_SHOWN], says_spam, Grade.SELF_DECLARED, field.name)


def _of_field(field: Field) -> list[Stamp]:
    key, value = field.key, field.value.strip()
    if not value:
        return []
    if key == "x-ms-exchange-organization-scl":
        return _scl(value, field)
    if key == "x-forefront-antispam-report":
        return _forefront(value, field)
    if key == "x-microsoft-antispam":
        bulk = _pairs(value).get("BCL", "")
        return [_stamp("score", f"BCL {bulk}", None, field)] if bulk.isdecimal() and bulk != "0" else []
    if key == "x-proofpoint-spam-details":
        rule = next((word[5:] for word in value.split()[:5] if word.startswith("rule=")), "")
        says = {"spam": True, "phish": True, "malware": True, "bulk": True, "notspam": False}.get(rule)
        return [_stamp("flag", f"rule={rule}", says, field)] if rule else []
    if key == "x-yahoofilteredbulk":  # the field is there only when the filter took it for bulk
        return [_stamp("flag", value, says_spam=True, field=field)]
    if key == "x-spamd-result" or key.endswith("-action"):
        return _action(key, value, field)
    return _general(key, value, field)


def _general(key: str, value: str, field: Field) -> list[Stamp]:
    """By the shape of the name, which is much the same with all filters: X-Spam-Flag, X-Junk-Score, X-CTCH-Spam ..."""
    segments = key.split("-")
    about_spam = any(segment in _SEGMENTS or segment.endswith("spamcheck") for segment in segments)
    if (not about_spam and "spam" not in segments[-1]) or _TEXTS.intersection(segments):
        return []
    says = _says(value)
    if segments[-1] in _SCORES:
        number = value[0] in "+*/." or value.lstrip("-+").startswith(tuple("0123456789"))
        return [_stamp("score", value, None, field)] if number else []
    return [] if says is None else [_stamp("flag", value, says, field)]


def _says(value: str) -> bool | None:
    """Whether a flag says spam, by its first word."""
    head = unicodedata.normalize("NFKC", value[:_SHOWN]).lower()
    words = "".join(character if character.isalnum() or character == "_" else " " for character in head).split()
    if not words:
        return None
    first = words[0]
    if first == "not" and len(words) > 1:
        return False if words[1] in _YES else None
    if first in _YES:
        return True
    return False if first in _NO else None


def _action(key: str, value: str, field: Field) -> list[Stamp]:
    """rspamd's `default: True [16.40 / 15.00]; ...` and its action; others' actions say by name what they are for."""
    lowered = value[:_SHOWN].lower()
    if key == "x-spamd-result":
        says = True if ": true" in lowered else False if ": false" in lowered else None
        return [_stamp("action", value.partition(";")[0], says, field)]
    if "spam" not in key:
        return []
    says = _says(value)
    if lowered.startswith(_ACTIONS):
        says = not lowered.startswith("greylist") or None
    elif lowered.startswith("no action"):
        says = False
    return [_stamp("action", value, says, field)]


def _scl(value: str, field: Field) -> list[Stamp]:
    """The spam confidence level: -1 to 9, spam from 5."""
    level = value.strip().partition(" ")[0]
    if not level.lstrip("-").isdecimal() or len(level) > 3:
        return []
    return [_stamp("scl", f"SCL {level}", int(level) >= _SCL_SPAM, field)]


def _pairs(value: str) -> dict[str, str]:
    return {
        name.strip().upper(): text.strip()
        for piece in value[:4_000].split(";")
        for name, colon, text in (piece.partition(":"),)
        if colon
    }


def _forefront(value: str, field: Field) -> list[Stamp]:
    """Exchange Online's `CIP:...;SCL:5;SFV:SPM;CAT:PHSH;...`."""
    pairs = _pairs(value)
    marks = _scl(pairs.get("SCL", ""), field)
    verdict, category = pairs.get("SFV", ""), pairs.get("CAT", "")
    if verdict in _SPAM_VERDICTS:
        marks.append(_stamp("flag", f"SFV {verdict}", _SPAM_VERDICTS[verdict], field))
    if category:
        marks.append(_stamp("action", f"CAT {category}", category != "NONE", field))
    return marks
