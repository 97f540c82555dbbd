"""What a script hides from the eye, found without running it: the decodings that attackers use, undone layer by layer.

Escapes, base64, numbers for characters, strings in pieces, strings backwards, shell carets and variables. A guess that
gives no readable text is dropped. Everything is bounded and linear.
"""

from __future__ import annotations

import binascii
import html
import re
import zlib
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

import msgspec

from sabaki.files import encoded, kinds
from sabaki.mail import urlfind

LAYERS = 3
_WHOLE = 16_000_000
_INFLATED = 4_000_000
_CLOSELY = 1_000_000
"""How much of a text is looked at for everything; beyond it only for base64 and data: addresses, which may be large."""
_TEXTS = 60
_TOTAL = 8_000_000
_BLOBS = 20

_JOINT = re.compile(r"[\"'`][ \t\r\n_)(]{0,40}[+&][ \t\r\n_)(]{0,40}[\"'`]")
_COMMA_JOINT = re.compile(r"([\"'])[ \t\r\n]{0,40},[ \t\r\n]{0,40}\1")
_APPENDED = re.compile(
    r"([\"'])[ \t]{0,9};?[ \t\r\n]{0,40}[$\w]{1,60}[ \t]{0,9}(?:\+=|=[ \t]{0,9}[$\w]{1,60}[ \t]{0,9}[+&])[ \t]{0,9}\1"
)
_BASE64 = re.compile(
    r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-](?:[A-Za-z0-9+/_-]|\\?[\r\n]{1,2}[ \t]{0,20}){38,}+[A-Za-z0-9+/_-]?={0,2}"
)
_HEX = re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}){20,}+(?![0-9A-Fa-f])")
_PERCENT = re.compile(r"%(?:u[0-9A-Fa-f]{4}|[0-9A-Fa-f]{2})")
_PERCENTS = re.compile(r"(?:[^%\s\"'<>]{0,40}%(?:u[0-9A-Fa-f]{4}|[0-9A-Fa-f]{2})){4,}+[^%\s\"'<>]{0,2000}")
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}|([0-3][0-7]{2}))")
_NUMBERS = re.compile(r"\d{1,5}(?:[ \t\r\n]{0,9},[ \t\r\n]{0,9}\d{1,5}){7,}+")
_HEX_NUMBERS = re.compile(r"0x[0-9A-Fa-f]{1,4}(?:[ \t\r\n]{0,9},[ \t\r\n]{0,9}0x[0-9A-Fa-f]{1,4}){7,}+")
_SHIFT = re.compile(r"fromCharCode\([^()]{0,60}?([-+^])\s{0,9}(\d{1,4})\s{0,9}\)")
_CHR = re.compile(
    r"(?i)(?:chrw?\$?\(\s{0,9}|\[char\]\s{0,9}\(?\s{0,9}|%23)(&h[0-9a-f]{1,4}|0x[0-9a-f]{1,4}|\d{1,5})\s{0,9}\)?"
)
_CHR_RUN = re.compile(
    r"(?i)(?:(?:chrw?\$?\(\s{0,9}(?:&h[0-9a-f]{1,4}|\d{1,5})\s{0,9}\)|\[char\]\s{0,9}\(?\s{0,9}(?:0x[0-9a-f]{1,4}|\d{1,5})\s{0,9}\)?)"
    r"[ \t\r\n+&_,]{0,40}){3,}+"
)
_ENTITIES = re.compile(r"(?:&#(?:x[0-9A-Fa-f]{1,6}|\d{1,7});?){4,}+")
_FORMAT = re.compile(
    r"[\"']((?:[^\"'{}]{0,40}\{\d{1,3}\}){2,200}[^\"'{}]{0,40})[\"']\s{0,9}-f\s{0,9}((?:[\"'][^\"']{0,200}[\"']\s{0,9},?\s{0,9}){2,200})"
)
_QUOTED = re.compile(r"[\"']([^\"']{0,200})[\"']")
_SET = re.compile(
    r"(?im)^[ \t@(]{0,20}set[ \t]+(?:/a[ \t]+)?\"?([^=\s\"]{1,60})=([^\r\n&|]{0,400}?)\"?[ \t]*(?:[\r\n&|]|\Z)"
)
_VARIABLE = re.compile(r"[%!]([^%!\r\n:\s]{1,60})(?::~(-?\d{1,4})(?:,(-?\d{1,4}))?)?[%!]")
_BACKWARDS = re.compile(r"[\"']([^\"'\r\n]{8,4000})[\"']")
_DATA = re.compile(
    r"(?i)data:([a-z0-9.+/-]{0,100})((?:;[a-z0-9=._ -]{1,60}){0,4}),([A-Za-z0-9+/=_%.~!*'()$&:;@?-]{8,})"
)
_BEHIND = re.compile(r"[|'\"`<>{}\\^]|\)(?:[;.,]|$)|;$|\),|%20-\w")
_XOR_NUMBER = re.compile(r"(?i)(?:\^=?|-?\bb?xor)\s{0,9}(0x[0-9a-f]{1,2}|\d{1,3})\b")
_XOR_KEY = re.compile(r"(?i)%\s{0,9}[$\w.\[\]]{1,60}(?:length|count)|mod\s{1,9}len\(|%\s{0,9}len\(|%\s{0,9}\d{1,3}\b")
_XOR_WORD = re.compile(r"[\"']([^\"'\r\n]{3,64})[\"']")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CRUMBS = re.compile(r"[\"'][^\"'\s]{1,5}[\"'][ \t]{0,9}[+&][ \t]{0,9}(?=[\"'][^\"'\s]{1,5}[\"'])")
_NEEDLESS = re.compile(r"\\(?:x|u00)(?:2[f-]|3[0-9a]|[46][1-9a-f]|[57][0-9a])", re.IGNORECASE)
_WITHIN_WORDS = re.compile(
    r"(?<=[A-Za-z])\^[A-Za-z]|(?:-|\biex|\b[a-z]{1,9}-)[A-Za-z]{0,20}`[A-Za-z]|[%!][^%!\s]{1,40}:~-?\d{1,4}(?:,-?\d{1,4})?[%!]"
)
_QUOTES = dict.fromkeys(map(ord, "\"'`"), " ")
_NEAR = 100_000
_SHELL = re.compile(r"\^(?=[^\s^])|`(?=[A-Za-z-])")


