"""Mailboxes (RFC 5322 section 3.4) as they are written in real fields: what is wrong but usable is kept."""

from __future__ import annotations

import re

from sabaki.mail import domains
from sabaki.mail.fields import decode_phrase, to_unicode
from sabaki.mail.lexer import Kind, Token, tokenize
from sabaki.mail.limits import Budget
from sabaki.model.observable import EmailAddr

_SPACE_AROUND = re.compile(r"\s*+@\s*+|\s\.\s")
_PLAIN = re.compile(r"[!#-'*+/-9=?A-Z^-~-]++@[a-z0-9._-]++")
_DOT_ATOM = re.compile(r"[^\s()<>\[\]:;@\\,\"]+")
_SEPARATORS = (",", ";")


def parse_mailboxes(raw_value: str, budget: Budget) -> tuple[EmailAddr, ...]:
    """The mailboxes of a field body (`Field.raw_value`, or text that is decoded already), in order.

    Groups give their members, a route (RFC 5322 section 4.4) is dropped. A mailbox without a domain has `domain` "";
    a name without a mailbox has `address` "". The null path `<>` gives nothing. Limits: `addresses`, `field_interpreted`, `address_fields`.
    """
    text = raw_value[: budget.limits.field_interpreted]
    if _PLAIN.fullmatch(bare := text.strip(" <>")) and text.count("<") <= 1:
        return (_mailbox(bare, ""),)
    if not budget.spend("address_fields", len(text)):
        return ()
    # A lone quote or bracket between commas is no mailbox.
    return tuple(box for box in _Reader(to_unicode(text), budget).read() if box.address or box.display_name)


