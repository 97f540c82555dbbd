"""Which software wrote a field."""

from __future__ import annotations

import pytest

from sabaki.mail import servers


def name(comment: str = "", protocol: str = "", host: str = "mx.example.jp", id: str | None = "1") -> str:
    return servers.name([comment] if comment else [], protocol, host, id=id, has_from=True, by_address=False)


@pytest.mark.parametrize(
    ("comment", "software"),
    [
        ("Postfix", "postfix"), ("Postfix, from userid 33", "postfix"), ("Exim 4.95 #2", "exim"),
        ("ecelerity 4.2.31.59853 r(Core:4.2.31.1)", "momentum"), ("8.14.4/8.14.4", "sendmail"), ("8.8.8/3.7W", "sendmail"),
        ("fetchmail-6.3.26", "fetchmail"), ("qmail 123 invoked by uid 89", "qmail"), ("amavisd-new, port 10024", "amavis"),
        ("mx-mo-csw1115", "iij"), ("mrgmx105 [192.0.2.168]", "gmx"), ("SMTPD32-8.15", "imail"), ("mail_out_v34.10.", "aol"),
        ("may be forged", ""), ("8.5.133", ""), ("x postfix", ""), ("postfixed", ""),
    ],
)  # fmt: skip
def test_by_the_comment_behind_by(comment: str, software: str) -> None:
    assert name(comment) == software


@pytest.mark.parametrize(
    ("protocol", "software"),
    [
        ("Microsoft SMTP Server", "exchange"), ("mapi", "exchange"), ("MailEnable ESMTPA", "mailenable"),
        ("[XMail 1.27 ESMTP Server]", "xmail"), ("ESMTP/TLS/AES256-SHA", "cisco"), ("ESMTP", ""),
    ],
)  # fmt: skip
def test_by_the_protocol(protocol: str, software: str) -> None:
    assert name(protocol=protocol) == software


def test_a_services_host_alone_tells_nothing() -> None:
    assert name(host="n9.groups.yahoo.com", protocol="asmtp", id=None) == ""
    assert name(host="n9.groups.yahoo.com", protocol="NNFMP", id=None) == "yahoo"
    assert name(host="mx1.pphosted.com", protocol="ESMTP", id="2w7qdbrewx-1") == "proofpoint"
    assert name(host="pphosted.com.evil.example", protocol="ESMTP") == ""
    assert name(host="notyahoo.com", protocol="HTTP") == ""


def test_gmail_inside_names_no_host() -> None:
    assert servers.name([], "SMTP", "", id="a1", has_from=False, by_address=True) == "gmail"
    assert servers.name([], "SMTP", "", id="a1", has_from=True, by_address=True) == ""
