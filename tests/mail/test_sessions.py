"""TLS versions and ciphers in Received fields, in each server's own form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.mail import sessions

GCM = "ECDHE-RSA-AES256-GCM-SHA384"


@pytest.mark.parametrize(
    ("comment", "version", "cipher"),
    [
        (f"using TLSv1.2 with cipher {GCM} (256/256 bits)", "TLSv1.2", GCM),
        ("using TLSv1 with cipher CAMELLIA256-SHA (256/256 bits)", "TLSv1", "CAMELLIA256-SHA"),
        ("using SSLv3 with cipher RC4-MD5 (128/128 bits)", "SSLv3", "RC4-MD5"),
        (f"version=TLS1_2 cipher={GCM} bits=256/256", "TLSv1.2", GCM),
        ("version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384", "TLSv1.3", "TLS_AES_256_GCM_SHA384"),
        ("version=TLS1_0, cipher=TLS_RSA_WITH_AES_128_CBC_SHA", "TLSv1", "TLS_RSA_WITH_AES_128_CBC_SHA"),
        ("version=TLSv1/SSLv3 cipher=RC4-MD5 bits=128 verify=NO", "", "RC4-MD5"),
        (f"TLSv1.2:{GCM}:256", "TLSv1.2", GCM),
        ("TLS1.3:ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM:256", "TLSv1.3", "ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM"),
        ("X=TLS1.2:ECDHE_RSA_AES_256_GCM_SHA384:256 CV=no", "TLSv1.2", "ECDHE_RSA_AES_256_GCM_SHA384"),
        ("TLSv1:AES256-SHA:256", "TLSv1", "AES256-SHA"),
        ("Cipher TLSv1:DES-CBC3-SHA:168", "TLSv1", "DES-CBC3-SHA"),
        ("AES256-SHA encrypted", "", "AES256-SHA"),
        (f"{GCM} encrypted, authenticated", "", GCM),
        (f"{GCM}:TLSv1.2:Kx=ECDH:Au=RSA:Enc=AESGCM(128):Mac=AEAD", "TLSv1.2", GCM),
        ("AUTH: LOGIN taro, SSL: TLS1.2,128bits,ECDHE_RSA_AES_128_GCM_SHA256", "TLSv1.2", "ECDHE_RSA_AES_128_GCM_SHA256"),
        ("using TLS: TLSv1.2, DES-CBC3-SHA", "TLSv1.2", "DES-CBC3-SHA"),
        ('cipher=AES128-GCM-SHA256 subject="/O=x/CN=TLSv1.3"', "", "AES128-GCM-SHA256"),
        ("TLS1.2", "TLSv1.2", ""),
        ("TLS", "", ""),
        ("Using TLS", "", ""),
    ],
)  # fmt: skip
def test_forms(comment: str, version: str, cipher: str) -> None:
    assert sessions.read(comment) == (True, version, cipher)


@pytest.mark.parametrize(
    "comment",
    ["Postfix", "Exim 4.95", "No client certificate requested", 'Client CN "TLSv1.3 with cipher AES256-SHA"', "authenticated", ""],
)  # fmt: skip
def test_what_is_no_session(comment: str) -> None:
    assert sessions.read(comment) == (False, "", "")


@pytest.mark.parametrize(
    ("protocol", "clause", "expected"),
    [
        (["ESMTP/TLS/" + GCM], "", ("ESMTP/TLS/" + GCM, "", GCM)),
        ([GCM, "encrypted", "SMTP"], "", (f"{GCM} encrypted", "", GCM)),
        (["esmtps"], "TLS_AES_128_GCM_SHA256", ("TLS_AES_128_GCM_SHA256", "", "TLS_AES_128_GCM_SHA256")),
        (["ESMTP"], "", ("", "", "")),
        ([], "", ("", "", "")),
    ],
)
def test_outside_comments(protocol: list[str], clause: str, expected: tuple[str, str, str]) -> None:
    assert sessions.of([], protocol, clause) == expected


def test_the_first_comment_on_the_session_counts_and_takes_the_clauses_cipher() -> None:
    assert sessions.of(["Exim 4.95", "TLS1.2", "TLSv1"], [], "TLS_AES_128_GCM_SHA256") == (
        "TLS1.2",
        "TLSv1.2",
        "TLS_AES_128_GCM_SHA256",
    )


@given(st.text(alphabet='TLSv1.23 cipher=AES-SHA_:,"()', max_size=200))
def test_nothing_raises(comment: str) -> None:
    sessions.read(comment)
