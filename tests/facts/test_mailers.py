"""Services that send for others: their marks, and what shows that they did send."""

from __future__ import annotations

from sabaki import pipeline
from sabaki.facts import bodies, mailers
from sabaki.mail import message
from sabaki.mail.limits import Budget
from sabaki.model.case import Case, Source, Vantage
from sabaki.protocols.resolver import Offline

HOP = (
    "Received: from {name} ({name} [192.0.2.7])\n\tby mx.harbour.example (Postfix) with ESMTPS id 9C1D21F0A3;\n"
    "\tMon, 3 Mar 2025 10:15:00 +0900\n"
)


def case(*lines: str, name: str = "mail.orchard.example", above: str = "") -> Case:
    raw = above + HOP.format(name=name) + "\n".join((*lines, "", "x\n"))
    budget = Budget()
    mail = message.read(raw.encode(), budget)
    return pipeline.understand(
        mail,
        bodies.read(mail, budget),
        source=Source("x", mail.sha256, len(mail.raw)),
        vantage=Vantage(own_hosts=("mx.harbour.example",)),
        budget=budget,
        resolver=Offline(),
    )


def test_the_table_is_sound() -> None:
    domains = [domain for mailer in mailers.known() for domain in mailer.domains]
    assert len(domains) == len(set(domains))
    assert all(domain == domain.lower() and "." in domain for domain in domains)
    assert all(field == field.lower() for mailer in mailers.known() for field in mailer.fields)
    assert all(mailer.name and (mailer.domains or mailer.fields) for mailer in mailers.known())


def test_a_domain_belongs_to_a_service_label_by_label() -> None:
    found = mailers.owner_of("o1.ptr1.SendGrid.net.")
    assert found is not None
    assert found.id == "sendgrid"
    assert mailers.owner_of("notsendgrid.net") is None
    assert mailers.owner_of("sendgrid.net.mill.example") is None
    assert mailers.owner_of("net") is None
    assert mailers.owner_of("") is None


def test_marks_are_read_from_fields_programs_and_names() -> None:
    assert case("From: a@x.example", "X-SG-EID: abc").sender.mailer == "sendgrid"
    assert case("From: a@x.example", "X-Mailer: nlserver, Build 7.0").sender.mailer == "adobe_campaign"
    assert case("From: a@x.example", "Feedback-ID: 1.ap-northeast-1.abc:AmazonSES").sender.mailer == "amazon_ses"
    assert case("From: a@x.example", "Message-ID: <1@xt.local>").sender.mailer == "marketing_cloud"
    assert case("From: a@x.example", "List-Unsubscribe: <https://c.bme.jp/u?x=1>").sender.mailer == "blastmail"
    assert case("From: a@x.example", "DKIM-Signature: v=1; d=mandrillapp.com; s=a").sender.mailer == "mandrill"
    assert case("From: a@x.example", "X-Mailer: Some nlserver").sender.mailer == ""
    assert case("From: a@x.example").sender.mailer == ""


def test_a_service_of_mailings_makes_a_mail_bulk_and_one_of_notices_does_not() -> None:
    assert case("From: a@x.example", "X-Mailer: Mailchimp Mailer - **CID1**").sender.bulk
    assert not case("From: a@x.example", "X-SG-EID: abc").sender.bulk


def test_a_mark_alone_shows_nothing() -> None:
    marked = case(
        "From: a@x.example", "X-SG-EID: abc", "Message-ID: <1@geopod.sendgrid.net>", "DKIM-Signature: d=sendgrid.net"
    )
    assert marked.sender.mailer == "sendgrid"
    assert mailers.behind(marked) == ()
    assert mailers.explains(marked, "geopod.sendgrid.net") is None


def test_the_name_of_the_attested_peer_shows_it() -> None:
    found = case("From: a@x.example", name="o1.ptr1.sendgrid.net")
    assert [mailer.id for mailer in mailers.behind(found)] == ["sendgrid"]
    assert mailers.explains(found, "em1.sendgrid.net") is not None
    assert mailers.explains(found, "mandrillapp.com") is None
    assert mailers.explains(found, "x.example") is None


def test_a_greeting_or_a_hop_below_the_line_shows_nothing() -> None:
    greeted = (
        "Received: from o1.ptr1.sendgrid.net (unknown [192.0.2.7])\n\tby mx.harbour.example (Postfix) with ESMTPS id 9C1D21F0A3;\n"
        "\tMon, 3 Mar 2025 10:15:00 +0900"
    )
    assert mailers.behind(case(greeted.replace("mx.harbour", "mx.mill"), "From: a@x.example")) == ()
    assert mailers.behind(case("From: a@x.example", name="unknown", above="")) == ()


def test_what_a_trusted_server_found_shows_it_and_what_the_sender_wrote_does_not() -> None:
    result = "Authentication-Results: mx.harbour.example; dkim=pass header.d=mailgun.org\n"
    assert [mailer.id for mailer in mailers.behind(case("From: a@x.example", above=result))] == ["mailgun"]
    assert mailers.behind(case(result.strip(), "From: a@x.example")) == ()
    by_spf = "Authentication-Results: mx.harbour.example; spf=pass smtp.mailfrom=bounce@eu.mailgun.net\n"
    assert [mailer.id for mailer in mailers.behind(case("From: a@x.example", above=by_spf))] == ["mailgun"]
    assert mailers.behind(case("From: a@x.example", above=result.replace("pass", "fail"))) == ()
