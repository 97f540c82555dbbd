"""The clauses of a Received field (RFC 5321 section 4.4), split by one tokenizer.

What a peer can write stands in front of `by` (its greeting, its looked-up name) and in the addresses of the envelope.
So the last complete `by` is the server's own, and where a greeting or an address breaks out of its place nothing behind
that place is read.
"""

from __future__ import annotations

import re

import msgspec

from sabaki.mail import lexer
from sabaki.mail.lexer import Kind, Token

_NAMES = frozenset({"from", "by", "via", "with", "id", "for", "tls", "pod-id", "envelope-from"})
"""RFC 5321's, RFC 8314's `tls`, Yahoo's `pod-id`, Haraka's `envelope-from`."""
_LENGTHS = frozenset(map(len, _NAMES))
_BEHIND_BY = frozenset({"tls", "pod-id", "envelope-from"})
_TRAILING_DATE = re.compile(
    r"(?:\bat )?(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), |\d{4}-\d\d-\d\d |\d{1,2} [A-Z][a-z]{2} \d{4} )[\d ]?\d.{0,60}$"
)
_SPECIAL_PAIR = re.compile(r'\\([()\\"])')
_FOLDS = re.compile(r"[ \t\r\n]++")
_BEHIND_DATE = re.compile(r"\s(?:id\s|\()")
_LONGEST_DATE = 48
_LONGEST_WORD = 4_000
"""Characters to which adjoining tokens are put together; with each, all of the word is copied."""
_ENVELOPE = re.compile(
    r'envelope-(?:from|sender):?[ \t]*+(?:<(?:"(?:[^"\\]|\\.)*+"@)?[^"<>\\()]*+>|[^"<>\\()\s]*+)\s*+'
)
"""How a comment with the envelope's sender is written. One that is not so was ended by a parenthesis in the address."""
_COMMENT, _ATOM, _LITERAL, _QUOTED, _SPECIAL = Kind.COMMENT, Kind.ATOM, Kind.LITERAL, Kind.QUOTED, Kind.SPECIAL


class Clauses(msgspec.Struct, gc=False):
    """The words and the comments of each clause ("" is what stood before any), and the date's text.

    Adjoining tokens are one word (`<a@b>`, `2001:db8::1`); literals keep their brackets. `own` are the comments that
    the server wrote about itself and the session, in their order; `late` those behind a recipient, in which
    the peer may have had a hand, `envelope` those that hold the envelope's sender. `unread` is what stands behind the place where a peer's text broke out.
    """

    words: dict[str, list[str]]
    comments: dict[str, list[str]]
    date: str
    own: list[str]
    late: list[str]
    envelope: list[str]
    unread: str = ""

    def first(self, name: str) -> str:
        """The first word of a clause, "" where there is none."""
        words = self.words.get(name)
        return words[0] if words else ""


