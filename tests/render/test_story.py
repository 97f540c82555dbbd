from __future__ import annotations

from sabaki.model.case import Body, Stamp, TrustLine
from sabaki.model.evidence import Grade
from sabaki.model.report import Report
from sabaki.render import story
from sabaki.render.blocks import Bullets, Quote, Statement, Table
from sabaki.render.voice import Voice
from tests.render import cases


def sentences(report: Report, lang: str = "en") -> list[tuple[str, str]]:
    blocks = story.subject(Voice(report, lang)).blocks
    return [(block.text, block.grade) for block in blocks if isinstance(block, Statement)]


def test_no_stamp_means_that_it_slipped_through() -> None:
    text, grade = sentences(cases.seed_report())[1]
    assert "slipped through" in text
    assert grade == "A"


def test_no_stamp_on_wanted_mail_accuses_nobody() -> None:
    assert "slipped" not in str(sentences(cases.wanted_report()))


def test_no_stamp_says_little_where_no_server_is_known() -> None:
    report = cases.replaced(cases.seed_report(), trust=TrustLine("inferred", 3))
    text, grade = sentences(report)[1]
    assert "says little" in text
    assert grade == "I"


def test_a_stamp_is_believed_as_far_as_its_grade_goes() -> None:
    for grade, words in ((Grade.ATTESTED, "judged"), (Grade.SELF_DECLARED, "not certain")):
        report = cases.replaced(
            cases.seed_report(), stamps=(Stamp("flag", "YES", says_spam=True, grade=grade, field_name="X-Spam-Flag"),)
        )
        text, shown = sentences(report)[1]
        assert words in text
        assert shown == grade


def test_the_body_is_quoted_defanged_and_cut() -> None:
    long = Body("1", "text", "http://evil.test/a " + "x" * 3_000)
    quote = story.text(Voice(cases.replaced(cases.seed_report(), bodies=(long,)), "en")).blocks[0]
    assert isinstance(quote, Quote)
    assert quote.text.startswith("hxxp://evil[.]test/a xxx")
    assert quote.text.endswith("…")
    assert len(quote.text) < 2_010
    assert "2,000" in quote.caption


def test_hidden_text_is_shown() -> None:
    body = Body("1", "html", "seen", hidden="unseen words")
    quotes = [
        block.text
        for block in story.text(Voice(cases.replaced(cases.seed_report(), bodies=(body,)), "en")).blocks
        if isinstance(block, Quote)
    ]
    assert quotes == ["seen", "unseen words"]


def test_fields_that_anyone_can_write_are_graded_so() -> None:
    table = story.header(Voice(cases.seed_report(), "en")).blocks[0]
    assert isinstance(table, Table)
    assert [row[2].grade for row in table.rows] == ["S", "S", "A"]


def test_the_wording_of_a_mail_that_is_not_accused_is_noticed_without_a_warning() -> None:
    noticed = cases.finding(
        "lure/pressure", 6, Grade.INFERRED, "it presses for time", "急がせています", detail="Beware."
    )
    wanted = story.text(Voice(cases.replaced(cases.wanted_report(), findings=(noticed,)), "en")).blocks[-1]
    accused = story.text(Voice(cases.replaced(cases.seed_report(), findings=(noticed,)), "en")).blocks[-1]
    assert isinstance(wanted, Bullets)
    assert isinstance(accused, Bullets)
    assert "honest mail uses it too" in wanted.title
    assert (wanted.items[0].detail, accused.items[0].detail) == ("", "Beware.")


def test_received_is_worth_what_is_vouched_for() -> None:
    def worth(above: int, basis: str = "named", hops: int = 3, lang: str = "en") -> str:
        seed = cases.seed_report()
        told = cases.replaced(seed, hops=seed.hops[:hops], trust=TrustLine(basis, above))
        table = story.header(Voice(told, lang)).blocks[0]
        assert isinstance(table, Table)
        return table.rows[2][2].text

    assert worth(3, lang="ja") == "全部で3行あり、すべて受信者が信頼するサーバーの記録です。"
    assert (
        worth(2) == "3 in all: 2 by servers that the recipient trusts; the rest could have been made up by the sender."
    )
    assert worth(1, hops=1) == "The only one, written by a server that the recipient trusts."
    assert "inference" in worth(2, "inferred")
    assert worth(3, "inferred", lang="ja") == "3行すべてを受信側のサーバーの記録とみなしていますが、推定です。"
    assert "none of them" in worth(0, "none")
    assert worth(0, "none", 0) == "There is none: the way of the mail is not recorded."
