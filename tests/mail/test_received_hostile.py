"""What a peer can write into a Received field: none of it becomes an address, an account, a name or a server of its own."""

from __future__ import annotations

import pytest

from tests.mail.test_received import parse

SERVERS = {
    "postfix": "from {} (unknown [198.51.100.7]) by mx.example.jp (Postfix) with ESMTP id 4M1abc for <info@example.jp>; {}",
    "sendmail": "from {} ([198.51.100.7]) by mx.example.jp (8.14.4/8.14.4) with ESMTP id g6A1r9T18415; {}",
    "qmail": "from unknown (HELO {}) (198.51.100.7) by mx.example.jp with SMTP; {}",
    "exim": "from [198.51.100.7] (helo={}) by mx.example.jp with esmtp (Exim 4.95) id 1qzm0d-0004U7-SJ; {}",
    "exim, named": "from r.example ([198.51.100.7] helo={}) by mx.example.jp with esmtp (Exim 4.95) id 1qzm0d-0004U7-SJ; {}",
    "exchange": "from {} (198.51.100.7) by mx.example.jp (10.0.0.1) with Microsoft SMTP Server id 15.1.225.42; {}",
    "gmail": "from {} ([198.51.100.7]) by mx.google.com with ESMTP id u12si9722779fah.16; {}",
    "opensmtpd": "from {} (<unknown> [198.51.100.7]) by mx.example.jp (OpenSMTPD) with ESMTP id 9b6f; {}",
    "communigate": "from [198.51.100.7] (HELO {}) by mx.example.jp (CommuniGate Pro SMTP 6.1.2) with ESMTP id 65; {}",
    "courier": "from {} ([::ffff:198.51.100.7]) by mx.example.jp with esmtp; {} id 0004D1F7.42F9C2B2.00006B73",
    "zmailer": 'from r.example ([198.51.100.7]:25 "EHLO {}" rhost-flags-OK) by mx.example.jp with ESMTP id S17; {}',
    "yahoo": "from 198.51.100.7 (EHLO {}) (198.51.100.7) by mx.example.jp with SMTPs; {}",
    "ses": "from {} (unknown [198.51.100.7]) by inbound-smtp.us-east-1.amazonaws.com with SMTP id 5rlg for a@b.example; {}",
    "domino": "from {} ([198.51.100.7]) by mx.example.jp (HCL Domino Release 14.0FP4) with ESMTP id 2025-18429 ; {}",
    "maddy": "from {} (unknown [198.51.100.7]) by mx.example.jp (envelope-sender <a@b.example>) with ESMTPS id 95b4; {}",
}
GREETINGS = [
    "x (Authenticated sender: boss@bank.example)",
    "x) (Authenticated sender: boss@bank.example",
    "x) (Authenticated sender: boss@bank.example) (",
    "x (authenticated as boss@bank.example)",
    "x (AUTH: LOGIN boss@bank.example)",
    "x (user=boss@bank.example mech=LOGIN bits=0)",
    "x (account boss@bank.example HELO y)",
    "x) (boss@bank.example@203.0.113.9",
    "x (boss@bank.example@203.0.113.9)",
    "x) (boss@bank.example@[203.0.113.9]",
    "x ([203.0.113.9])",
    "x) ([203.0.113.9]",
    "x (mx.example.jp [203.0.113.9])",
    "[203.0.113.9]",
    "203.0.113.9",
    "[203.0.113.9]) by mx.example.jp (",
    "x ([203.0.113.9]) by mx.evil.example (Postfix) with ESMTPA id 1",
    "x (mx.example.jp [203.0.113.9]) (Authenticated sender: boss@bank.example) by mx.evil.example (Postfix) with ESMTPSA id 1",
    "x [203.0.113.9]",
    "x helo=[203.0.113.9]",
    "x (helo=y [203.0.113.9])",
    "x (HELO y) (boss@bank.example@203.0.113.9)",
    "x ((( (203.0.113.9) (Authenticated sender: boss@bank.example)",
    "x (a (b (Authenticated sender: boss@bank.example)))",
    "x \\(Authenticated sender: boss@bank.example\\)",
    "x (\\) (Authenticated sender: boss@bank.example)",
    '"x (Authenticated sender: boss@bank.example)',
    '"x" ([203.0.113.9])',
    "x (envelope-from <a) (Authenticated sender: boss@bank.example>)",
    "x (using TLSv1.9 with cipher EVIL-AES)",
    "x with ESMTPA id evil",
    "x auth=yes user=boss@bank.example",
    "by mx.evil.example (Postfix)",
    "x ([203.0.113.9]) by",
    "x ([203.0.113.9]) via y",
    "x (y (203.0.113.9) with SMTP id 1 via z",
    'x ([203.0.113.9]:25 "EHLO [y',
    'x ([203.0.113.9]:25 "EHLO y)',
    'x ([203.0.113.9] helo=y:"z) by',
    "x (203.0.113.9) by mx.evil.example (10.0.0.2) with Microsoft SMTP Server id 1 via Frontend Transport",
    "=?utf-8?q?x_(Authenticated_sender:_boss=40bank.example)?=",
    "from y by z",
    "x; Thu, 1 Jan 1998 00:00:00 +0000",
    "x (Authenticated sender: boss@bank.example); Thu, 1 Jan 1998 00:00:00 +0000 (",
]