class Unravelled(msgspec.Struct):
    """What came out: `texts` of the layers below, `blobs` files that stand in the code, and `how` it was hidden."""

    texts: list[str] = msgspec.field(default_factory=list)
    blobs: list[bytes] = msgspec.field(default_factory=list)
    how: list[str] = msgspec.field(default_factory=list)

    def add(self, text: str, how: str) -> bool:
        """Take in the text of a layer; False where it tells nothing new."""
        room = _TOTAL - sum(map(len, self.texts))
        if len(text.strip()) < 6 or len(self.texts) >= _TEXTS or text in self.texts or room <= 0:
            return False
        self.texts.append(text[:room])
        if how and how not in self.how:
            self.how.append(how)
        return True


def addresses(code: str) -> list[str]:
    """The URLs in code, each without the code behind it."""
    found = (_BEHIND.split(link.raw, maxsplit=1)[0] for link in urlfind.find(code.translate(_QUOTES)))
    return [raw for raw in dict.fromkeys(found) if len(raw) > 8]


class _Masks(msgspec.Struct, frozen=True):
    """What code does to text that it decodes: unpacks it, and the keys that it may mask it with."""

    deflated: bool = False
    keys: tuple[bytes, ...] = ()


def unravel(code: str) -> Unravelled:
    """Undo the usual ways of hiding text in code, up to three layers deep."""
    found = Unravelled()
    layer = [code[:_WHOLE]]
    seen = {layer[0]}
    for _ in range(LAYERS):
        below: list[str] = []
        for text in layer:
            readings = ((_sound(inner), how) for inner, how in _one_layer(text, found))
            below.extend(inner for inner, how in readings if inner not in seen and found.add(inner, how))
        seen.update(below)
        if not below:
            break
        layer = below
    return found


