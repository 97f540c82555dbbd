"""Keys in the DNS (RFC 6376 section 3.6): the record, and whether it may be used for a signature."""

from __future__ import annotations

import base64
import binascii
import re

import msgspec

from sabaki.model.authentication import KEY_GONE, UNCHECKED
from sabaki.model.lookup import Answer
from sabaki.protocols import tags
from sabaki.protocols.authordomain import dns_name
from sabaki.protocols.resolver import Resolver, why
from sabaki.protocols.signature import Kind, Parsed
from sabaki.protocols.tags import Faulty

_MOST_RECORDS = 5
_LOOKS_LIKE_KEY = re.compile(
    r"\s{0,20}v\s{0,20}=\s{0,20}DKIM1\s{0,20}(?:;|\Z)|(?:[^;]{0,500};){0,20}?\s{0,20}p\s{0,20}="
)


class KeyRecord(msgspec.Struct, frozen=True):
    """A key record. `octets` are those of `p`; `problem` is the id of why it cannot be used at all, "" where it can.

    `digests` are the hashes that it allows, None for all. `testing` is flag "y", `strict` flag "s" of `t`.
    """

    type: str = "rsa"
    octets: bytes = b""
    digests: frozenset[str] | None = None
    services: frozenset[str] = frozenset("*")
    testing: bool = False
    strict: bool = False
    problem: str = ""

    def hindrance(self, parsed: Parsed, kind: Kind) -> str:
        """The id of why this key cannot have made that signature (section 6.1.2), "" where it can."""
        if self.problem:
            return self.problem
        if self.type != parsed.key_type:
            return "key_type"
        if self.digests is not None and parsed.digest not in self.digests:
            return "key_hash"
        if not self.services & {"*", "email"}:
            return "key_service"
        of = dns_name(parsed.identity.rpartition("@")[2]) if kind is Kind.DKIM and self.strict else ""
        return "key_strict" if of and of != parsed.domain else ""


class Found(msgspec.Struct, frozen=True):
    """What the DNS has at a key's name; `trouble` is a result where it has no key record, and `why` says why there is no answer."""

    records: tuple[KeyRecord, ...] = ()
    trouble: str = ""
    why: tuple[str, str] = ("", "")


def fetch(resolver: Resolver, name: str) -> Found:
    """Ask for the key records at a name. The standard leaves it open which of several counts; the first few are given."""
    answer = resolver.lookup(name, "TXT")
    if not answer.known:
        return Found((), UNCHECKED if answer.status is Answer.NOT_ASKED else "temperror", why(answer))
    # A domain that was given up answers everything with one record for all names: that is no key.
    texts = [text for text in answer.records if _LOOKS_LIKE_KEY.match(text)]
    if not texts:
        return Found((), KEY_GONE)
    return Found(tuple(map(parse, texts[:_MOST_RECORDS])))


def parse(text: str) -> KeyRecord:
    """Read a key record (section 3.6.1). Never raises."""
    try:
        return _parsed(tags.parse(text.encode("latin-1", "replace")))
    except Faulty:
        return KeyRecord(problem="key_faulty")


def _parsed(listed: dict[str, tags.Tag]) -> KeyRecord:
    def words(tag: str) -> frozenset[str]:
        return frozenset(each.strip(" \t\r\n").lower() for each in listed[tag].value.decode("latin-1").split(":"))

    if ("v" in listed and listed["v"].value != b"DKIM1") or "p" not in listed:
        return KeyRecord(problem="key_faulty")
    if not listed["p"].value:
        return KeyRecord(problem="key_revoked")
    try:
        octets = base64.b64decode(listed["p"].compact, validate=True)
    except (binascii.Error, ValueError):
        return KeyRecord(problem="key_faulty")
    flags = words("t") if "t" in listed else frozenset()
    return KeyRecord(
        listed["k"].value.decode("latin-1").lower() if "k" in listed else "rsa",
        octets,
        words("h") if "h" in listed else None,
        words("s") if "s" in listed else frozenset("*"),
        "y" in flags,
        "s" in flags,
    )
