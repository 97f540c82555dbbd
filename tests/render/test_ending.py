from __future__ import annotations

import msgspec

from sabaki.facts import answers
from sabaki.model.evidence import Grade
from sabaki.model.finding import State
from sabaki.model.knowledge import Knowledge, Registration
from sabaki.model.message import Defect, LimitReached
from sabaki.model.report import Contribution
from sabaki.render import ending
from sabaki.render.blocks import Bullets, Scale, Table
from sabaki.render.voice import Voice
from tests.render import cases
from tests.render.knowledge import known


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


def late(source: str, value: str, reason: str = "no answer within 10 s", state: State = State.TEMPERROR) -> Knowledge:
    return known(source, "domain", value, state=state, reason=reason, reason_ja="10 秒以内に応答がありませんでした")


def open_questions(*knowledge: Knowledge, lang: str = "en", outcomes: bool = True) -> list[list[str]]:
    report = cases.replaced(cases.seed_report(), knowledge=knowledge)
    if outcomes:
        report = cases.replaced(report, outcomes=answers.outcomes(report))
    table = ending.unchecked(Voice(report, lang)).blocks[1]
    assert isinstance(table, Table)
    return [[*(cell.text for cell in row), row[0].note] for row in table.rows]


def test_each_question_without_an_answer_is_told_once_with_what_and_why() -> None:
    asked = (late("rdap", "circulo.test"), late("rdap", "gakuin.example"), known("place", "ip", "192.0.2.1"))
    key = "not asked: the setting safe_browsing_key is not given"
    google = known("safe_browsing", "url", cases.LINK, state=State.SKIPPED, reason=key, reason_ja="")
    assert open_questions(*asked, google) == [
        ["RDAP", "failed for now", "no answer within 10 s", "circulo[.]test, gakuin[.]example"],
        [
            "Google Safe Browsing",
            "not asked",
            "the setting safe_browsing_key is not given",
            "hxxp://support[.]jimusho[.]example[.]circulo[.]test/kagoya?uid=admin@jimusho.example",
        ],
        ["the site itself", "not done", "what the site shows today needs a visit", ""],
    ]


def test_the_same_in_japanese() -> None:
    reason = "問い合わせていません（設定 safe_browsing_key がありません）"
    google = known("safe_browsing", "ip", "192.0.2.1", state=State.SKIPPED, reason="x", reason_ja=reason)
    rows = open_questions(late("whois", "circulo.test"), google, known("place", "ip", "192.0.2.1"), lang="ja")
    assert rows[:2] == [
        ["Google セーフ ブラウジング", "未照会", "設定 safe_browsing_key がありません", "192.0.2.1"],
        ["WHOIS", "一時的な失敗", "10 秒以内に応答がありませんでした", "circulo[.]test"],
    ]


def test_two_reasons_of_one_source_are_two_rows() -> None:
    rows = open_questions(late("rdap", "a.example"), late("rdap", "b.example", "it broke", State.PERMERROR))
    assert [row[1:] for row in rows[:2]] == [
        ["failed for now", "no answer within 10 s", "a[.]example"],
        ["failed", "it broke", "b[.]example"],
    ]


def test_what_another_source_told_is_not_open() -> None:
    answered = known("whois", "domain", "a.example", Registration(holder="A"))
    assert all(row[0] != "RDAP" for row in open_questions(late("rdap", "a.example"), answered))


def test_a_question_without_an_outcome_is_not_lost() -> None:
    assert open_questions(late("otx", "a.example"), outcomes=False)[-1][0] == "LevelBlue OTX"


def test_a_thousand_gaps_stay_legible() -> None:
    rows = open_questions(*(late("rdap", "a.example", f"reason {number}") for number in range(1000)))
    assert len(rows) < 30
    assert len(open_questions(*(late("rdap", f"{number}.example") for number in range(1000)))[0][3]) < 100


def test_the_brand_is_abused_never_the_culprit() -> None:
    blocks = ending.conclusion(Voice(cases.seed_report(), "ja")).blocks
    assert blocks[0].text.startswith("カゴヤの名をかたっていますが、名前を悪用された側")  # type: ignore[union-attr]


def test_the_legend_has_a_row_for_each_grade() -> None:
    table = ending.legend(Voice(cases.seed_report(), "ja")).blocks[1]
    assert isinstance(table, Table)
    assert [row[0].grade for row in table.rows] == list(Grade)
