"""Authentication-Results (RFC 8601), its ARC twin (RFC 8617 section 4.1.1) and Received-SPF (RFC 7208 section 9.1), by grammar.

Comments and quoted strings may hold ";" and "=", so nothing here is split on characters. Whether a field is to be believed is
not a question of grammar: facts.authentication answers it.
"""

from __future__ import annotations

import re

import msgspec

from sabaki.mail import lexer
from sabaki.mail.lexer import Kind
from sabaki.mail.peers import address

_LONGEST = 32_000
_LONGEST_WORD = 4_000
_MOST_RESULTS = 50
_TEST_NAME = re.compile(r"[A-Z][A-Z0-9_]{2,60}+")
_SENDER_IP = "sender ip is "
_SPF_RESULTS = {
    "pass": "pass",
    "fail": "fail",
    "hardfail": "fail",
    "softfail": "softfail",
    "neutral": "neutral",
    "none": "none",
    "temperror": "temperror",
    "error": "temperror",
    "permerror": "permerror",
    "unknown": "permerror",
}
"""RFC 7208 section 2.6, and the names that older drafts had for the same."""


_SPAM_TESTS = {
    "SPF_PASS": ("spf", "pass"),
    "SPF_FAIL": ("spf", "fail"),
    "SPF_SOFTFAIL": ("spf", "softfail"),
    "SPF_NEUTRAL": ("spf", "neutral"),
    "SPF_NONE": ("spf", "none"),
    "DKIM_VALID": ("dkim", "pass"),
    "DKIM_INVALID": ("dkim", "fail"),
    "DMARC_PASS": ("dmarc", "pass"),
    "DMARC_REJECT": ("dmarc", "fail"),
    "DMARC_QUAR": ("dmarc", "fail"),
    "DMARC_NONE": ("dmarc", "fail"),
    "DMARC_MISSING": ("dmarc", "none"),
}
"""SpamAssassin's rules that only repeat what SPF, DKIM and DMARC gave. DMARC_NONE: it failed, and the policy asks for nothing."""
_KEYWORDS = frozenset({*_SPF_RESULTS, "policy", "bestguesspass"})


class Result(msgspec.Struct, frozen=True):
    """One method's result: `method` and `result` in lower case, `properties` as ptype.property to value.

    A `reason` is kept under that name; the address that Exchange Online puts into a comment as "sender.ip".
    """

    method: str
    result: str
    properties: dict[str, str]


class AuthenticationResults(msgspec.Struct, frozen=True):
    """A whole field. `authserv_id` is "" where the field names none, as Exchange Online's does not."""

    authserv_id: str
    results: tuple[Result, ...]


class _Piece(msgspec.Struct):
    """What stands between two ";": words with their adjoining tokens, and comments."""

    words: list[str]
    comments: list[str]


def _pieces(value: str) -> list[_Piece]:
    pieces = [_Piece([], [])]
    last = -1
    for token in lexer.tokenize(value[:_LONGEST]):
        words = pieces[-1].words
        if token.kind is Kind.COMMENT:
            if len(words) > 1 and token.start == last:
                # No space before it, and none in it: `header.d=bank.example(.evil.example)` is how a name is smuggled in.
                words[-1] = _joined(words[-1], value[token.start : token.end])
                last = token.end
            else:
                pieces[-1].comments.append(token.text)
            continue
        if token.is_special(";"):
            pieces.append(_Piece([], []))
            last = -1
            continue
        text = f"[{token.text}]" if token.kind is Kind.LITERAL else token.text
        if words and (
            token.start == last or _joins(words[-1], text) or (len(words) > 1 and _joins_name(words[-1], text))
        ):
            words[-1] = _joined(words[-1], text)
        else:
            words.append(text)
        last = token.end
    return pieces


def _joined(word: str, text: str) -> str:
    """A word with what belongs to it; what makes it absurdly long is left out, for all of it is copied each time."""
    return word + text if len(word) < _LONGEST_WORD else word


def _joins(word: str, text: str) -> bool:
    """Whether a token belongs to the word in front of it across white space: `spf / 1 = pass` (RFC 8601 section 2.2)."""
    equals = word.find("=")
    if equals < 0:
        return text[:1] in ("=", "/") or word.endswith("/")
    return equals == len(word) - 1 and "=" not in text


