from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sabaki.model.evidence import Grade
from sabaki.model.knowledge import Contact, Knowledge, Registration
from sabaki.model.report import Report
from sabaki.render import registrations
from sabaki.render.blocks import Statement, Table
from sabaki.render.voice import Voice
from tests.render import cases, knowledge
from tests.render.knowledge import known


def told(*items: Knowledge, lang: str = "en", report: Report | None = None) -> tuple[list[Statement], dict[str, str]]:
    section = registrations.section(Voice(report or cases.seed_report(), lang), items)
    assert section is not None
    statements = [block for block in section.blocks if isinstance(block, Statement)]
    rows = {
        row[0].text: f"{row[1].text} {row[1].grade}"
        for block in section.blocks
        if isinstance(block, Table)
        for row in block.rows
    }
    return statements, rows


def domain(**changes: Any) -> Knowledge:
    return known("rdap", "domain", "circulo.test", msgspec.structs.replace(knowledge.owner(), **changes))


def test_a_registration_says_everything_with_its_source_and_time() -> None:
    statements, rows = told(domain())
    assert rows == {
        "Holder": "Circulo Achocalla T",
        "Country and region": "La Paz, Bolivia (BO) T",
        "Registrar": "Example Registrar, Inc. (9999) T",
        "Registered": "2016-03-01 00:00:00 UTC T",
        "Expires": "2023-03-01 00:00:00 UTC T",
        "State": "client transfer prohibited T",
        "Name servers": "ns1[.]hosting[.]example, ns2[.]hosting[.]example T",
        "Abuse contact": "abuse@registrar.example T",
    }
    assert statements[1].text == "It was 6.4 years old when the mail came."
    assert statements[1].detail == "RDAP (rdap.registry.example), 2026-11-24 10:00:00 UTC"


@pytest.mark.parametrize(
    ("created", "said", "tone"),
    [
        ("2022-08-01T00:00:00Z", "only 6 days old when the mail came", "strong"),
        ("2022-07-01", "only 37 days old", "strong"),
        ("2022-02-01", "It was 187 days old", ""),
        ("2022-08-20", "Registered 13 days after the mail came", "strong"),
    ],
)
def test_a_young_domain_is_said_to_be_young(created: str, said: str, tone: str) -> None:
    statement = told(domain(created=created))[0][1]
    assert said in statement.text
    assert statement.tone == tone


def test_where_no_date_is_attested_the_mails_own_is_used_and_called_so() -> None:
    origin = msgspec.structs.replace(cases.seed_report().origin, grade=Grade.SELF_DECLARED)
    statement = told(domain(), report=cases.replaced(cases.seed_report(), origin=origin))[0][1]
    assert "at the date that the mail names" in statement.text


@pytest.mark.parametrize("created", [None, "", "1st of March", "2016-13-45", "9" * 5000])
def test_a_date_that_is_none_is_no_age(created: str | None) -> None:
    statements, rows = told(domain(created=created))
    assert not any("years old" in statement.text for statement in statements)
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