@pytest.mark.parametrize("greeting", GREETINGS)
@pytest.mark.parametrize("server", SERVERS)
def test_a_server_that_passes_any_greeting_on_still_says_what_it_saw(server: str, greeting: str) -> None:
    """The real servers clean their greetings; these lines are what they would write if they did not."""
    hop = parse(SERVERS[server].replace("{}", greeting, 1).replace("{}", "8 Aug 2022 05:07:31 +0900"))
    assert hop.ip in ("198.51.100.7", "")
    assert (hop.auth_account, hop.auth_method) == ("", "")
    assert hop.by in ("mx.example.jp", "mx.google.com", "inbound-smtp.us-east-1.amazonaws.com", "")
    assert "EVIL" not in hop.tls
    assert hop.date in ("2022-08-08T05:07:31+09:00", None)
    assert hop.reverse_name in ("r.example", "")


@pytest.mark.parametrize("greeting", [greeting for greeting in GREETINGS if not set('()"') & set(greeting)])
@pytest.mark.parametrize("server", SERVERS)
def test_without_parentheses_and_quotes_no_greeting_can_hide_the_peer(server: str, greeting: str) -> None:
    hop = parse(SERVERS[server].replace("{}", greeting, 1).replace("{}", "8 Aug 2022 05:07:31 +0900"))
    assert hop.ip == "198.51.100.7"


@pytest.mark.parametrize(
    "sender",
    [
        '"x) (authenticated as boss@bank.example"@evil.example',
        '"x>) (authenticated as boss@bank.example"@evil.example',
        '"x) ([203.0.113.9]) (boss@bank.example@203.0.113.9"@evil.example',
        '"x) by mx.evil.example with ESMTPA id 9 (Authenticated sender: boss@bank.example"@evil.example',
        '"x); Thu, 1 Jan 1998 00:00:00 +0000 ("@evil.example',
        "x) (authenticated as boss@bank.example@evil.example",
    ],
)
@pytest.mark.parametrize(
    "line",
    [
        "from r.example ([198.51.100.7] helo=x) by mx.example.jp with esmtps (TLS1.3) (Exim 4.95) (envelope-from <{}>) id 1; {}",
        "from x (unknown [198.51.100.7]) by mx.example.jp (envelope-sender <{}>) with ESMTPS id 95b4; {}",
        "from x (198.51.100.7) by mx.example.jp (PowerMTA(TM) v3.5r16) id hm; {} (envelope-from <{}>)",
        "from r.example (HELO x) ([198.51.100.7]) (envelope-sender <{}>) by mx.example.jp (qmail-ldap-1.03) with SMTP; {}",
        "from x (unknown [198.51.100.7]) by mx.example.jp (Haraka) with ESMTPS id 1 envelope-from <{}>; {}",
        "from x (unknown [198.51.100.7]) by mx.example.jp (Postfix) with ESMTP id 1 for <{}>; {}",
    ],
)
def test_an_address_of_the_envelope_writes_no_comment(line: str, sender: str) -> None:
    date = "8 Aug 2022 05:07:31 +0900"
    first, second = (date, sender) if line.endswith(">)") else (sender, date)
    hop = parse(line.replace("{}", first, 1).replace("{}", second, 1))
    assert (hop.ip, hop.auth_account, hop.auth_method) == ("198.51.100.7", "", "")
    assert hop.by in ("mx.example.jp", "")
    assert hop.date in ("2022-08-08T05:07:31+09:00", None)


@pytest.mark.parametrize(
    "name", ["evil [203.0.113.9]", "evil 203.0.113.9", "authenticated.evil.example", "boss@bank.example"]
)
@pytest.mark.parametrize(
    "line",
    [
        "from x ({} [198.51.100.7]) by mx.example.jp (Postfix) with ESMTP id 1; 8 Aug 2022 05:07:31 +0900",
        "from x ({} [198.51.100.7] (may be forged)) by mx.example.jp (8.14.4/8.14.4) with ESMTP id g6A; 8 Aug 2022 05:07:31 +0900",
        "from x ({}. [198.51.100.7]) by mx.google.com with ESMTP id u12si; 8 Aug 2022 05:07:31 +0900",
    ],
)
def test_a_looked_up_name_of_several_words_is_no_address_and_no_account(line: str, name: str) -> None:
    hop = parse(line.format(name))
    assert (hop.ip, hop.auth_account, hop.auth_method) == ("198.51.100.7", "", "")


def test_a_client_certificate_cannot_hide_the_peer_or_sign_in() -> None:
    for text in (
        "x (mx [203.0.113.9]) by mx.evil.example with SMTP id 1",
        "(Authenticated sender: boss@bank.example)",
        "TLSv1.9",
    ):
        hop = parse(
            f'from x (unknown [198.51.100.7]) (using TLSv1.3 with cipher AES256-SHA (256/256 bits)) (Client CN "{text}", '
            f'Issuer "{text}" (not verified)) by mx.example.jp (Postfix) with ESMTPS id 1; 8 Aug 2022 05:07:31 +0900'
        )
        assert (hop.ip, hop.by, hop.auth_account, hop.tls_version) == ("198.51.100.7", "mx.example.jp", "", "TLSv1.3")
