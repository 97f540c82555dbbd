from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sabaki.model.evidence import Grade
from sabaki.model.knowledge import Contact, Knowledge, Registration
from sabaki.model.report import Report
from sabaki.render import registrations
from sabaki.render.blocks import Section, Statement, Table
from sabaki.render.voice import Voice
from tests.render import cases, knowledge
from tests.render.knowledge import known


def section(*items: Knowledge, lang: str = "en", report: Report | None = None) -> Section:
    found = registrations.section(Voice(report or cases.seed_report(), lang), items)
    assert found is not None
    return found


def told(*items: Knowledge, lang: str = "en", report: Report | None = None) -> tuple[list[Statement], dict[str, str]]:
    blocks = section(*items, lang=lang, report=report).blocks
    statements = [block for block in blocks if isinstance(block, Statement)]
    rows = {
        row[0].text: f"{row[1].text} {row[1].grade} {row[1].note}".strip()
        for block in blocks
        if isinstance(block, Table)
        for row in block.rows
    }
    return statements, rows


def domain(**changes: Any) -> Knowledge:
    return known("rdap", "domain", "circulo.test", msgspec.structs.replace(knowledge.owner(), **changes))


def test_a_registration_says_everything_with_its_source_and_time() -> None:
    names = [block.name for block in section(domain()).blocks if isinstance(block, Table)]
    _, rows = told(domain())
    assert rows == {
        "Holder": "Circulo Achocalla T",
        "Country and region": "La Paz, Bolivia (BO) T",
        "Registrar": "Example Registrar, Inc. (9999) T",
        "Registered": "2016-03-01 00:00:00 UTC T 2,350 days (6.4 years) before the mail arrived",
        "Expires": "2023-03-01 00:00:00 UTC T",
        "State": "client transfer prohibited T",
        "Name servers": "ns1[.]hosting[.]example, ns2[.]hosting[.]example T",
        "Abuse contact": "abuse@registrar.example T",
    }
    assert names == ["circulo[.]test: RDAP (rdap.registry.example), 2026-11-24 10:00:00 UTC"]


@pytest.mark.parametrize(
    ("created", "said", "said_ja"),
    [
        ("2022-08-01T00:00:00Z", "registered 6 days before the mail arrived", "メール受信の 6 日前"),
        ("2022-08-06T19:00:00Z", "registered 1 day before the mail arrived", "メール受信の 1 日前"),
        ("2022-08-07T19:00:00Z", "registered less than a day before the mail arrived", "メール受信の当日"),
        ("2022-07-01", "registered 37 days before the mail arrived", "メール受信の 37 日前"),
        ("2022-08-20", "Registered 13 days after the mail arrived", "メール受信の 13 日後"),
    ],
)
def test_a_young_domain_is_said_to_be_young(created: str, said: str, said_ja: str) -> None:
    statement = told(domain(created=created))[0][1]
    assert said in statement.text
    assert statement.tone == "strong"
    assert statement.grade == "T"
    assert said_ja in told(domain(created=created), lang="ja")[0][1].text


def test_an_old_domain_is_no_news() -> None:
    statements, rows = told(domain(created="2022-02-01"))
    assert not any("egistered" in statement.text for statement in statements)
    assert rows["Registered"] == "2022-02-01 T 187 days before the mail arrived"
    assert told(domain(created="2022-02-01"), lang="ja")[1]["登録日"] == "2022-02-01 T メール受信の 187 日前"


def test_where_no_date_is_attested_the_mails_own_is_used_called_so_and_graded_so() -> None:
    origin = msgspec.structs.replace(cases.seed_report().origin, grade=Grade.SELF_DECLARED)
    report = cases.replaced(cases.seed_report(), origin=origin)
    statement = told(domain(created="2022-08-01"), report=report)[0][1]
    assert "6 days before the date that the mail names" in statement.text
    assert statement.grade == "S"
    undated = cases.replaced(report, sender=msgspec.structs.replace(report.sender, date=None))
    assert "before the registry was asked" in told(domain(), report=undated)[1]["Registered"]


@pytest.mark.parametrize("created", [None, "", "1st of March", "2016-13-45", "9" * 5000])
def test_a_date_that_is_none_is_no_age(created: str | None) -> None:
    statements, rows = told(domain(created=created))
    assert not any("before the mail" in statement.text for statement in statements)
    assert len(rows.get("Registered", "")) < 50


def test_the_accounts_owner_is_a_possible_victim_and_never_the_sender() -> None:
    item = known("whois", "domain", "gakuin.example", knowledge.school())
    statements, rows = told(item)
    assert "possible victim" in statements[0].text
    assert "not the sender" in statements[0].text
    assert statements[0].grade == "I"
    assert rows["Holder"] == "Gakuin College / 学校法人 学院 T"
    assert "被害者" in told(item, lang="ja")[0][0].text
    assert told(item, lang="ja")[1]["登録者"] == "学校法人 学院 / Gakuin College T"


def test_without_a_finding_nobody_is_a_victim() -> None:
    report = cases.replaced(cases.seed_report(), findings=())
    statements, _ = told(known("whois", "domain", "gakuin.example", knowledge.school()), report=report)
    assert "victim" not in statements[0].text
    assert statements[0].grade == "A"


def test_a_domain_that_the_mail_only_names_accuses_nobody() -> None:
    report = cases.wanted_report()
    report = cases.replaced(report, vantage=msgspec.structs.replace(report.vantage, own_domains=()))
    item = known("rdap", "domain", "harbour.example", knowledge.owner())
    statement = told(item, report=report)[0][0]
    assert statement.grade in ("S", "A")
    assert "victim" not in statement.text


def test_a_withheld_holder_is_said_and_a_lent_name_is_not_taken_for_the_users() -> None:
    assert told(domain(holder="", withheld=True))[1]["Holder"] == "withheld from the public T"
    lent = told(domain(holder="Privacy Service", withheld=True))[1]["Holder"]
    assert "not that of who uses the domain" in lent


def test_a_name_that_nobody_registered() -> None:
    _, rows = told(known("rdap", "domain", "circulo.test", Registration(status=("not registered",))))
    assert list(rows) == ["State"]
    assert "not registered" in rows["State"]


def test_the_registrants_contact_gives_the_place_where_the_registration_has_none() -> None:
    contact = Contact("registrant", country="BO", region="La Paz")
    assert told(domain(country="", region="", contacts=(contact,)))[1]["Country and region"] == "La Paz, Bolivia (BO) T"


def test_nothing_known_is_no_section() -> None:
    assert registrations.section(Voice(cases.seed_report(), "en"), ()) is None
