"""Fields that name the sender's machine or account: their forms, and how far each is believed."""

from __future__ import annotations

import pytest

from sabaki.facts import clients, origin, trust
from sabaki.mail import message, received
from sabaki.mail.limits import Budget
from sabaki.model.case import Client, Origin, Vantage
from sabaki.model.evidence import Grade

EDGE = (
    "Received: from mail.evil.invalid (mail.evil.invalid [198.51.100.7]) by mx.own.example (Postfix) with ESMTP id 1;"
    " Mon, 3 Mar 2025 10:15:04 +0900"
)
OWN = Vantage(own_hosts=("mx.own.example",))


def found(*lines: str, vantage: Vantage = OWN) -> tuple[tuple[Client, ...], Origin]:
    budget = Budget()
    read = message.read("\n".join([*lines, "Subject: x", "", ""]).encode(), budget)
    hops, line = trust.draw(received.hops(read, budget), vantage)
    return clients.read(read, hops), origin.find(hops, line, read)


@pytest.mark.parametrize(
    ("field", "ip", "account"),
    [
        ("X-Originating-IP: [192.0.2.1]", "192.0.2.1", ""),
        ("X-Originating-IP: 2001:db8::7", "2001:db8::7", ""),
        ("X-Source-IP: 192.0.2.1", "192.0.2.1", ""),
        ("X-Nifty-SrcIP: [192.0.2.1]", "192.0.2.1", ""),
        ("X-MS-Exchange-Organization-OriginalClientIPAddress: 192.0.2.1", "192.0.2.1", ""),
        ("X-MS-Exchange-ExternalOriginalInternetSender: ip=[192.0.2.1];domain=pc", "192.0.2.1", ""),
        ("X-MS-Exchange-SkipListedInternetSender:\n ip=[2001:db8::7];domain=mail.example", "2001:db8::7", ""),
        ("X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp: TenantId=0;Ip=[192.0.2.1];Helo=[a]", "192.0.2.1", ""),
        ("X-Forefront-Antispam-Report: CIP:192.0.2.1;CTRY:JP;LANG:ja;SCL:5", "192.0.2.1", ""),
        ("X-Forefront-Antispam-Report:\n CTRY:JP;CIP:2001:db8::7;SCL:5", "2001:db8::7", ""),
        ("X-Authenticated-User: taro@kaisha.example", "", "taro@kaisha.example"),
        ("X-Authenticated-Sender: web12.hosting.example: taro@kaisha.example", "", "taro@kaisha.example"),
        ("X-AuthUser: taro", "", "taro"),
        ("X-Authenticated-Id: taro", "", "taro"),
        ("X-Biglobe-Sender: <taro@muf.isp.example>", "", "taro@muf.isp.example"),
        ("X-Get-Message-Sender-Via: web12.hosting.example: authenticated_id: taro@kaisha.example", "", "taro@kaisha.example"),
        (
            "X-Get-Message-Sender-Via: h.example: authenticated_id: taro+kaisha.example/only user confirmed/virtual account not confirmed",
            "",
            "taro+kaisha.example",
        ),
        ("X-Get-Message-Sender-Via: h.example: acl_c_authenticated_local_user: mailman/mailman", "", "mailman"),
        ("X-PHP-Script: www.kaisha.example/wp-content/a.php for 192.0.2.1, 192.0.2.2", "192.0.2.1", "www.kaisha.example/wp-content/a.php"),
        ("X-PHP-Originating-Script: 1022:leaf.php", "", "1022:leaf.php"),
        ("X-Source-Dir: kaisha.example:/public_html", "", "kaisha.example:/public_html"),
        ("X-Source-Auth: taro@kaisha.example", "", "taro@kaisha.example"),
        ("X-Source-Sender: (DESKTOP-1) [192.0.2.1]:52063", "192.0.2.1", ""),
        (
            "X-Identified-User: {642:box1.hosting.example:kai:kaisha.example} {sentby:smtp auth 192.0.2.1 authed with taro@kaisha.example}",
            "192.0.2.1",
            "taro@kaisha.example",
        ),
        ("X-Sender-Id: aa6lqz|x-authuser|taro@kaisha.example", "", "taro@kaisha.example"),
        ("X-Authentication-Warning: h.example: www-data set sender to a@b.example using -f", "", "www-data"),
        ("X-Authentication-Warning: h.example: Host p1.isp.example [192.0.2.1] claimed to be mail", "192.0.2.1", ""),
    ],
)  # fmt: skip
def test_forms(field: str, ip: str, account: str) -> None:
    (client,), _ = found(EDGE, field)
    assert (client.ip, client.account) == (ip, account)
    name = field.partition(":")[0]
    assert client.field_name == name