class _Reader:
    """Takes the tokens of a field apart at its commas."""

    def __init__(self, text: str, budget: Budget) -> None:
        self.text = text
        self.budget = budget
        self.found: list[EmailAddr] = []

    def read(self) -> list[EmailAddr]:
        tokens = tokenize(self.text)
        if any(token.too_deep for token in tokens):
            self.budget.note("comment_depth")
        last_semicolon = max((token.start for token in tokens if token.is_special(";")), default=-1)
        chunk: list[Token] = []
        held: list[Token] = []
        in_angle = False
        for token in tokens:
            mark = token.text if token.kind is Kind.SPECIAL else ""
            if mark == "<":
                in_angle = True
            elif mark == ">":
                in_angle = False
            if mark == ":" and not in_angle and token.start < last_semicolon:
                chunk, held = [], []
            elif mark in _SEPARATORS and not (in_angle and _opens_route(chunk)):
                in_angle = False
                held = self._end_chunk(held, chunk, hold=mark == ",")
                chunk = []
                if self._full():
                    return self.found
            else:
                chunk.append(token)
        self._end_chunk(held, chunk, hold=False)
        return self.found

    def _full(self) -> bool:
        return not self.budget.within("addresses", len(self.found) + 1)

    def _end_chunk(self, held: list[Token], chunk: list[Token], *, hold: bool) -> list[Token]:
        """Read what stands between two commas. A piece without a mailbox may be the front of a name with a comma in it."""
        marks = {token.text for token in chunk if token.kind is Kind.SPECIAL}
        if "<" in marks:
            self._angles([*held, *chunk])
            return []
        has_address = "@" in marks or any("@" in token.text for token in chunk if token.kind is Kind.QUOTED)
        if hold and not has_address:
            held.extend(chunk)
            return held
        self._bare_each(held)
        self._bare(chunk)
        return []

    def _bare_each(self, held: list[Token]) -> None:
        """Held pieces that turned out to be no name: each is for itself."""
        if not held:
            return
        piece = [held[0]]
        for token in held[1:]:
            if "," in self.text[piece[-1].end : token.start]:
                self._bare(piece)
                piece = []
            piece.append(token)
        self._bare(piece)

    def _add(self, address: str, display_name: str) -> None:
        if not self._full() and (address or display_name):
            self.found.append(_mailbox(address, display_name))

    def _angles(self, tokens: list[Token]) -> None:
        """`name <mailbox>`, and everything like it."""
        name: list[Token] = []
        inside: list[Token] | None = None
        pairs: list[tuple[list[Token], list[Token]]] = []
        for token in tokens:
            mark = token.text if token.kind is Kind.SPECIAL else ""
            if mark == "<":
                if inside:
                    pairs.append((name, inside))
                    name = []
                inside = []
            elif mark == ">":
                if inside is not None:
                    pairs.append((name, inside))
                    name, inside = [], None
            elif inside is not None:
                inside.append(token)
            else:
                name.append(token)
        if inside:
            pairs.append((name, inside))
            name = []
        trailing = self._comments(name) if name else ""
        for before, mailbox in pairs:
            address = self._address(mailbox)
            display_name = self._phrase(before) or self._comments(before) or trailing
            self._add(address, display_name)

    def _address(self, tokens: list[Token]) -> str:
        """The mailbox between angle brackets: without comments, spaces, a route, or "mailto:"."""
        pieces = [self.text[token.start : token.end] for token in tokens if token.kind is not Kind.COMMENT]
        if "@" not in pieces and not any("@" in piece for piece in pieces):
            return "".join(pieces)
        if ":" in pieces:
            pieces = pieces[len(pieces) - pieces[::-1].index(":") :]
        return "".join(pieces)

    def _bare(self, tokens: list[Token]) -> None:
        """A piece without angle brackets: `mailbox`, `mailbox (name)`, several with spaces between, or a mere name."""
        words = [token for token in tokens if token.kind is not Kind.COMMENT]
        if not words:
            return
        comment = self._comments(tokens)
        text = _SPACE_AROUND.sub(lambda match: match.group().strip(), self._joined(words))
        if not any(token.is_special("@") for token in words):
            self._name_only(words, text, comment)
            return
        if any(token.kind is Kind.QUOTED for token in words):
            self._add(_after_route(text), comment)
            return
        name: list[str] = []
        for word in text.split():
            if "@" in word:
                self._add(_after_route(word), decode_phrase(" ".join(name), self.budget) or comment)
                name = []
            else:
                name.append(word)

    def _name_only(self, words: list[Token], text: str, comment: str) -> None:
        """No "@" outside quotes: a whole mailbox may stand inside quotes or an encoded-word, or it is a local name."""
        phrase = self._phrase(words)
        if "@" in phrase and phrase != self.text:
            front, angle, rest = phrase.rpartition("<")
            address = rest.split(">", 1)[0].strip() if angle else ""
            if "@" not in address:
                address = next(word for word in phrase.split() if "@" in word).strip("<>()'\"")
            self._add(address, front.strip(" \"'") if angle else comment)
        elif _DOT_ATOM.fullmatch(text) and text.isascii() and "=?" not in text:
            self._add(text, comment)
        else:
            self._add("", phrase)

    def _phrase(self, tokens: list[Token]) -> str:
        """A display name: quotes undone, comments left out, encoded-words decoded together."""
        words = [token for token in tokens if token.kind is not Kind.COMMENT]
        if not words:
            return ""
        return decode_phrase(self._joined(words, unquote=True), self.budget).strip()

    def _joined(self, tokens: list[Token], *, unquote: bool = False) -> str:
        pieces: list[str] = []
        end = tokens[0].start
        for token in tokens:
            between = self.text[end : token.start]
            if between:
                pieces.append(", " if "," in between else " ")
            quoted = unquote and token.kind is Kind.QUOTED
            pieces.append(token.text if quoted else self.text[token.start : token.end])
            end = token.end
        return "".join(pieces)

    def _comments(self, tokens: list[Token]) -> str:
        comments = [token.text.strip() for token in tokens if token.kind is Kind.COMMENT]
        return decode_phrase(" ".join(filter(None, comments)), self.budget) if comments else ""


def _opens_route(chunk: list[Token]) -> bool:
    """Whether the open angle bracket starts with a route, whose commas separate nothing: `<@a,@b:c@d>`."""
    for at in range(len(chunk) - 1, max(len(chunk) - 64, -1), -1):
        if chunk[at].is_special("<"):
            return at + 1 < len(chunk) and chunk[at + 1].is_special("@")
    return False


def _after_route(text: str) -> str:
    return text.rpartition(":")[2] if text.startswith("@") or text.lower().startswith(("mailto:", "smtp:")) else text


def _mailbox(address: str, display_name: str) -> EmailAddr:
    """Split at the last "@" (RFC 5321 section 4.1.2); the domain in lower case and as U-labels."""
    address = address.strip(" '").removeprefix("mailto:")
    local, at, domain = address.rpartition("@")
    if not at:
        return EmailAddr(address, address, "", display_name)
    if len(local) > 1 and local[0] == local[-1] == '"':
        tokens = tokenize(local)
        local = tokens[0].text if len(tokens) == 1 else local
    domain = domains.to_unicode(domain.strip().lower().rstrip("."))
    written = local if _DOT_ATOM.fullmatch(local) else address.rpartition("@")[0]
    return EmailAddr(f"{written}@{domain}", local, domain, display_name)
