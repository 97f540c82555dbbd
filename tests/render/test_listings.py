from __future__ import annotations

import msgspec

from sabaki.model.finding import State
from sabaki.model.knowledge import Certificate, Certificates, Knowledge, Listing
from sabaki.render import listings
from sabaki.render.blocks import Section, Statement, Table
from sabaki.render.voice import Voice
from tests.render import cases, knowledge
from tests.render.knowledge import HOST, known


def danger(*items: Listing, lang: str = "en") -> tuple[Statement, list[list[str]]]:
    asked = tuple(known("urlhaus", "url", cases.LINK, item) for item in items)
    section = listings.danger(Voice(cases.seed_report(), lang), asked)
    assert section is not None
    lead, table = section.blocks[0], section.blocks[1]
    assert isinstance(lead, Statement)
    assert isinstance(table, Table)
    return lead, [[f"{cell.text} | {cell.grade} | {cell.note}" for cell in row] for row in table.rows]


def test_listed_is_a_headline_with_its_meaning_source_and_time() -> None:
    lead, rows = danger(knowledge.listed())
    assert lead.text == "Yes: listed as dangerous by Google Safe Browsing."
    assert lead.tone == "strong"
    assert lead.grade == "T"
    assert rows[0][2] == "listed: SOCIAL_ENGINEERING | T | Google suspects that this page deceives its visitors."
    assert "urlhaus, 2026-11-24 10:00:00 UTC, list of 2026-11-24 09:59:00 UTC" in rows[0][1]
    assert "http://" not in rows[0][0]


def test_not_listed_is_never_clean() -> None:
    for lang, words in (
        ("en", ("does not make it clean", "not: clean")),
        ("ja", ("安全という意味ではありません", "安全とは限らない")),
    ):
        lead, rows = danger(Listing(list="A", listed=False), lang=lang)
        assert words[0] in lead.text
        assert words[1] in rows[0][2]
        assert lead.tone == ""


def test_what_is_not_settled_is_called_so() -> None:
    lead, rows = danger(Listing(list="A", listed=None))
    assert "not settled" in rows[0][2]
    assert "clean" in lead.text


def test_an_allow_list_explains_and_never_clears_nor_accuses() -> None:
    lead, rows = danger(Listing(list="Top sites", listed=True, allow=True))
    assert "Yes" not in lead.text
    assert "clears nothing" in rows[0][2]
    lead, rows = danger(Listing(list="Top sites", listed=True, allow=True), knowledge.listed())
    assert "Yes" in lead.text
    assert rows[0][1].startswith("Google")


def test_the_lists_that_have_it_come_first_and_a_thousand_stay_legible() -> None:
    many = [Listing(list=f"L{number}", listed=False) for number in range(1000)]
    _, rows = danger(*many, knowledge.listed())
    assert rows[0][1].startswith("Google")
    assert len(rows) < 30


def test_certificates_say_what_they_do_not_say() -> None:
    item = Certificates(
        certificates=(Certificate((HOST, "x.example"), "Example CA", "2022-08-01", "2022-10-30"),), total=9
    )
    section = listings.certificates(Voice(cases.seed_report(), "en"), (known("crt", "host", HOST, item),))
    assert section is not None
    lead, table, last = section.blocks
    assert isinstance(lead, Statement)
    assert isinstance(table, Table)
    assert isinstance(last, Statement)
    assert "9 certificates" in lead.text
    assert table.rows[0][2].text == "2022-08-01 – 2022-10-30"
    assert "never that the site is honest" in last.text


def unanswered(*items: Knowledge, lang: str = "en") -> Section | None:
    return listings.unanswered(Voice(cases.seed_report(), lang), items)


def test_every_failure_is_told_with_what_and_why() -> None:
    late = known(
        "rdap",
        "domain",
        "circulo.test",
        state=State.TEMPERROR,
        reason="no answer in 10 s",
        reason_ja="10秒以内に応答なし",
    )
    other = msgspec.structs.replace(late, subject=msgspec.structs.replace(late.subject, value="gakuin.example"))
    section = unanswered(late, other, *knowledge.seed())
    assert section is not None
    lead, table = section.blocks
    assert isinstance(lead, Statement)
    assert isinstance(table, Table)
    assert "not harmless" in lead.text
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["RDAP", "failed for now", "no answer in 10 s"],
        ["Google Web Risk", "not asked", "no key"],
    ]
    assert table.rows[0][0].note == "circulo[.]test, gakuin[.]example"
    japanese = unanswered(late, lang="ja")
    assert japanese is not None
    assert isinstance(japanese.blocks[1], Table)
    assert japanese.blocks[1].rows[0][2].text == "10秒以内に応答なし"


def test_where_all_were_answered_there_is_no_such_section() -> None:
    assert unanswered(*(piece for piece in knowledge.seed() if piece.state is State.RAN)) is None
    assert listings.danger(Voice(cases.seed_report(), "en"), ()) is None
    assert listings.certificates(Voice(cases.seed_report(), "en"), ()) is None
