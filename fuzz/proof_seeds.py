"""Seeds of the targets in proofs.py and ways.py: mails signed and sealed here with fixed keys, records, packets, hops of the tests."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_TESTS = Path(__file__).resolve().parent.parent / "tests"
_MAIL = (
    b"From: Shop <news@shop.example>\r\nTo: you@own.example\r\nSubject: Open\r\n"
    b"Date: Mon, 3 Mar 2025 10:15:00 +0900\r\n\r\nWe  are open.\r\nCome in.\r\n"
)
_HOP = b"Received: from mail.shop.example (mail.shop.example [198.51.100.7])\n by mx.own.example (Postfix) with ESMTP id 4Z5;\n Mon, 3 Mar 2025 10:15:04 +0900\n"


def _prime(start: int) -> int:
    """The next number that Fermat's test takes for a prime: the same each time, which is all that is asked of it."""
    number = start | 1
    while (
        any(number % small == 0 for small in (3, 5, 7, 11, 13))
        or pow(2, number - 1, number) != 1
        or number % 65_537 == 1
    ):
        number += 2
    return number


@cache
def _rsa_key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import rsa

    p, q = _prime(7 << 509), _prime((15 << 508) + 10**100)
    d = pow(65_537, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(65_537, p * q)
    return rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public).private_key()


@cache
def _ed25519_key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import ed25519

    return ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def record(algorithm: str) -> bytes:
    """The key record of the fixed key of that algorithm."""
    from cryptography.hazmat.primitives import serialization

    form, kind = serialization.PublicFormat, algorithm.partition("-")[0]
    key = (_rsa_key() if kind == "rsa" else _ed25519_key()).public_key()
    octets = (
        key.public_bytes(serialization.Encoding.DER, form.SubjectPublicKeyInfo)
        if kind == "rsa"
        else key.public_bytes(serialization.Encoding.Raw, form.Raw)
    )
    return f"v=DKIM1; k={kind}; p=".encode() + base64.b64encode(octets)


def _sign(algorithm: str, octets: bytes) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    if algorithm == "rsa-sha256":
        return base64.b64encode(_rsa_key().sign(octets, padding.PKCS1v15(), hashes.SHA256()))
    return base64.b64encode(_ed25519_key().sign(hashlib.sha256(octets).digest()))


def signed(
    mail: bytes = _MAIL, algorithm: str = "rsa-sha256", how: str = "relaxed/relaxed", more: str = "", field: str = ""
) -> bytes:
    """The mail with a signature on top; `field` is "ARC-Message-Signature: i=1" for one of those."""
    from sabaki.protocols import canonical

    header, _, body = mail.partition(b"\r\n\r\n")
    headers, _, bodies = how.partition("/")
    length = int(more.partition("l=")[2].partition(";")[0] or 0) if "l=" in more else None
    digest = canonical.Body(body, 0, len(body)).digest(bodies, "sha256", length).octets
    fields = [
        line for line in header.split(b"\r\n") if line.partition(b":")[0] in (b"From", b"Subject", b"Date", b"To")
    ]
    names = ":".join(line.partition(b":")[0].decode() for line in fields)
    text = f"{field or 'DKIM-Signature: v=1'}; a={algorithm}; c={how}; d=shop.example; s=s1; h={names};{more} bh="
    own = text.encode() + base64.b64encode(digest) + b"; b="
    octets = b"".join(canonical.field(line, headers) for line in fields) + canonical.field(own, headers).removesuffix(
        b"\r\n"
    )
    return own + _sign(algorithm, octets) + b"\r\n" + mail


def sealed(mail: bytes, times: int = 1, algorithm: str = "rsa-sha256") -> bytes:
    """The mail with so many ARC sets on top."""
    from sabaki.protocols import canonical

    over = b""
    for instance in range(1, times + 1):
        results = f"ARC-Authentication-Results: i={instance}; mx.own.example; dkim=pass header.d=shop.example".encode()
        mail = signed(mail, algorithm, field=f"ARC-Message-Signature: i={instance}")
        message, _, rest = mail.partition(b"\r\n")
        validation = "none" if instance == 1 else "pass"
        seal = f"ARC-Seal: i={instance}; a={algorithm}; cv={validation}; d=shop.example; s=s1; b=".encode()
        over += canonical.field(results, "relaxed") + canonical.field(message, "relaxed")
        seal += _sign(algorithm, over + canonical.field(seal, "relaxed").removesuffix(b"\r\n"))
        over += canonical.field(seal, "relaxed")
        mail = b"\r\n".join((seal, message, results, rest))
    return mail


def _signatures() -> list[bytes]:
    rsa, ed25519 = record("rsa-sha256"), record("ed25519-sha256")
    return [
        rsa + b"\n" + signed(),
        rsa + b"\n" + signed(how="simple/simple"),
        rsa + b"\n" + signed(more=" l=10; t=1740964500; x=1940964500; i=a@sub.shop.example; q=dns/txt;"),
        ed25519 + b"\n" + signed(algorithm="ed25519-sha256"),
        ed25519 + b"\n" + signed(algorithm="ed25519-sha256", how="relaxed/simple") + b"appended\r\n",
        rsa + b"\n" + sealed(_MAIL),
        ed25519 + b"\n" + sealed(signed(algorithm="ed25519-sha256"), 3, "ed25519-sha256"),
    ]


