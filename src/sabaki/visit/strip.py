"""A link without what tells the recipient: whoever gets it cannot see from it who has read the mail.

What is known of the recipient is replaced in every spelling that senders use (plain, percent, base64, hex, JWT, reversed, rot13,
digests), and so are long random tokens, which may stand for one recipient. What replaces it has the same shape: letters for letters,
digits for digits, encoded in the same way. So a kit that reads an address out of the fragment finds one. The host is never touched:
another name would lead elsewhere.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import hashlib
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote_to_bytes

import msgspec

from sabaki.mail.domains import public_suffix
from sabaki.visit.shapes import Shapes, is_random

_LONGEST = 8_192
_DEPTH = 4
_MOST_WORK = 200_000
"""Characters that are looked at for one link, all layers of encoding together."""
_WORD, _TOKEN_AT_LEAST = 6, 3
"""From so many characters on a name tells wherever it stands, and as a word of its own."""
_DIGESTS = ("md5", "sha1", "sha256", "sha512")
_LEAST = 2
_PARTS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*:)(?://(?:([^/?#@]*)@)?([^/?#]*))?(.*)\Z", re.DOTALL)
_PERCENT = re.compile(r"((?:%[0-9A-Fa-f]{2})+)")
_TOKEN = re.compile(r"%[0-9A-Fa-f]{2}|([A-Za-z0-9_~+-]+)")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,8192}={0,2}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){4,4096}")


class Recipient(msgspec.Struct, frozen=True):
    """What tells the recipient, lower case. `addresses` and `domains` whole; `words` wherever they stand; `tokens` and `names` as words of their own."""

    addresses: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def of_addresses(addresses: Iterable[str], domains: Iterable[str]) -> Recipient:
    """What tells the owner of these addresses and domains, where there is no mail to tell more."""
    boxes, own = [box.lower() for box in addresses if "@" in box], [domain.lower() for domain in domains]
    names = [box.rpartition("@")[0].partition("+")[0] for box in boxes]
    names += [domain.partition(".")[0] for domain in own]
    return Recipient(
        addresses=tuple(boxes),
        domains=tuple(own),
        words=tuple(name for name in names if len(name) >= _WORD),
        tokens=tuple(name for name in names if _TOKEN_AT_LEAST <= len(name) < _WORD),
    )


class Stripped(msgspec.Struct, frozen=True):
    """A link as it may be asked for. `sent` are the addresses that now stand for the recipient's, `count` is how many pieces were replaced.

    `told_by_host` is set where a label of the host carries the recipient: that stays, so whoever runs the name still sees who came.
    """

    url: str
    sent: tuple[str, ...] = ()
    count: int = 0
    told_by_host: bool = False


def strip(url: str, recipient: Recipient, seed: bytes) -> Stripped:
    """Replace what tells the recipient. The same seed gives the same link. Never raises; what is longer than a browser's link is cut."""
    parts = _PARTS.match(url[:_LONGEST])
    if parts is None:
        return Stripped(url)
    scheme, userinfo, host, rest = parts.groups()
    stripper = _Stripper(recipient, seed)
    told_by_host = bool(host) and _Stripper(recipient, seed).known(host) != host
    before = "" if host is None else "//"
    if userinfo is not None:
        before += f"{stripper.all(userinfo, 'userinfo')}@"
    fields = (
        re.split(r"([?#])", rest, maxsplit=2) if "?" in rest.partition("#")[0] else re.split("(#)", rest, maxsplit=1)
    )
    replaced = "".join(
        stripper.all(piece, "path" if index == 0 else "value") if index % 2 == 0 else piece
        for index, piece in enumerate(fields)
    )
    link = f"{scheme}{before}{host or ''}{replaced}"
    return Stripped(link, tuple(dict.fromkeys(stripper.sent)), stripper.count, told_by_host)


