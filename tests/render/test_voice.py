from __future__ import annotations

import msgspec

from sabaki.model.report import Label
from sabaki.render.voice import Voice
from tests.render import cases


def test_hosts_of_links_are_defanged_in_our_own_sentences_but_not_the_readers_domain() -> None:
    voice = Voice(cases.seed_report(), "en")
    assert voice.title(cases.seed_report().findings[0]) == (
        "A link carries jimusho.example as bait in front of its real owner, circulo[.]test."
    )


def test_sentences_end_as_sentences_do() -> None:
    finding = cases.finding("x/y", 1, "S", "dkim=fail for a.test", "認証に失敗しています")  # type: ignore[arg-type]
    assert Voice(cases.seed_report(), "en").title(finding) == "dkim=fail for a.test."
    assert Voice(cases.seed_report(), "ja").title(finding) == "認証に失敗しています。"


def test_long_text_is_cut() -> None:
    assert Voice(cases.seed_report(), "en").safe("x" * 700, 10) == "x" * 10 + "…"


def test_only_a_verdict_accuses() -> None:
    report = cases.seed_report()
    accused = {
        label: Voice(cases.replaced(report, verdict=msgspec.structs.replace(report.verdict, label=label)), "en").accused
        for label in Label
    }
    assert [label for label, value in accused.items() if value] == [Label.MALICIOUS, Label.SUSPICIOUS]


def test_mailboxes() -> None:
    box = cases.seed_report().recipients.to[0]
    assert (
        Voice(cases.seed_report(), "en").mailboxes((box,) * 5)
        == ", ".join(["<admin@jimusho.example>"] * 3) + " and 2 more"
    )
    assert Voice(cases.seed_report(), "ja").mailboxes(()) == "（なし）"