def _sound(text: str) -> str:
    """The text with pairs of surrogates as the one character that they stand for; half a pair stands for none."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") if _SURROGATE.search(text) else text


def _one_layer(text: str, found: Unravelled) -> list[tuple[str, str]]:
    """Every reading of one text, the whole ones first: later steps work on the text in one piece."""
    outcome: list[tuple[str, str]] = []
    if "#@~^" in text and (plain := encoded.decode(text)):
        return [(plain, "script encoder")]
    masks = _masks(text)
    large = _JOINT.sub("", text) if len(text) > _CLOSELY else ""
    text = _whole(text[:_CLOSELY], outcome)
    for how, reading in (
        ("percent escapes", _percent(text)), ("character codes", _codes(text, found, masks)), ("numbered characters", _chr(text)),
        ("entities", _entities(text)), ("format operator", _formatted(text)), ("backwards", _backwards(text)),
        ("data: address", _data_addresses(large or text, found, masks)), ("base64", _base64(large or text, found, masks)), ("hexadecimal", _hex(text, found, masks)),
    ):  # fmt: skip
        outcome.extend((piece, how) for piece in reading)
    return outcome


def _whole(text: str, outcome: list[tuple[str, str]]) -> str:
    """The text with its strings put together and its escapes undone.

    Honest code cuts long strings and escapes single characters too: it takes more to call that hiding.
    """
    joined = _JOINT.sub("", text) if "+" in text or "&" in text else text
    joined = _APPENDED.sub("", joined) if "=" in joined else joined
    if ".join(" in joined or "-join" in joined:
        joined = _COMMA_JOINT.sub("", joined)
    if joined != text:
        outcome.append((joined, "strings in pieces" if _many(_CRUMBS, text, 8) else ""))
    if "\\" in joined and (plain := _ESCAPE.sub(_escape, joined)) != joined:
        outcome.append((plain, "escapes" if _many(_NEEDLESS, joined, 20) else ""))
        joined = plain
    if "^" in joined or "`" in joined or ("%" in joined and "set" in joined.lower()):
        plain = _expanded(_SHELL.sub("", joined))
        if len(joined) - len(plain) > 1 or plain.count("%") < joined.count("%"):
            outcome.append((plain, "shell escapes" if _many(_WITHIN_WORDS, joined, 3) else ""))
    return joined


def _many(pattern: re.Pattern[str], text: str, enough: int) -> bool:
    return sum(1 for _ in zip(pattern.finditer(text), range(enough), strict=False)) == enough


def _escape(match: re.Match[str]) -> str:
    if match[4]:
        return chr(int(match[4], 8))
    value = int(match[1] or match[2] or match[3], 16)
    return chr(value) if value < 0x110000 else match[0]


def _expanded(text: str) -> str:
    """A batch file with the variables that it sets itself put in (also parts of them: %x:~3,2%)."""
    variables = {match[1].lower(): match[2] for match, _ in zip(_SET.finditer(text), range(2_000), strict=False)}
    if not variables:
        return text

    def value(match: re.Match[str]) -> str:
        known = variables.get(match[1].lower())
        if known is None:
            return match[0]
        if match[2] is None:
            return known
        start = int(match[2])
        rest = known[start:] if start or match[2] != "-0" else known
        return rest if match[3] is None else rest[: int(match[3])]

    return _VARIABLE.sub(value, text)


def _percent(text: str) -> list[str]:
    if text.count("%") < 4:
        return []
    return [_unpercent(match[0]) for match, _ in zip(_PERCENTS.finditer(text), range(_TEXTS), strict=False)]


def _unpercent(text: str) -> str:
    if "%u" in text or "%U" in text:
        return _PERCENT.sub(lambda match: chr(int(match[0].lstrip("%uU"), 16)), text)
    octets = unquote_to_bytes(text)
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def _codes(text: str, found: Unravelled, masks: _Masks) -> list[str]:
    """Lists of numbers that are characters, as they are or moved by what stands in String.fromCharCode(x - 5)."""
    lists = [
        [int(number) for number in match[0].split(",")]
        for match, _ in zip(_NUMBERS.finditer(text), range(40), strict=False)
    ]
    if "0x" in text:
        lists += [
            [int(number, 16) for number in match[0].split(",")]
            for match, _ in zip(_HEX_NUMBERS.finditer(text), range(40), strict=False)
        ]
    if not lists:
        return []
    shift = _SHIFT.search(text)
    moved = [(shift[1], int(shift[2]))] if shift else []
    outcome = []
    for numbers in lists:
        if max(numbers) < 256 and len(numbers) > 99:
            outcome.extend(_taken(bytes(numbers), found, masks))
        for sign, by in [("+", 0), *moved]:
            characters = [number ^ by if sign == "^" else number + (by if sign == "+" else -by) for number in numbers]
            if all(0 < value < 0x10000 for value in characters) and _is_readable(said := "".join(map(chr, characters))):
                outcome.append(said)
    return outcome


def _chr(text: str) -> list[str]:
    lowered = text.lower()
    if "chr" not in lowered and "[char]" not in lowered:
        return []
    outcome = []
    for run, _ in zip(_CHR_RUN.finditer(text), range(_TEXTS), strict=False):
        values = [_number(match[1]) for match in _CHR.finditer(run[0])]
        outcome.append("".join(chr(value) for value in values if value < 0x10000))
    if len(outcome) > 1:
        outcome.append("".join(outcome))
    return outcome


def _number(text: str) -> int:
    text = text.lower()
    return int(text[2:], 16) if text[:2] in ("&h", "0x") else int(text)


def _entities(text: str) -> list[str]:
    if text.count("&#") < 4:
        return []
    return [html.unescape(match[0]) for match, _ in zip(_ENTITIES.finditer(text), range(_TEXTS), strict=False)]


def _formatted(text: str) -> list[str]:
    """PowerShell's "{1}{0}" -f 'b','a'."""
    outcome = []
    for match, _ in zip(_FORMAT.finditer(text) if "-f" in text else (), range(200), strict=False):
        pieces = _QUOTED.findall(match[2])
        outcome.append(
            re.sub(r"\{(\d{1,3})\}", lambda n, p=pieces: p[int(n[1])] if int(n[1]) < len(p) else "", match[1])
        )
    return ["\n".join(outcome)] if outcome else []


