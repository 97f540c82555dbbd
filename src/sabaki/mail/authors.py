"""The From field as different programs read it (RFC 5322 section 3.6.2): where they differ, the union of their readings.

A filter may check one mailbox while the mail program shows another: programs decode before or after they parse, take the first or the
last mailbox, stop at a NUL, drop comments or show them, know routes and groups or not. What matters is not which program does what
but whether any reading names somebody else. So every address that stands anywhere in the field, as written and as decoded, is kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

import msgspec

from sabaki.mail import domains
from sabaki.mail.addresses import parse_mailboxes
from sabaki.mail.fields import decode_phrase, to_unicode
from sabaki.mail.lexer import Kind, Token, tokenize
from sabaki.mail.limits import Budget
from sabaki.model.message import Field
from sabaki.model.observable import EmailAddr

_LONGEST = 4_000
_LONGEST_HOP = 1_500
_MOST_FIELDS = 20
_MOST = 50
_LOOKED_AT = 1_000
# One that programs would make a link of, or take for the sender: local part, "@", a name with a dot. Possessive: one pass.
_ADDRESS = re.compile(r"[^\s@<>()\[\]:;,\"'\\!%\0-\x1f]{1,64}+@(?=[\w-])([\w-]{1,63}+(?:\.[\w-]{1,63}+){1,60}+)")
_ASCII_ADDRESS = re.compile(_ADDRESS.pattern, re.ASCII)  # programs differ in whether an octet above 127 ends a name
# What leaves no doubt: a name without "@" or anything else that has a meaning, and one mailbox.
_PLAIN = re.compile(
    r"(?:\"?+[A-Za-z0-9_ .'-]*+\"?+[ ]?+<[A-Za-z0-9_.+=-]++@[A-Za-z0-9.-]++>|[A-Za-z0-9_.+=-]++@[A-Za-z0-9.-]++)"
)
_BANG = re.compile(r"(?<![\w.-])([\w-]{1,63}+(?:\.[\w-]{1,63}+){1,60}+)!")
_PERCENT = re.compile(r"%([\w-]{1,63}+(?:\.[\w-]{1,63}+){1,60}+)@")
_ROUTE = re.compile(r"<\s{0,8}@([\w-]{1,63}+(?:\.[\w-]{1,63}+){1,60}+)")
_SPACED_AT = re.compile(r"\s{1,8}+@\s{0,8}+|@\s{1,8}+")
_INVISIBLE = dict.fromkeys([0xAD, 0x34F, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x2060, 0x2065), 0xFEFF])
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_OVERRIDE = re.compile("[\u202d\u202e]")
_HIDDEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")
_FOLDED_IN = re.compile(r"[ \t]from[ \t]{0,8}:[ \t]{0,8}(?=[^;]{0,200}@)", re.IGNORECASE)
_SHOWN_INSTEAD = ("sender", "resent-from", "resent-sender", "x-sender")


class Reading(msgspec.Struct, frozen=True):
    """A From field that has more than one reading.

    `tricks` are ids of what makes it so ("route", "nul", "several_mailboxes" ...), `others` the mailboxes (or mere domains: `local`
    "" then) that some reading names and the standard's first mailbox is not. `name_only` is set where all of `others` stand in
    plain sight in the display name.
    """

    tricks: tuple[str, ...]
    others: tuple[EmailAddr, ...] = ()
    name_only: bool = False


def lost_from(field: Field) -> str | None:
    """The body of a field that only some programs take for From; None for the true From and for any other field.

    Its name has a space, a line end, a NUL or an octet above 127 before the colon or in front; or it was the first line, began with
    a space and was folded into the field that a server put on top of it.
    """
    if field.key == "from":
        return None
    if not field.name:
        name, colon, body = field.raw_value[:_LONGEST].partition(":")
        letters = "".join(character for character in name if "!" <= character <= "~")
        return body.strip() if colon and len(name) < 40 and letters.lower() == "from" else None
    if field.key == "received" and field.raw_value[:_LONGEST_HOP].lower().find("from", 1) > 0:  # few have it inside
        folded = _FOLDED_IN.search(field.raw_value[:_LONGEST_HOP])
        return field.raw_value[folded.end() : _LONGEST_HOP].strip() if folded else None
    return None


def from_bodies(fields: tuple[Field, ...]) -> Iterator[tuple[Field, str]]:
    """Every field that some program takes for From, with its body: the true ones first, each from the top; at most 20 of each."""
    rest: list[Field] = []
    count = hops = 0
    for field in fields:
        if field.key == "from":
            count += 1
            if count <= _MOST_FIELDS:
                yield field, field.raw_value
        elif field.key == "received":
            hops += 1
            if hops <= _MOST_FIELDS:
                rest.append(field)
        elif not field.name:
            rest.append(field)
    lost = ((field, body) for field in rest if (body := lost_from(field)) is not None)
    yield from islice(lost, _MOST_FIELDS)


def shown_instead(fields: tuple[Field, ...]) -> Field | None:
    """The field that programs show where they find no From."""
    return next((field for key in _SHOWN_INSTEAD for field in fields if field.key == key), None)


def is_plain(raw_value: str) -> bool:
    """Whether a From field leaves no doubt: one mailbox, and a name of plain letters or none."""
    return _PLAIN.fullmatch(raw_value) is not None


@lru_cache(maxsize=16)  # the verification and the checks ask about the same fields
def alone(raw_value: str) -> Reading | None:
    """As `read`, with a budget of its own: what it costs is bounded by itself."""
    return read(raw_value, Budget())


def read(raw_value: str, budget: Budget) -> Reading | None:
    """How else a From field can be read; None where every program reads the same mailbox."""
    if is_plain(raw_value):
        return None
    text = to_unicode(raw_value[:_LONGEST])
    boxes = parse_mailboxes(raw_value[:_LONGEST], budget)
    first = next((box for box in boxes if box.address), None)
    tokens = tokenize(text)
    decoded = decode_phrase(text, budget)
    again = decode_phrase(decoded, budget)
    tricks = list(dict.fromkeys((*_in_tokens(tokens), *_in_text(text, decoded, again), *_in_boxes(boxes, text))))
    found = _everywhere(text, decoded, again, boxes)
    others = _unlike(first.domain if first else "", found)
    if not tricks and (not others or (first is not None and not first.domain)):
        return None  # "root": the mail of the machine itself
    comments = _plain(decode_phrase(" ".join(token.text for token in tokens if token.kind is Kind.COMMENT), budget))
    if any(box.domain in comments for box in others):
        tricks.append("address_in_comment")
    in_name = bool(others) and all(box.domain in _plain(first.display_name if first else "") for box in others)
    if others and not in_name and not tricks:
        tricks.append("several_readings")
    return Reading(tuple(dict.fromkeys(tricks)), others, name_only=in_name and not tricks)


def _unlike(domain: str, found: Iterator[EmailAddr]) -> tuple[EmailAddr, ...]:
    """Of the mailboxes found those of other domains, one for each, a full mailbox before a mere domain."""
    others: dict[str, EmailAddr] = {}
    for box in islice(found, _LOOKED_AT):
        if box.domain and box.domain != domain and (box.domain not in others or not others[box.domain].local):
            others[box.domain] = box
    return tuple(others.values())[:_MOST]


def _in_tokens(tokens: list[Token]) -> Iterator[str]:
    """What the structure of the field shows as written."""
    last_semicolon = max((token.start for token in tokens if token.is_special(";")), default=-1)
    in_angle, angles = False, 0
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else None
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        if token.is_special("<"):
            if angles:
                yield "two_angles"
            in_angle, angles = True, angles + 1
            yield from _opening(after)
        elif token.is_special(">"):
            in_angle = False
        elif token.is_special(",") and not in_angle:
            angles = 0
        elif token.is_special("@") and angles and not in_angle:
            yield "address_after_angle"
        elif token.is_special(":") and not in_angle and token.start < last_semicolon:
            yield "group"
        else:
            yield from _odd_piece(token, before, after, in_angle=in_angle)


def _opening(after: Token | None) -> Iterator[str]:
    """What follows an opening angle bracket."""
    if after is None or after.is_special(">"):
        yield "empty_address"
    elif after.is_special("@"):
        yield "route"


def _odd_piece(token: Token, before: Token | None, after: Token | None, *, in_angle: bool) -> Iterator[str]:
    """A token that makes an address odd by standing where it stands."""
    at_follows = after is not None and after.is_special("@")
    if token.is_special("\\"):
        yield "quoted_pair"
    elif token.is_special(";") and after is not None:
        yield "semicolon"
    elif token.kind is Kind.QUOTED and at_follows and any(character in token.text for character in "@<>,% \t"):
        yield "quoted_local_part"
    elif token.kind is Kind.COMMENT and before is not None and after is not None:
        if at_follows or before.is_special("@") or (before.kind is Kind.ATOM and after.kind is Kind.ATOM and in_angle):
            yield "comment_in_address"
    elif token.kind is Kind.ATOM and token.text.startswith("=?") and "?=" in token.text and (in_angle or at_follows):
        yield "encoded_address"


def _in_text(text: str, decoded: str, again: str) -> Iterator[str]:
    """What the field shows once it is decoded."""
    if "@" not in text and "@" in decoded:
        yield "encoded_address"
    if "\0" in decoded:
        yield "nul"
    if "\n" in decoded or "\r" in decoded:
        yield "line_end"
    if _CONTROL.search(decoded):
        yield "control"
    if again != decoded:
        yield "encoded_twice"
    if _OVERRIDE.search(decoded):
        yield "direction"
    address = decoded[max(decoded.rfind("<"), 0) :]
    if "@" in address and _HIDDEN.search(address):
        yield "invisible"


def _in_boxes(boxes: tuple[EmailAddr, ...], text: str) -> Iterator[str]:
    """What the mailboxes themselves show."""
    if len({box.domain for box in boxes if box.address}) > 1:
        yield "several_mailboxes"
    if text.strip() and not any(box.address for box in boxes):
        yield "no_mailbox"
    for box in boxes[:_MOST]:
        if not box.address.startswith('"') and "@" in box.local:
            yield "two_ats"
        if _PERCENT.search(box.address):
            yield "percent_route"
        if _BANG.search(box.local):
            yield "bang_route"
        if not box.local.isascii() and box.domain.isascii() and "=?" not in box.local and not _is_utf8(box.local):
            yield "foreign_octets"


def _is_utf8(octets: str) -> bool:
    """Whether octets, one a character, are letters in UTF-8: an internationalised mailbox (RFC 6532) is no trick."""
    try:
        letters = octets.encode("latin-1").decode("utf-8")
    except UnicodeError:
        letters = octets
    return all(character.isalnum() or character in ".-_+" for character in letters)


def _everywhere(text: str, decoded: str, again: str, boxes: tuple[EmailAddr, ...]) -> Iterator[EmailAddr]:
    """Every address that some reading finds: as written, as decoded, without what cannot be seen, cut off, and backwards."""
    yield from boxes
    plain = _plain(again)
    texts = [text, decoded, again, plain, _SPACED_AT.sub("@", plain)]
    if _OVERRIDE.search(again):
        texts.append(plain[::-1])
    for each in dict.fromkeys(texts):
        for pattern in (_ROUTE, _PERCENT, _BANG):
            yield from (EmailAddr(match[1], "", _domain(match[1])) for match in pattern.finditer(each))
        for pattern in (_ADDRESS, _ASCII_ADDRESS):
            for match in pattern.finditer(each):
                local, domain = match[0].partition("@")[0], _domain(match[1])
                yield EmailAddr(f"{local}@{domain}", local, domain)


def _domain(name: str) -> str:
    return domains.to_unicode(name.lower().strip("-_"))


def _plain(text: str) -> str:
    """Text as it looks: compatibility forms ("＠") as plain ones, nothing invisible."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKC", text.translate(_INVISIBLE).translate(_TURNING)).lower()
    return plain.replace("。", ".")  # IDNA takes the ideographic full stop for a dot
