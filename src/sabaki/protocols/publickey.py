"""Public keys and whether a signature fits them. The one module that needs `cryptography`: import it once a key was found."""

from __future__ import annotations

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import load_der_public_key

MOST_BITS = 8_192
"""RFC 8301 asks for 4,096; what is beyond this only costs time."""


class PublicKey(msgspec.Struct, frozen=True):
    """A key that could be read; `bits` is the modulus of RSA, 256 for Ed25519."""

    bits: int
    inner: RSAPublicKey | Ed25519PublicKey

    def fits(self, signature: bytes, digest: bytes) -> bool:
        """Whether the signature was made with this key over data with that SHA-256 hash (RFC 6376, RFC 8463 section 3)."""
        try:
            if isinstance(self.inner, RSAPublicKey):
                self.inner.verify(signature, digest, PKCS1v15(), Prehashed(hashes.SHA256()))
            else:
                self.inner.verify(signature, digest)
        except (InvalidSignature, ValueError, UnsupportedAlgorithm):
            return False
        return True


def load(type: str, octets: bytes) -> PublicKey | None:
    """Read the octets of a key record's `p`; None where they are no key of that type, or an absurdly long one.

    RSA keys come as SubjectPublicKeyInfo or, by the letter of RFC 6376, as RSAPublicKey; programs write both.
    """
    try:
        if type == "ed25519":
            return PublicKey(256, Ed25519PublicKey.from_public_bytes(octets))
        key = load_der_public_key(octets)
    except (ValueError, UnsupportedAlgorithm):
        return None
    if type != "rsa" or not isinstance(key, RSAPublicKey) or key.key_size > MOST_BITS:
        return None
    return PublicKey(key.key_size, key)
