"""What each hop is: by its own words, by the fields around it, by the list's address."""

from __future__ import annotations

import pytest

from sabaki.facts import roles, trust
from sabaki.mail import message, received
from sabaki.mail.limits import Budget
from sabaki.model.case import Role, Vantage

DATE = "; Mon, 3 Mar 2025 10:15:04 +0900"
EDGE = "from mail.orchard.example (mail.orchard.example [198.51.100.7]) by mx.harbour.example (Postfix) with ESMTPS id 1 for <hanako@harbour.example>"
BELOW = "from pc (p7.isp.example [192.0.2.7]) by mail.orchard.example (Postfix) with ESMTP id 9"


def assigned(*lines: str) -> list[Role]:
    """The roles of a header's hops; a line without a name is a Received field's body."""
    written = [
        line if line.partition(": ")[0].istitle() and ": " in line[:30] else f"Received: {line}{DATE}" for line in lines
    ]
    budget = Budget()
    read = message.read("\n".join([*written, "Subject: x", "", ""]).encode(), budget)
    hops, _ = trust.draw(received.hops(read, budget), Vantage())
    return [hop.role for hop in roles.assign(hops, read)]


@pytest.mark.parametrize(
    ("field", "role"),
    [
        (EDGE, Role.RELAY),
        ("from a.example by b.example with SMTP id 1", Role.RELAY),
        ("from pc (p7.isp.example [192.0.2.7]) (Authenticated sender: taro@kaisha.example) by mail.kaisha.example (Postfix) with ESMTPSA id 1", Role.SUBMISSION),
        ("from pc (p7.isp.example [192.0.2.7]) by mail.kaisha.example (Postfix) with ESMTPSA id 1", Role.SUBMISSION),
        ("from unknown (HELO pc) (taro@kaisha.example@192.0.2.7) by mail.kaisha.example with SMTP", Role.SUBMISSION),
        ("from pc ([192.168.1.5]) by mail.kaisha.example with ESMTP id 1", Role.SUBMISSION),
        ("from A1.prod.outlook.com ([fe80::1]) by A1.prod.outlook.com ([fe80::1%4]) with mapi id 15.20.1.1", Role.SUBMISSION),
        ("from 477704550209 named unknown by gmailapi.google.com with HTTPREST", Role.SUBMISSION),
        ("by 7f34.mailer.example with HTTP id 69076741e15f2377269fa94d", Role.SUBMISSION),
        ("from 192.0.2.7 (SquirrelMail authenticated user taro) by www.kaisha.example with HTTP", Role.WEBMAIL),
        ("from [192.0.2.7] by web1.mail.example via HTTP", Role.WEBMAIL),
        ("from [192.0.2.7] by web1.mail.example with HTTP", Role.WEBMAIL),
        ("by mail.kaisha.example (Postfix, from userid 33) id 1", Role.LOCAL),
        ("from www-data by mail.kaisha.example with local (Exim 4.94) id 1", Role.LOCAL),
        ("(from apache@localhost) by mail.kaisha.example (8.11.6/8.11.6) id 1", Role.LOCAL),
        ("(qmail 8473 invoked by uid 33)", Role.LOCAL),
        ("from mx.own.example by mbox.own.example (Dovecot) with LMTP id 1", Role.DELIVERY),
        ("from A1.prod.outlook.com (::1) by B2.prod.outlook.com with HTTPS", Role.DELIVERY),
        ("from pop.isp.example [203.0.113.8] by localhost with POP3 (fetchmail-6.3) for <a@localhost>", Role.FETCH),
        ("by 10.14.153.77 with POP3 id e53mf10227544eek.29", Role.FETCH),
        ("from localhost (localhost [127.0.0.1]) by mx.own.example (Postfix) with ESMTP id 1", Role.LOCAL),
        ("by 2002:a05:6504:16d6:b0:203:671c:d426 with HTTP", Role.WEBMAIL),
        ("(qmail 21904 invoked from network)", Role.INTERNAL),
        ("from C3.prod.exchangelabs.com (2603:10a6::1) by A1.prod.outlook.com (2603:10a6::2) with Microsoft SMTP Server id 15.20.1.1", Role.INTERNAL),
        ("from mx.own.example (mx.own.example [203.0.113.25]) by mbox.own.example (Postfix) id 1", Role.INTERNAL),
        ("", Role.UNKNOWN),
        (";", Role.UNKNOWN),
    ],
)  # fmt: skip
def test_by_its_own_words(field: str, role: Role) -> None:
    assert assigned(field) == [role]


