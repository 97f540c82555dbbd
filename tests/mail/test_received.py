"""Received fields of real servers into hops."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sabaki.mail import message, received
from sabaki.mail.limits import Budget, Limits
from sabaki.model.case import Hop
from sabaki.model.evidence import Location
from sabaki.model.message import Field
from tests.patience import BLOWN_UP

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"


def parse(text: str) -> Hop:
    text = " ".join(text.split())
    return received.parse(Field(0, "Received", "received", text, text, Location(0, len(text), "", 0)))


def read(header: bytes) -> Hop:
    """The only hop of a mail with that header."""
    budget = Budget()
    (hop,) = received.hops(message.read(header + b"\r\nSubject: x\r\n\r\nhello\r\n", budget), budget)
    return hop


def facts(text: str) -> dict[str, object]:
    """What is neither empty nor about the place of the field."""
    hop = parse(text)
    names = (
        "helo reverse_name ip by by_ip via protocol id recipient envelope_from date tls tls_version tls_cipher auth_account auth_method "
        "dialect unparsed internal"
    )
    return {name: value for name in names.split() if (value := getattr(hop, name))}


def test_postfix() -> None:
    assert facts(
        """from mail.sender.example (rdns.sender.example [198.51.100.7])
        (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519)
        (No client certificate requested)
        by mx.example.jp (Postfix) with ESMTPS id 4M1abc0DefzGh
        for <info@example.jp>; Mon, 8 Aug 2022 05:07:31 +0900 (JST)"""
    ) == {
        "helo": "mail.sender.example",
        "reverse_name": "rdns.sender.example",
        "ip": "198.51.100.7",
        "by": "mx.example.jp",
        "protocol": "ESMTPS",
        "id": "4M1abc0DefzGh",
        "recipient": "info@example.jp",
        "date": "2022-08-08T05:07:31+09:00",
        "tls": "using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519",
        "tls_version": "TLSv1.3",
        "tls_cipher": "TLS_AES_256_GCM_SHA384",
        "dialect": "postfix",
    }


def test_postfix_authenticated_sender() -> None:
    hop = parse(
        "from User (unknown [203.0.113.44]) (Authenticated sender: office@gakuin.example) "
        "by mail.gakuin.example (Postfix) with ESMTPA id 114723C02; Tue, 12 Sep 2023 21:13:33 -0300 (-03)"
    )
    assert (hop.auth_account, hop.auth_method) == ("office@gakuin.example", "Authenticated sender")
    assert (hop.ip, hop.reverse_name, hop.helo) == ("203.0.113.44", "", "User")


def test_postfix_local_submission() -> None:
    hop = parse("by web.example.jp (Postfix, from userid 33) id 464BB3F687; Mon, 30 Oct 2023 08:58:15 +0000 (UTC)")
    assert (hop.by, hop.via, hop.internal, hop.ip) == ("web.example.jp", "userid 33", True, "")


def test_a_server_that_hides_its_client_is_no_hand_over_inside() -> None:
    hop = parse("by smtp.example.jp (Postfix) with ESMTPSA id 60E796113E; Fri, 20 Aug 2021 13:57:12 +0000 (UTC)")
    assert (hop.internal, hop.auth_account, hop.auth_method) == (False, "", "ESMTPSA")


def test_a_client_certificates_name_is_the_peers_own_text() -> None:
    hop = parse(
        'from x.example (x.example [198.51.100.7]) (Client CN "mx.example.jp [203.0.113.1]", Issuer "a; by b" (not verified)) '
        "by mx.example.jp (Postfix) with ESMTPS id 1; Mon, 8 Aug 2022 05:07:31 +0900"
    )
    assert (hop.ip, hop.reverse_name, hop.by) == ("198.51.100.7", "x.example", "mx.example.jp")


@pytest.mark.parametrize(
    ("text", "account", "method"),
    [
        ("(HELO jp5) (office@gakuin.example@203.0.113.138)", "office@gakuin.example", "SMTP-AUTH"),
        ("(HELO jp5) (office@203.0.113.138)", "office", "SMTP-AUTH or ident"),
        ("(HELO jp5) (203.0.113.138)", "", ""),
    ],
)
def test_qmail(text: str, account: str, method: str) -> None:
    hop = parse(f"from unknown {text} by 0 with SMTP; 8 Aug 2022 05:07:29 +0900")
    assert (hop.auth_account, hop.auth_method) == (account, method)
    assert (hop.helo, hop.reverse_name, hop.ip, hop.by) == ("jp5", "", "203.0.113.138", "0")
    assert (hop.dialect, hop.internal, hop.protocol) == ("qmail", False, "SMTP")


def test_qmail_with_tls_and_a_literal_greeting() -> None:
    hop = parse(
        "from pool-7.isp.example (HELO ?192.168.11.100?) (taro@example.jp@203.0.113.143) "
        "by mail.example.jp with (AES256-SHA encrypted) SMTP; 21 May 2019 19:14:18 -0000"
    )
    assert (hop.ip, hop.auth_account, hop.reverse_name) == ("203.0.113.143", "taro@example.jp", "pool-7.isp.example")
    assert (hop.protocol, hop.tls) == ("SMTP", "AES256-SHA encrypted")


@pytest.mark.parametrize(
    ("text", "via"),
    [
        ("(qmail 21904 invoked from network); 8 Aug 2022 05:07:30 +0900", "network"),
        ("(qmail 61727 messnum 12 invoked from network[192.0.2.58/a.example]); 4 Sep 2002 15:17:09 -0000", "network"),
        ("(qmail 8473 invoked by uid 89); 24 Jul 2002 00:13:25 -0000", "uid 89"),
        ("(qmail invoked by alias); 12 May 2010 15:14:59 -0000", "alias"),
        ("(nullmailer pid 22470 invoked by uid 1000); Sun, 03 May 2020 15:56:18 -0000", "uid 1000"),
    ],
)
def test_notes_of_a_hand_over_on_the_machine(text: str, via: str) -> None:
    hop = parse(text)
    assert (hop.via, hop.internal, hop.by, hop.unparsed) == (via, True, "", "")
    assert hop.date


@pytest.mark.parametrize(
    ("text", "helo", "name", "ip"),
    [
        ("[198.51.100.7] (helo=mail.x.example)", "mail.x.example", "", "198.51.100.7"),
        ("[198.51.100.7] (port=2525 helo=[10.0.0.1])", "[10.0.0.1]", "", "198.51.100.7"),
        ("r.example ([198.51.100.7] helo=x)", "x", "r.example", "198.51.100.7"),
        ("r.example ([198.51.100.7]:54834 helo=[192.168.1.2])", "[192.168.1.2]", "r.example", "198.51.100.7"),
        ("r.example ([198.51.100.7])", "r.example", "r.example", "198.51.100.7"),
        ("r.example ([2001:db8::7]:54834)", "r.example", "r.example", "2001:db8::7"),
    ],
)
def test_exim(text: str, helo: str, name: str, ip: str) -> None:
    hop = parse(
        f"from {text} by mx.example.jp with esmtpsa (TLS1.3:TLS_AES_256_GCM_SHA384:256) (Exim 4.95) "
        "(envelope-from <a@x.example>) id 1pp8WE-0002Jz-LL for b@example.jp; Wed, 19 Apr 2023 14:10:47 +0000"
    )
    assert (hop.helo, hop.reverse_name, hop.ip) == (helo, name, ip)
    assert (hop.dialect, hop.envelope_from, hop.recipient) == ("exim", "a@x.example", "b@example.jp")
    assert (hop.auth_account, hop.auth_method) == ("", "ESMTPSA")
    assert hop.tls.startswith("TLS1.3")
    assert hop.unparsed == ""


def test_exim_authenticated_as() -> None:
    hop = parse(
        "from [203.0.113.9] (helo=pc) (authenticated as taro@example.jp) by mx.example.jp with esmtpa (Exim 4.95) "
        "id 1; Wed, 19 Apr 2023 14:10:47 +0000"
    )
    assert (hop.auth_account, hop.ip) == ("taro@example.jp", "203.0.113.9")


def test_exim_local() -> None:
    hop = parse("from www-data by web.example.jp with local (Exim 4.94) id 1nzM8y; Thu, 09 Jun 2022 17:40:28 +0000")
    assert (hop.internal, hop.ip, hop.protocol) == (True, "", "local")


def test_sendmail() -> None:
    hop = parse(
        "from pc (p7.isp.example [203.0.113.7] (may be forged)) (authenticated bits=0) "
        "by mx.example.jp (8.14.4/8.14.4) with ESMTP id g62; Mon, 8 Aug 2022 05:07:31 +0900"
    )
    assert (hop.helo, hop.reverse_name, hop.ip, hop.dialect) == ("pc", "p7.isp.example", "203.0.113.7", "sendmail")
    assert (hop.auth_account, hop.auth_method) == ("", "authenticated bits=0")


@pytest.mark.parametrize("name", ["root@mail.x.example", "IDENT:root@mail.x.example"])
def test_sendmail_with_ident_is_no_account(name: str) -> None:
    hop = parse(f"from x ({name} [198.51.100.7]) by mx.example.jp (8.9.3/8.9.3) with SMTP id g; 8 Aug 2022 05:07 +0900")
    assert (hop.reverse_name, hop.ip, hop.auth_account) == ("mail.x.example", "198.51.100.7", "")


def test_sendmail_local() -> None:
    assert parse("(from apache@localhost) by web.example.jp (8.11.6/8.11.6) id g7; 8 Aug 2022 05:07 +0900").internal
    assert parse("from localhost (taro@localhost) by a.example (8.11.6/8.11.6) id g; 8 Aug 2022 05:07 +0900").internal


def test_exchange_online() -> None:
    assert facts(
        """from mail.x.example (198.51.100.7) by AMS0EPF0000019A.mail.protection.outlook.com (10.167.16.246)
        with Microsoft SMTP Server (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384) id 15.20.7292.25
        via Frontend Transport; Wed, 21 Feb 2024 16:49:45 +0000"""
    ) == {
        "helo": "mail.x.example",
        "ip": "198.51.100.7",
        "by": "ams0epf0000019a.mail.protection.outlook.com",
        "by_ip": "10.167.16.246",
        "via": "Frontend Transport",
        "protocol": "Microsoft SMTP Server",
        "id": "15.20.7292.25",
        "date": "2024-02-21T16:49:45+00:00",
        "tls": "version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384",
        "tls_version": "TLSv1.3",
        "tls_cipher": "TLS_AES_256_GCM_SHA384",
        "dialect": "exchange",
    }


@pytest.mark.parametrize("id", ["15.1.225.42", "15.20.7.25"])
def test_an_id_or_a_version_is_no_address(id: str) -> None:
    hop = parse(f"from mail.x.example by ex.example.jp with Microsoft SMTP Server id {id}; 8 Aug 2022 05:07:31 +0900")
    assert (hop.ip, hop.by_ip, hop.id) == ("", "", id)
    hop = parse("from a.example ([198.51.100.7]) by b.example with Microsoft SMTPSVC(6.0.37.9); 8 Aug 2022 05:07 +0900")
    assert (hop.ip, hop.by_ip, hop.helo) == ("198.51.100.7", "", "a.example")


def test_exchange_inside() -> None:
    hop = parse(
        "from A.prod.outlook.com ([fe80::f44d:dc0d]) by A.prod.outlook.com ([fe80::f44d:dc0d%4]) with mapi id "
        "15.20.6699.034; Sun, 3 Sep 2023 00:57:11 +0000"
    )
    assert (hop.internal, hop.dialect, hop.by_ip) == (True, "exchange", "fe80::f44d:dc0d")
    assert parse("from A.outlook.com (::1) by B.outlook.com with HTTPS; 8 Aug 2022 05:07:31 +0900").internal
    assert parse("from mail pickup service by web.example with Microsoft SMTPSVC; 8 Aug 2022 05:07 +0900").internal


@pytest.mark.parametrize(
    ("name", "looked_up"), [("rdns.x.example.", "rdns.x.example"), ("[UNAVAILABLE].", ""), ("unknown", "")]
)
def test_gmail(name: str, looked_up: str) -> None:
    hop = parse(
        f"from x ({name} [198.51.100.7]) by mx.google.com with ESMTPS id a11si for <a@example.com> "
        "(version=TLS1_3 cipher=TLS_AES_128 bits=128/128); Mon, 06 Mar 2023 23:41:00 -0800 (PST)"
    )
    assert (hop.ip, hop.reverse_name, hop.dialect) == ("198.51.100.7", looked_up, "gmail")
    assert hop.recipient == "a@example.com"


def test_gmail_inside() -> None:
    hop = parse("by 2002:a05:612c:711:b0:381:73ac:3a65 with SMTP id ft17csp16; Mon, 16 Jan 2023 08:55:00 -0800 (PST)")
    assert (hop.by, hop.by_ip) == ("", "2002:a05:612c:711:b0:381:73ac:3a65")
    assert (hop.dialect, hop.internal, hop.id) == ("gmail", True, "ft17csp16")


def test_courier_notes_the_account_between_other_words() -> None:
    hop = parse(
        "from [192.168.0.5] (p7.isp.example [::ffff:203.0.113.7]) "
        "(AUTH: LOGIN taro@example.jp, SSL: TLSv1/SSLv3,256bits,AES256-SHA) by mx.example.jp with esmtp; 8 Aug 2022 05:07 +0900"
    )
    assert (hop.auth_account, hop.auth_method, hop.ip) == ("taro@example.jp", "LOGIN", "203.0.113.7")
    assert (hop.helo, hop.by) == ("[192.168.0.5]", "mx.example.jp")
    assert "TLSv1" in hop.tls


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("from 203.0.113.5 (SquirrelMail authenticated user taro@example.jp) by w.example with HTTP", "taro@example.jp"),
        ("from [203.0.113.5] (account taro HELO [192.168.1.8]) by m.example (CommuniGate Pro SMTP 5.2) with ESMTPSA", "taro"),
        ("from pc (p.isp.example [203.0.113.5]) by m.example (OpenSMTPD) with ESMTPSA id 3c (TLSv1.2) auth=yes user=taro", "taro"),
        ("from unknown (HELO pc) (taro@203.0.113.5 with login) by m.example with SMTP", "taro"),
    ],
)  # fmt: skip
def test_other_ways_to_note_the_account(text: str, account: str) -> None:
    hop = parse(f"{text}; 8 Aug 2022 05:07:31 +0900")
    assert (hop.auth_account, hop.ip) == (account, "203.0.113.5")
    assert hop.auth_method


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("from localhost (localhost [127.0.0.1]) by mx.example.jp (Postfix) with ESMTP id 1", "postfix"),
        ("from mx.example.jp ([127.0.0.1]) by localhost (mx.example.jp [127.0.0.1]) (amavisd-new, port 10024) with ESMTP id 1", "amavis"),
        ("from mx.example.jp by store.example.jp with LMTP id 1 (envelope-from <a@b.example>)", "unknown"),
        ("from zm.example.jp (LHLO zm.example.jp) (10.0.0.5) by zm.example.jp with LMTP", "unknown"),
        ("from [::1] (port=40986 helo=mx.example.jp) by mx.example.jp with esmtp (Exim 4.91) id 1", "exim"),
        ("from localhost (mx.example.jp [local]) by mx.example.jp (OpenSMTPD) with ESMTP id 9b6f", "opensmtpd"),
    ],
)  # fmt: skip
def test_hand_overs_inside(text: str, dialect: str) -> None:
    hop = parse(f"{text}; 8 Aug 2022 05:07:31 +0900")
    assert (hop.internal, hop.dialect) == (True, dialect)


def test_fetchmail_mailenable_yahoo_zonemta() -> None:
    date = "8 Aug 2022 05:07:31 +0900"
    hop = parse(f"from pop.example.jp [203.0.113.8] by localhost with POP3 (fetchmail-6.3) for <a@localhost>; {date}")
    assert (hop.ip, hop.helo, hop.dialect, hop.protocol) == ("203.0.113.8", "pop.example.jp", "fetchmail", "POP3")
    hop = parse(f"from x.example ([198.51.100.7]) by m.example with MailEnable ESMTPA; {date}")
    assert (hop.ip, hop.auth_method, hop.dialect) == ("198.51.100.7", "ESMTPA", "mailenable")
    hop = parse(f"from 198.51.100.9 (EHLO mail.x.example) (198.51.100.7) by m.example with SMTPs; {date}")
    assert (hop.ip, hop.helo) == ("198.51.100.7", "mail.x.example")
    hop = parse(
        f"from [127.0.0.1] ([203.0.113.7] 7.isp.example) (Authenticated sender: t) by m.example (ZoneMTA) with ESMTPSA; {date}"
    )
    assert (hop.ip, hop.reverse_name, hop.internal, hop.auth_account) == ("203.0.113.7", "7.isp.example", False, "t")


@pytest.mark.parametrize(
    "text",
    [
        "from [203.0.113.9] (unknown [198.51.100.7]) by mx.example.jp (Postfix) with ESMTP id 1",
        "from 203.0.113.9 (HELO x) (198.51.100.7) by mx.example.jp with SMTP",
        "from x.example (HELO [203.0.113.9]) (198.51.100.7) by mx.example.jp with SMTP",
        "from x.example ([198.51.100.7] helo=[203.0.113.9]) by mx.example.jp with esmtp (Exim 4.95) id 1",
        "from 203.0.113.9 (rdns.example [IPv6:::ffff:198.51.100.7]) by mx.example.jp (8.14.4/8.14.4) with SMTP id 1",
        "from [203.0.113.9] (198.51.100.7) by mx.example.jp (10.0.0.1) with Microsoft SMTP Server id 15.1.225.42",
        "from [203.0.113.9] ([198.51.100.7]:2525) by mx.example.jp with ESMTP id 1",
    ],
)
def test_the_greeting_is_never_taken_for_the_peers_address(text: str) -> None:
    assert parse(f"{text}; 8 Aug 2022 05:07:31 +0900").ip == "198.51.100.7"


def test_a_greeting_alone_gives_no_address() -> None:
    assert parse("from [203.0.113.9] by mx.example.jp (Postfix) with ESMTP id 1; 8 Aug 2022 05:07 +0900").ip == ""


@pytest.mark.parametrize("name", ["standby.example", "by", "with", "by.example", "for", "id"])
def test_names_that_look_like_clauses(name: str) -> None:
    hop = parse(
        f"from {name} ({name} [198.51.100.7]) by mx.example.jp (Postfix) with ESMTP id 1; 8 Aug 2022 05:07 +0900"
    )
    assert (hop.helo, hop.by, hop.ip) == (name, "mx.example.jp", "198.51.100.7")


def test_a_greeting_of_several_words_cannot_write_the_by_clause() -> None:
    hop = parse(
        "from by mx.evil.invalid (x [198.51.100.7]) by mx.example.jp (Postfix) with ESMTP id 1; 8 Aug 2022 05:07 +0900"
    )
    assert (hop.by, hop.ip, hop.dialect) == ("mx.example.jp", "198.51.100.7", "postfix")
    hop = parse("from taro@x.example by newmail by uid 1005 with qmail-scanner-1.10 (clear); 8 Aug 2022 05:07 +0900")
    assert (hop.by, hop.dialect) == ("newmail", "qmail")


def test_semicolons_inside_comments_and_quotes_do_not_end_the_field() -> None:
    hop = parse(
        'from x (y [198.51.100.7]) by m.example (a; b) with ESMTP id 1 for <"a;b"@c.example>; 8 Aug 2022 05:07 +0900'
    )
    assert (hop.by, hop.recipient, hop.date) == ("m.example", "a;b@c.example", "2022-08-08T05:07:00+09:00")
    hop = parse("by m.example (PowerMTA(TM) v1.5); Wed, 10 Jul 2002 06:15:50 -0700 (envelope-from <a;b@x.example>)")
    assert (hop.date, hop.envelope_from) == ("2002-07-10T06:15:50-07:00", "a;b@x.example")


def test_a_date_without_its_semicolon() -> None:
    hop = parse("from x (unknown) by geopod (SG) with HTTP id BgIN Sat, 18 Feb 2023 05:33:27.926 +0000 (UTC)")
    assert (hop.date, hop.id) == ("2023-02-18T05:33:27+00:00", "BgIN")


def test_what_does_not_parse_is_kept() -> None:
    assert parse("(XYZ: mail-8_1_0_1); 8 Aug 2022 05:07:31 +0900").unparsed == "XYZ: mail-8_1_0_1"
    assert parse("from a by b.example with SMTP; yesterday").unparsed == "yesterday"
    assert parse("complete nonsense").unparsed == "complete nonsense"
    assert parse("from x (HELO y) (Tue, 18 Jun 2024 00:33:24 +0200) by z with SMTP; 8 Aug 2022 05:07 +0900").unparsed


def test_text_beyond_ascii_is_text() -> None:
    hop = read(
        "Received: from 例.example (例.example [198.51.100.7]) by mx.example.jp (Postfix) with UTF8SMTPS id 1; no date".encode()
    )
    assert (hop.helo, hop.reverse_name) == ("例.example", "例.example")
    hop = read(b"Received: from \x83e.example ([198.51.100.7]) by mx.example.jp (Postfix) with SMTP id 1; no date")
    assert (hop.helo, hop.ip) == ("\x83e.example", "198.51.100.7")


def test_an_account_without_rfc_3848s_a_is_not_exims() -> None:
    line = "from [198.51.100.7] (helo=x) (authenticated as boss@bank.example) by mx.example.jp with {} (Exim 4.95) id 1; 8 Aug 2022"
    assert parse(line.format("esmtpa")).auth_account == "boss@bank.example"
    hop = parse(line.format("esmtp"))
    assert (hop.auth_account, hop.auth_method) == ("", "")
    assert "boss@bank.example" in hop.unparsed


def test_words_of_the_peer_do_not_choose_the_dialect() -> None:
    hop = parse(
        "from postfix.exim.example (qmail.example [198.51.100.7]) by m.example with ESMTP id 1; 8 Aug 2022 05:07 +0900"
    )
    assert hop.dialect == "unknown"


RAW = b"""Received: from b.example (b.example [198.51.100.7]) by a.example (Postfix) id 1; Mon, 8 Aug 2022 05:07:31 +0900
X-Received: by 2002:a05:: with SMTP id 1; Mon, 8 Aug 2022 05:07:31 +0900
Received: from c.example (c.example [198.51.100.8]) by b.example (Postfix) id 2; Sun, 7 Aug 2022 20:07:33 +0000
Received: from d.example (d.example [198.51.100.9]) by c.example (Postfix) id 3; no date
Received: from e.example (e.example [198.51.100.10]) by d.example (Postfix) id 4; Sun, 7 Aug 2022 20:07:03 +0000
Subject: x