def _backwards(text: str) -> list[str]:
    lowered = text.lower()
    turning = "revers" in lowered
    if not turning and not any(word in lowered for word in _TURNED):
        return []
    strings = [match[1] for match, _ in zip(_BACKWARDS.finditer(text), range(2_000), strict=False)]
    return [
        said[::-1]
        for said in strings
        if any(word in said.lower() for word in _TURNED) or (turning and said[:1] == "=" and len(said) > 40)
    ]


_TURNED = ("ptth", "llehs", "exe.dmc", "tpircs", "atahsm")


def _data_addresses(text: str, found: Unravelled, masks: _Masks) -> list[str]:
    if "data:" not in text.lower():
        return []
    outcome = []
    for match, _ in zip(_DATA.finditer(text), range(40), strict=False):
        if not match[1] and "base64" not in match[2].lower():
            continue
        if match[1].lower().startswith(("image/", "font/", "application/font", "application/x-font")):
            continue
        octets = from_base64(match[3]) if "base64" in match[2].lower() else unquote_to_bytes(match[3])
        outcome.extend(_taken(octets, found, masks))
    return outcome


def _base64(text: str, found: Unravelled, masks: _Masks) -> list[str]:
    outcome = []
    for match, _ in zip(_BASE64.finditer(text), range(200), strict=False):
        before = text[max(0, match.start() - 60) : match.start()].lower()
        if "data:image" in before or "data:font" in before or "sha256-" in before or "sha384-" in before:
            continue
        outcome.extend(_taken(from_base64(match[0]), found, masks))
    return outcome


