"""What stands in a DKIM-Signature (RFC 6376 section 3.5), an ARC-Message-Signature or an ARC-Seal (RFC 8617 section 4.1)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import msgspec

from sabaki.protocols import tags
from sabaki.protocols.authordomain import dns_name
from sabaki.protocols.canonical import RELAXED, SIMPLE
from sabaki.protocols.tags import Faulty, Tag

ALGORITHMS = {"rsa-sha256": ("rsa", "sha256"), "ed25519-sha256": ("ed25519", "sha256"), "rsa-sha1": ("rsa", "sha1")}
"""The kind of key and the hash (RFC 6376, RFC 8463). What RFC 8301 forbids is read, so that it can be said."""
MOST_INSTANCES = 50
"""RFC 8617 section 4.2.1."""

_NAME = re.compile(rb"[!-9;-~]*+")
_TIME = re.compile(rb"[0-9]{1,12}")
_LENGTH = re.compile(rb"[0-9]{1,76}")
_INSTANCE = re.compile(rb"[1-9][0-9]?")
_ESCAPE = re.compile(rb"=([0-9A-F]{2})")
_ODD_ESCAPE = re.compile(rb"=(?![0-9A-F]{2})")
_LONGEST_NAME = 253


class Kind(StrEnum):
    """Which of the three fields."""

    DKIM = "dkim"
    MESSAGE = "arc-message-signature"
    SEAL = "arc-seal"


_REQUIRED = {
    Kind.DKIM: ("v", "a", "b", "bh", "d", "h", "s"),
    Kind.MESSAGE: ("i", "a", "b", "bh", "d", "h", "s"),
    Kind.SEAL: ("i", "a", "b", "cv", "d", "s"),
}


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """A signature field, read. `problem` is the id of why it cannot be a valid one, "" where it can; `where` is the tag.

    With a problem only what was read before it is set. `unsigned` is the field with the value of `b` taken out.
    `names` are the lower-case names of `h` in order, `length` the `l`, times are seconds since 1970 (UTC).
    """

    unsigned: bytes = b""
    key_type: str = ""
    digest: str = ""
    header_how: str = SIMPLE
    body_how: str = SIMPLE
    domain: str = ""
    selector: str = ""
    identity: str = ""
    names: tuple[str, ...] = ()
    body_hash: bytes = b""
    value: bytes = b""
    length: int | None = None
    signed_at: int | None = None
    expires_at: int | None = None
    instance: int = 0
    chain_validation: str = ""
    problem: str = ""
    where: str = ""

    @property
    def algorithm(self) -> str:
        """As in `a`."""
        return f"{self.key_type}-{self.digest}" if self.key_type else ""

    @property
    def key_name(self) -> str:
        """Where the key stands in the DNS (RFC 6376 section 3.6.2.1)."""
        return f"{dns_name(self.selector)}._domainkey.{self.domain}"


def read(octets: bytes, kind: Kind) -> Parsed:
    """Read a whole field, its name included. Never raises: what is wrong stands in `problem`."""
    head, _, body = octets.partition(b":")
    found: dict[str, Any] = {}
    try:
        listed = tags.parse(body)
        found.update(_each(listed, kind))  # what comes before a fault is kept
    except Faulty as fault:
        return Parsed(**found, problem=fault.problem, where=fault.where)
    empty = listed["b"]
    return Parsed(**found, unsigned=b"%b:%b%b" % (head, body[: empty.start], body[empty.end :]))


def _each(listed: dict[str, Tag], kind: Kind) -> Iterator[tuple[str, Any]]:
    """The values one after the other, the names of the signer first: they are told even where the rest is faulty."""
    if "d" in listed:
        yield "domain", _name(listed["d"].value, "d")
    if "s" in listed:
        yield "selector", _selector(listed["s"].value)
    missing = next((name for name in _REQUIRED[kind] if name not in listed), None)
    if missing:
        raise Faulty("tag_missing", missing)
    yield from _times(listed)
    yield from _algorithm(listed)
    yield "value", _base64(listed["b"], "b")
    if len(listed["s"].value) + len(listed["d"].value) + len("._domainkey.") > _LONGEST_NAME:
        raise Faulty("name_too_long", "s")
    if kind is Kind.DKIM:
        if listed["v"].value != b"1":
            raise Faulty("version", "v")
        yield from _identity(listed)
    else:
        if not _INSTANCE.fullmatch(listed["i"].value) or int(listed["i"].value) > MOST_INSTANCES:
            raise Faulty("instance", "i")
        yield "instance", int(listed["i"].value)
    yield from _seal(listed) if kind is Kind.SEAL else _of_message(listed, kind)


def _seal(listed: dict[str, Tag]) -> Iterator[tuple[str, Any]]:
    if "h" in listed or "bh" in listed:
        raise Faulty("not_in_seal", "h" if "h" in listed else "bh")
    validation = listed["cv"].value.decode("latin-1").lower()
    if validation not in ("none", "pass", "fail"):
        raise Faulty("chain_validation", "cv")
    yield "chain_validation", validation
    yield "header_how", RELAXED


def _of_message(listed: dict[str, Tag], kind: Kind) -> Iterator[tuple[str, Any]]:
    names = [name.strip(b" \t\r\n") for name in listed["h"].value.split(b":")]
    # QUIRK: empty names between two ":" are let in, as the ARC suite wants it; they choose no field.
    if not all(_NAME.fullmatch(name) for name in names):
        raise Faulty("field_name", "h")
    chosen = tuple(name.decode("ascii").lower() for name in names if name)
    if kind is Kind.DKIM and "from" not in chosen:
        raise Faulty("from_not_signed", "h")
    if kind is Kind.MESSAGE and "arc-seal" in chosen:
        raise Faulty("seal_signed", "h")
    yield "names", chosen
    yield "body_hash", _base64(listed["bh"], "bh")
    if kind is Kind.MESSAGE:
        # QUIRK: RFC 6376 has "simple" as the default; who makes ARC seals without `c` means "relaxed", the working group's suite too.
        yield "header_how", RELAXED
        yield "body_how", RELAXED
    if "c" in listed:
        header, slash, body = listed["c"].value.decode("latin-1").lower().partition("/")
        if header not in (SIMPLE, RELAXED) or (slash and body not in (SIMPLE, RELAXED)):
            raise Faulty("canonicalization", "c")
        yield "header_how", header
        yield "body_how", body or SIMPLE
    if "l" in listed:
        if not _LENGTH.fullmatch(listed["l"].value):
            raise Faulty("number", "l")
        yield "length", int(listed["l"].value)
    if "q" in listed:
        methods = {each.strip(b" \t\r\n").lower() for each in listed["q"].value.split(b":")}
        if not methods & {b"dns/txt", b"dns"}:  # QUIRK: "dns" is what drafts had
            raise Faulty("query", "q")


def _times(listed: dict[str, Tag]) -> Iterator[tuple[str, Any]]:
    times: dict[str, int] = {}
    for tag, name in (("t", "signed_at"), ("x", "expires_at")):
        if tag in listed:
            if not _TIME.fullmatch(listed[tag].value):
                raise Faulty("number", tag)
            times[tag] = int(listed[tag].value)
            yield name, times[tag]
    if len(times) == 2 and times["x"] < times["t"]:
        raise Faulty("expires_before", "x")


def _algorithm(listed: dict[str, Tag]) -> Iterator[tuple[str, Any]]:
    known = ALGORITHMS.get(listed["a"].value.decode("latin-1").lower())
    if known is None:
        raise Faulty("algorithm", "a")
    yield "key_type", known[0]
    yield "digest", known[1]


def _base64(tag: Tag, name: str) -> bytes:
    try:
        decoded = base64.b64decode(tag.compact, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Faulty("base64", name) from error
    if not decoded:
        raise Faulty("empty", name)
    return decoded


def _name(value: bytes, tag: str) -> str:
    """A domain name in A-labels; RFC 8616 lets U-labels in, as UTF-8."""
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Faulty("domain", tag) from error
    name = dns_name(text)
    if not name or text[0] == "." or text[-1] == "." or len(text.split()) != 1:
        raise Faulty("domain", tag)
    return name


def _selector(value: bytes) -> str:
    """A selector as written: it is looked for under that name in what servers report."""
    _name(value, "s")
    return value.decode("utf-8")


def _identity(listed: dict[str, Tag]) -> Iterator[tuple[str, Any]]:
    """The agent or user (`i`): its domain must be that of the signer or lie below it."""
    if "i" not in listed:
        return
    written = listed["i"].compact
    if _ODD_ESCAPE.search(written):
        raise Faulty("identity", "i")
    decoded = _ESCAPE.sub(lambda found: bytes((int(found[1], 16),)), written)
    _, at, host = decoded.rpartition(b"@")
    if not at:
        raise Faulty("identity", "i")
    name, signer = _name(host, "i"), _name(listed["d"].value, "d")
    if name != signer and not name.endswith(f".{signer}"):
        raise Faulty("identity_outside", "i")
    yield "identity", decoded.decode("utf-8", "replace")
