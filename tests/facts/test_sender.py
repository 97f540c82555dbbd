"""Who the mail says sent it, and to whom."""

from __future__ import annotations

import pytest

from sabaki.facts import sender
from sabaki.mail import message
from sabaki.mail.limits import Budget
from sabaki.model.case import Hop, Recipients, Sender, Vantage
from sabaki.model.evidence import Location
from sabaki.model.observable import EmailAddr


def read(*lines: str) -> Sender:
    return sender.read(message.read("\n".join((*lines, "", "x\n")).encode(), Budget()), Budget())


def to(*lines: str, recipients: tuple[str, ...] = ()) -> Recipients:
    hops = tuple(Hop(index, "", Location(0, 0), recipient=box) for index, box in enumerate(recipients))
    return sender.recipients(message.read("\n".join((*lines, "", "x\n")).encode(), Budget()), hops, Budget())


def box(address: str) -> EmailAddr:
    local, _, domain = address.rpartition("@")
    return EmailAddr(address, local, domain)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("<1.2@mail.orchard.example>", "mail.orchard.example"),
        ("  <1@Mail.Orchard.Example>  ", "mail.orchard.example"),
        ("<1@left@right.example>", "right.example"),
        ("<1>", ""),
        ("", ""),
    ],
)
def test_message_id_domain(value: str, expected: str) -> None:
    assert sender.message_id_domain(value) == expected


def test_every_from_field_is_kept_in_order() -> None:
    found = read("From: Taro <taro@orchard.example>", "From: PayPal <service@paypal.com>")
    assert [author.address for author in found.author] == ["taro@orchard.example", "service@paypal.com"]


def test_a_japanese_display_name_is_decoded() -> None:
    found = read("From: =?UTF-8?B?S2Fnb3lhIOOCteODvOODkOODvOeuoeeQhuiAhQ==?= <admin@jimusho.example>")
    assert found.author[0].display_name == "Kagoya サーバー管理者"
    assert found.author[0].domain == "jimusho.example"


def test_the_return_path_is_the_topmost_and_an_empty_one_is_none() -> None:
    assert read("Return-Path: <a@one.example>", "Return-Path: <b@two.example>").return_path == box("a@one.example")
    assert read("Return-Path: <>").return_path is None


def test_dkim_domains_are_listed_once_and_folding_does_not_matter() -> None:
    found = read(
        "DKIM-Signature: v=1; a=rsa-sha256; d=Orchard.Example; s=s1; h=from; b=AA",
        "DKIM-Signature: v=1; d = bulk\n mailer.example; b=d=drop.invalid",
        "DKIM-Signature: v=1; d=orchard.example; b=AA",
    )
    assert found.dkim_domains == ("orchard.example", "bulkmailer.example")


@pytest.mark.parametrize(
    "line", ["List-Id: <choir.lists.example>", "List-Unsubscribe: <https://lists.example/u>", "Precedence: Bulk"]
)
def test_bulk_mail_says_so(line: str) -> None:
    assert read("From: taro@orchard.example", line).bulk


def test_a_personal_mail_is_not_bulk() -> None:
    assert not read("From: taro@orchard.example", "Precedence: first-class").bulk


def test_the_author_that_a_list_moved_out_of_from_is_found() -> None:
    found = read(
        "From: Taro via Choir <choir@lists.example>",
        "Reply-To: Taro <taro@orchard.example>",
        "List-Id: <choir.lists.example>",
    )
    assert found.via_list is not None
    assert found.via_list.address == "taro@orchard.example"


def test_via_in_a_name_moves_nothing_where_no_list_is() -> None:
    found = read("From: Taro via PayPal <info@drop.invalid>", "Reply-To: service@paypal.com")
    assert found.via_list is None


def test_a_list_that_leaves_from_alone_leaves_the_author_alone() -> None:
    found = read("From: Taro <taro@orchard.example>", "Reply-To: choir@lists.example", "List-Id: <choir.lists.example>")
    assert found.via_list is None


def test_the_date_is_read_with_its_zone_and_rubbish_is_none() -> None:
    assert read("Date: Mon, 8 Aug 2022 05:07:29 +0900").date == "2022-08-08T05:07:29+09:00"
    assert read("Date: yesterday").date is None
    assert read("From: taro@orchard.example").date is None


def test_recipients_come_from_the_header_and_from_the_servers() -> None:
    found = to(
        "To: Admin <admin@jimusho.example>, info@jimusho.example",
        "Cc: office@orchard.example",
        "X-Original-To: admin@jimusho.example",
        "Delivered-To: stray@jimusho.example",
        recipients=("<admin@jimusho.example>", "", "root@jimusho.example"),
    )
    assert [address.address for address in found.to] == ["admin@jimusho.example", "info@jimusho.example"]
    assert [address.address for address in found.cc] == ["office@orchard.example"]
    assert {address.address for address in found.delivered_to} == {
        "stray@jimusho.example",
        "admin@jimusho.example",
        "root@jimusho.example",
    }


def test_domains_are_inferred_from_where_it_was_delivered_before_what_the_header_says() -> None:
    found = Recipients(to=(box("news@lists.example"),), delivered_to=(box("admin@jimusho.example"),))
    assert sender.infer_domains(Vantage(), found, frozenset()).inferred_domains == ("jimusho.example",)


def test_named_domains_are_left_alone() -> None:
    vantage = Vantage(own_domains=("harbour.example",))
    assert sender.infer_domains(vantage, Recipients(to=(box("a@jimusho.example"),)), frozenset()) is vantage


def test_public_providers_and_bare_names_are_nobodys_domain() -> None:
    found = Recipients(to=(box("hanako@gmail.com"), box("phishing@pot"), box("a@jimusho.example")))
    inferred = sender.infer_domains(Vantage(mailboxes=("a",)), found, frozenset({"gmail.com"}))
    assert inferred.inferred_domains == ("jimusho.example",)
    assert inferred.mailboxes == ("a",)


def test_a_from_that_only_some_programs_see_is_kept_after_the_true_one() -> None:
    found = read("Subject: x", "From : Bank <security@bank.example>", "From: Taro <taro@orchard.example>")
    assert [author.address for author in found.author] == ["security@bank.example", "taro@orchard.example"]
    found = read("Subject: x", "From", " : Bank <security@bank.example>", "From: Taro <taro@orchard.example>")
    assert [author.address for author in found.author] == ["taro@orchard.example", "security@bank.example"]


def test_where_there_is_no_from_the_author_is_what_programs_show() -> None:
    assert [author.address for author in read("Sender: s@bank.example").author] == ["s@bank.example"]
    assert [author.address for author in read("Sender: s@bank.example", "From: a@one.example").author] == [
        "a@one.example"
    ]
    assert read("Subject: x").author == ()


def test_a_service_of_mailings_makes_the_mail_bulk() -> None:
    found = read("From: a@one.example", "X-Mailer: Mailchimp Mailer - **CID1**")
    assert (found.mailer, found.bulk) == ("mailchimp", True)
    found = read(
        "From: a@one.example", "List-Unsubscribe: <https://u1.ct.sendgrid.net/wf/unsubscribe>, <mailto:u@one.example>"
    )
    assert (found.mailer, found.bulk) == ("sendgrid", True)
    assert (read("From: a@one.example").mailer, read("From: a@one.example").bulk) == ("", False)