def from_base64(said: str) -> bytes:
    """Base64 of either alphabet, with blanks in it or cut short."""
    letters = re.sub(r"[^A-Za-z0-9+/]", "", said.replace("-", "+").replace("_", "/"))
    letters = letters[:-1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(letters + "=" * (-len(letters) % 4))


def _hex(text: str, found: Unravelled, masks: _Masks) -> list[str]:
    outcome = []
    for match, _ in zip(_HEX.finditer(text), range(100), strict=False):
        if len(match[0]) not in (40, 64, 96, 128):
            outcome.extend(_taken(bytes.fromhex(match[0]), found, masks))
    return outcome


def _taken(octets: bytes, found: Unravelled, masks: _Masks) -> list[str]:
    """Decoded octets as text if they are some; a file is laid aside; everything else was no such text at all.

    `masks` is what the code around them does to such text.
    """
    if octets[:2] == b"\x1f\x8b" or octets[:1] == b"\x78":
        octets = _inflated(octets, 47) or octets
    elif masks.deflated:
        octets = _inflated(octets, -15) or octets
    texts: list[str] = []
    for plain in (octets, *_unmasked(octets, masks.keys)):
        if text := _as_text(plain):
            texts.append(text)
            continue
        kind = kinds.identify(plain[:100_000])
        if kind.how == "magic" and kind.family in _CARRIED and len(plain) > 100:
            if plain not in found.blobs:
                found.blobs.extend([plain][: _BLOBS - len(found.blobs)])
            break
    return texts


def _masks(code: str) -> _Masks:
    """Look once at code for the keys that stand in it, and whether it unpacks."""
    deflated = "deflatestream" in code[:_CLOSELY].lower()
    if "^" not in code and "xor" not in code.lower():
        return _Masks(deflated)
    near = code if len(code) <= 2 * _NEAR else code[:_NEAR] + code[-_NEAR:]
    keys = [bytes((value,)) for match in _XOR_NUMBER.finditer(near) if (value := _number(match[1])) and value < 256][:8]
    if _XOR_KEY.search(near):
        keys += [key.encode("latin-1", "replace") for key in _XOR_WORD.findall(near)[:40]]
    return _Masks(deflated, tuple(dict.fromkeys(keys)))


def _unmasked(octets: bytes, keys: tuple[bytes, ...]) -> Iterator[bytes]:
    """The octets with each key undone (exclusive or) that gives something; the beginning is tried first."""
    for key in keys:
        head = _xor(octets[:256], key)
        if _as_text(head) or kinds.identify(head).how == "magic":
            yield _xor(octets[:_INFLATED], key)


def _xor(octets: bytes, key: bytes) -> bytes:
    if not octets:
        return b""
    mask = (key * (len(octets) // len(key) + 1))[: len(octets)]
    return (int.from_bytes(octets, "big") ^ int.from_bytes(mask, "big")).to_bytes(len(octets), "big")


_CARRIED = frozenset("program script shortcut disk archive document page picture mail".split())


def _inflated(octets: bytes, bits: int) -> bytes:
    try:
        return zlib.decompressobj(bits).decompress(octets, _INFLATED)
    except zlib.error:
        return b""


def _as_text(octets: bytes) -> str:
    if len(octets) < 8:
        return ""
    if octets[1::2].count(0) * 10 > len(octets) * 4:
        text = octets.decode("utf-16-le", "replace")
    else:
        try:
            text = octets.decode("utf-8")
        except UnicodeDecodeError:
            text = octets.decode("latin-1") if octets.isascii() else ""
    return text if text and _is_readable(text) else ""


def _is_readable(text: str) -> bool:
    sample = text[:4_000]
    plain = sum(" " <= character <= "~" or character in "\t\r\n" or character > "\u00a0" for character in sample)
    ascii_part = sum(" " <= character <= "~" or character in "\t\r\n" for character in sample)
    return plain * 20 >= len(sample) * 19 and ascii_part * 10 >= len(sample) * 4
