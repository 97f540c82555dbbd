"""The gates: what the sender wrote is shown, never obeyed. One gate for each output; HTML's is Jinja2's autoescape.

A control character, a direction override or an invisible character is shown as what it is: ␛, <U+202E>.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def _named(codes: Iterable[int]) -> dict[int, str]:
    return {code: f"<U+{code:04X}>" for code in codes}


_INVISIBLE = (
    0x00AD,  # soft hyphen
    0x034F,  # combining grapheme joiner
    0x061C,  # Arabic letter mark
    *(0x115F, 0x1160, 0x3164, 0xFFA0),  # Hangul fillers
    0x180E,  # Mongolian vowel separator
    *range(0x200B, 0x2010),  # zero-width space and joiners, direction marks
    *range(0x2028, 0x202F),  # line and paragraph separators, direction embeddings and overrides
    *range(0x2060, 0x2070),  # word joiner, invisible operators, direction isolates, deprecated controls
    0xFEFF,  # byte order mark
    *range(0xFFF9, 0xFFFC),  # interlinear annotation
    *range(0xE0000, 0xE0080),  # tags
)
_SHOWN: dict[int, str] = {
    **{code: chr(0x2400 + code) for code in range(0x20)},
    0x7F: "␡",
    **_named(range(0x80, 0xA0)),
    **_named(_INVISIBLE),
    **_named(range(0xD800, 0xE000)),  # lone surrogates: no output can encode them
}
_SHOWN_IN_LINES: dict[int, str] = {code: shown for code, shown in _SHOWN.items() if code not in (0x09, 0x0A)}

_IN_JSON: dict[int, str] = {
    code: f"\\u{code:04x}" for code in _SHOWN if code >= 0x7F and not 0xD800 <= code < 0xE000 and code <= 0xFFFF
}

_MARKDOWN = str.maketrans({char: f"\\{char}" for char in "\\`*_[]|~#$!"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"})
_AT_START = "-+=:"
_ADDRESS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-*=%")


def terminal(text: str) -> str:
    """One line of text with every control, direction and invisible character shown; line ends too."""
    return text if text.isascii() and text.isprintable() else text.translate(_SHOWN)


def lines(text: str) -> str:
    """Text of several lines: as `terminal`, but line ends and tabs stay; CRLF and CR become LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_SHOWN_IN_LINES)


def json_text(document: str) -> str:
    """A JSON document with the same meaning and nothing in it that steers a terminal: C1, DEL, direction, invisible as \\u escapes.

    Outside its strings a JSON document holds none of them.
    """
    return document.translate(_IN_JSON)


def markdown(text: str) -> str:
    """One line of plain text as Markdown (CommonMark, GFM): nothing in it is markup, no link is made of it.

    Mail addresses become code spans: GFM links them wherever they stand, escaped or not.
    """
    pieces, at = [], 0
    shown = terminal(" ".join(text.split("\n")))
    for start, end in _addresses(shown):
        pieces += [_plain(shown[at:start], first=not at), markdown_code(shown[start:end])]
        at = end
    return "".join([*pieces, _plain(shown[at:], first=not at)])


def _plain(shown: str, *, first: bool) -> str:
    escaped = shown.translate(_MARKDOWN)
    escaped = escaped.replace("://", "\\://").replace("www.", "www\\.").replace("WWW.", "WWW\\.")
    if not first:
        return escaped
    if escaped[:1] in tuple(_AT_START):
        return f"\\{escaped}"
    number = len(escaped) - len(escaped.lstrip("0123456789"))
    if number and escaped[number : number + 1] in (".", ")"):
        return f"{escaped[:number]}\\{escaped[number:]}"
    return escaped


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    """Where GFM would see a mail address, our mask's asterisks included: one pass, never back over what was taken."""
    taken, at = 0, text.find("@")
    while at >= 0:
        start = end = at
        while start > taken and text[start - 1] in _ADDRESS:
            start -= 1
        while end + 1 < len(text) and text[end + 1] in _ADDRESS:
            end += 1
        while end > at and text[end] == ".":
            end -= 1
        if start < at < end:
            yield start, end + 1
            taken = end + 1
        at = text.find("@", max(at, end) + 1)


def _longest_run(text: str, char: str) -> int:
    longest = run = 0
    for each in text:
        run = run + 1 if each == char else 0
        longest = max(longest, run)
    return longest


def markdown_code(text: str) -> str:
    """One line of text as a Markdown code span that its own backticks cannot close; fit for a table's cell."""
    shown = terminal(text)
    if not shown.strip():
        return ""
    fence = "`" * (_longest_run(shown, "`") + 1)
    # GFM takes a backslash before a bar away even inside code, but only in a table; a look-alike serves both places.
    shown = shown.replace("|", "¦")
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def markdown_block(text: str) -> str:
    """Text of several lines as a fenced code block that its own backticks cannot close."""
    shown = lines(text)
    fence = "`" * max(3, _longest_run(shown, "`") + 1)
    return f"{fence}text\n{shown}\n{fence}"
