"""What the source of a macro says: what starts by itself, what reaches outside, which addresses it holds.

Nothing is run. Strings that the source puts together out of constants are put together, within bounds.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import itertools
import re

from sabaki.files.opened import Opened
from sabaki.files.vbawords import starts_itself, suspicious

_PROCEDURE = re.compile(
    r"(?im)^[ \t]{0,200}(?:(?:public|private|friend|static)[ \t]{1,50}){0,3}(?:sub|function)[ \t]{1,50}(\w{1,255})"
)
_DECLARED = re.compile(
    r'(?im)^[^\'"\n]{0,100}\bdeclare[ \t]{1,20}(?:ptrsafe[ \t]{1,20})?(?:sub|function)[ \t]{1,20}(\w{1,255})[^\n"]{0,50}'
    r'\blib[ \t]{1,20}"([^"\n]{1,200})"(?:[ \t]{1,20}alias[ \t]{1,20}"([^"\n]{1,200})")?'
)
_URL = re.compile(r"(?i)(?:h(?:tt|xx)ps?|ftp)://[^\s\"'<>|\x00-\x1f\x7f]{3,2048}")
_NAMESPACE = re.compile(r"(?i)https?://(?:schemas\.(?:microsoft|openxmlformats)\.(?:com|org)|www\.w3\.org)/")
_FORM = re.compile(r'(?m)^Attribute VB_Base = "0\{[^"\n]{30,40}\}\{[^"\n]{30,40}\}"')
_LITERAL = re.compile(r'"((?:[^"\n]|"")*+)"?')
"""A string, closed or not: one that is not ends with its line, so that a search goes over no text twice."""
_CODE_OR_COMMENT = re.compile(r"\"(?:[^\"\n]|\"\")*+\"?|'[^\n]*+|(?im:^[ \t]{0,200}rem[ \t][^\n]*+)")
_BINARY = re.compile(r"\A(?:[0-9A-Fa-f]{2}){8,100000}\Z|\A[A-Za-z0-9+/]{16,100000}={0,2}\Z")

_NUMBERS = re.compile(r"(?<!\d)\d{1,3}(?:[ \t]{0,9},[ \t]{0,9}\d{1,3}){7,20000}+")

_LIT = r'"(?:[^"\n]|"")*+"'
_NUMBER = r"(?:&H[0-9A-Fa-f]{1,8}|\d{1,9})"
_CHARACTER = re.compile(
    rf"(?i)(?<!\w)(?:vba\.)?chr[wb]?\$?[ \t]{{0,9}}\([ \t]{{0,9}}({_NUMBER})(?:[ \t]{{0,9}}([-+*^]|xor)[ \t]{{0,9}}({_NUMBER}))?"
    r"&?[ \t]{0,9}\)"
)
_REVERSED = re.compile(rf"(?i)(?<!\w)strreverse\$?[ \t]{{0,9}}\([ \t]{{0,9}}({_LIT})[ \t]{{0,9}}\)")
_REPLACED = re.compile(
    rf"(?i)(?<!\w)replace\$?[ \t]{{0,9}}\([ \t]{{0,9}}({_LIT})[ \t]{{0,9}},[ \t]{{0,9}}({_LIT})[ \t]{{0,9}},"
    rf"[ \t]{{0,9}}({_LIT})[ \t]{{0,9}}\)"
)
_CHANGED = re.compile(rf"(?i)(?<!\w)([lu]case|trim|cstr)\$?[ \t]{{0,9}}\([ \t]{{0,9}}({_LIT})[ \t]{{0,9}}\)")
_ASSIGNED = re.compile(
    r"(?i)\A[ \t]*+(?:(?:public|private|global)[ \t]++)?(?:const[ \t]++)?(\w{1,255}+)(?:[ \t]++as[ \t]++string)?[ \t]*+=[ \t]*+(.+)\Z"
)
_TERM = re.compile(rf"[ \t]*+(?:({_LIT})|(\w{{1,255}}+))[ \t]*+(?:([&+])|\Z)")
_ROUNDS = 6
_FOLD_MOST = 1_000_000
_VALUE_MOST = 65_536


def read_source(sources: list[str], opened: Opened, kept: str = "") -> None:
    """Note what the source of all modules says: macro_autorun, macro_suspicious, obfuscated, and its URLs as links.

    `kept` is text that the project keeps elsewhere, in a form's controls, for its code to fetch.
    """
    codes = [_without_comments(source.replace(" _\n", " ")) for source in sources]
    starts: dict[str, None] = {}
    for code in codes:
        # The events of a form's controls come only after other code has shown the form.
        of_form = bool(_FORM.search(code[:2_000]))
        starts |= dict.fromkeys(name for name in _PROCEDURE.findall(code) if starts_itself(name, of_form=of_form))
    if starts:
        opened.note("macro_autorun", ", ".join(starts))
    source, code = "\n".join(sources), "\n".join(codes)
    words = suspicious(code)
    library = [f"{name} ({lib}{': ' + alias if alias else ''})" for name, lib, alias in _DECLARED.findall(code)]
    words += [f"Declare {call}" for call in dict.fromkeys(library)]
    put_together = fold(code[:_FOLD_MOST])
    hidden = [*_hidden_strings(put_together), kept, kept[::-1]]
    added = [word for word in suspicious("\n".join([put_together, *hidden])) if word not in words]
    if words or added:
        opened.note("macro_suspicious", ", ".join(words + added))
    plain, folded = _urls(source), _urls("\n".join([put_together, *hidden]))
    revealed = [url for url in folded if not any(url in known or known == url for known in plain)]
    if added or revealed:
        opened.note("obfuscated", "strings put together at run time: " + ", ".join(added + revealed))
    for url in dict.fromkeys([url for url in plain if not any(full.startswith(url) for full in revealed)] + revealed):
        opened.link(url, "office:macro", clickable=False)


def _without_comments(source: str) -> str:
    return _CODE_OR_COMMENT.sub(lambda match: match[0] if match[0].startswith('"') else "", source)


def _urls(text: str) -> list[str]:
    found = dict.fromkeys(match[0].rstrip(").,;&") for match in _URL.finditer(text))
    ordered = sorted(found)
    begun = {url for url, next_one in itertools.pairwise(ordered) if next_one.startswith(url)}
    return [url for url in found if url not in begun and not _NAMESPACE.match(url)][:500]


def fold(code: str) -> str:
    """Code with its constant strings put together: Chr, StrReverse, Replace, joins, and variables built line by line."""
    for _ in range(_ROUNDS):
        before = code
        code = _CHARACTER.sub(_character, code)
        code = _REVERSED.sub(lambda match: _quoted(_plain(match[1])[::-1]), code)
        code = _CHANGED.sub(_changed, code)
        code = _REPLACED.sub(_replaced, code)
        code = _joined(code)
        code = _carried(code)
        if code == before or len(code) > 2 * _FOLD_MOST:
            break
    return code


def _joined(code: str) -> str:
    """Strings with nothing but "&" or "+" between them as one."""
    out: list[str] = []
    values: list[str] = []
    at = 0
    for match in _LITERAL.finditer(code):
        gap = code[at : match.start()]
        if values and gap.strip(" \t") in ("&", "+"):
            values.append(_plain(match[0]))
        else:
            if values:
                out.append(_quoted("".join(values)))
            out.append(gap)
            values = [_plain(match[0])]
        at = match.end()
    if values:
        out.append(_quoted("".join(values)))
    return "".join(out) + code[at:]


def _plain(literal: str) -> str:
    closed = len(literal) > 1 and literal.endswith('"')
    return literal[1 : -1 if closed else None].replace('""', '"')


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""').replace("\n", " ").replace("\r", " ") + '"'


def _number(text: str) -> int:
    return int(text[2:], 16) if text[:2].upper() == "&H" else int(text)


def _character(match: re.Match[str]) -> str:
    value = _number(match[1])
    if match[2]:
        other = _number(match[3])
        operator = match[2].lower()
        value = {"-": value - other, "+": value + other, "*": value * other, "xor": value ^ other}.get(operator, -1)
    if not 0 < value < 0x10000 or 0xD800 <= value < 0xE000:
        return match[0]
    return _quoted(chr(value))


def _changed(match: re.Match[str]) -> str:
    value = _plain(match[2])
    change = match[1].lower()
    return _quoted({"lcase": value.lower(), "ucase": value.upper(), "trim": value.strip()}.get(change, value))


def _replaced(match: re.Match[str]) -> str:
    text, old, new = (_plain(match[number]) for number in (1, 2, 3))
    if not old or len(text) // len(old) * len(new) > _VALUE_MOST:
        return match[0]
    return _quoted(text.replace(old, new))


def _carried(code: str) -> str:
    """Put the values of variables that are constant so far into the expressions of later lines."""
    values: dict[str, str] = {}
    spent = 0
    lines = code.split("\n")
    for number, line in enumerate(lines):
        match = _ASSIGNED.match(line) if "=" in line and len(line) <= 20_000 else None
        if not match:
            continue
        name = match[1].lower()
        value = _value(match[2], values)
        if value is None or spent + len(value) > _FOLD_MOST:
            values.pop(name, None)
            continue
        spent += len(value)
        values[name] = value[:_VALUE_MOST]
        if '"' in match[2] or "&" in match[2]:
            lines[number] = f"{match[1]} = {_quoted(values[name])}"
    return "\n".join(lines)


def _value(expression: str, values: dict[str, str]) -> str | None:
    """The value of literals and known variables joined; None where it is anything else."""
    pieces: list[str] = []
    at, length = 0, 0
    while at < len(expression):
        term = _TERM.match(expression, at)
        if not term or term.end() == at:
            return None
        piece = _plain(term[1]) if term[1] else values.get(term[2].lower())
        if piece is None:
            return None
        length += len(piece)
        pieces.append(piece)
        at = term.end()
        if (not term[3] and at < len(expression)) or length > _VALUE_MOST:
            return None
    return "".join(pieces)


def _hidden_strings(code: str) -> list[str]:
    """Strings in hexadecimal, base64 or backwards, as what they stand for."""
    found: list[str] = []
    for count, literal in enumerate(_LITERAL.finditer(code)):
        value = literal[1]
        if count > 20_000 or len(found) >= 200:
            break
        if "//:" in value or "llehs" in value.lower():
            found.append(value[::-1])
        elif len(value) >= 16 and _BINARY.match(value):
            found += _decoded(value)
    for numbers in itertools.islice(_NUMBERS.finditer(code), 200):
        values = [int(number) for number in numbers[0].split(",")]
        if all(8 < value < 127 for value in values):
            found.append("".join(map(chr, values)))
    return found


def _decoded(value: str) -> list[str]:
    attempts: list[bytes] = []
    with contextlib.suppress(ValueError):
        attempts.append(bytes.fromhex(value))
    with contextlib.suppress(binascii.Error, ValueError):
        attempts.append(base64.b64decode(value + "=" * (-len(value) % 4)))
    found = []
    for raw in attempts:
        text = raw.decode("utf-16-le" if raw[1:2] == b"\0" else "latin-1", "replace")
        if sum(" " <= letter <= "~" or letter in "\r\n\t" for letter in text) >= len(text) * 0.95:
            found.append(text)
    return found
