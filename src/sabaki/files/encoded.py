"""Scripts that Microsoft's Script Encoder made unreadable (JScript.Encode, VBScript.Encode; .jse, .vbe), read again."""

from __future__ import annotations

import re

_ENCODED = re.compile(r"#@~\^[A-Za-z0-9+/=]{6}==([^\0]*?)[A-Za-z0-9+/=]{6}==\^#~@")
_OPEN = re.compile(r"#@~\^[A-Za-z0-9+/=]{6}==")
_ESCAPES = {"&": "\n", "#": "\r", "*": ">", "!": "<", "$": "@"}
_TURNS = "0120121221210212021200122102122100212120200120210212001220012021"
"""Which of the three columns stands for the next character; it begins again after 64."""
_TRIPLES = bytes.fromhex(
    "2e2d32477530 7a5221566029 42715b6a5e38 2f4933265c3d 496258417d3a 342935323665 5b2039767c5c 727a56437f73"
    "386b6639634e 70334545 2b6b686862 7151594f6678 09765e62317d 44644a23546d 7543714a4c41 7e3a604a4c41 5e7e53404c40"
    "7745424a2c27 612a485d7472 2227754b3731 6f44374e794d 3b59524c2f22 506f5467266a 2a72477d6a64 74392d547b20"
    "2b3f7f2d382e 2c774c30675d 6e537e6b476c 66346f357879 255d74213043 6423264d5a76 525b25636c24 3f482b7b5528"
    "787023296941 282e34734c09 59212a332444 7f4e3f6d5077 55093b535655 7c73693a3561 5f6163654b50 46586758 3b51"
    "31574969224f 6c6d465a4d68 48257c272836 5c46703d4a6e 24327a79412f 373d5f605f4b 514f5a20422c 366557"
)
_COLUMNS = tuple(
    {9: (0x57, 0x6E, 0x7B)[column], **dict(enumerate(_TRIPLES[column::3], 32)), 60: 60, 62: 62, 64: 64}
    for column in range(3)
)


def decode(text: str) -> str:
    """Every encoded stretch of a script, readable; "" where there is none. One that was cut off is read as far as it goes."""
    stretches = [match[1] for match in _ENCODED.finditer(text)]
    if not stretches and (start := _OPEN.search(text)):
        stretches = [text[start.end() :].partition("==^#~@")[0]]
    return "\n".join(map(_plain, stretches))


def _plain(stretch: str) -> str:
    pieces: list[str] = []
    turn = 0
    escaped = False
    for character in stretch:
        if escaped:
            pieces.append(_ESCAPES.get(character, "@" + character))
            escaped = False
            turn += 1
        elif character == "@":
            escaped = True
        elif character > "\x7f":
            pieces.append(character)
        else:
            column = _COLUMNS[int(_TURNS[turn & 63])]
            pieces.append(chr(column.get(ord(character), ord(character))))
            turn += 1
    return "".join(pieces)
