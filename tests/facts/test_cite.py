"""The thing and its place, always together."""

from __future__ import annotations

import pytest

from sabaki.facts import cite
from sabaki.mail import message
from sabaki.mail.limits import Budget
from sabaki.model.case import (
    AuthResult,
    BrandMention,
    Case,
    Hop,
    Lure,
    Origin,
    Phrase,
    Recipients,
    Sender,
    Source,
    Stamp,
    Subject,
    TrustLine,
    Vantage,
)
from sabaki.model.evidence import Grade, Location
from sabaki.model.finding import State
from sabaki.model.knowledge import Knowledge
from sabaki.model.knowledge import Subject as Asked
from sabaki.model.observable import Url, UrlTrait

PLACE = Location(10, 20, "1", 3)


def case(*urls: Url) -> Case:
    return Case(
        source=Source("case.eml", "", 0),
        vantage=Vantage(),
        subject=Subject(""),
        sender=Sender(),
        recipients=Recipients(),
        trust=TrustLine("none"),
        origin=Origin(Grade.SELF_DECLARED),
        hops=(),
        stamps=(),
        authentication=(),
        bodies=(),
        urls=urls,
        lure=Lure(),
        fields=(),
        parts=(),
        defects=(),
        limits=(),
    )


def link(name: str, *traits: str, clickable: bool = True) -> Url:
    value = f"https://{name}.invalid/"
    found = tuple(UrlTrait(id, id.upper(), "host") for id in traits)
    return Url(value, value, "html:a", clickable=clickable, traits=found, location=PLACE)


def test_a_field_is_cited_with_its_own_bytes_and_is_self_declared_unless_said() -> None:
    raw = b"From: =?UTF-8?Q?T=C3=A4ro?= <taro@orchard.example>\nSubject: x\n\nbody\n"
    field = message.read(raw, Budget()).fields[0]
    evidence = cite.field(field)
    assert evidence.value == "From: Täro <taro@orchard.example>"
    assert evidence.grade is Grade.SELF_DECLARED
    place = evidence.provenance.location
    assert place is not None
    assert raw[place.start : place.end].startswith(b"From: =?UTF-8?Q?")
    assert cite.field(field, Grade.ATTESTED).grade is Grade.ATTESTED


@pytest.mark.parametrize("grade", list(Grade))
def test_hops_stamps_and_results_keep_the_grade_that_they_have(grade: Grade) -> None:
    hop = cite.hop(Hop(0, "from a by b", PLACE, dialect="postfix", grade=grade))
    stamp = cite.stamp(Stamp("flag", "YES", says_spam=True, grade=grade, field_name="X-Spam-Flag", location=PLACE))
    result = cite.auth(AuthResult("dmarc", "fail", "mx.harbour.example", grade, location=PLACE))
    assert [evidence.grade for evidence in (hop, stamp, result)] == [grade] * 3
    assert [evidence.provenance.location for evidence in (hop, stamp, result)] == [PLACE] * 3
    assert hop.provenance.method == "postfix"
    assert stamp.value == "X-Spam-Flag: YES"
    assert result.value == "dmarc=fail"
    assert result.provenance.method == "mx.harbour.example"


def test_a_link_is_our_own_observation_and_names_its_trait() -> None:
    url = link("a", "userinfo")
    assert cite.url(url).provenance.method == "html:a"
    evidence = cite.url(url, url.traits[0])
    assert (evidence.value, evidence.grade) == ("https://a.invalid/", Grade.VERIFIED)
    assert evidence.provenance.method == "userinfo: USERINFO"
    assert evidence.provenance.location == PLACE


def test_a_link_that_no_browser_reads_is_cited_as_written() -> None:
    assert cite.url(Url("hxxp:broken", "", "text")).value == "hxxp:broken"


def test_phrases_and_brands_are_inferred_and_name_the_rule() -> None:
    phrase = cite.phrase(Phrase("mailbox_full", "容量が上限に", "body"))
    mention = cite.brand(BrandMention("amazon", "Amazon", "アマゾン", "shop", "Amazon.co.jp", "display_name"))
    assert (phrase.grade, phrase.value) == (Grade.INFERRED, "容量が上限に")
    assert phrase.provenance.method == "mailbox_full in body"
    assert (mention.grade, mention.value) == (Grade.INFERRED, "Amazon.co.jp")
    assert mention.provenance.method == "amazon in display_name"


def test_a_part_is_named_by_its_file_or_its_type() -> None:
    mail = (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nx\n"
        b'--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename="a.pdf"\n\nx\n--b--\n'
    )
    _, text, attached = message.read(mail, Budget()).parts
    assert cite.part(text).value == "text/plain"
    assert cite.part(attached).value == "a.pdf"
    assert cite.part(attached).provenance.location == attached.body


def test_text_carries_what_it_is_given() -> None:
    evidence = cite.text("x", producer="mail.html", method="form", grade=Grade.VERIFIED, location=PLACE)
    assert (evidence.kind, evidence.provenance.producer, evidence.provenance.method) == ("text", "mail.html", "form")
    assert (evidence.grade, evidence.provenance.location) == (Grade.VERIFIED, PLACE)


def test_traits_gives_links_in_order_and_by_default_only_those_to_click() -> None:
    found = case(
        link("a", "ip_host"), link("b", "shortener"), link("c", "ip_host", clickable=False), link("d", "ip_host")
    )
    assert [url.raw for url, _ in cite.traits(found, "ip_host")] == ["https://a.invalid/", "https://d.invalid/"]
    assert len(cite.traits(found, "ip_host", clickable=False)) == 3
    assert cite.traits(found, "userinfo") == []


def test_no_more_than_five_links_are_cited() -> None:
    urls = tuple(link(f"n{number}", "shortener") for number in range(7))
    cited = cite.traited(cite.traits(case(*urls), "shortener"))
    assert [evidence.value for evidence in cited] == [url.value for url in urls[:5]]


def test_an_answer_says_whose_word_it_is_and_of_when() -> None:
    by = Knowledge(
        source="rdap", subject=Asked("domain", "x" * 9_999), state=State.RAN, obtained_at="2025-03-05T00:00:00Z"
    )
    evidence = cite.answer(by, "registered 2025-03-01" + "x" * 9_999, "rdap.example")
    assert evidence.value.startswith("x" * 200 + ": registered 2025-03-01")
    assert len(evidence.value) < 600
    assert evidence.grade is Grade.THIRD_PARTY
    assert (evidence.provenance.producer, evidence.provenance.method) == ("sources.rdap", "rdap.example")
    assert evidence.provenance.obtained_at == "2025-03-05T00:00:00Z"
