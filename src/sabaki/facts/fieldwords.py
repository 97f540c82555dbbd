"""Accounts and addresses in fields whose form no standard gives: found among their tokens, never by cutting text."""

from __future__ import annotations

from sabaki.mail import lexer
from sabaki.mail.lexer import Kind, Token
from sabaki.mail.peers import address

_READ = 1_000
"""Characters of a field that are read: none of these fields is longer in honest mail."""


def tokens(text: str) -> list[Token]:
    """The tokens of the head of a field."""
    return lexer.tokenize(text[:_READ])


def mailboxes(text: str) -> tuple[str, ...]:
    """Every `local@domain` in a text, as written, each once: `<mailto:a@example.jp>`, `host: a@example.jp`, `list a@b; contact c@d`."""
    found = []
    read = tokens(text)
    for before, at, after in zip(read, read[1:], read[2:], strict=False):
        together = before.end == at.start and at.end == after.start
        if at.is_special("@") and together and before.kind in (Kind.ATOM, Kind.QUOTED) and after.kind is Kind.ATOM:
            found.append(f"{before.text}@{after.text.rstrip('.')}")
    return tuple(dict.fromkeys(found))


def addresses(text: str) -> tuple[str, ...]:
    """Every IP address that stands by itself, in brackets or in a comment, normalised, each once; behind "IP=" too."""
    found: list[str] = []
    run = ""
    end = -1
    for token in tokens(text):
        enclosed = token.kind in (Kind.LITERAL, Kind.COMMENT)
        if enclosed or token.start != end:
            found.append(_within(run))
            run = ""
        if enclosed:
            found.append(address(token.text))
        else:
            run += text[token.start : token.end]
        end = token.end
    found.append(_within(run))
    return tuple(dict.fromkeys(ip for ip in found if ip))


def _within(word: str) -> str:
    """The address in a run of characters without white space: bare, or in angle brackets, or behind a name and "=" or ":"."""
    bare = word.strip("<>,;'\"")
    tries = (bare, bare.rpartition("=")[2], bare.partition(":")[2])
    return next((found for text in tries if text and (found := address(text))), "")


def words(text: str) -> tuple[str, ...]:
    """The pieces between white space, as far as a field is read."""
    return tuple(text[:_READ].split())