def test_a_program_in_the_middle_is_a_filter() -> None:
    assert assigned("by mx.harbour.example (Postfix, from userid 500) id 3", EDGE) == [Role.INTERNAL, Role.RELAY]


LIST = ("List-Id: Users <users.lists.example>", "List-Post: <mailto:users@lists.example>")
SENT = (
    "from lists.example (lists.example [203.0.113.9]) by mx.harbour.example (Postfix) id 5 for <hanako@harbour.example>"
)
AMAVIS = "from lists.example ([127.0.0.1]) by localhost (lists.example [127.0.0.1]) (amavisd-new, port 10024) with ESMTP id 4 for <users@lists.example>"
TAKEN = "from mail.orchard.example (mail.orchard.example [198.51.100.7]) by lists.example (Postfix) id 3 for <users@lists.example>"
THEIRS = (
    "from pc (p7.isp.example [192.0.2.7]) by mail.orchard.example (Postfix) with ESMTP id 2 for <Users@Lists.Example>"
)


def test_the_hop_at_which_a_list_took_the_mail_in() -> None:
    """Neither its own machines behind that hop nor the sender's before it, though all of them were for the list."""
    assert assigned(SENT, AMAVIS, TAKEN, THEIRS, *LIST) == [Role.RELAY, Role.INTERNAL, Role.LIST, Role.RELAY]


def test_a_list_known_by_its_host_alone() -> None:
    taken, theirs = (line.partition(" for ")[0] for line in (TAKEN, THEIRS))
    assert assigned(SENT, taken, theirs, LIST[0]) == [Role.RELAY, Role.LIST, Role.RELAY]


def test_without_a_lists_fields_the_same_hops_are_relays() -> None:
    assert Role.LIST not in assigned(SENT, TAKEN, THEIRS)


@pytest.mark.parametrize(
    "field",
    [
        "X-Forwarded-To: jiro@elsewhere.example",
        "X-Forwarded-For: hanako@harbour.example jiro@elsewhere.example",
        "X-Forwarding-Service: x",
    ],
)
def test_a_forwarders_field_on_top_of_a_hop(field: str) -> None:
    later = "from mx.harbour.example (mx.harbour.example [203.0.113.9]) by mx.elsewhere.example (Postfix) id 5"
    assert assigned(later, field, EDGE, BELOW) == [Role.RELAY, Role.FORWARD, Role.RELAY]
    assert assigned(later, EDGE, field, BELOW) == [Role.RELAY, Role.RELAY, Role.FORWARD]
    assert assigned(later, EDGE, BELOW, field) == [Role.RELAY, Role.RELAY, Role.RELAY], "the sender's own field"


def test_another_recipient_or_a_rewritten_sender_further_up() -> None:
    later = "from mx.harbour.example (mx.harbour.example [203.0.113.9]) by mx.elsewhere.example (Postfix) id 5 for <{}>"
    assert assigned(later.format("jiro@elsewhere.example"), EDGE)[1] is Role.FORWARD
    assert assigned(later.format("hanako@harbour.example"), EDGE)[1] is Role.RELAY
    assert assigned(later.format("h.mori@mail.harbour.example"), EDGE)[1] is Role.RELAY, "an alias of the same house"
    srs = "from mx.harbour.example ([203.0.113.9]) by mx.elsewhere.example with esmtp (Exim 4.95) (envelope-from <SRS0=x=y=orchard.example=taro@harbour.example>) id 5"
    assert assigned(srs, EDGE)[1] is Role.FORWARD


def test_trust_is_left_alone_and_nothing_raises_on_thousands() -> None:
    budget = Budget()
    lines = [f"Received: {EDGE}{DATE}", *["List-Post: <mailto:a@b.example>", "X-Forwarded-To: a@b.example"] * 4_000]
    read = message.read("\n".join([*lines, "", ""]).encode(), budget)
    hops, _ = trust.draw(received.hops(read, budget), Vantage())
    after = roles.assign(hops, read)
    assert [(hop.trust, hop.grade) for hop in after] == [(hop.trust, hop.grade) for hop in hops]
    assert roles.assign((), read) == ()
