"""Content-Type and Content-Disposition (RFC 2045 section 5, RFC 2183), with RFC 2231 values and what is written instead."""

from __future__ import annotations

import re

import msgspec

from sabaki.mail import charsets, fields, lexer
from sabaki.mail.limits import Budget
from sabaki.model.message import Defect

_EXTENDED = re.compile(r"([^*]+)(?:\*([0-9]{1,9}))?(\*)?")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_BEYOND_BUDGET = 300
"""Of a field that is beyond the budget for decoding only so many characters are read, as they stand."""
_MISPLACED = re.compile(r"([A-Za-z][\w-]{2,30})'[A-Za-z-]{0,20}'((?:%[0-9A-Fa-f]{2}|[!-$&-~])*+)")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]+")


class Valued(msgspec.Struct, frozen=True):
    """A field body's value in lower case ("text/html", "attachment"), its parameters, decoded, by lower-case name."""

    value: str
    parameters: dict[str, str]
    defects: tuple[Defect, ...] = ()


class _Segment(msgspec.Struct, frozen=True):
    text: str
    extended: bool


def parse(raw_value: str, budget: Budget) -> Valued:
    """Parse `value; name=value; ...`. Of a parameter given twice the first counts; RFC 2231 forms go before plain ones."""
    interpreted = raw_value[: budget.limits.field_interpreted]
    if budget.spend("header_decoded", len(interpreted) + fields.DECODING * (not interpreted.isascii())):
        pieces = _pieces(fields.to_unicode(interpreted))
    else:
        # The boundary still counts: without it a whole part would stay shut.
        interpreted = interpreted[:_BEYOND_BUDGET]
        pieces = _pieces(interpreted)
    value = lexer.without_comments(pieces[0]).strip().lower()
    plain: dict[str, str] = {}
    extended: dict[str, dict[int, _Segment]] = {}
    defects: list[Defect] = []
    if not budget.within("parameters", len(pieces) - 1):
        pieces = pieces[: budget.limits.parameters + 1]
    for piece in pieces[1:]:
        name, equals, text = piece.partition("=")
        name = lexer.without_comments(name).strip().lower()
        if not equals or not name:
            continue
        match = _EXTENDED.fullmatch(name) if "*" in name else None
        if match and (match.group(2) or match.group(3)):
            segment = _Segment(_unquoted(text), match.group(3) is not None)
            extended.setdefault(match.group(1), {}).setdefault(int(match.group(2) or 0), segment)
        elif name in plain:
            defects.append(Defect("duplicate_parameter", name[:80]))
        else:
            plain[name] = _unquoted(text)
    parameters = {name: _text(text, budget) for name, text in plain.items() if name != "boundary"}
    if "boundary" in plain:
        # Octets, never text: it is compared with the lines of the body.
        parameters["boundary"] = plain["boundary"] if interpreted.isascii() else _boundary(interpreted)
    for name, segments in extended.items():
        parameters[name] = _joined(segments)
    return Valued(value, parameters, tuple(defects))


def is_media_type(value: str) -> bool:
    """Whether this is "type/subtype" made of two tokens (RFC 2045 section 5.1)."""
    kind, slash, subtype = value.partition("/")
    return bool(slash) and _TOKEN.fullmatch(kind) is not None and _TOKEN.fullmatch(subtype) is not None


def _boundary(text: str) -> str:
    """The first boundary parameter of a field with raw 8-bit text, one character a byte."""
    for piece in _pieces(text):
        name, equals, value = piece.partition("=")
        if equals and lexer.without_comments(name).strip().lower() == "boundary":
            return _unquoted(value)
    return ""


def _pieces(text: str) -> list[str]:
    if '"' not in text and "(" not in text:
        return [piece.strip() for piece in text.split(";")]
    return lexer.split(text, ";")


def _unquoted(text: str) -> str:
    """The value without its quotes or comments. QUIRK: unquoted values hold spaces, quotes are not closed."""
    text = text.strip()
    if not text.startswith('"'):
        return lexer.without_comments(text).strip() if "(" in text and text.endswith(")") and " (" in text else text
    tokens = lexer.tokenize(text)
    if tokens and tokens[0].kind is lexer.Kind.QUOTED:
        return tokens[0].text
    return lexer.unescape(text[1:].removesuffix('"'))


def _text(text: str, budget: Budget) -> str:
    if match := _MISPLACED.fullmatch(text):
        # QUIRK: the form of RFC 2231 in a parameter without the asterisk.
        return charsets.decode(_PERCENT.sub(_octet, match.group(2).encode("ascii")), match.group(1)).text
    return fields.decode_phrase(text, budget)


def _joined(segments: dict[int, _Segment]) -> str:
    """Put RFC 2231 segments together, up to the first that is missing, and decode them as one."""
    first = segments.get(0) or segments.get(1)
    if first is None:
        return ""
    charset, language_at = "", 0
    if first.extended and first.text.count("'") >= 2:
        charset = first.text.split("'", 1)[0]
        language_at = first.text.index("'", len(charset) + 1) + 1
    octets: list[bytes] = []
    number = 0 if 0 in segments else 1
    skip = language_at
    while number in segments:
        segment = segments[number]
        written = segment.text[skip:].encode()
        octets.append(_PERCENT.sub(_octet, written) if segment.extended else written)
        number, skip = number + 1, 0
    return charsets.decode(b"".join(octets), charset or None).text


def _octet(match: re.Match[bytes]) -> bytes:
    return bytes((int(match.group(1), 16),))