def _policies() -> list[bytes]:
    who = b"a@shop.example\nmail.shop.example\n198.51.100.7\n"
    six = b"a@shop.example\nmail.shop.example\n2001:db8::7\n"
    return [
        who
        + b"v=spf1 include:b.example a mx -all\nv=spf1 ip4:203.0.113.0/24 ?all\n192.0.2.1\n10 mx.own.example|20 mx2.own.example\n198.51.100.7",
        who
        + b"v=spf1 redirect=_spf.%{d2}\nv=spf1 exists:%{ir}.%{v}.%{l1r-}.b.example ptr:shop.example ~all\n127.0.0.2",
        who + b"v=spf1 include:%{h}.b.example include:%{d}.c.example -all exp=e.example\n!\n?\n-",
        six + b"v=spf1 ip6:2001:db8::/32 a:%{p}.example//64 mx/24//48 +all\nmail.shop.example\n2001:db8::7",
        b"\nmail.shop.example\n::ffff:198.51.100.7\nv=spf1 a:%{S}%_%%%-.example x=y ip4:198.51.100.7 -all",
        who + b"v=spf1 include:b.example include:c.example -all",
    ]


def _dmarc() -> list[bytes]:
    return [
        b"shop.example\nbounce.shop.example\nmail.shop.example\nv=DMARC1; p=reject; sp=none; np=reject; adkim=s; rua=mailto:a@b.example",
        b"a.b.c.d.e.f.g.h.shop.example\nshop.example\nother.example\n\n!\nv=DMARC1; p=quarantine; psd=n\nv=DMARC1; psd=y; p=none",
        b"news.shop.example\nshop.example\nx\n!\nv=DMARC1; p=none; t=y|x\n?\n-\n\xe9\x8a\x80.example",
        b"v=DMARC1;p=reject;pct=20;ri=1;fo=1:d\n\n\n",
    ]


def _packets() -> list[bytes]:
    import dns.message
    import dns.rrset

    packets = []
    for kind, texts in (
        ("TXT", ['"v=spf1 -all"', '"a" "b"']),
        ("MX", ["10 mx.own.example.", "0 ."]),
        ("A", ["192.0.2.1"]),
        ("AAAA", ["2001:db8::1"]),
        ("PTR", ["mail.shop.example."]),
        ("SOA", ["ns.own.example. h.own.example. 1 2 3 4 5"]),
        ("CNAME", ["other.example."]),
    ):
        answer = dns.message.make_response(dns.message.make_query("own.example", kind), recursion_available=True)
        answer.id = 1
        answer.answer.append(dns.rrset.from_text("own.example.", 300, "IN", kind, *texts))
        packets.append(answer.to_wire())
    empty = dns.message.make_response(dns.message.make_query("own.example", "TXT"))
    empty.id = 1
    return [*packets, empty.to_wire(), b"192.0.2.53:5353", b"[2001:db8::53]:53", "銀行.example".encode()]


def _hops() -> list[bytes]:
    cases = [
        case
        for name in ("forged_hops", "honest_hops")
        for case in yaml.safe_load((_TESTS / "facts" / f"{name}.yml").read_text("utf-8"))
    ]
    headers = [case["hops"].encode() for case in cases]
    inner = b"Received: from [192.0.2.25] (helo=mx.own.example)\n by store.own.example with lmtp (Exim 4.95) id 1q; x\n"
    return [
        bytes((place % 5, place % 3)) + (inner if place % 2 else b"") + _HOP + each
        for place, each in enumerate(headers)
    ]


def _lines() -> list[bytes]:
    files = sorted((_TESTS / "mail" / "received").glob("*.yml"))
    return [row["line"].encode() for file in files for row in yaml.safe_load(file.read_text("utf-8"))[::3]]


def _spoofed() -> list[bytes]:
    files = sorted((_TESTS / "spoofing" / "vectors").glob("*.yml"))
    return [row["mail"].encode() for file in files for row in yaml.safe_load(file.read_text("utf-8"))]


def _authors() -> list[bytes]:
    mails = [mail for mail in _spoofed() if mail[:5].lower() == b"from:"]
    return [mail[5:].partition(b"\nTo:")[0] for mail in mails]


def _results() -> list[bytes]:
    return [
        b"mx.own.example; spf=pass smtp.mailfrom=peer.example; dkim=pass header.d=peer.example header.s=s1; dmarc=pass",
        b"spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=peer.example; dkim=pass; compauth=pass reason=100",
        b"pass (mx.own.example: domain of a@peer.example) receiver=mx.own.example; client-ip=192.0.2.1",
        b'i=2; mx.other.example / 1; arc = pass (a (b)) reason="x;y"; dkim / 1 = fail header . d = "peer.example"',
        b"Yes, score=9.9 tests=[SPF_PASS,DKIM_VALID,DMARC_REJECT]",
    ]


def _mails() -> list[bytes]:
    mails = [
        record("rsa-sha256") + b"\n" + signed(),
        record("ed25519-sha256") + b"\n" + sealed(_MAIL, 1, "ed25519-sha256"),
    ]
    return mails + [
        b"v=spf1 ip4:198.51.100.0/24 -all|v=DMARC1; p=reject\n" + mail + b"\nx\n" for mail in _spoofed()[:60]
    ]


def seeds() -> dict[str, list[bytes]]:
    """The seeds of each of these targets."""
    return {
        "received": _lines(),
        "trust": _hops(),
        "authors": _authors(),
        "authres": _results(),
        "standing": _mails(),
        "dkim": _signatures(),
        "spf": _policies(),
        "dmarc": _dmarc(),
        "dns": _packets(),
    }
