"""Inputs made to break what verifies mail and reads its way: floods of signatures, seals, results, authors and hops."""

from __future__ import annotations

from collections.abc import Callable

_HEAD = b"From: a@sender.example\nTo: b@jimusho.example\nSubject: x\nMIME-Version: 1.0\n"
_MAIL = _HEAD + b"\nhello\n"
_FIFTY = 50_000_000


def _sealed(sets: int, copies: int) -> bytes:
    fields = b"".join(
        b"ARC-Seal: i=%d; a=rsa-sha256; cv=pass; d=list.example; s=a; b=AAAA\n"
        b"ARC-Message-Signature: i=%d; a=rsa-sha256; c=relaxed/relaxed; d=list.example; s=a; h=from:subject; bh=AAAA; b=AAAA\n"
        b"ARC-Authentication-Results: i=%d; mx.list.example; dkim=pass header.d=sender.example\n" % (n, n, n)
        for n in range(sets, 0, -1)
    )
    return fields * copies + _HEAD + b"\nx"


def _signature(
    more: bytes = b"", how: bytes = b"relaxed/relaxed", names: bytes = b"from", body_hash: bytes = b"AAAA"
) -> bytes:
    return (
        b"DKIM-Signature: v=1; a=rsa-sha256; c=%b; d=sender.example; s=a; h=%b; bh=%b;%b b=AAAA\n"
        % (how, names, body_hash, more)
    )  # fmt: skip


_RECEIVED = (
    b"from mail.sender.example (mail.sender.example [192.0.2.1]) by mx.jimusho.example (Postfix) with ESMTP id 1; "
)
_DATE = b"Mon, 8 Aug 2022 05:07:31 +0900\n"


def _joined(text: bytes) -> bytes:
    names = b"Authentication-Results Received-SPF ARC-Authentication-Results X-Original-Authentication-Results".split()
    more = (
        b"Authentication-Results-Original Original-Authentication-Results X-MS-Exchange-Authentication-Results".split()
    )
    return b"".join(name + b": pass x; a=b c" + text + b"\n" for name in (*names, *more)) * 20 + _MAIL


def _words_of_from() -> bytes:
    words = b"=?utf-8?B?YUBiYW5rLmV4YW1wbGU=?= "
    return b"(a@b.example) " * 1_400 + words * 600 + b"<a@c.example> " * 1_400


def _of_proofs() -> dict[str, Callable[[], bytes]]:
    hop = b"Received: " + _RECEIVED + _DATE
    every = (b"relaxed/relaxed", b"simple/simple", b"relaxed/simple", b"simple/relaxed", b"relaxed/relaxed")
    return {
        "proof dkim x5000": lambda: _signature() * 5_000 + _MAIL,
        "proof dkim h= x10000": lambda: _signature(names=b"from:" + b"x-a:" * 10_000 + b"from") + _MAIL,
        "proof dkim h=from x10000": lambda: b"".join(
            (_signature(names=b"from:" * 10_000 + b"from"), b"From: a@sender.example\n" * 5_000, _MAIL)
        ),
        "proof dkim b= 60KB": lambda: _signature(b" b" + b"=" + b"A" * 60_000 + b"; z=") + _MAIL,
        "proof dkim tags 60KB": lambda: _signature(b"".join(b"x%d=1;" % n for n in range(7_000))) + _MAIL,
        "proof dkim 20MB l=1": lambda: _signature(b" l=1;") + _HEAD + b"\n" + b"see our offer today\n" * 1_000_000,
        "proof dkim 50MB spaces": lambda: _signature() + _HEAD + b"\n" + b" " * (_FIFTY - 600),
        "proof dkim 50MB spaced lines": lambda: b"".join(map(_how, every)) + _HEAD + b"\n" + b" \t\n" * 16_000_000,
        "proof dkim 50MB line ends": lambda: b"".join(map(_how, every)) + _HEAD + b"\n" + b"\r\n" * 24_000_000 + b"x",
        "proof dkim 50MB >From": lambda: b"".join(map(_how, every)) + _HEAD + b"\n" + b">From x\n" * 6_200_000,
        "proof dkim 50MB each l=": lambda: b"".join(
            (*(_signature(b" l=%d;" % n, how) for n, how in enumerate(every)), _HEAD, b"\n", b"a  b\n" * 9_900_000)
        ),
        "proof arc 50 sets x20": lambda: _sealed(50, 20),
        "proof arc 50 sets": lambda: _sealed(50, 1),
        "proof arc 3000 sets": lambda: _sealed(3_000, 1),
        "proof authres x9900": lambda: (
            hop + b"Authentication-Results: mx.jimusho.example; dkim=pass header.d=sender.example\n" * 9_900 + _MAIL
        ),
        "proof authres above x9900": lambda: (
            b"Authentication-Results: mx.jimusho.example; dkim=pass header.d=s.example\n" * 9_900 + hop + _MAIL
        ),
        "proof authres joined": lambda: _joined(b"@" * 31_000),
        "proof authres joined by dots": lambda: _joined(b" . " * 10_500),
        "proof From 60KB": lambda: b"From: " + _words_of_from() + b"\n" + _MAIL,
        "proof From x9000": lambda: b"From: a@b.example (c@d.example)\n" * 9_000 + _MAIL,
        "proof From words 60KB": lambda: b"From: " + b"=?utf-8?Q?a=40b.example?= " * 2_300 + b"\n" + _MAIL,
        "proof Reply-To x2000": lambda: (
            b"Reply-To: " + b", ".join(b"u%d@e%d.example" % (n, n) for n in range(2_000)) + b"\n" + _MAIL
        ),
    }


def _how(how: bytes) -> bytes:
    return _signature(how=how)


def _of_hops() -> dict[str, Callable[[], bytes]]:
    long = b"from " + b"a.example " * 2_900 + b"(" + b"b [192.0.2.1] " * 2_100 + b") by c.example with SMTP; " + _DATE
    chained = b"Received: from mx%d.jimusho.example (mx%d.jimusho.example [192.0.2.1]) by mx%d.jimusho.example (Postfix) with ESMTP id 1; "
    return {
        "hops 60KB x100": lambda: (b"Received: " + long) * 100 + _MAIL,
        "hops ( x10000": lambda: (b"Received: from a " + b"(" * 10_000 + b" by c.example; " + _DATE) * 100 + _MAIL,
        "hops () x10000": lambda: (
            (b"Received: from a " + b"(" * 10_000 + b")" * 10_000 + b" by c; " + _DATE) * 90 + _MAIL
        ),
        "hops by x10000": lambda: (b"Received: from a " + b"by b with c " * 5_000 + b"; " + _DATE) * 100 + _MAIL,
        "hops helo= 60KB": lambda: (b"Received: from a (helo=" + b"=[" * 29_000 + b") by c; " + _DATE) * 100 + _MAIL,
        "hops auth 60KB": lambda: (
            (b"Received: from a (" + b"authenticated user=" * 3_100 + b") by c; " + _DATE) * 100 + _MAIL
        ),
        "hops quotes 60KB": lambda: (b'Received: from "' + b'\\"' * 29_000 + b" by c; " + _DATE) * 100 + _MAIL,
        "hops ours x100": lambda: (
            b"".join(b"Received: " + (chained % (n + 1, n + 1, n))[10:] + _DATE for n in range(100)) + _MAIL
        ),
        "hops clients x9000": lambda: (
            b"X-Originating-IP: [192.0.2.1]\nX-Authenticated-User: a@b.example\n" * 4_900 + _MAIL
        ),
    }


INPUTS: dict[str, Callable[[], bytes]] = {**_of_proofs(), **_of_hops()}
