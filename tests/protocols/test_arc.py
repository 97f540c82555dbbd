"""ARC chains, sealed with other software's canonicalisation, and what an attacker or a forwarder does to them."""

from __future__ import annotations

import base64
import re
from functools import cache

import dkim as dkimpy
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from dkim.canonicalization import Relaxed
from hypothesis import given, settings
from hypothesis import strategies as st

from sabaki.model.authentication import KEY_GONE, UNCHECKED, ArcChain
from sabaki.model.evidence import Grade
from sabaki.protocols import arc
from sabaki.protocols.resolver import Offline
from tests.protocols.signing import MAIL, read, record, rsa_key, signed
from tests.protocols.zone import Zone

DOMAINS = ("one.example", "two.example", "three.example")
TEXT = record()
RESOLVER = Zone({f"s1._domainkey.{domain}": [("TXT", TEXT)] for domain in DOMAINS})


def seal(raw: bytes, instance: int, domain: str, verdict: str = "", bits: int = 2048) -> bytes:
    """The mail with one more set on top."""
    results = f"ARC-Authentication-Results: i={instance}; {domain}; dkim=pass header.d=shop.example\r\n".encode()
    tags = {"v": None, "i": instance, "d": domain, "h": "from:to:subject"}
    raw = signed(results + raw, bits=bits, field="ARC-Message-Signature", **tags)
    verdict = verdict or ("pass" if instance > 1 else "none")
    text = f"i={instance}; a=rsa-sha256; cv={verdict}; d={domain}; s=s1; b="
    headers, _ = dkimpy.rfc822_parse(raw)
    arc_fields = [(name, value) for name, value in headers if name.lower().startswith(b"arc-")]
    # From the oldest set on, and in each the results, the message signature, the seal: just as they stand, from below.
    canonical = Relaxed.canonicalize_headers([*reversed(arc_fields), (b"ARC-Seal", text.encode())])
    octets = b"".join(name + b":" + value for name, value in canonical).removesuffix(b"\r\n")
    signature = base64.b64encode(rsa_key(bits).sign(octets, padding.PKCS1v15(), hashes.SHA256())).decode()
    return f"ARC-Seal: {text}{signature}\r\n".encode() + raw


@cache
def sealed(count: int = 1, bits: int = 2048) -> bytes:
    """The mail, sealed by so many, one after the other."""
    raw = MAIL.encode()
    for instance, domain in enumerate(DOMAINS[:count], 1):
        raw = seal(raw, instance, domain, bits=bits)
    return raw


def verify(raw: bytes, resolver: Zone | Offline = RESOLVER) -> ArcChain:
    return arc.verify(read(raw), resolver)


def test_no_chain() -> None:
    found = verify(MAIL.encode())
    assert (found.result, found.sets, found.oldest_pass) == ("none", (), None)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_chain_that_holds(count: int) -> None:
    found = verify(sealed(count))
    assert (found.result, found.oldest_pass, found.grade) == ("pass", 0, Grade.VERIFIED)
    assert [each.instance for each in found.sets] == list(range(1, count + 1))
    newest = found.sets[-1]
    assert (newest.domain, newest.authserv_id, newest.seal) == (DOMAINS[count - 1], DOMAINS[count - 1], "pass")
    assert newest.chain_validation == ("pass" if count > 1 else "none")
    assert newest.message
    assert newest.message.covered_names == ("from", "to", "subject")
    assert f"as {DOMAINS[count - 1]} sealed it last" in found.reason
    assert f"封印{count}件" in found.reason_ja


def test_dkimpy_agrees() -> None:
    def dns(name: bytes, timeout: int = 5) -> bytes:
        return TEXT.encode()

    for count in (1, 3):
        assert dkimpy.arc_verify(sealed(count), dnsfunc=dns)[0] == b"pass"


def test_a_mail_that_a_list_altered_and_sealed_anew() -> None:
    altered = sealed(1).replace(b"Come in.", b"Come in.\r\n-- \r\nfooter")
    found = verify(seal(altered, 2, "two.example"))
    assert (found.result, found.oldest_pass) == ("pass", 2)
    assert "altered before set 2" in found.reason
    again = verify(seal(seal(altered, 2, "two.example"), 3, "three.example"))
    assert (again.result, again.oldest_pass) == ("pass", 2)
    # The key of an older set is gone: that its mail was the same is not said.
    unknown = Zone({f"s1._domainkey.{name}": [("TXT", TEXT)] for name in DOMAINS[1:]})
    assert verify(sealed(3), unknown).result == KEY_GONE


def test_short_keys_and_sha1_seal_nothing() -> None:
    weak = sealed(1, 768)
    found = verify(weak, Zone({"s1._domainkey.one.example": [("TXT", record(768))]}))
    assert (found.result, "768 bits" in found.reason) == ("fail", True)
    assert verify(re.sub(rb"(ARC-Seal: i=1; a=rsa-sha)256", rb"\g<1>1", sealed(1))).result == "fail"


def test_a_mail_that_was_altered_after_the_last_seal() -> None:
    resolver = Zone({})
    found = verify(sealed(2).replace(b"Come in.", b"Come out."), resolver)
    assert (found.result, found.grade, found.oldest_pass) == ("fail", Grade.VERIFIED, None)
    assert "not the one that was sealed last, by two.example" in found.reason
    assert resolver.asked == []
    assert verify(sealed(2).replace(b"Come in.", b"Come out."), Offline()).result == "fail"


