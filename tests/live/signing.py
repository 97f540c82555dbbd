"""Signatures that the clients and the forwarder make themselves: DKIM with both kinds of key, and a first ARC set."""

from __future__ import annotations

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from dkim import rfc822_parse
from dkim.canonicalization import Relaxed

from tests.live.places import KEYS

_COVERED = ("from", "to", "subject", "date", "message-id", "mime-version", "content-type")
Headers = list[tuple[bytes, bytes]]


def dkim_signature(raw: bytes, domain: str, selector: str) -> bytes:
    """A DKIM-Signature field (RFC 6376), ready to be put in front."""
    return _message_signature("DKIM-Signature", "v=1", raw, domain, selector)


def arc_set(raw: bytes, domain: str, selector: str, authserv_id: str, results: str) -> bytes:
    """The fields of a chain's first set (RFC 8617 section 5.1), ready to be put in front."""
    found = f"ARC-Authentication-Results: i=1; {authserv_id};\r\n {results}\r\n".encode()
    message = _message_signature("ARC-Message-Signature", "i=1", raw, domain, selector)
    tags = f" i=1; a={_algorithm(domain, selector)}; cv=none; d={domain}; s={selector};\r\n b="
    return _sealed("ARC-Seal", tags, rfc822_parse(found + message + b"\r\n")[0], domain, selector) + message + found


def _message_signature(name: str, first: str, raw: bytes, domain: str, selector: str) -> bytes:
    headers, body = rfc822_parse(raw)
    body_hash = base64.b64encode(hashlib.sha256(Relaxed.canonicalize_body(body)).digest()).decode()
    tags = (
        f" {first}; a={_algorithm(domain, selector)}; c=relaxed/relaxed; d={domain}; s={selector};\r\n"
        f" h={':'.join(_COVERED)};\r\n bh={body_hash};\r\n b="
    )
    covered = [header for wanted in _COVERED for header in headers if header[0].decode().lower() == wanted]
    return _sealed(name, tags, covered, domain, selector)


def _sealed(name: str, tags: str, covered: Headers, domain: str, selector: str) -> bytes:
    canonical = Relaxed.canonicalize_headers([*covered, (name.encode(), tags.encode())])
    octets = b"".join(field + b":" + content for field, content in canonical).removesuffix(b"\r\n")
    key = _key(domain, selector)
    if isinstance(key, Ed25519PrivateKey):
        signature = key.sign(hashlib.sha256(octets).digest())  # RFC 8463 section 3: the hash is what is signed
    else:
        signature = key.sign(octets, PKCS1v15(), SHA256())
    return f"{name}:{tags}{base64.b64encode(signature).decode()}\r\n".encode()


def _key(domain: str, selector: str) -> RSAPrivateKey | Ed25519PrivateKey:
    key = load_pem_private_key((KEYS / f"{selector}.{domain}.pem").read_bytes(), None)
    assert isinstance(key, RSAPrivateKey | Ed25519PrivateKey)
    return key


def _algorithm(domain: str, selector: str) -> str:
    return "rsa-sha256" if isinstance(_key(domain, selector), RSAPrivateKey) else "ed25519-sha256"
