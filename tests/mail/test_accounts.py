"""SMTP-AUTH accounts in comments, in each server's own form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.mail import accounts


@pytest.mark.parametrize(
    ("comment", "account", "method"),
    [
        ("Authenticated sender: office@gakuin.example", "office@gakuin.example", "Authenticated sender"),
        ("Authenticated sender: <taro>", "taro", "Authenticated sender"),
        ("Authenticated sender: taro+shop@example.jp", "taro+shop@example.jp", "Authenticated sender"),
        ("Authenticated sender: taro yamada", "taro yamada", "Authenticated sender"),
        ('Authenticated sender: "taro, yamada"@example.jp', '"taro, yamada"@example.jp', "Authenticated sender"),
        ("authenticated as taro@example.jp", "taro@example.jp", "authenticated as"),
        ('authenticated as "taro yamada"@example.jp bits=0', '"taro yamada"@example.jp', "authenticated as"),
        ("User authenticated as taro@EXAMPLE.JP", "taro@EXAMPLE.JP", "User authenticated as"),
        ("authenticated by taro%example.jp", "taro%example.jp", "authenticated by"),
        ("authenticated by plain", "", "plain"),
        ("AUTH: LOGIN taro@example.jp, SSL: TLSv1/SSLv3,256bits,AES256-SHA", "taro@example.jp", "LOGIN"),
        ("AUTH: PLAIN", "", "PLAIN"),
        ("AUTH: CRAM-MD5 taro, TLS: TLS1.2,128bits,ECDHE_RSA_AES_128_GCM_SHA256", "taro", "CRAM-MD5"),
        ("smtp-auth username taro, mechanism cram-md5", "taro", "cram-md5"),
        ("SMTP-AUTH username taro@example.jp, mechanism PLAIN", "taro@example.jp", "PLAIN"),
        ("user=taro@example.jp mech=LOGIN bits=0", "taro@example.jp", "LOGIN"),
        ("authenticated user=taro mech=PLAIN bits=0", "taro", "PLAIN"),
        ("authenticated user=cyrus bits=0", "cyrus", "SMTP-AUTH"),
        ("authenticated user taro@example.jp", "taro@example.jp", "authenticated user"),
        ("SquirrelMail authenticated user taro", "taro", "SquirrelMail authenticated user"),
        ("Authenticated user: taro@example.jp", "taro@example.jp", "Authenticated user"),
        ("authenticated_id: taro@example.jp", "taro@example.jp", "authenticated_id"),
        ("A=login_server:taro@example.jp", "taro@example.jp", "login_server"),
        ("TLS1.2:ECDHE:256 CV=no A=plain:taro", "taro", "plain"),
        ("account taro@example.jp HELO [10.0.0.2]", "taro@example.jp", "SMTP-AUTH"),
        ("account taro@example.jp [203.0.113.230] verified", "taro@example.jp", "SMTP-AUTH"),
        ("authenticated bits=0", "", "authenticated bits=0"),
        ("authenticated", "", "authenticated"),
        ("ECDHE-RSA-AES256-GCM-SHA384 encrypted, authenticated", "", "authenticated"),
        ("no authentication", "", ""),
        ("unauthenticated", "", ""),
        ("may be forged", "", ""),
        ("authenticated.evil.example [198.51.100.7] (may be forged)", "", ""),
        ("user=taro", "", ""),
        ("a=b", "", ""),
        ("", "", ""),
    ],
)
def test_forms(comment: str, account: str, method: str) -> None:
    assert accounts.in_comment(comment) == (account, method)


@given(st.text(alphabet='authenticated asuser=mech:LOGIN,"\\\\ (A)@<>', max_size=200))
def test_nothing_raises(comment: str) -> None:
    accounts.in_comment(comment)
