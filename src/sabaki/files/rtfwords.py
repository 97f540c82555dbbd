"""The words of RTF (Rich Text Format 1.9.1): tokens, the characters that control words stand for, fonts' code pages."""

from __future__ import annotations

import codecs
import re

from sabaki.files.mapi import charset_of
from sabaki.mail import charset_labels

TOKEN = re.compile(
    rb"(\{++)|(\}++)|\\([a-zA-Z]++)(-?[0-9]++)?+ ?+|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([^\\{}]++)|(.)", re.DOTALL
)
"""Each alternative takes what it can and gives nothing back: linear on any input."""
OPEN, CLOSE, WORD, NUMBER, HEX, SYMBOL, TEXT, STRAY = range(1, 9)

CHARACTERS = {
    "par": "\n",
    "line": "\n",
    "sect": "\n",
    "page": "\n",
    "column": "\n",
    "row": "\n",
    "nestrow": "\n",
    "lbr": "\n",
    "tab": "\t",
    "cell": "\t",
    "nestcell": "\t",
    "emdash": "—",
    "endash": "–",
    "emspace": "\u2003",
    "enspace": "\u2002",
    "qmspace": "\u2005",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "zwj": "\u200d",
    "zwnj": "\u200c",
    "zwbo": "\u200b",
    "ltrmark": "\u200e",
    "rtlmark": "\u200f",
}
SYMBOLS = {
    b"~": "\u00a0",
    b"_": "\u2011",
    b"\\": "\\",
    b"{": "{",
    b"}": "}",
    b"\r": "\n",
    b"\n": "\n",
    b"\t": "\t",
}

HIDDEN = frozenset(
    "colortbl stylesheet info filetbl nonshppict private xe tc tcn rxe txe sp sn sv pnseclvl headerl private1 "
    "author operator company category keywords comment doccomm revtim creatim printim buptim staticval propname userprops upr falt "
    "pntext shprslt do linkval hlfr hlloc fchars lchars".split()
)
"""Destinations without "\\*" whose text is not shown in the document."""
SHOWN = frozenset("shppict shpinst shptxt picprop docvar_none".split())
"""Destinations with "\\*" that show what is inside them."""

DESTINATIONS = HIDDEN | frozenset(
    "annotation aftncn aftnsep aftnsepc footer footerf footerl footerr footnote ftncn ftnsep ftnsepc header headerf headerl "
    "headerr listtext result dptxbxtext objalias objname objsect objtime oleclsid password revtbl listtable fldtype "
    "background bkmkstart bkmkend datafield datastore formfield generator mhtmltag panose rsidtbl themedata shp".split()
)
"""Words that begin something of its own wherever they stand: what follows them is not an object's data."""

_OF_FONT = {
    0: 1252,
    77: 10000,
    78: 932,
    128: 932,
    129: 949,
    130: 1361,
    134: 936,
    136: 950,
    161: 1253,
    162: 1254,
    163: 1258,
    177: 1255,
    178: 1256,
    186: 1257,
    204: 1251,
    222: 874,
    238: 1250,
    254: 437,
    255: 850,
}


def codec_of_page(codepage: int) -> str:
    """The codec of a code page; Windows-1252 for one that is unknown."""
    charset = charset_of(codepage)
    return charset_labels.codec(charset) if charset else "cp1252"


def codec_of_font(charset: int, default: str) -> str:
    """The codec of a font's \\fcharset; `default` is the document's."""
    page = _OF_FONT.get(charset)
    return codec_of_page(page) if page else default


def decode(octets: bytes, codec: str) -> str:
    """Decode, with what does not fit replaced; the holes of Windows-1252 are C1 controls there as in browsers."""
    if codec == "cp1252":
        try:
            return octets.decode("cp1252")
        except UnicodeDecodeError:
            return octets.decode("cp1252", "sabaki.latin1")
    return octets.decode(codec, "replace")


def _as_latin1(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("sabaki.latin1", _as_latin1)


def joined(pieces: list[str]) -> str:
    """The text of its pieces; surrogate halves that came as two \\u words become one character."""
    text = "".join(pieces)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
