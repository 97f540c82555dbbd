"""Key records, and which signatures they are for."""

from __future__ import annotations

import pytest

from sabaki.model.authentication import KEY_GONE, UNCHECKED
from sabaki.protocols import keys
from sabaki.protocols.keys import KeyRecord
from sabaki.protocols.resolver import Offline
from sabaki.protocols.signature import Kind, Parsed
from tests.protocols.zone import Zone


def test_a_record() -> None:
    assert keys.parse("v=DKIM1; k=rsa; p=AA\tAA; t=y:s; h=sha1:sha256; s=email; n=note; x=y") == KeyRecord(
        "rsa", b"\0\0\0", frozenset(("sha1", "sha256")), frozenset(("email",)), testing=True, strict=True
    )
    assert keys.parse("p=AAAA;") == KeyRecord("rsa", b"\0\0\0")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("v=DKIM1; p=", "key_revoked"),
        ("v=DKIM1; p= ;", "key_revoked"),
        ("v=DKIM1", "key_faulty"),
        ("v=dkim1; p=AAAA", "key_faulty"),
        ("p=AAAA; p=AAAA", "key_faulty"),
        ("p=A", "key_faulty"),
        ("p=AAAA; \N{SNOWMAN}", "key_faulty"),
    ],
)
def test_records_that_cannot_be_used(text: str, problem: str) -> None:
    assert keys.parse(text).problem == problem


def test_hindrances() -> None:
    parsed = Parsed(key_type="rsa", digest="sha256", domain="shop.example", identity="x@mail.shop.example")
    assert KeyRecord().hindrance(parsed, Kind.DKIM) == ""
    assert KeyRecord("ed25519").hindrance(parsed, Kind.DKIM) == "key_type"
    assert KeyRecord(digests=frozenset(("sha1",))).hindrance(parsed, Kind.DKIM) == "key_hash"
    assert KeyRecord(services=frozenset(("x",))).hindrance(parsed, Kind.DKIM) == "key_service"
    assert KeyRecord(strict=True).hindrance(parsed, Kind.DKIM) == "key_strict"
    assert KeyRecord(strict=True).hindrance(parsed, Kind.SEAL) == ""
    own = Parsed(key_type="rsa", digest="sha256", domain="shop.example", identity="x@SHOP.example")
    assert KeyRecord(strict=True).hindrance(own, Kind.DKIM) == ""
    assert KeyRecord(problem="key_revoked").hindrance(own, Kind.DKIM) == "key_revoked"


def test_what_the_dns_has() -> None:
    name = "s1._domainkey.shop.example"
    assert keys.fetch(Offline(), name).trouble == UNCHECKED
    assert keys.fetch(Zone({name: "TIMEOUT"}), name).trouble == "temperror"
    assert keys.fetch(Zone({}), name).trouble == KEY_GONE
    assert keys.fetch(Zone({name: [("TXT", "v=spf1 ip4:192.0.2.1 -all")]}), name).trouble == KEY_GONE
    found = keys.fetch(Zone({name: [("TXT", "v=spf1 -all"), ("TXT", "k=rsa; p=")]}), name)
    assert [each.problem for each in found.records] == ["key_revoked"]
    many = Zone({name: [("TXT", f"p=AAA{letter}") for letter in "ABCDEFGH"]})
    assert len(keys.fetch(many, name).records) == 5