def _joins_name(word: str, text: str) -> bool:
    """Whether a token belongs to the name of a property: `header . d = x` (RFC 8601 section 2.2)."""
    return "=" not in word and (text[:1] == "." or word.endswith("."))


def parse(value: str) -> AuthenticationResults:
    """Read an Authentication-Results field body. What does not parse is left out; never raises."""
    return _read(_pieces(value))


def parse_arc(value: str) -> tuple[str, AuthenticationResults]:
    """Read an ARC-Authentication-Results field body: the instance ("1" to "50", "" where it is not said), and the rest."""
    pieces = _pieces(value)
    first = pieces[0].words[0] if pieces[0].words else ""
    if not first.lower().startswith("i="):
        return "", _read(pieces)
    return first[2:], _read(pieces[1:] or [_Piece([], [])])


def _read(pieces: list[_Piece]) -> AuthenticationResults:
    first = pieces[0].words
    nameless = bool(first) and "=" in first[0]
    authserv_id = first[0].lower().rstrip(".") if first and not nameless else ""
    found = (_result(piece) for piece in (pieces if nameless else pieces[1:])[:_MOST_RESULTS])
    return AuthenticationResults(authserv_id, tuple(result for result in found if result))


def _result(piece: _Piece) -> Result | None:
    """`method[/version]=result` and what follows it."""
    if not piece.words:
        return None
    method, equals, result = piece.words[0].partition("=")
    method = method.partition("/")[0].strip().lower()
    if not equals or not _is_keyword(method) or not _is_keyword(result) or "." in result:
        return None  # QUIRK: Yahoo! JAPAN writes `from=example.jp`, which is no result, between the results
    properties: dict[str, str] = {}
    for word in piece.words[1:]:
        name, equals, value = word.partition("=")
        if equals and name:
            properties.setdefault(name.lower(), value)
    for comment in piece.comments:
        if comment[: len(_SENDER_IP)].lower() == _SENDER_IP and (found := address(comment[len(_SENDER_IP) :])):
            properties["sender.ip"] = found
    return Result(method, result.lower(), properties)


def _is_keyword(text: str) -> bool:
    return 0 < len(text) <= 40 and text.replace("-", "").replace("_", "").replace(".", "").isalnum() and text.isascii()


def parse_received_spf(value: str) -> Result | None:
    """Read a Received-SPF field body: the result, a comment, then key=value pairs.

    QUIRK: some servers name themselves only in front of the comment, `(mx.example.jp: domain of ...)`; that name is
    given as the property "receiver" where there is no pair of that name.
    """
    pieces = _pieces(value)
    word = pieces[0].words[0].lower() if pieces[0].words else ""
    if word not in _SPF_RESULTS:
        return None
    properties: dict[str, str] = {}
    for piece in pieces[:_MOST_RESULTS]:
        for pair in piece.words:
            name, equals, text = pair.partition("=")
            if equals and name:
                properties.setdefault(name.lower(), text)
    comment = next(iter(pieces[0].comments), "")
    host, colon, _ = comment.partition(":")
    if "receiver" not in properties and colon and "." in host and " " not in host:
        properties["receiver"] = host
    return Result("spf", _SPF_RESULTS[word], properties)


def parse_spam_tests(value: str) -> tuple[Result, ...]:
    """The results of SPF, DKIM and DMARC that an X-Spam-Status field body repeats among its tests (SpamAssassin, amavis)."""
    found: dict[str, Result] = {}
    for name in _TEST_NAME.findall(value[:_LONGEST]):
        if name in _SPAM_TESTS:
            method, result = _SPAM_TESTS[name]
            found.setdefault(method, Result(method, result, {"rule": name}))
    return tuple(found.values())


def parse_single(method: str, value: str) -> Result | None:
    """The result in a field of one method's own, `X-SPF-Result: mx.example.jp: pass`: the first keyword, comments left out."""
    for token in lexer.tokenize(value[:_LONGEST]):
        word = token.text.lower().rstrip(".") if token.kind is Kind.ATOM else ""
        word = word.removeprefix(f"{method}=")
        if word in _KEYWORDS:
            return Result(method, _SPF_RESULTS.get(word, word), {})
    return None
