from __future__ import annotations

import msgspec

from sabaki.model.evidence import Grade
from sabaki.model.message import Defect, LimitReached
from sabaki.model.report import Contribution
from sabaki.render import ending
from sabaki.render.blocks import Bullets, Scale, Table
from sabaki.render.voice import Voice
from tests.render import cases


def test_every_finding_stands_in_the_table_with_what_was_counted() -> None:
    table = ending.findings(Voice(cases.seed_report(), "en")).blocks[0]
    assert isinstance(table, Table)
    assert len(table.rows) == 5
    assert [row[3].text for row in table.rows] == ["+45", "+35", "+35", "+15", "—"]
    assert table.rows[0][1].note.startswith("hxxp://support[.]jimusho[.]example[.]circulo[.]test/")
    assert "bytes 10–90" in table.rows[0][1].note


def test_two_findings_of_one_check_keep_what_each_counted() -> None:
    seed = cases.seed_report()
    twice = tuple(cases.finding("a/b", 10, Grade.INFERRED, "x", "x") for _ in range(2))
    counted = (Contribution("a/b", 10, 10), Contribution("a/b", 10, 5))
    verdict = msgspec.structs.replace(seed.verdict, contributions=counted)
    assert ending.counted(Voice(cases.replaced(seed, findings=twice, verdict=verdict), "en")) == ["+10", "+5"]


def test_what_speaks_for_the_mail_has_a_true_minus() -> None:
    assert ending.counted(Voice(cases.wanted_report(), "en")) == ["−12"]


def test_the_verdict_shows_sum_thresholds_and_floors() -> None:
    blocks = ending.verdict(Voice(cases.seed_report(), "ja")).blocks
    scale = next(block for block in blocks if isinstance(block, Scale))
    assert (scale.score, scale.marks) == (130.0, (("疑わしい", 30.0), ("悪意あり", 70.0)))
    floors = next(block for block in blocks if isinstance(block, Bullets))
    assert floors.items[0].detail == "少なくとも「悪意あり」とします（link/own_domain_subdomain）"


def test_limits_and_defects_are_told() -> None:
    report = cases.replaced(
        cases.seed_report(),
        limits=(LimitReached("nesting", 64, "part 1.2"),),
        defects=(Defect("bare_lf"), Defect("bare_lf")),
    )
    lists = [block for block in ending.unchecked(Voice(report, "en")).blocks if isinstance(block, Bullets)]
    assert "nesting" in lists[0].items[0].text
    assert "part 1.2" in lists[0].items[0].text
    assert [item.text for item in lists[1].items] == ["bare_lf"]


def test_the_brand_is_abused_never_the_culprit() -> None:
    blocks = ending.conclusion(Voice(cases.seed_report(), "ja")).blocks
    assert blocks[0].text.startswith("カゴヤの名をかたっていますが、名前を悪用された側")  # type: ignore[union-attr]


def test_the_legend_has_a_row_for_each_grade() -> None:
    table = ending.legend(Voice(cases.seed_report(), "ja")).blocks[1]
    assert isinstance(table, Table)
    assert [row[0].grade for row in table.rows] == list(Grade)
