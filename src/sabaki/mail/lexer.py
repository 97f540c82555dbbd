"""RFC 5322 section 3.2 lexical tokens, found in one pass: atoms, quoted strings, comments, domain literals, specials.

Works on text with one character a byte (`Field.raw_value`) as well as on decoded text. Linear time and constant stack
for any input: an unclosed quote, comment or bracket is a special, and what follows it is read on as usual.
"""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec

COMMENT_DEPTH = 32
"""Nesting of comments beyond which `Token.too_deep` is set; the text is kept all the same."""


class Kind(StrEnum):
    """What a token is."""

    ATOM = "atom"
    """A run of anything that is neither white space nor special; dots belong to it (dot-atom)."""
    QUOTED = "quoted"
    COMMENT = "comment"
    LITERAL = "literal"
    SPECIAL = "special"


class Token(msgspec.Struct, frozen=True, gc=False):
    """One token; `text[start:end]` is it as written.

    `text` is its meaning: without quotes, outer parentheses or brackets, and with quoted pairs undone;
    a nested comment keeps its inner parentheses.
    """

    kind: Kind
    text: str
    start: int
    end: int
    too_deep: bool = False

    def is_special(self, character: str) -> bool:
        """Whether this is the special `character`."""
        return self.kind is Kind.SPECIAL and self.text == character


ENCODED_WORD = (
    r"=\?[ \t]{0,3}[^?\s]++[ \t]{0,3}\?[ \t]{0,3}"
    r"(?:[bB][ \t]{0,3}\?[^?]*+|[qQ][ \t]{0,3}\?(?:[^?=]|=(?!\?)|\?(?!=))*+)\?="  # stops at the next "=?": linear
)
"""RFC 2047. QUIRK: encoded-words hold spaces, commas and parentheses in real mail; taken whole they do no harm."""

# Every alternative is one group, so that its number tells the kind; white space is skipped on the way.
_SPACE = r"[ \t\r\n]*+"
_ATOM = "(" + ENCODED_WORD + r'|[^ \t\r\n()<>\[\]:;@\\,"]++)'
_LITERAL = r"(\[[^\[\]]*+\])"
_QUOTED = r'("[^"\\]*+(?:\\.[^"\\]*+)*+")'
_FLAT_COMMENT = r"(\([^()\\]*+\))"
_TOKEN = re.compile(f"{_SPACE}(?:{_ATOM}|{_LITERAL}|{_QUOTED}|{_FLAT_COMMENT}|(.))", re.DOTALL)
_TOKEN_AFTER_UNCLOSED_QUOTE = re.compile(f"{_SPACE}(?:{_ATOM}|{_LITERAL}|((?!))|{_FLAT_COMMENT}|(.))", re.DOTALL)
_ATOM_GROUP, _LITERAL_GROUP, _QUOTED_GROUP, _COMMENT_GROUP, _SPECIAL_GROUP = range(1, 6)
_COMMENT_MARK = re.compile(r"\\.|[()]", re.DOTALL)
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)


class _Comments:
    """Finds where a comment ends; after one that never ends, all pairs of the rest are known and nothing is re-read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._closes: dict[int, tuple[int, int]] | None = None

    def end(self, start: int) -> tuple[int, int] | None:
        """The end of the comment that opens at `start` and how deep it nests, or None where it never closes."""
        if self._closes is not None:
            return self._closes.get(start)
        open_at: list[int] = []
        heights: list[int] = []
        closes: dict[int, tuple[int, int]] = {}
        for mark in _COMMENT_MARK.finditer(self._text, start):
            if mark.group() == "(":
                open_at.append(mark.start())
                heights.append(1)
            elif mark.group() == ")":
                height = heights.pop()
                closes[open_at.pop()] = (mark.end(), height)
                if not open_at:
                    return mark.end(), height
                heights[-1] = max(heights[-1], height + 1)
        self._closes = closes
        return None


def tokenize(text: str) -> list[Token]:
    """All tokens of a structured field body (RFC 5322 section 3.2), comments included, white space left out."""
    tokens: list[Token] = []
    comments: _Comments | None = None
    next_token = _TOKEN.match
    position = 0
    while (match := next_token(text, position)) is not None:
        group = match.lastindex or _SPECIAL_GROUP
        start, position = match.span(group)
        if group == _ATOM_GROUP:
            tokens.append(Token(Kind.ATOM, match[group], start, position))
        elif group == _COMMENT_GROUP:
            tokens.append(Token(Kind.COMMENT, text[start + 1 : position - 1], start, position))
        elif group == _LITERAL_GROUP:
            tokens.append(Token(Kind.LITERAL, text[start + 1 : position - 1].strip(), start, position))
        elif group == _QUOTED_GROUP:
            tokens.append(Token(Kind.QUOTED, unescape(text[start + 1 : position - 1]), start, position))
        else:
            character = match[group]
            if character == "(":  # a comment that nests or has quoted pairs, or none at all
                comments = comments or _Comments(text)
                closed = comments.end(start)
                if closed:
                    position = closed[0]
                    inner = unescape(text[start + 1 : position - 1])
                    tokens.append(Token(Kind.COMMENT, inner, start, position, closed[1] > COMMENT_DEPTH))
                    continue
            elif character == '"':
                next_token = _TOKEN_AFTER_UNCLOSED_QUOTE.match
            tokens.append(Token(Kind.SPECIAL, character, start, position))
    return tokens


def unescape(text: str) -> str:
    r"""Undo quoted pairs (RFC 5322 section 3.2.1): `\"` gives `"`."""
    return _QUOTED_PAIR.sub(r"\1", text) if "\\" in text else text


def without_comments(text: str) -> str:
    """The text with every comment replaced by one space; quoted strings stay as written."""
    if "(" not in text:
        return text
    pieces: list[str] = []
    position = 0
    for token in tokenize(text):
        if token.kind is Kind.COMMENT:
            pieces.append(text[position : token.start])
            position = token.end
    pieces.append(text[position:])
    return " ".join(pieces)


def split_spans(text: str, at: str) -> list[tuple[int, int]]:
    """Where the pieces between the special `at` (such as ";") stand, quotes, comments and literals left whole."""
    spans: list[tuple[int, int]] = []
    start = 0
    for token in tokenize(text) if at in text else ():
        if token.kind is Kind.SPECIAL and token.text == at:
            spans.append((start, token.start))
            start = token.end
    spans.append((start, len(text)))
    return spans


def split(text: str, at: str) -> list[str]:
    """The pieces between the special `at`, stripped; empty ones are kept so that positions stay true."""
    return [text[start:end].strip() for start, end in split_spans(text, at)]