def test_results_that_were_altered_after_they_were_sealed() -> None:
    raw = sealed(2)
    assert verify(raw.replace(b"header.d=shop.example", b"header.d=bank.example")).result == "fail"
    # Those of the first, alone: the seals hold all sets.
    first = raw.rindex(b"header.d=shop")
    found = verify(raw[:first] + raw[first:].replace(b"header.d=shop", b"header.d=bank", 1))
    assert (found.result, "seal of set" in found.reason) == ("fail", True)


def test_a_from_that_was_added_on_top() -> None:
    found = verify(b"From: Bank <x@bank.example>\r\n" + sealed(2))
    assert found.result == "fail"
    assert "a From stands in the mail that was not there" in found.reason
    subject = verify(b"Subject: evil\r\n" + sealed(2))
    assert subject.sets[-1].message
    assert "duplicate_field" in subject.sets[-1].message.weaknesses


def test_a_seal_taken_from_another_mail() -> None:
    other = MAIL.replace("Open", "Password").encode()
    fields = sealed(1)[: -len(MAIL.encode())]
    assert verify(fields + other).result == "fail"


def test_sets_that_are_missing_or_there_twice() -> None:
    raw = sealed(2)
    field = re.compile(rb"ARC-Seal: (?:[^\r]|\r\n[ \t])*i=2(?:[^\r]|\r\n[ \t])*\r\n")
    seal = field.search(raw)
    assert seal
    assert "set 2 has more than one ARC-Seal" in verify(seal[0] + raw).reason
    assert "ARC-Seal is missing" in verify(raw.replace(seal[0], b"")).reason
    # The second set without the first.
    alone = sealed(2)[: -len(sealed(1))] + MAIL.encode()
    assert "set 1 is not complete" in verify(alone).reason


def test_a_chain_that_says_itself_that_it_failed() -> None:
    raw = sealed(1).replace(b"cv=none", b"cv=fail")
    assert "two" not in verify(raw).reason
    assert "says that it was broken already" in verify(raw).reason


def test_an_impossible_word() -> None:
    assert "cannot be" in verify(sealed(1).replace(b"cv=none", b"cv=pass")).reason


def test_more_sets_than_there_may_be() -> None:
    raw = b"ARC-Seal: i=1; a=rsa-sha256; cv=none; d=one.example; s=s1; b=AAAA\r\n" * 51 + MAIL.encode()
    assert "more than 50" in verify(raw).reason
    many = b"".join(b"ARC-Authentication-Results: i=%d; one.example; none\r\n" % number for number in range(1, 51))
    assert "is missing" in verify(many + MAIL.encode()).reason


@pytest.mark.parametrize("beginning", [b"i=0;", b"i=51;", b"i=1", b"", b"one.example; i=1;", b"i=01;", b"i=1 x;"])
def test_results_without_their_number(beginning: bytes) -> None:
    raw = sealed(1)
    found = verify(re.sub(rb"(ARC-Authentication-Results: )i=1;", rb"\g<1>" + beginning, raw))
    assert (found.result, "instance" in found.reason) == ("fail", True)


def test_without_the_keys_it_stays_open() -> None:
    assert (verify(sealed(2), Offline()).result, verify(sealed(2), Offline()).grade) == (
        UNCHECKED,
        Grade.SELF_DECLARED,
    )
    offline = verify(sealed(2), Offline()).sets[-1].message
    assert offline
    assert offline.body_matches is True
    assert verify(sealed(2), Zone({})).result == KEY_GONE
    one_gone = Zone({"s1._domainkey.two.example": [("TXT", TEXT)]})
    found = verify(sealed(2), one_gone)
    assert (found.result, [each.seal for each in found.sets]) == (KEY_GONE, [KEY_GONE, "pass"])
    silent = Zone({"s1._domainkey.two.example": [("TXT", TEXT)], "s1._domainkey.one.example": "TIMEOUT"})
    assert verify(sealed(2), silent).result == "temperror"


def test_keys_that_do_not_do() -> None:
    def found(text: str) -> ArcChain:
        return verify(sealed(1), Zone({"s1._domainkey.one.example": [("TXT", text)]}))

    assert "of another kind" in found("v=DKIM1; k=ed25519; p=AAAA").reason
    assert "revoked" in found("v=DKIM1; p=").reason
    assert found(record(1024)).result == "fail"


def test_a_seal_in_nobodys_name() -> None:
    raw = sealed(1).replace(b"d=one.example", b"d=co.jp")
    assert "under which anybody can have a domain" in verify(raw).reason


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mutated_chains_never_raise(data: st.DataObject) -> None:
    raw = bytearray(sealed(2))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
    found = verify(bytes(raw))
    assert found.reason
    assert found.reason_ja
    words = re.sub(rb"\s+", b"", bytes(raw)).lower()
    assert found.result != "pass" or b"comein." in words


def test_fifty_long_sets() -> None:
    sets = b"".join(
        b"ARC-Seal: i=%(i)d; a=rsa-sha256; cv=%(cv)s; d=one.example; s=s1; b=AAAA\r\n"
        b"ARC-Message-Signature: i=%(i)d; a=rsa-sha256; d=one.example; s=s1; h=from; bh=%(bh)s; b=AAAA; z=%(z)s\r\n"
        b"ARC-Authentication-Results: i=%(i)d; one.example; none\r\n"
        % {
            b"i": number,
            b"cv": b"pass" if number > 1 else b"none",
            b"bh": b"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            b"z": b"x" * 60_000,
        }
        for number in range(1, 51)
    )
    assert verify(sets + b"From: a@shop.example\r\n\r\n", Offline()).result == UNCHECKED