@pytest.mark.parametrize(
    "field",
    [
        "X-Originating-IP: 88.404.30.198",
        "X-Originating-IP:",
        "X-Forefront-Antispam-Report: CIP:255.255.255.255;SCL:1",
        "X-Source-Dir: ",
        "X-Source-Dir: :",
        "X-Sender-Id: taro",
        "X-Authentication-Warning: h.example: taro did something else",
        "X-Identified-User: {1:2:3:4} {sentby:program running on server}",
        "X-Get-Message-Sender-Via: ",
    ],
)
def test_what_says_nothing_is_left_out(field: str) -> None:
    assert found(EDGE, field)[0] == ()


def test_above_our_server_it_has_that_servers_grade_and_below_none() -> None:
    (above, below), _ = found("X-Originating-IP: [192.0.2.1]", EDGE, "X-Originating-IP: [192.0.2.2]")
    assert (above.grade, below.grade) == (Grade.ATTESTED, Grade.SELF_DECLARED)
    (above,), _ = found("X-Originating-IP: [192.0.2.1]", EDGE, vantage=Vantage())
    assert above.grade is Grade.INFERRED


def test_an_account_that_our_server_noted_beside_its_field_is_the_origins() -> None:
    _, seen = found("X-Authenticated-User: taro@kaisha.example", EDGE)
    assert (seen.auth_account, seen.auth_domain, seen.grade) == (
        "taro@kaisha.example",
        "kaisha.example",
        Grade.ATTESTED,
    )
    assert seen.auth_method == "X-Authenticated-User"


@pytest.mark.parametrize(
    "lines",
    [
        (EDGE, "X-Authenticated-User: taro@bank.example"),
        ("X-Sender: taro@bank.example", EDGE),
        ("X-PHP-Script: www.bank.example/a.php for 192.0.2.1", EDGE),
        ("X-Source-Auth: taro@bank.example", EDGE),
        (
            "X-Authenticated-User: taro@bank.example",
            "Received: from mx.own.example (mx.own.example [203.0.113.25]) by mbox.own.example (Postfix) id 2; Mon, 3 Mar 2025 10:15:05 +0900",
            EDGE,
        ),
    ],
)
def test_no_other_place_and_no_other_field_makes_an_account(lines: tuple[str, ...]) -> None:
    vantage = Vantage(own_hosts=("mx.own.example", "mbox.own.example"))
    _, seen = found(*lines, vantage=vantage)
    assert seen.auth_account == ""


def test_exchange_online_keeps_its_own_names_to_itself_and_no_others() -> None:
    edge = (
        "Received: from evil.invalid (198.51.100.66) by D4.mail.protection.outlook.com (10.13.155.176)"
        " with Microsoft SMTP Server id 15.20.1.1; Mon, 3 Mar 2025 10:15:04 +0900"
    )
    fields = ("X-MS-Exchange-Organization-OriginalClientIPAddress: 192.0.2.1", "X-Originating-IP: [192.0.2.2]")
    grades = [client.grade for client in found(edge, *fields, vantage=Vantage())[0]]
    assert grades == [Grade.INFERRED, Grade.SELF_DECLARED]
    assert [client.grade for client in found(EDGE, *fields)[0]] == [Grade.SELF_DECLARED] * 2


def test_a_thousand_fields_are_a_few() -> None:
    many = [f"X-Originating-IP: [192.0.2.{n % 256}]" for n in range(1_000)]
    assert len(found(EDGE, *many)[0]) == 2
    assert len(found(EDGE, "X-Sender: " + "a" * 5_000 + "@b.example")[0][0].account) <= 254
