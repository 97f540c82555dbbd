from __future__ import annotations

import pytest

from sabaki.model.finding import State
from sabaki.model.knowledge import Certificate, Certificates, Knowledge, Listing
from sabaki.render import listings
from sabaki.render.blocks import Section, Statement, Table
from sabaki.render.voice import Voice
from tests.render import cases, knowledge
from tests.render.knowledge import HOST, known


def section(*asked: Knowledge, lang: str = "en") -> Section:
    found = listings.danger(Voice(cases.seed_report(), lang), asked)
    assert found is not None
    return found


def danger(*items: Listing, lang: str = "en") -> tuple[Statement, list[Table]]:
    blocks = section(*(known("feeds", "url", cases.LINK, item) for item in items), lang=lang).blocks
    lead = blocks[0]
    assert isinstance(lead, Statement)
    return lead, [block for block in blocks if isinstance(block, Table)]


def shown(table: Table) -> list[list[str]]:
    return [[f"{cell.text} | {cell.grade} | {cell.note}" for cell in row] for row in table.rows]


def test_listed_is_a_headline_with_its_meaning_source_and_time() -> None:
    blocks = section(known("safe_browsing", "url", cases.LINK, knowledge.listed())).blocks
    lead, table = blocks
    assert isinstance(lead, Statement)
    assert isinstance(table, Table)
    assert (lead.text, lead.tone, lead.grade) == (
        "Yes: a link is listed as dangerous by Google Safe Browsing.",
        "strong",
        "T",
    )
    assert table.name == "Google Safe Browsing"
    rows = {row[0].text: row[1] for row in table.rows}
    assert rows["Listed as"].text == "SOCIAL_ENGINEERING"
    assert rows["That means"].text == "Google suspects that this page deceives its visitors."
    assert rows["Asked"].text == "Google Safe Browsing, 2026-11-24 10:00:00 UTC; list of 2026-11-24 09:59:00 UTC"
    assert rows["Asked about"].note == "the entry: circulo.test/"
    assert "http://" not in rows["Asked about"].text


def test_the_same_in_japanese_by_the_name_that_it_has_there() -> None:
    lead, table = section(known("safe_browsing", "url", cases.LINK, knowledge.listed()), lang="ja").blocks
    assert isinstance(lead, Statement)
    assert isinstance(table, Table)
    assert lead.text == "はい。リンクが「Google セーフ ブラウジング」に、危険なものとして掲載されています。"
    assert table.name == "Google セーフ ブラウジング"


def test_a_listed_sender_is_no_listed_link() -> None:
    hit = Listing(list="AbuseIPDB", listed=True)
    (lead, *_) = section(known("abuseipdb", "ip", knowledge.SENDER, hit)).blocks
    assert isinstance(lead, Statement)
    assert lead.text == "Yes: the sending address is listed as dangerous by AbuseIPDB."
    both = (known("abuseipdb", "ip", knowledge.SITE, hit), known("feeds", "host", HOST, Listing(list="F", listed=True)))
    (lead, *_) = section(*both).blocks
    assert isinstance(lead, Statement)
    assert "the address of a site is listed as dangerous by AbuseIPDB and a host name or domain is listed" in lead.text


def test_not_listed_is_never_clean() -> None:
    for lang, words in (
        ("en", ("does not make it clean", "not: clean")),
        ("ja", ("安全という意味ではありません", "安全とは限らない")),
    ):
        lead, (table,) = danger(Listing(list="A", listed=False, list_date="2026-11-23"), lang=lang)
        assert words[0] in lead.text
        assert words[1] in table.rows[0][2].text
        assert "2026-11-24 10:00:00 UTC" in table.rows[0][1].note
        assert "2026-11-23" in table.rows[0][1].note
        assert lead.tone == ""


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_list_that_did_not_answer_is_named_beside_those_that_did(lang: str) -> None:
    clean = known("feeds", "url", cases.LINK, Listing(list="A", listed=False))
    silent = known("safe_browsing", "url", cases.LINK, state=State.SKIPPED, reason="no key", reason_ja="鍵なし")
    other = known("whois", "domain", "circulo.test", state=State.TEMPERROR)
    blocks = section(clean, silent, other, lang=lang).blocks
    assert isinstance(blocks[1], Statement)
    assert ("Google セーフ ブラウジング" if lang == "ja" else "Google Safe Browsing") in blocks[1].text
    assert blocks[1].tone == "strong"
    assert "WHOIS" not in blocks[1].text
    assert len(section(clean, other, lang=lang).blocks) == 2


def test_one_answer_to_many_questions_is_one_row() -> None:
    clean = Listing(list="A", listed=False)
    asked = [known("feeds", "ip", f"192.0.2.{number}", clean) for number in range(9)]
    table = section(*asked).blocks[1]
    assert isinstance(table, Table)
    assert len(table.rows) == 1
    assert table.rows[0][0].text == "192.0.2.0, 192.0.2.1, 192.0.2.2, 192.0.2.3 and 5 more"


def test_what_is_not_settled_is_called_so() -> None:
    lead, (table,) = danger(Listing(list="A", listed=None))
    assert "not settled" in table.rows[0][2].text
    assert "clean" in lead.text


def test_an_allow_list_explains_and_never_clears_nor_accuses() -> None:
    lead, (table,) = danger(Listing(list="Top sites", listed=True, allow=True))
    assert "Yes" not in lead.text
    assert "clears nothing" in table.rows[0][2].note
    lead, (hit, table) = danger(Listing(list="Top sites", listed=True, allow=True), knowledge.listed())
    assert "Yes" in lead.text
    assert hit.name == "Google Safe Browsing"
    assert shown(table)[0][1].startswith("Top sites")


def test_a_thousand_lists_stay_legible() -> None:
    many = [Listing(list=f"L{number}", listed=number % 2 == 0) for number in range(1000)]
    _, tables = danger(*many)
    assert len(tables) < 10
    assert sum(len(table.rows) for table in tables) < 60


def test_certificates_say_what_they_do_not_say() -> None:
    item = Certificates(
        certificates=(Certificate((HOST, "x.example"), "Example CA", "2022-08-01", "2022-10-30"),), total=9
    )
    section = listings.certificates(Voice(cases.seed_report(), "en"), (known("ct", "host", HOST, item),))
    assert section is not None
    lead, table, last = section.blocks
    assert isinstance(lead, Statement)
    assert isinstance(table, Table)
    assert isinstance(last, Statement)
    assert "9 certificates" in lead.text
    assert table.rows[0][2].text == "2022-08-01 – 2022-10-30"
    assert "never that the site is honest" in last.text


def test_where_nobody_answered_there_is_no_such_section() -> None:
    assert listings.danger(Voice(cases.seed_report(), "en"), ()) is None
    assert listings.certificates(Voice(cases.seed_report(), "en"), ()) is None
