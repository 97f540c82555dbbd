from __future__ import annotations

from sabaki import pipeline
from sabaki.facts import bodies, subjects
from sabaki.mail import message
from sabaki.mail.limits import Budget
from sabaki.model.case import Case, Source, Vantage
from sabaki.protocols.resolver import Offline

MAIL = """\
Received: from unknown (HELO jp5) (office@gakuin.ac.jp@20.63.138.218)
 by 0 with SMTP; 8 Aug 2022 05:07:29 +0900
Return-Path: <admin@jimusho.example>
From: Kagoya <admin@jimusho.example>
Reply-To: <someone@gmail.com>
To: admin@jimusho.example
Subject: x

http://support.jimusho.example.circulo.test/kagoya?uid=admin@jimusho.example
http://www.jimusho.example/own
http://99.198.113.170/x http://10.0.0.1/inside
"""


def understood(text: str, vantage: Vantage) -> Case:
    budget = Budget()
    read = message.read(text.encode(), budget)
    return pipeline.understand(
        read,
        bodies.read(read, budget),
        source=Source("x", "", 0),
        vantage=vantage,
        budget=budget,
        resolver=Offline(),
    )


def asked(**vantage: tuple[str, ...]) -> list[str]:
    case = understood(MAIL, Vantage(**vantage))
    return [f"{each.kind} {each.value}" for each in subjects.of(case)]


def test_the_sender_s_machine_his_account_s_domain_and_the_links() -> None:
    found = asked(own_domains=("jimusho.example",))
    assert found[:2] == ["ip 20.63.138.218", "domain gakuin.ac.jp"]
    assert "host support.jimusho.example.circulo.test" in found
    assert "domain circulo.test" in found
    assert "ip 99.198.113.170" in found


def test_nothing_of_the_reader_s_own_is_asked_about() -> None:
    for found in (asked(own_domains=("jimusho.example",)), asked()):
        assert not [each for each in found if each.endswith(" jimusho.example") or "www.jimusho" in each]


def test_inside_addresses_and_free_mail_are_left_alone() -> None:
    found = asked(own_domains=("jimusho.example",))
    assert not [each for each in found if "10.0.0.1" in each.split()[1].split("/")[0] or "gmail" in each]


def test_each_is_asked_once() -> None:
    found = asked(own_domains=("jimusho.example",))
    assert len(found) == len(set(found))


def test_a_link_that_tells_the_recipient_is_private_and_so_is_a_name_that_does() -> None:
    body = "http://admin.jimusho.example.circulo.test/x?u=admin@jimusho.example http://hanako-mori-harbour-example.evil.test/ http://plain.test/"
    text = f"From: a@b.example\nTo: Hanako Mori <hanako.mori@harbour.example>\nSubject: x\n\n{body}\n"
    case = understood(text, Vantage())
    found = subjects.of(case)
    hosts = [each.value for each in found if each.kind == "host"]
    assert {each.value: each.private for each in found if each.kind == "url"}["http://plain.test/"] is False
    told = [url.host for url in case.urls if (trait := url.trait("recipient_in_url")) and trait.where == "host"]
    assert told == ["hanako-mori-harbour-example.evil.test"]
    assert "evil.test" in hosts
    assert "hanako-mori-harbour-example.evil.test" not in hosts


def test_many_links_to_one_site_hide_no_other_and_names_are_in_a_labels() -> None:
    body = " ".join(f"http://one.test/{number}" for number in range(60)) + " http://two.test/ http://日本.test/"
    text = f"From: a@例え.test\nTo: b@harbour.example\nSubject: x\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"
    case = understood(text, Vantage())
    found = subjects.of(case)
    hosts = [each.value for each in found if each.kind == "host"]
    assert {"one.test", "two.test", "xn--wgv71a.test"} <= set(hosts)
    assert len([each for each in found if each.kind == "url"]) == 20
    assert all(each.value.isascii() for each in found if each.kind in ("host", "domain"))


def test_the_reader_s_own_servers_and_what_stands_above_their_domain_are_left_alone() -> None:
    body = "http://198.51.100.7/ http://www.harbour.example/ http://203.0.113.9/"
    text = f"From: a@b.test\nTo: b@lists.harbour.example\nSubject: x\n\n{body}\n"
    case = understood(text, Vantage(own_hosts=("198.51.100.7",), own_domains=("lists.harbour.example",)))
    values = [each.value for each in subjects.of(case) if each.kind != "url"]
    assert "203.0.113.9" in values
    assert not [value for value in values if value == "198.51.100.7" or "harbour" in value]