class _Reader:
    """Goes once through the tokens."""

    __slots__ = ("_last_with", "_pairs", "_text", "_tokens", "comments", "found", "name", "words")

    def __init__(self, text: str, tokens: list[Token], date: str) -> None:
        self._text, self._tokens = text, tokens
        self._pairs = "\\" in text
        self._last_with: int | None = None
        self.words: list[str] = []
        self.comments: list[str] = []
        self.name = ""
        self.found = Clauses({"": self.words}, {"": self.comments}, date, [], [], [])

    def read(self) -> Clauses:
        value_due, last, words, known = False, -1, self.words, self.found.words
        for place, token in enumerate(self._tokens):
            kind, written = token.kind, token.text
            if kind is _COMMENT:
                if not self._comment(token):
                    return self._stop(token)
                continue
            if kind is _ATOM and len(written) in _LENGTHS and (keyword := written.lower()) in _NAMES:
                if (keyword not in known or keyword == "by") and self._opens(keyword, place, value_due):
                    value_due, last, words = True, -1, self.words
                    continue
            elif kind is _LITERAL:
                written = f"[{_FOLDS.sub(' ', written)}]" if " " in written or "\t" in written else f"[{written}]"
            elif kind is _SPECIAL and written in "()":
                continue
            elif kind is _QUOTED and self.name == "from" and _breaks_out(written):
                return self._stop(token)
            if token.start == last and words and len(words[-1]) < _LONGEST_WORD:
                words[-1] += written
            else:
                words.append(written)
            value_due, last = False, token.end
        return self.found

    def _comment(self, token: Token) -> bool:
        """Take a comment in; False where a peer's text broke out of its place."""
        written = token.text
        if self._pairs:
            written = _SPECIAL_PAIR.sub(r"\1", self._text[token.start + 1 : token.end - 1])
        if "  " in written or "\t" in written or "\n" in written:
            written = _FOLDS.sub(" ", written)
        if written.startswith("envelope-"):
            self.found.envelope.append(written)
            return _ENVELOPE.fullmatch(self._text, token.start + 1, token.end - 1) is not None
        self.comments.append(written)
        if self.name == "from":
            if written.startswith("[") and written.count('"') % 2:  # ZMailer's `[192.0.2.1]:25 "EHLO name" flags`, cut
                return False
            return "(" not in written or not _breaks_out_of_greeting(written)
        late = self.found.late
        if late or self.name == "for" or written.startswith("ORCPT "):
            late.append(written)
        else:
            self.found.own.append(written)
        return True

    def _opens(self, keyword: str, place: int, value_due: bool) -> bool:
        """Whether a clause begins here.

        Each opens once, "from" only in front, and the first word of a clause is its value: a peer that greets with "by"
        opens nothing.
        """
        found = self.found
        words = found.words
        if keyword == "by":
            if self.name != "from" and self._by_again(place):
                self._give_back()
            elif keyword in words:
                return False
        elif (keyword == "from" and self.name) or (keyword in _BEHIND_BY and "by" not in words):
            return False
        if value_due and self._is_value(place):
            return False
        self.words = words[keyword] = []
        self.comments = found.comments[keyword] = []
        self.name = keyword
        return True

    def _by_again(self, place: int) -> bool:
        """Whether this "by" shows that all before it was the peer's own text.

        That is one behind another clause, or one more, where the rest of a field follows: `by X with Y by Z id 1` is
        honest, and so is `by host by uid 1005`.
        """
        words = self.found.words
        if "from" not in words:
            return False
        if self.name == "via" and "by" not in words and self._is_over_http():  # `via proxy by webmail with HTTP`
            return False
        if "by" not in words:  # only DragonFly's agent puts its id in front
            return not (words.keys() <= {"", "from", "id"} and len(self.words) == 1 and not self.comments)
        following = self._tokens[place + 1].text.lower() if place + 1 < len(self._tokens) else ""
        return following != "uid" and place < self._place_of_last_with()

    def _place_of_last_with(self) -> int:
        if self._last_with is None:
            withs = (
                at for at, token in enumerate(self._tokens) if token.kind is _ATOM and token.text.lower() == "with"
            )
            self._last_with = max(withs, default=-1)
        return self._last_with

    def _is_over_http(self) -> bool:
        after = self._place_of_last_with() + 1
        return 0 < after < len(self._tokens) and self._tokens[after].text.lower().startswith("http")

    def _give_back(self) -> None:
        """All clauses since `from` go back into it, with their names, and what was taken for the server's own goes."""
        found = self.found
        kept, comments = found.words["from"], found.comments["from"]
        for name in [name for name in found.words if name not in ("", "from")]:
            kept += [name, *found.words.pop(name)]
            comments += found.comments.pop(name)
        found.own.clear()
        found.late.clear()
        found.envelope.clear()

    def _is_value(self, place: int) -> bool:
        """Whether a clause's name, right behind another's, is that one's value: a comment or a clause follows it."""
        after = self._tokens[place + 1] if place + 1 < len(self._tokens) else None
        if after is None and self.name == "with":  # QUIRK: Tencent leaves both empty, `with id ;`
            return False
        return after is None or after.kind is _COMMENT or after.text.lower() in _NAMES

    def _stop(self, token: Token) -> Clauses:
        found = self.found
        found.unread = self._text[token.start : self._tokens[-1].end]
        if self._text.startswith("envelope-", token.start + 1):  # then its sender may have written the date too
            found.unread, found.date = f"{found.unread}; {found.date}", ""
        elif self.name == "from":  # then it is not known who wrote what is there
            found.unread = f"{' '.join(found.words.pop('from'))} {found.unread}"
            found.comments.pop("from")
        return found


def _breaks_out(quoted: str) -> bool:
    """Whether a quoted string, which no server writes into `from`, has taken in what servers write."""
    return "(" in quoted or ")" in quoted or " by " in quoted


def _breaks_out_of_greeting(comment: str) -> bool:
    """Whether a comment began in a greeting and ended somewhere behind it."""
    lowered = comment[:12].lower()
    if lowered.startswith(("client ", "helo ", "ehlo ")):
        return not lowered.startswith("client ")
    return " by " in comment and (" id " in comment or " with " in comment) and "using " not in comment[:6]


def _split_date(text: str) -> tuple[list[Token], str]:
    """The tokens before the last ";" that stands outside comments and quotes, and the text behind it."""
    end = text.rfind(";")
    if end < 0:
        return _split_trailing_date(text, lexer.tokenize(text))
    date = text[end + 1 :]
    closed = date.find(")")
    if '"' not in date and "]" not in date and (closed < 0 or 0 <= date.find("(") < closed):
        return lexer.tokenize(text[:end]), date.strip()
    tokens = lexer.tokenize(text)
    at = next((place for place in range(len(tokens) - 1, -1, -1) if tokens[place].is_special(";")), None)
    if at is None:
        return _split_trailing_date(text, tokens)
    return tokens[:at], text[tokens[at].end :].strip()


def _split_trailing_date(text: str, tokens: list[Token]) -> tuple[list[Token], str]:
    """QUIRK: some servers leave the ";" out, or write "at"."""
    match = _TRAILING_DATE.search(text, max(0, len(text) - 100))
    if not match:
        return tokens, ""
    return [token for token in tokens if token.start < match.start()], match.group().removeprefix("at ")


def _read_behind_date(found: Clauses) -> None:
    """QUIRK: Courier writes the id behind the date, Yandex and others the session, PowerMTA the envelope's sender."""
    text = found.date
    match = _BEHIND_DATE.search(text)
    if not match:
        return
    tokens = lexer.tokenize(text[match.start() :])
    for place, token in enumerate(tokens):
        if token.kind is _COMMENT:
            written = _FOLDS.sub(" ", token.text)
            (found.envelope if written.startswith("envelope-") else found.late).append(written)
        elif token.kind is _ATOM and token.text == "id" and "id" not in found.words and place + 1 < len(tokens):
            found.words["id"] = [tokens[place + 1].text]
            found.date = text[: match.start() + token.start]
            break


def split(text: str) -> Clauses:
    """Split the unfolded body of a field. Linear time, never raises."""
    if ";" not in text:
        text = _FOLDS.sub(" ", text)
    tokens, date = _split_date(text)
    found = _Reader(text, tokens, date).read()
    if len(date) > _LONGEST_DATE and not found.unread:
        _read_behind_date(found)
    return found
