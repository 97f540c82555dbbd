"""The ways in which an identifier hides in a mail."""

from __future__ import annotations

import base64
import codecs
import hashlib
import json
from collections.abc import Callable
from urllib.parse import quote


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _jwt(text: str) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"sub": text}).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{claims}.c2ln"


def _wrapped(text: str) -> str:
    coded = _b64(text.encode())
    return f"{coded[:14]}\r\n{coded[14:]}"


ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper case": str.upper,
    "title case": str.title,
    "percent, all": _percent,
    "percent, marks": lambda text: quote(text, safe=""),
    "percent, twice": lambda text: quote(_percent(text)),
    "entities, decimal": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "entities, padded and unclosed": lambda text: "".join(f"&#{ord(char):07d}" for char in text),
    "entities, hexadecimal": lambda text: "".join(f"&#x{ord(char):X};" for char in text),
    "entities, named": lambda text: text.replace("@", "&commat;").replace(".", "&period;"),
    "entities, twice": lambda text: "".join(f"&amp;#{ord(char)};" for char in text),
    "base64": lambda text: _b64(text.encode()),
    "base64, second alignment": lambda text: _b64(b"x" + text.encode() + b"yy"),
    "base64, third alignment": lambda text: _b64(b"xx" + text.encode() + b"y"),
    "base64, url-safe": lambda text: base64.urlsafe_b64encode(b"\xff\xfe\xfb" + text.encode()).decode(),
    "base64 of upper case": lambda text: _b64(text.upper().encode()),
    "base64 of percent": lambda text: _b64(quote(text, safe="").encode()),
    "base64 of json": lambda text: _b64(json.dumps({"a": 1, "email": text}).encode()),
    "base64 of UTF-16": lambda text: _b64(text.encode("utf-16-le")),
    "base64 of big-endian UTF-16": lambda text: _b64(text.encode("utf-16-be")),
    "base64, twice": lambda text: _b64(_b64(text.encode()).encode()),
    "base64, reversed": lambda text: _b64(text.encode())[::-1],
    "base64 of reversed": lambda text: _b64(text[::-1].encode()),
    "base64 in percent": lambda text: quote(_b64(text.encode()), safe=""),
    "base64, wrapped": _wrapped,
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal, upper case": lambda text: text.encode().hex().upper(),
    "hexadecimal, shifted": lambda text: "a" + text.encode().hex(),
    "hexadecimal, apart": lambda text: text.encode().hex(" "),
    "quoted-printable": lambda text: "".join(f"={byte:02X}" for byte in text.encode()),
    "soft break": lambda text: f"{text[:7]}=\r\n{text[7:]}",
    "encoded-word, B": lambda text: f"=?utf-8?B?{_b64(text.encode())}?=",
    "encoded-word, Q": lambda text: f"=?utf-8?Q?{''.join(f'={byte:02X}' for byte in text.encode())}?=",
    "RFC 2231": lambda text: f"utf-8''{quote(text, safe='')}",
    "zero width": "\u200b".join,
    "NUL": "\0".join,
    "soft hyphens": "\u00ad".join,
    "full width": lambda text: "".join(chr(ord(char) + 0xFEE0) for char in text),
    "mathematical": lambda text: "".join(chr(0x1D41A + ord(c) - 97) if "a" <= c <= "z" else c for c in text),
    "lookalikes": lambda text: text.replace("o", "о").replace("a", "а"),
    "reversed": lambda text: text[::-1],
    "ROT13": lambda text: codecs.encode(text, "rot13"),
    "spaced": " ".join,
    "JWT": _jwt,
    "JavaScript, u": lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
    "JavaScript, braces": lambda text: "".join(f"\\u{{{ord(char):x}}}" for char in text),
    "JavaScript, x": lambda text: "".join(f"\\x{ord(char):02x}" for char in text),
    "JavaScript, octal": lambda text: "".join(f"\\{ord(char):o}" for char in text),
    "character codes": lambda text: ",".join(str(ord(char)) for char in text),
    "defanged": lambda text: text.replace(".", "[.]").replace("@", "[at]"),
    "ideographic stops": lambda text: text.replace(".", "。"),
    "MD5": lambda text: hashlib.md5(text.encode()).hexdigest(),
    "SHA-1": lambda text: hashlib.sha1(text.encode()).hexdigest(),
    "SHA-256": lambda text: hashlib.sha256(text.encode()).hexdigest().upper(),
    "SHA-256 in base64": lambda text: _b64(hashlib.sha256(text.encode()).digest()),
}
"""Name, and how to write a text in that way."""

ADDRESS_FORMS: dict[str, Callable[[str], str]] = {
    "VERP": lambda text: f"bounce-{text.replace('@', '=')}@mailer.example",
    "SRS": lambda text: f"SRS0=abcd=xy={text.partition('@')[2]}={text.partition('@')[0]}@fwd.example",
    "PRVS": lambda text: f"prvs=123456abcd={text}",
    "UTF-7": lambda text: text.replace("@", "+AEA-"),
    "mailto": lambda text: f"mailto:{text}?subject=x",
    "user info": lambda text: f"http://{text}@evil.example/",
    "fragment": lambda text: f"http://evil.example/#{text}",
    "tagged": lambda text: text.replace("@", "+news@"),
    "underscores": lambda text: text.replace("@", "_at_"),
}