class _Stripper:
    """Replaces in pieces of one link; every replacement is as long as what it replaces."""

    def __init__(self, recipient: Recipient, seed: bytes) -> None:
        self._shapes = Shapes(seed)
        self._work = _MOST_WORK
        self._forms: dict[str, tuple[str, str]] = {}
        self.sent: list[str] = []
        self.count = 0
        for form, other, address in self._pairs(recipient):
            self._forms.setdefault(form, (other, address))
        alone = {*recipient.tokens, *recipient.names, *recipient.domains}
        written = [
            rf"(?<![^\W_]){re.escape(form)}(?![^\W_])" if form in alone else re.escape(form)
            for form in sorted(self._forms, key=len, reverse=True)
            if len(form) >= _LEAST
        ]
        self._pattern = re.compile("|".join(written), re.IGNORECASE) if written else None

    def all(self, text: str, where: str) -> str:
        """Replace what is known of the recipient, and the random tokens in the rest."""
        known = self.known(text)
        pieces, end = [], 0
        for match in _TOKEN.finditer(text):
            at = slice(*match.span())
            pieces.append(known[end : at.start])
            end = at.stop
            if match[1] is not None and known[at] == text[at] and is_random(match[1], where):
                self.count += 1
                pieces.append(self._shapes.token(match[1]))
            else:
                pieces.append(known[at])
        return "".join([*pieces, known[end:]])

    def known(self, text: str, depth: int = 0) -> str:
        """Replace what is known of the recipient, in whatever encoding."""
        self._work -= len(text)
        if self._pattern is None or self._work < 0:
            return text
        text = self._pattern.sub(self._replaced, text)
        if depth < _DEPTH:
            if "%" in text:
                text = self._percent(text, depth + 1)
            text = _HEX.sub(lambda match: self._hex(match[0], depth + 1), text)
            text = _BASE64.sub(lambda match: self._base64(match[0], depth + 1), text)
        return text

    def _replaced(self, match: re.Match[str]) -> str:
        other, address = self._forms[match[0].lower()] if match[0].lower() in self._forms else (match[0], "")
        if other != match[0]:
            self.count += 1
        if address:
            self.sent.append(address)
        return "".join(new.upper() if old.isupper() else new for old, new in zip(match[0], other, strict=True))

    def _percent(self, text: str, depth: int) -> str:
        """The layer below percent-encoding (RFC 3986 section 2.1): each character is written back as it was written."""
        plain, written = _decoded(text)
        found = self.known(plain, depth)
        return "".join(
            raw if new == old else _encoded(new, raw) for old, new, raw in zip(plain, found, written, strict=True)
        )

    def _hex(self, run: str, depth: int) -> str:
        plain = bytes.fromhex(run)
        found = self._bytes(plain, depth)
        if found is None:
            return run
        return found.hex().upper() if run.upper() == run else found.hex()

    def _base64(self, run: str, depth: int) -> str:
        """The layer below base64 (RFC 4648 sections 4 and 5), wherever in the run it begins."""
        body = run.rstrip("=")
        for offset in range(4):
            coded = body[offset:].replace("-", "+").replace("_", "/")
            coded = coded[: len(coded) - (len(coded) % 4 == 1)]
            try:
                plain = base64.b64decode(coded + "=" * (-len(coded) % 4))
            except (binascii.Error, ValueError):
                continue
            found = self._bytes(plain, depth)
            if found is not None:
                again = base64.b64encode(found).decode().rstrip("=")
                if "-" in body or "_" in body:
                    again = again.replace("+", "-").replace("/", "_")
                return body[:offset] + again + body[offset + len(again) :] + run[len(body) :]
        return run

    def _bytes(self, plain: bytes, depth: int) -> bytes | None:
        """The same bytes without the recipient; None where he is not in them."""
        charset = "utf-16-le" if plain[1::2].count(0) * 4 > len(plain) and len(plain) % 2 == 0 else "utf-8"
        errors = "surrogatepass" if charset == "utf-16-le" else "surrogateescape"
        text = plain.decode(charset, errors)
        inner = depth if _readable(text) else _DEPTH
        found = self.known(text, inner)
        return None if found == text else found.encode(charset, errors)

    def _pairs(self, recipient: Recipient) -> Iterator[tuple[str, str, str]]:
        """What is looked for, what takes its place, and the address that this is then ("" for none)."""
        for address in recipient.addresses:
            local, at, domain = address.lower().rpartition("@")
            if not at or not local or not domain:
                continue
            other_local, other_domain = self._shapes.word(local), self._domain(domain)
            other = f"{other_local}@{other_domain}"
            for mark in "@=#+":
                yield f"{local}{mark}{domain}", f"{other_local}{mark}{other_domain}", other
            yield f"{domain}={local}", f"{other_domain}={other_local}", other
            for old, new in zip(_turned(f"{local}@{domain}"), _turned(other), strict=True):
                yield old, new, other
        for domain in recipient.domains:
            yield domain.lower(), self._domain(domain.lower()), ""
        for word in (*recipient.words, *recipient.tokens, *recipient.names):
            yield word.lower(), self._shapes.word(word.lower()), ""

    def _domain(self, domain: str) -> str:
        """Another name under the same public suffix: one that cannot exist would tell the page that it is none."""
        suffix = public_suffix(domain)
        head = domain[: len(domain) - len(suffix)] if suffix and domain.endswith(f".{suffix}") else domain
        return self._shapes.word(head) + domain[len(head) :]


def _turned(address: str) -> Iterable[str]:
    """The address backwards, in ROT13, and its digests."""
    raw = address.encode("utf-8", "surrogatepass")
    digests = (hashlib.new(name, raw, usedforsecurity=False).hexdigest() for name in _DIGESTS)
    return address[::-1], codecs.encode(address, "rot13"), *digests


def _decoded(text: str) -> tuple[str, list[str]]:
    """The text without percent-encoding, and how each of its characters was written."""
    plain, written = [], []
    for index, run in enumerate(_PERCENT.split(text)):
        characters = unquote_to_bytes(run).decode("utf-8", "surrogateescape") if index % 2 else run
        plain.append(characters)
        at = 0
        for character in characters:
            length = 3 * len(character.encode("utf-8", "surrogateescape")) if index % 2 else 1
            written.append(run[at : at + length])
            at += length
    return "".join(plain), written


def _encoded(character: str, like: str) -> str:
    if not like.startswith("%"):
        return character
    form = "%%%02x" if like != like.upper() else "%%%02X"
    return "".join(form % byte for byte in character.encode("utf-8", "surrogateescape"))


def _readable(text: str) -> bool:
    """Whether this looks like something written, and not like the decoding of something that was not encoded."""
    return sum(character.isprintable() for character in text) * 4 >= len(text) * 3
