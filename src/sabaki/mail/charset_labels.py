"""Charset labels as mail writes them, and the charset that is meant (WHATWG Encoding, section 4.2, and old habits).

A fixed table: Python's own look-up would also accept "zip", "rot13" or "unicode_escape".
"""

from __future__ import annotations

from functools import lru_cache

_CODECS = {
    "us-ascii": "cp1252",
    "utf-8": "utf-8",
    "utf-7": "utf-7",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "utf-32": "utf-32",
    "utf-32-le": "utf-32-le",
    "utf-32-be": "utf-32-be",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-2022-kr": "iso2022_kr",
    "iso-2022-cn": "gb18030",
    "hz": "hz",
    "cp932": "cp932",
    "euc-jp": "euc_jp",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "cp949": "cp949",
    "johab": "johab",
    "koi8-r": "koi8_r",
    "koi8-u": "koi8_u",
    "macintosh": "mac_roman",
    "windows-874": "cp874",
    **{f"iso-8859-{n}": f"iso8859_{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **{f"windows-125{n}": f"cp125{n}" for n in range(9)},
    **{
        f"cp{n}": f"cp{n}"
        for n in (437, 720, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 864, 865, 866, 869)
    },
}
_MULTI_BYTE = frozenset(
    "utf-8 utf-7 utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be iso-2022-jp iso-2022-kr iso-2022-cn hz cp932 "
    "euc-jp gb18030 big5 cp949 johab".split()
)
_ALIASES = {
    "us-ascii": "ascii ansi-x3.4-1968 ansi-x3.4-1986 iso646-us iso-ir-6 us 646 7bit",
    "utf-8": "utf8 unicode-1-1-utf-8 utf-8n utf8mb4 x-utf-8 utf-8-mac cp65001 65001 unicode",
    "utf-7": "utf7 unicode-1-1-utf-7 csunicode11utf7 x-unicode-1-1-utf-7 cp65000",
    "utf-16": "utf16 iso-10646-ucs-2 ucs-2 ucs2 csunicode x-utf-16",
    "utf-16-le": "utf-16le utf16le unicodefffe unicode-16le x-utf-16le",
    "utf-16-be": "utf-16be utf16be unicodefeff",
    "utf-32": "utf32 ucs-4",
    "utf-32-le": "utf-32le",
    "utf-32-be": "utf-32be",
    "iso-2022-jp": "iso2022jp iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-3 iso-2022-jp-2004 iso-2022-jp-ms iso-2022-jp-ext "
    "csiso2022jp csiso2022jp2 cp50220 cp50221 cp50222 windows-50220 windows-50221 x-windows-50220 x-windows-50221 "
    "x-windows-iso2022jp x-iso2022jp x-iso-2022-jp jis jis7 jis-ms jis-encoding csjisencoding x-jis 50220 50221 "
    "-iso-2022-jp$esc -iso-2022-jp iso2022-jp",
    "iso-2022-kr": "iso2022kr csiso2022kr",
    "iso-2022-cn": "iso-2022-cn-ext",
    "hz": "hz-gb-2312 hz-gb",
    "cp932": "shift-jis shift-jisx0213 shift-jis-2004 sjis s-jis x-sjis shiftjis x-shift-jis ms-kanji csshiftjis ms932 "
    "windows-31j cswindows31j windows31j win-31j x-windows-31j sjis-win x-ms-cp932 windows-932 cp-932 cp943 cp943c "
    "ibm943 ms-shift-jis macjapanese x-mac-japanese cp10001 932",
    "euc-jp": "eucjp euc x-euc-jp x-euc ujis eucjp-ms eucjp-win euc-jp-ms cp51932 cseucpkdfmtjapanese euc-jisx0213 "
    "euc-jis-2004 cp20932 windows-51932 x-eucjp 51932",
    "gb18030": "gb2312 gbk gb-2312 gb2312-80 gb-2312-80 x-gbk cp936 ms936 windows-936 euc-cn euccn csgb2312 chinese "
    "gb18030-2000 x-gb gb 936 iso-ir-58",
    "big5": "big5-hkscs big5hkscs big-5 x-x-big5 cn-big5 csbig5 cp950 windows-950 big5-eten x-big5 950",
    "cp949": "ks-c-5601-1987 ks-c-5601-1989 ks-c-5601 ksc5601 ksc-5601 ks-x-1001 euc-kr euckr cseuckr uhc windows-949 korean "
    "ms949 x-windows-949 949 iso-ir-149",
    "koi8-r": "koi8r koi8 koi cskoi8r",
    "koi8-u": "koi8u koi8-ru",
    "macintosh": "mac x-mac-roman csmacintosh macroman x-macroman",
    "windows-874": "cp874 tis-620 tis620 iso-8859-11 dos-874",
    "windows-1252": "iso-8859-1 iso8859-1 latin1 latin-1 l1 iso-ir-100 ibm819 cp819 iso88591 iso-8859-1-windows-3.1-latin-1 "
    "ansi x-ansi western windows-1252-1 iso-8859",
    "windows-1254": "iso-8859-9 latin5 l5 iso8859-9 turkish",
    "iso-8859-2": "latin2 l2",
    "iso-8859-8": "iso-8859-8-i iso-8859-8-e logical visual hebrew",
    "iso-8859-6": "arabic iso-8859-6-i iso-8859-6-e",
    "iso-8859-7": "greek",
    "iso-8859-5": "cyrillic",
    "iso-8859-15": "latin9 latin-9 l9",
}


_FAMILIES = (
    ("iso-2022-jp", "iso-2022-jp"),
    ("iso2022jp", "iso-2022-jp"),
    ("x-sjis", "cp932"),
    ("sjis", "cp932"),
    ("shift-jis", "cp932"),
    ("shift_jis", "cp932"),
    ("euc-jp", "euc-jp"),
    ("eucjp", "euc-jp"),
    ("utf-8", "utf-8"),
)
"""Dialects that nobody registered: "sjis-docomo", "iso-2022-jp-kddi", "eucJP-open", "utf-8-mobile"."""


def _table() -> dict[str, str]:
    table = {name: name for name in _CODECS}
    for name, aliases in _ALIASES.items():
        table.update(dict.fromkeys(aliases.split(), name))
    for n in range(9):
        table.update(
            dict.fromkeys(
                (f"cp125{n}", f"cp-125{n}", f"x-cp125{n}", f"win-125{n}", f"windows125{n}"), f"windows-125{n}"
            )
        )
    for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16):
        table.update(dict.fromkeys((f"iso8859-{n}", f"iso8859{n}", f"iso-8859{n}", f"csiso8859{n}"), f"iso-8859-{n}"))
    table.update({name.replace("cp", "ibm"): name for name in _CODECS if name.startswith("cp")})
    return table


_BY_LABEL = _table()


@lru_cache(maxsize=256)
def canonical(label: str) -> str | None:
    """The charset meant by a label as written ("Shift_JIS" is "cp932"), or None for one that is unknown."""
    name = label[:80].strip().strip("\"'<>;,=").strip().lower().replace("_", "-")
    words = name.split(";", 1)[0].split("*", 1)[0].split()
    name = words[0].split("#", 1)[0] if words else ""
    return _BY_LABEL.get(name) or next((charset for family, charset in _FAMILIES if name.startswith(family)), None)


def codec(charset: str) -> str:
    """Python's name for a charset that `canonical` gave."""
    return _CODECS[charset]


def is_single_byte(charset: str) -> bool:
    """Whether every octet is a character of its own in a charset that `canonical` gave."""
    return charset not in _MULTI_BYTE