"""


def test_delays_have_their_sign() -> None:
    budget = Budget()
    hops = received.hops(message.read(RAW, budget), budget)
    assert [hop.index for hop in hops] == [0, 1, 2, 3]
    assert [hop.delay for hop in hops] == [-2.0, 30.0, None, None]
    assert [hop.location.field for hop in hops] == [0, 2, 3, 4]


def test_the_limit_of_hops_is_named() -> None:
    budget = Budget(Limits(hops=2))
    assert len(received.hops(message.read(RAW, budget), budget)) == 2
    assert [limit.name for limit in budget.reached] == ["hops"]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='from by with id;()[]"\\<>@.:=1 \t', max_size=200))
def test_never_raises(text: str) -> None:
    received.parse(Field(0, "Received", "received", text, text, Location(0, 0)))


@pytest.mark.parametrize("piece", ["(", "from x by y ", "[1.2.3.4]", '"', "a;", "(a", "((a)", "<", "by (", "1.2.3.4@"])
def test_linear_in_hostile_input(piece: str) -> None:
    def cost(size: int) -> float:
        text = (piece * size)[:size]
        field = Field(0, "Received", "received", text, text, Location(0, 0))
        start = time.perf_counter()
        received.parse(field)
        return time.perf_counter() - start

    cost(1_000)
    assert cost(60_000) < BLOWN_UP


def test_the_corpora_have_peers_and_dates() -> None:
    if not CORPORA.is_dir():
        pytest.skip("the corpora are not beside this project")
    fields = []
    for path in sorted(CORPORA.rglob("*.eml"))[::12]:
        fields += message.read(path.read_bytes(), Budget()).all("received")
    hops = [received.parse(field) for field in fields]
    assert sum(bool(hop.by or hop.by_ip) for hop in hops) > 0.96 * len(hops)
    assert sum(bool(hop.ip) for hop in hops) > 0.85 * len(hops)
    assert sum(hop.date is not None for hop in hops) > 0.99 * len(hops)
    assert sum(bool(hop.unparsed) for hop in hops) < 0.02 * len(hops)
