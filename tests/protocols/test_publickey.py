"""Public keys, read and used."""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from hypothesis import given
from hypothesis import strategies as st

from sabaki.protocols import publickey
from tests.protocols.signing import ed25519_key, rsa_key

DER = serialization.Encoding.DER
INFO = serialization.PublicFormat.SubjectPublicKeyInfo


def test_rsa_in_both_wrappings() -> None:
    key = rsa_key(1024)
    signature = key.sign(b"text", padding.PKCS1v15(), hashes.SHA256())
    for form in (INFO, serialization.PublicFormat.PKCS1):
        found = publickey.load("rsa", key.public_key().public_bytes(DER, form))
        assert found is not None
        assert found.bits == 1024
        assert found.fits(signature, hashlib.sha256(b"text").digest())
        assert not found.fits(signature, hashlib.sha256(b"Text").digest())
        assert not found.fits(signature[1:], hashlib.sha256(b"text").digest())


def test_ed25519() -> None:
    key = ed25519_key()
    octets = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    found = publickey.load("ed25519", octets)
    assert found is not None
    digest = hashlib.sha256(b"text").digest()
    assert found.fits(key.sign(digest), digest)
    assert not found.fits(key.sign(b"text"), digest)
    assert publickey.load("ed25519", octets[1:]) is None


def test_keys_of_another_kind() -> None:
    curve = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(DER, INFO)
    assert publickey.load("rsa", curve) is None
    assert publickey.load("dsa", rsa_key(1024).public_key().public_bytes(DER, INFO)) is None


@given(st.binary(max_size=100), st.sampled_from(["rsa", "ed25519", ""]))
def test_any_octets(octets: bytes, type: str) -> None:
    found = publickey.load(type, octets)
    assert found is None or not found.fits(b"x", b"y" * 32)
