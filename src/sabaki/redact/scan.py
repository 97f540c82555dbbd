"""The separate checker: reads a finished artefact as an investigator would, and names every identifier that it still shows.

Shares no code with redact.mask on purpose. It does not know how things were masked; it undoes encodings and looks.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import hashlib
import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

import msgspec

from sabaki.redact.identifiers import Identifiers

_INVISIBLE = dict.fromkeys(
    (0, 0xAD, 0x34F, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
)
_INVISIBLE |= dict.fromkeys((*range(0xFE00, 0xFE10), *range(0xE0000, 0xE0080)))
_SHOWN_INVISIBLE = re.compile(r"<U\+[0-9A-F]{4,5}>|␛")
_LOOKALIKE = str.maketrans(
    "асеһіјӏкмոорԛѕтսνωхуαειικορτυχγϲԁп",
    "acehijlkmnopqstuvwxyaeiikoptuxycdn",
)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_SOFT_BREAK = re.compile(r"=\r?\n")
_QUOTED = re.compile(r"(?:=[0-9a-fA-F]{2})+")
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-7]{2,3}))")
_MARKDOWN = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~@:/$=-])")
_DEFANGED = re.compile(r"[\[({](\.|@|:|dot|at)[\])}]", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{6,}")
_BASE64_LINES = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{20,}={0,2}(?:\s{1,8}[A-Za-z0-9+/]{2,}={0,2})+")
_BASE32 = re.compile(r"[A-Z2-7]{8,}")
_HEX = re.compile(r"[0-9a-fA-F]{8,}")
_HEX_APART = re.compile(r"(?:0x)?[0-9a-fA-F]{2}(?:[ :,-]{1,2}(?:0x)?[0-9a-fA-F]{2}){3,}")
_CODES = re.compile(r"[0-9]{2,3}(?:[,; ]{1,2}[0-9]{2,3}){3,}")
_APART = re.compile(r"(?<!\S)(?:\S ){4,}\S(?!\S)")
_LEGIBLE = re.compile(r"[\x20-\x7e]{4,}")
_CONTINUED = re.compile(r"\"?[ \t\r\n]{0,8};[ \t\r\n]{0,8}[\w-]{1,30}\*[0-9]{1,3}\*?=\"?")
_CODED_WORDS = re.compile(r"=\?([!-~]{1,40}?)\?([bq])\?([^?\s]{0,200})\?=(?:[ \t\r\n]{1,8}(?==\?))?", re.IGNORECASE)
_CHARSETS = ("utf", "iso-", "iso8859", "shift", "sjis", "windows", "cp", "euc", "gb", "big5", "koi8")
_QUOTED_OCTET = re.compile(rb"=([0-9a-fA-F]{2})")
_SERVER_ADDRESS = "server address"
_MANY = 500
_GRAM = 6
_ROUNDS = 4
_UNPACKED = 3
_SHORTEST_TURNED = 6
_SHORTEST_RUN_ON = 8


class Leak(msgspec.Struct, frozen=True):
    """An identifier that shows: what kind it is, in which reading of the artefact, at which character of that reading."""

    kind: str
    reading: str
    offset: int

    def __str__(self) -> str:
        return f"{self.kind} in the {self.reading} reading at character {self.offset}"


class _Needle(msgspec.Struct, frozen=True):
    kind: str
    text: str
    alone: bool


def leaks(artefact: str, identifiers: Identifiers) -> tuple[Leak, ...]:
    """Every kind of identifier that some reading of the artefact shows, at its first place. Empty: nothing found."""
    needles = _needles(identifiers)
    found: dict[_Needle, Leak] = {}
    many = len(needles) > _MANY
    wanted = [(needle, _ends(needle.text)) for needle in needles]
    for reading, text, shortest in _readings(artefact):
        grams = {text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1)} if many else None
        for needle, ends in wanted:
            if grams is not None and not ends <= grams:
                continue
            if needle not in found and len(needle.text) >= shortest:
                offset = _find(text, needle)
                if offset >= 0:
                    found[needle] = Leak(needle.kind, reading, offset)
    return tuple(found.values())


def _ends(text: str) -> set[str]:
    """Pieces that stand in any text that holds this one: two thousand recipients are not looked for one by one."""
    middle = len(text) // 2
    return {text[:_GRAM], text[-_GRAM:], text[middle : middle + _GRAM]} if len(text) >= 2 * _GRAM else set()


def _needles(identifiers: Identifiers) -> list[_Needle]:
    needles = [
        *(_Needle("address", _plain(value), alone=True) for value in identifiers.addresses),
        *(_Needle("domain", _plain(value), alone=True) for value in identifiers.domains),
        *(_Needle("name", _plain(value), alone=False) for value in identifiers.words),
        *(_Needle("name", _plain(value), alone=True) for value in (*identifiers.tokens, *identifiers.names)),
        *(_Needle(_SERVER_ADDRESS, _plain(value), alone=True) for value in identifiers.ips),
    ]
    for value in (*identifiers.addresses, *identifiers.domains):
        for name in ("md5", "sha1", "sha256", "sha512"):
            digest = hashlib.new(name, value.encode(), usedforsecurity=False).digest()
            coded = base64.b64encode(digest).decode("ascii").rstrip("=").casefold()
            spelt = {digest.hex(), coded, coded.replace("+", "-").replace("/", "_")}
            needles += [_Needle("digest", text, alone=False) for text in sorted(spelt)]
    return [needle for needle in needles if needle.text]


def _find(text: str, needle: _Needle) -> int:
    """Where the needle stands, as a word of its own where it must; -1 if nowhere."""
    offset = text.find(needle.text)
    while needle.alone and offset >= 0:
        before, after = text[offset - 1 : offset], text[offset + len(needle.text) : offset + len(needle.text) + 1]
        goes_on = str.isdecimal if needle.kind == _SERVER_ADDRESS else _goes_on
        if not (goes_on(before) or goes_on(after)):
            break
        offset = text.find(needle.text, offset + 1)
    return offset


def _goes_on(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).casefold()
    return text.translate(_LOOKALIKE).replace("。", ".")


def _readings(artefact: str) -> Iterator[tuple[str, str, int]]:
    """The artefact in every way that somebody may read it: name, text, and the shortest identifier to look for in it."""
    text = artefact
    for round_ in range(_ROUNDS):
        plain = _plain(text)
        yield "plain" if round_ == 0 else "unescaped", plain, 0
        yield "reversed", plain[::-1], _SHORTEST_TURNED
        yield "ROT13", codecs.encode(plain, "rot13"), _SHORTEST_TURNED
        yield from _packed(text)
        undone = _undo(text)
        if undone == text:
            break
        text = undone
    yield "quoted-printable", _plain(_quoted(text)), 0
    yield "continued", _plain(unquote(_CONTINUED.sub("", artefact), errors="replace")), 0
    yield "encoded words", _plain(_from_words(artefact)), 0
    if not artefact.isascii():
        yield "UTF-8 taken for Latin-1", _plain(artefact.encode("latin-1", "ignore").decode("utf-8", "ignore")), 0
    bare = _TAG.sub("", _SHOWN_INVISIBLE.sub("", html.unescape(artefact)))
    yield "without markup", _plain(bare), 0
    yield "letters apart", _plain("\n".join(match.group().replace(" ", "") for match in _APART.finditer(bare))), 0
    yield "run-on", _plain("".join(bare.split())), _SHORTEST_RUN_ON


def _packed(text: str) -> Iterator[tuple[str, str, int]]:
    """What comes out of encoded runs, and out of runs in that, up to three layers deep."""
    for _ in range(_UNPACKED):
        out = "\n".join((*_from_base64(text), *_from_base32(text), *_from_hex(text), *_from_codes(text)))
        if not out:
            break
        plain = _plain(_undo(out))
        yield "unpacked", plain, 0
        yield "unpacked and reversed", plain[::-1], _SHORTEST_TURNED
        text = out


def _undo(text: str) -> str:
    """One layer of every textual escape but quoted-printable, whose `=` has other uses."""
    text = html.unescape(text)
    text = unquote(text, errors="replace")
    text = _SOFT_BREAK.sub("", text)
    text = _ESCAPE.sub(_character, text)
    text = _DEFANGED.sub(lambda match: {"dot": ".", "at": "@"}.get(match.group(1).lower(), match.group(1)), text)
    return _MARKDOWN.sub(r"\1", text)


def _character(match: re.Match[str]) -> str:
    braced, four, two, octal = match.groups()
    code = int(octal, 8) if octal else int(braced or four or two, 16)
    return chr(code) if code < 0x110000 else ""


def _quoted(text: str) -> str:
    """Quoted-printable undone, octets read as UTF-8 where they are that."""
    return _QUOTED.sub(lambda match: _octets(match.group().replace("=", "")), _SOFT_BREAK.sub("", text))


def _octets(digits: str) -> str:
    data = bytes.fromhex(digits)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _from_words(text: str) -> str:
    """The text of RFC 2047 encoded-words, neighbours run together as a mail program shows them."""
    out: list[str] = []
    waiting: list[bytes] = []
    label, end = "", -1
    for match in _CODED_WORDS.finditer(text):
        charset, encoding, coded = match.groups()
        if match.start() != end or charset.lower() != label:
            out += [_decoded(b"".join(waiting), label), "" if match.start() == end else "\n"]
            waiting, label = [], charset.lower()
        waiting.append(_octets_of_word(coded, encoding))
        end = match.end()
    return "".join([*out, _decoded(b"".join(waiting), label)])


def _octets_of_word(coded: str, encoding: str) -> bytes:
    if encoding in "qQ":
        octets = coded.replace("_", " ").encode("latin-1", "replace")
        return _QUOTED_OCTET.sub(lambda match: bytes.fromhex(match.group(1).decode()), octets)
    try:
        return base64.b64decode(f"{coded}{'=' * (-len(coded) % 4)}")
    except (binascii.Error, ValueError):
        return b""


def _decoded(data: bytes, label: str) -> str:
    try:
        return data.decode(label if label.startswith(_CHARSETS) else "utf-8", "replace")
    except (LookupError, ValueError):
        return data.decode("latin-1")


def _legible(data: bytes) -> Iterator[str]:
    """The stretches of bytes that read as text, in ASCII, in UTF-16 and in UTF-8."""
    if b"\0" in data:
        data = data.replace(b"\0", b"")
    yield from _LEGIBLE.findall(data.decode("latin-1"))
    if max(data, default=0) >= 0xE0:
        text = data.decode("utf-8", "ignore")
        if not text.isascii():
            yield text


def _from_base64(text: str) -> Iterator[str]:
    yield from (piece for match in _BASE64.finditer(text) for piece in _run(match.group()))
    for match in _BASE64_LINES.finditer(text):
        yield from _run("".join(match.group().replace("=", "").split()))


def _run(run: str) -> Iterator[str]:
    for order in (run, run[::-1]):
        standard = order.replace("-", "+").replace("_", "/")
        for shift in range(4):
            piece = standard[shift:]
            try:
                yield from _legible(base64.b64decode(f"{piece}{'A' * (-len(piece) % 4)}"))
            except binascii.Error:
                continue


def _from_base32(text: str) -> Iterator[str]:
    for match in _BASE32.finditer(text):
        for shift in range(8):
            piece = match.group()[shift:]
            yield from _legible(base64.b32decode(piece[: len(piece) // 8 * 8]))


def _from_hex(text: str) -> Iterator[str]:
    for match in _HEX.finditer(text):
        for shift in range(2):
            piece = match.group()[shift:]
            yield from _legible(bytes.fromhex(piece[: len(piece) // 2 * 2]))
    for match in _HEX_APART.finditer(text):
        yield from _legible(
            bytes(int(pair, 16) for pair in re.findall(r"[0-9a-fA-F]{2}", match.group().replace("0x", "")))
        )


def _from_codes(text: str) -> Iterator[str]:
    for match in _CODES.finditer(text):
        numbers = (int(number) for number in re.findall(r"[0-9]+", match.group()))
        yield from _LEGIBLE.findall("".join(chr(number) for number in numbers if number < 256))
