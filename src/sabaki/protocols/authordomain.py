"""The author domain (RFC 9989 section 5.3.1): the one domain of the From field, or the reason why there is no such one.

Filters and mail programs read odd From fields in different ways, and an attacker needs only one filter that checks his domain
and one program that shows the bank's. So a From field has an author domain only where no way of reading it finds another:
every "@" in it is looked at, in comments, in quoted text and in encoded-words too. An address in the display name proper does
not make the field ambiguous, for the standards leave no doubt there; it is told (`shows`), for people read it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from sabaki.mail import authors
from sabaki.mail.domains import registrable_domain, to_ascii, to_unicode
from sabaki.mail.fields import decode_phrase
from sabaki.mail.fields import to_unicode as field_text
from sabaki.mail.lexer import Kind, Token, tokenize
from sabaki.mail.limits import Budget
from sabaki.model.message import Defect, Field, Message

_LONGEST = 64_000
_LONGEST_NAME = 1_000
_MOST_SHOWN = 20
# What follows an "@", as the most lenient reader would take it.
_AFTER_AT = re.compile(r"@[\s\x00]{0,8}([^\s@<>()\[\],;:\"\\\x00-\x1f\x7f]{1,300})")
# RFC 5322 section 3.4.1 with RFC 6532; QUIRK: Japanese carriers gave out local parts with dots at odd places.
_ADDRESS = re.compile(
    r"(?:[^\s()<>\[\]:;@\\,\"\x00-\x1f\x7f]{1,1000}|\"[^\"\\@<>,;:()\x00-\x1f\x7f]{0,1000}\")@([^\s()<>\[\]:;@\\,\"\x00-\x1f\x7f]{1,1000})"
)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")

_REASONS = {
    "none": ("the mail has no From field", "Fromフィールドがありません"),
    "several_fields": (
        "the mail has several From fields: programs differ in which one they show and which one they check",
        "Fromフィールドが複数あり、どれを表示し、どれを検査するかはソフトによって異なります",
    ),
    "odd_field": (
        "From is written in a way that some programs do not take for From",
        "Fromの書き方が変則的で、Fromと認識しないソフトがあります",
    ),
    "control": (
        "From holds control characters: programs differ in where they stop reading",
        "Fromに制御文字があり、どこまでを読むかはソフトによって異なります",
    ),
    "no_mailbox": ("From names no mailbox with a domain", "Fromに、ドメインを持つアドレスがありません"),
    "group": (
        "From names a group instead of an author",
        "Fromに差出人個人ではなく、グループが書かれています",
    ),
    "odd_address": (
        "the address in From is not written as the standards want it: programs differ in how they read it",
        "Fromのアドレスが規格どおりに書かれておらず、読み方がソフトによって異なります",
    ),
    "several_domains": (
        "From names several authors of different domains, so no single domain stands behind the mail",
        "Fromに異なるドメインの差出人が複数あり、メール全体を裏付けるドメインを一つに決められません",
    ),
    "several_readings": (
        "From can be read in more than one way, with different domains",
        "Fromは読み方によって別のドメインになります",
    ),
    "literal": ("From names an address instead of a domain", "Fromにドメイン名がなく、IPアドレスが書かれています"),
    "no_domain": ("what From names after the @ is no domain name", "Fromの@の後ろがドメイン名になっていません"),
}


class Author(msgspec.Struct, frozen=True):
    """The author domain of a mail.

    `domain` is in A-labels, "" where From gives no single answer; `problem` is then the id of the reason, told in `reason` and
    `reason_ja`. `mailboxes` counts the authors. `shows` are other domains that stand in the display name or in comments.
    """

    domain: str = ""
    mailboxes: int = 0
    shows: tuple[str, ...] = ()
    problem: str = ""
    reason: str = ""
    reason_ja: str = ""


def _no(problem: str) -> Author:
    return Author("", 0, (), problem, *_REASONS[problem])


def dns_name(domain: str) -> str:
    """A domain as the DNS is asked for it: A-labels, lower case, without the root dot; "" where it cannot be one (RFC 1035).

    A name that IDNA would first have to mend (full-width letters, invisible ones) is none: programs differ in what they make of it.
    """
    name = domain.strip().rstrip(".").lower()
    return _dns_name(name) if len(name) <= _LONGEST_NAME else ""


@lru_cache(maxsize=4_096)
def _dns_name(name: str) -> str:
    coded = to_ascii(name)
    if not coded or len(coded) > 253 or not all(_LABEL.fullmatch(label) for label in coded.split(".")):
        return ""
    mended = not name.isascii() and to_unicode(coded) != unicodedata.normalize("NFC", name)
    return "" if mended else coded


def read(message: Message) -> Author:
    """The author domain of a mail. Never raises."""
    author = of(message.fields, message.defects)
    if author.problem:
        return author
    place = message.all("from")[0].location
    octets = message.raw[place.start : min(place.end, place.start + _LONGEST)].replace(b"\r\n", b"")
    colon = octets.find(b":")
    if octets[colon - 1 : colon] in (b" ", b"\t"):
        return _no("odd_field")
    return _no("control") if b"\r" in octets else author


def of(fields: Sequence[Field], defects: Sequence[Defect]) -> Author:
    """The author domain by the fields alone, where the raw mail is no longer at hand. Never raises."""
    found = [field for field, _ in authors.from_bodies(tuple(fields))]
    if not found:
        return _no("none")
    if len(found) > 1:
        return _no("several_fields")
    wrong = {defect.id for defect in defects if defect.location and defect.location.start == found[0].location.start}
    if found[0].key != "from" or "space_before_colon" in wrong:
        return _no("odd_field")
    return _no("control") if "bare_cr" in wrong else parse(found[0].raw_value)


def parse(raw_value: str) -> Author:
    """The author domain of the body of a From field, one character a byte (`Field.raw_value`)."""
    return _parse(raw_value) if len(raw_value) <= _LONGEST else _no("odd_address")


@lru_cache(maxsize=16)  # the verification and the checks ask about the same mail
def _parse(raw_value: str) -> Author:
    if len(raw_value) <= _LONGEST_NAME and authors.is_plain(raw_value) and (domain := _plain_domain(raw_value)):
        return Author(domain, 1)
    reader = _Reader(raw_value)
    return _no("control") if _CONTROL.search(reader.text) else reader.read()


def _plain_domain(raw_value: str) -> str:
    domain = dns_name(raw_value.rpartition("@")[2].removesuffix(">"))
    return domain if "." in domain else ""


class _Reader:
    """Reads a From field strictly, and notes every other domain that a lenient reader could find."""

    def __init__(self, raw_value: str) -> None:
        self._raw_value = raw_value
        self.text = field_text(raw_value).strip()
        self._budget = Budget()
        self._addresses: list[str] = []
        self._beside: set[str] = set()
        self._shown: dict[str, None] = {}
        self._broken = False
        self._group: list[str] = []

    def read(self) -> Author:
        for piece in self._pieces():
            self._read_piece(piece)
        if self._group == [":", ";"]:
            return _no("group")
        if self._broken:
            return _no("odd_address")
        if not self._addresses:
            return _no("several_readings" if self._beside else "no_mailbox")
        written = {self._domain(address) for address in self._addresses}
        if "" in written:
            return _no("literal" if any("[" in address for address in self._addresses) else "odd_address")
        domains = {dns_name(domain) for domain in written}
        if "" in domains or any("." not in domain for domain in domains):
            return _no("no_domain")
        if len(domains) > 1:
            return _no("several_domains")
        (domain,) = domains
        reading = authors.alone(self._raw_value)
        others = [box.domain for box in reading.others] if reading and not reading.name_only else []
        if any(not _same(other, domain) for other in (*self._beside, *others)):
            return _no("several_readings")
        shows = [other for other in self._shown if not _same(other, domain)]
        return Author(domain, len(self._addresses), tuple(shows[:_MOST_SHOWN]))

    def _pieces(self) -> list[list[Token]]:
        """The tokens between commas; the colon and the semicolon of a group (RFC 6854) part too."""
        pieces: list[list[Token]] = [[]]
        inside = False
        for token in tokenize(self.text):
            mark = token.text if token.kind is Kind.SPECIAL else ""
            if mark and mark in ",;:" and not inside:
                pieces.append([])
                if mark != "," and mark not in self._group:
                    self._group.append(mark)
                continue
            if mark in ("<", ">"):
                self._broken |= inside is (mark == "<")
                inside = mark == "<"
            pieces[-1].append(token)
        self._broken |= inside
        return pieces

    def _read_piece(self, tokens: list[Token]) -> None:
        opened = [at for at, token in enumerate(tokens) if token.is_special("<")]
        if len(opened) > 1:
            self._broken = True
            return
        if not opened:
            self._read_bare(tokens)
            return
        start = opened[0]
        end = next(at for at in range(start, len(tokens) + 1) if at == len(tokens) or tokens[at].is_special(">"))
        if end == len(tokens):
            return  # never closed: `_broken` says so
        address = self.text[tokens[start].end : tokens[end].start].strip()
        if address:
            self._addresses.append(address)
        self._read_name([*tokens[:start], *tokens[end + 1 :]])

    def _read_bare(self, tokens: list[Token]) -> None:
        """A piece without angle brackets: an address, perhaps with a comment before or after it, or a part of a name."""
        words = [token for token in tokens if token.kind is not Kind.COMMENT]
        if not any(token.is_special("@") for token in words):
            # A reader that decodes first finds a mailbox in here.
            self._beside |= set(self._found("".join(self._decoded(token) for token in words)))
        elif words:
            self._addresses.append(self.text[words[0].start : words[-1].end].strip())
        self._read_name([token for token in tokens if token.kind is Kind.COMMENT])

    def _read_name(self, tokens: list[Token]) -> None:
        """What stands around an address: plain text may be taken for one, quoted and encoded text is shown to people."""
        for at, token in enumerate(tokens):
            if token.is_special("@"):
                after = tokens[at + 1].text if at + 1 < len(tokens) else ""
                self._beside |= set(self._found(f"@{after}"))
            elif token.kind is not Kind.SPECIAL:
                self._shown.update(dict.fromkeys(self._found(self._decoded(token))))

    def _decoded(self, token: Token) -> str:
        return decode_phrase(token.text, self._budget)

    @staticmethod
    def _found(text: str) -> list[str]:
        """The dotted domains after every "@" of a text, whatever kind of "@"."""
        plain = unicodedata.normalize("NFKC", text[:_LONGEST])
        found = (match[1].strip(".'").lower() for match in _AFTER_AT.finditer(plain))
        return [name for name in found if "." in name][:_MOST_SHOWN]

    @staticmethod
    def _domain(address: str) -> str:
        """The domain of a mailbox as it is written, or "" where the mailbox is not written strictly."""
        match = _ADDRESS.fullmatch(address)
        return match[1] if match and "=?" not in address else ""


def _same(other: str, domain: str) -> bool:
    name = to_ascii(other) or other
    return name == domain or (registrable_domain(name) or name) == registrable_domain(domain)
