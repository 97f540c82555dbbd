"""Signs mails for the tests: canonicalisation and selection of fields are dkimpy's, so that nothing of ours checks itself."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Any

import dkim as dkimpy
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from dkim.canonicalization import CanonicalizationPolicy

from sabaki.mail import message
from sabaki.mail.limits import Budget
from sabaki.model.authentication import Signature
from sabaki.model.message import Message
from sabaki.protocols import dkim
from tests.protocols.zone import Zone

NAME = "s1._domainkey.shop.example"
MAIL = (
    "From: Shop <news@shop.example>\r\n"
    "To: you@own.example\r\n"
    "Subject: Open\r\n"
    "Date: Mon, 3 Mar 2025 10:15:00 +0900\r\n"
    "Message-ID: <1@shop.example>\r\n"
    "\r\n"
    "We  are open.\r\n"
    "Come in.\r\n"
)
NAMES = "from:to:subject:date:message-id"


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """A key of that length; below 1,024 bits there is one of 768, made of two primes."""
    if bits >= 1024:
        return rsa.generate_private_key(public_exponent=65537, key_size=bits)
    p = 0xCE2306768C60085E159F2AFD776B086D39744FB261738E0C8D26929DA00AD29F72E1A8E31213C8D7964AE7D8F0BCB76F
    q = 0xDAB4CD6E681E1E8AEC198E622D91E9BFBA591A6AD832D5B8D3FFB68EB602DCEF5F496BB14C7381EC076ED33F01E1A8FD
    public = rsa.RSAPublicNumbers(65537, p * q)
    d = pow(65537, -1, (p - 1) * (q - 1))
    return rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public).private_key()


@cache
def ed25519_key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def pem(bits: int = 2048) -> bytes:
    return rsa_key(bits).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


def record(bits: int = 2048, *, bare: bool = False, more: str = "v=DKIM1; k=rsa; ") -> str:
    """The key record of an RSA key; `bare` without the SubjectPublicKeyInfo around it."""
    form = serialization.PublicFormat.PKCS1 if bare else serialization.PublicFormat.SubjectPublicKeyInfo
    octets = rsa_key(bits).public_key().public_bytes(serialization.Encoding.DER, form)
    return f"{more}p={base64.b64encode(octets).decode()}"


def ed25519_record() -> str:
    octets = ed25519_key().public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return f"v=DKIM1; k=ed25519; p={base64.b64encode(octets).decode()}"


def zone(text: str | None = None, name: str = NAME) -> Zone:
    return Zone({name: [("TXT", record() if text is None else text)]})


def signed(mail: str | bytes = MAIL, *, bits: int = 2048, field: str = "DKIM-Signature", **tags: Any) -> bytes:
    """The mail with a signature on top. Tags are added, or taken out where they are None."""
    raw = mail.encode() if isinstance(mail, str) else mail
    values = {"v": "1", "a": "rsa-sha256", "c": "relaxed/relaxed", "d": "shop.example", "s": "s1", "h": NAMES} | tags
    policy = CanonicalizationPolicy.from_c_value(str(values.get("c") or "simple/simple").encode())
    digest = hashlib.sha1 if "sha1" in str(values["a"]) else hashlib.sha256
    headers, body = dkimpy.rfc822_parse(raw)
    covered = policy.canonicalize_body(body)
    if values.get("l") is not None:
        covered = covered[: int(values["l"])]
    values.setdefault("bh", base64.b64encode(digest(covered).digest()).decode())
    text = "; ".join(f"{name}={value}" for name, value in values.items() if value is not None) + "; b="
    names = [name.strip().lower().encode() for name in str(values["h"] or "").split(":")]
    hasher = digest()
    chosen = dkimpy.select_headers(policy.canonicalize_headers(headers), names)
    (own,) = policy.canonicalize_headers([(field.encode(), f" {text}".encode())])
    for name, value in [*chosen, (own[0], own[1].rstrip())]:
        hasher.update(name + b":" + value)
    if str(values["a"]).startswith("ed25519"):
        signature = ed25519_key().sign(hasher.digest())
    else:
        algorithm = hashes.SHA1() if digest is hashlib.sha1 else hashes.SHA256()
        signature = rsa_key(bits).sign(hasher.digest(), padding.PKCS1v15(), Prehashed(algorithm))
    return f"{field}: {text}{base64.b64encode(signature).decode()}\r\n".encode() + raw


def read(raw: str | bytes) -> Message:
    return message.read(raw.encode() if isinstance(raw, str) else raw, Budget())


def verify(raw: str | bytes, resolver: Any = None, at: str | None = "2025-03-03T01:15:04Z") -> Signature:
    """What comes of the topmost signature."""
    return dkim.verify(read(raw), resolver or zone(), at=at)[0]
