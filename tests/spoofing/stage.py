"""The stage for the vectors: their DNS, their mails signed and delivered, and what Sabaki says of each."""

from __future__ import annotations

import base64
import re
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import dkim
import msgspec
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sabaki import pipeline
from sabaki.files.cell import Cell
from sabaki.model.case import Vantage
from sabaki.model.lookup import Answer, Lookup
from sabaki.model.report import Report
from sabaki.protocols.resolver import key

HERE = Path(__file__).parent
READER = Vantage(own_hosts=("mx.example.jp",), own_domains=("jimusho.example",))
TIME = "2025-03-03T10:20:00+09:00"
SIGNED_AT = 1_740_964_500
"""2025-03-03T10:15:00+09:00, when every mail was written."""
_ONCE = ["from", "to", "subject", "date", "message-id", "mime-version", "content-type"]
_SETS = {"once": _ONCE, "twice": [*_ONCE, *_ONCE, "reply-to", "cc"]}
"""`fields: once` signs what a reader goes by; `fields: twice` also that none of it stands there a second time."""
_ESCAPE = re.compile(rb"\\x([0-9a-f]{2})")
_BODY = "Please read our notice of Monday.\n"


class Envelope(msgspec.Struct, frozen=True):
    """How the mail was handed to mx.example.jp: observed `ip` and `reverse_name`, claimed `helo` and `mail_from`."""

    ip: str = "203.0.113.66"
    helo: str = "mail.attacker.example"
    reverse_name: str = "mail.attacker.example"
    mail_from: str = "x@attacker.example"


class Vector(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    r"""One shape. `mail` holds its fields; `\xHH` in any text is that octet.

    `sign` are DKIM signatures over `mail` and its body; `after_signing` puts text above, below or behind (`end`), or replaces some.
    `arc` seals the result. `above` is what the reader's server wrote over the mail, `hop` its Received field where it is not the
    usual one. `shown` is who some reader sees, `really` who sent it. `says` are checks of which at least one must speak.
    `genuine` marks what passes by right: the domain itself let the mail out, and nothing in the mail can show the abuse for sure.
    """

    id: str
    shape: str
    source: str
    shown: str
    really: str
    mail: str
    says: tuple[str, ...] = ()
    sign: tuple[dict[str, Any], ...] = ()
    after_signing: dict[str, Any] = {}
    arc: dict[str, str] = {}
    envelope: Envelope = Envelope()
    above: str = ""
    hop: str = ""
    to: str = "hanako@jimusho.example"
    passes: tuple[str, ...] = ()
    genuine: bool = False

    @property
    def shown_domain(self) -> str:
        """The domain of who is shown."""
        return self.shown.rpartition("@")[2]


def vectors() -> list[Vector]:
    """All vectors, file by file."""
    rows = [row for path in sorted((HERE / "vectors").glob("*.yml")) for row in yaml.safe_load(path.read_text("utf-8"))]
    return msgspec.convert(rows, list[Vector])


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def private_key() -> bytes:
    """The one key that signs for every domain, PEM."""
    return _key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


@cache
def _key_record() -> str:
    public = (
        _key().public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


@cache
def _zone() -> dict[str, dict[str, list[str]]]:
    zone = yaml.safe_load((HERE / "zone.yml").read_text("utf-8"))
    names: dict[str, dict[str, list[str]]] = zone["names"]
    names["attacker.example"]["TXT"].append(_key_record())
    return names | {f"s1._domainkey.{domain}": {"TXT": [_key_record()]} for domain in zone["keys"]}


class Zone:
    """Answers from zone.yml; every other name does not exist. As resolvers in C do, it reads a name only as far as a NUL."""

    def lookup(self, name: str, type: str) -> Lookup:
        """What the zone holds."""
        asked, type = key(name, type)
        records = _zone().get(asked.partition("\0")[0].rstrip("."))
        below = any(other.endswith(f".{asked}") for other in _zone())
        if records is None:
            return Lookup(asked, type, Answer.NODATA if below else Answer.NXDOMAIN, asked_at=TIME)
        found = tuple(records.get(type, ()))
        return Lookup(asked, type, Answer.ANSWER if found else Answer.NODATA, found, 300, TIME)


def _octets(text: str) -> bytes:
    octets = _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), text.encode())
    return re.sub(rb"\r?\n", b"\r\n", octets)


def _signed(vector: Vector) -> bytes:
    header = (
        vector.mail
        + f"To: {vector.to}\nDate: Mon, 3 Mar 2025 10:15:00 +0900\nMessage-ID: <20250303101500.7@mail.attacker.example>\n"
    )
    raw = _octets(f"{header}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{_BODY}")
    for row in vector.sign:
        raw = _signature(raw, row) + raw
    return raw


