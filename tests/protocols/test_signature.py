"""What stands in signature fields; what they are refused for is tried in test_dkim and test_arc_suite."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.protocols import signature
from sabaki.protocols.signature import Kind

DKIM = (
    b"DKIM-Signature: v=1; a=rsa-sha256; d=Shop.Example; s=S1; h=From : to:\r\n\tsubject; bh=AA\r\n AA; b=BB BB; t=10"
)
SEAL = b"ARC-Seal: i=2; a=rsa-sha256; cv=pass; d=relay.example; s=s1; b=AAAA"


def test_a_whole_field() -> None:
    found = signature.read(DKIM, Kind.DKIM)
    assert (found.problem, found.domain, found.selector, found.key_name) == (
        "",
        "shop.example",
        "S1",
        "s1._domainkey.shop.example",
    )
    assert (found.names, found.header_how, found.body_how) == (("from", "to", "subject"), "simple", "simple")
    assert (found.algorithm, found.signed_at, found.length, found.value) == ("rsa-sha256", 10, None, b"\x04\x10\x41")
    assert found.unsigned == DKIM.replace(b"BB BB", b"")


def test_the_value_is_taken_out_to_the_end() -> None:
    found = signature.read(DKIM.replace(b"; t=10", b"\r\n \t"), Kind.DKIM)
    assert found.unsigned.endswith(b"; b=")


def test_identities() -> None:
    def identity(text: bytes) -> tuple[str, str]:
        found = signature.read(DKIM + b"; i=" + text, Kind.DKIM)
        return found.identity, found.problem

    assert identity(b"@shop.example") == ("@shop.example", "")
    assert identity(b"a=3Bb=40\r\n c@MAIL.shop.example") == ("a;b@c@MAIL.shop.example", "")
    for outside in (b"@example", b"@notshop.example", b"@shop.example.evil.invalid", b"@evil.invalid"):
        assert identity(outside)[1] == "identity_outside"
    assert identity(b"x=4@shop.example")[1] == "identity"
    assert identity(b"shop.example")[1] == "identity"


def test_the_signer_is_told_even_where_the_rest_is_faulty() -> None:
    found = signature.read(DKIM.replace(b"rsa-sha256", b"rot13"), Kind.DKIM)
    assert (found.problem, found.where, found.domain, found.selector) == ("algorithm", "a", "shop.example", "S1")


def test_seals_and_message_signatures() -> None:
    seal = signature.read(SEAL, Kind.SEAL)
    assert (seal.problem, seal.instance, seal.chain_validation, seal.header_how) == ("", 2, "pass", "relaxed")
    assert signature.read(SEAL + b"; h=from", Kind.SEAL).problem == "not_in_seal"
    assert signature.read(SEAL.replace(b"cv=pass", b"cv=good"), Kind.SEAL).problem == "chain_validation"
    for wrong in (b"0", b"51", b"01", b"1 1", b"x", b"100", b""):
        assert signature.read(SEAL.replace(b"i=2", b"i=" + wrong), Kind.SEAL).problem == "instance"
    message = SEAL.replace(b"cv=pass", b"h=to:arc-seal; bh=AAAA")
    assert signature.read(message, Kind.MESSAGE).problem == "seal_signed"
    found = signature.read(message.replace(b":arc-seal", b""), Kind.MESSAGE)
    assert (found.problem, found.names, found.body_how) == ("", ("to",), "relaxed")


@pytest.mark.parametrize("kind", Kind)
@given(octets=st.binary(max_size=200))
def test_any_octets(kind: Kind, octets: bytes) -> None:
    assert signature.read(b"X:" + octets, kind).problem