def _signature(raw: bytes, row: dict[str, Any]) -> bytes:
    signed = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if row.get("empty_body") else raw
    named = row.get("fields", ["from", "subject", "date", "to"])
    fields = [name.encode() for name in _SETS.get(str(named), named)]
    domain = _octets(row["domain"])
    with mock.patch.object(dkim.time, "time", return_value=SIGNED_AT):
        if row.get("without_from"):
            return _signature_without_from(signed, domain, fields)
        made: bytes = dkim.sign(
            signed,
            _octets(row.get("selector", "s1")),
            domain,
            private_key(),
            canonicalize=(b"relaxed", b"relaxed" if row.get("empty_body") else b"simple"),
            include_headers=fields,
            length=bool(row.get("length") or row.get("empty_body")),
        )
    return made


def _made(raw: bytes, name: bytes, tags: list[tuple[bytes, bytes]], fields: list[bytes]) -> bytes:
    """A signature field that dkimpy refuses to make, or cannot make without a further package: its parts, used by hand."""
    signer = dkim.DKIM(raw)
    policy = dkim.CanonicalizationPolicy.from_c_value(b"relaxed/simple")
    signer.hasher = dkim.HASH_ALGORITHMS[b"rsa-sha256"]
    if name != b"ARC-Seal":
        digest = base64.b64encode(signer.hasher(policy.canonicalize_body(signer.body)).digest())
        tags = [*tags, (b"c", b"relaxed/simple"), (b"h", b":".join(fields)), (b"bh", digest)]
    tags = [*tags, (b"a", b"rsa-sha256"), (b"s", b"s1"), (b"t", b"%d" % SIGNED_AT), (b"b", b"0" * 60)]
    made: bytes = signer.gen_header(tags, tuple(fields), policy, name, dkim.parse_pem_private_key(private_key()))
    return name + b": " + made


def _signature_without_from(raw: bytes, domain: bytes, fields: list[bytes]) -> bytes:
    """RFC 6376 section 5.4 forbids to leave From out."""
    return _made(raw, b"DKIM-Signature", [(b"v", b"1"), (b"d", domain)], fields)


def _sealed(raw: bytes, arc: dict[str, str]) -> bytes:
    """The mail with a first ARC set (RFC 8617 section 5.1) that says what its maker likes."""
    instance, domain = (b"i", b"1"), (b"d", arc["domain"].encode())
    fields = [b"from", b"subject", b"date", b"to"]
    raw = f"ARC-Authentication-Results: i=1; {arc['results']}\r\n".encode() + raw
    raw = _made(raw, b"ARC-Message-Signature", [instance, domain], fields) + raw
    sealed = [b"arc-authentication-results", b"arc-message-signature"]
    return _made(raw, b"ARC-Seal", [instance, domain, (b"cv", b"none")], sealed) + raw


def mail(vector: Vector) -> bytes:
    """The mail as it lies in the reader's mailbox."""
    raw, after = _signed(vector), vector.after_signing
    if "replace" in after:
        raw = raw.replace(*(_octets(text) for text in after["replace"]))
    head, _, body = raw.partition(b"\r\n\r\n")
    raw = b"".join((_octets(after.get("above", "")), head, b"\r\n", _octets(after.get("below", "")), b"\r\n", body))
    raw += _octets(after.get("end", ""))
    if vector.arc:
        raw = _sealed(raw, vector.arc)
    return _octets(_delivery(vector)) + raw


def _delivery(vector: Vector) -> str:
    """What mx.example.jp wrote on top."""
    by, to = vector.envelope, "<hanako@jimusho.example>"
    hop = vector.hop or (
        f"Received: from {by.helo} ({by.reverse_name} [{by.ip}])\n\tby mx.example.jp (Postfix) with ESMTPS id 9C1D21F0A3\n"
        f"\tfor {to}; Mon, 3 Mar 2025 10:15:02 +0900 (JST)\n"
    )
    results = f"{vector.above}\n" if vector.above else ""
    return f"Return-Path: <{by.mail_from}>\nDelivered-To: {to[1:-1]}\n{results}{hop}"


def dissect(vector: Vector, cell: Cell) -> Report:
    """What Sabaki says, with the DNS of the stage."""
    return pipeline.dissect(
        mail(vector), name=f"{vector.id}.eml", vantage=READER, cell=cell, resolver=Zone(), original="outer"
    )
