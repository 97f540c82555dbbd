from __future__ import annotations

import pytest

import sabaki
from sabaki import pipeline, registry
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity, State

MAIL = b"From: a@example.jp\nTo: b@example.net\nSubject: x\n\nhello\n"


def test_a_check_that_raises_is_recorded_and_the_report_stands() -> None:
    def broken(_case: Case) -> list[registry.Hit]:
        raise ValueError("no")

    check = registry.Check("x/broken", broken, Severity.LOW, 1, "x", "", ())
    findings, outcomes = pipeline.examine(sabaki.dissect(MAIL), (check,))
    assert findings == ()
    assert outcomes[0].state is State.PERMERROR
    assert "ValueError: no" in outcomes[0].reason


@pytest.mark.parametrize("raw", [b"", b"\0", b"\n", b":", b"From", b"From: \xff\xfe\n\n\x80", MAIL[:20], MAIL * 3])
def test_no_content_makes_it_raise(raw: bytes) -> None:
    report = sabaki.dissect(raw)
    assert not [outcome for outcome in report.outcomes if outcome.state is State.PERMERROR]


def test_the_same_mail_gives_the_same_bytes() -> None:
    assert sabaki.dissect(MAIL, name="x").to_json() == sabaki.dissect(MAIL, name="x").to_json()


def test_no_statement_about_who_the_sender_is_rests_on_self_declaration() -> None:
    """A hop that anyone could have written names an account and an address: neither becomes the origin."""
    forged = b"Received: from x (HELO y) (boss@victim.example@192.0.2.9) by mx.home.example with SMTP; 8 Aug 2022 05:07:29 +0900\n"
    ours = b"Received: from evil.test (evil.test [198.51.100.7]) by mx.home.example (Postfix) with ESMTP id 1; Mon, 8 Aug 2022 05:07:31 +0900\n"
    named = sabaki.Vantage(own_hosts=("mx.home.example",), own_domains=("home.example",))
    report = sabaki.dissect(ours + forged + MAIL, vantage=named)
    assert (report.origin.ip, report.origin.auth_account) == ("198.51.100.7", "")
    assert "route/taken_over_account" not in {finding.id for finding in report.findings}
    assert sabaki.dissect(MAIL).origin.grade is Grade.SELF_DECLARED


def test_rejudge_leaves_out_what_it_is_told() -> None:
    report = sabaki.dissect(MAIL)
    assert pipeline.rejudge(report, ()).verdict.score == 0


def test_a_program_beside_a_harmless_mail_is_not_looked_away_from() -> None:
    raw = (
        b"From: a@kaki.example\nTo: h@orchard.example\nSubject: papers\nMIME-Version: 1.0\n"
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nSee the papers.\n"
        b"--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename=papers.exe\n\nMZ\n"
        b"--b\nContent-Type: message/rfc822\n\nReceived: from x ([192.0.2.7]) by y.example; Tue, 10 Nov 2026 09:00:01 +0900\n"
        b"Delivered-To: a@kaki.example\nFrom: n@nashi.example\nSubject: news\n\nAll is well.\n--b--\n"
    )
    report = sabaki.dissect(raw)
    assert report.source.holders == ()
    assert "attachment/executable" in [finding.id for finding in report.findings]
    assert (
        sabaki.dissect(raw.replace(b"papers.exe", b"papers.txt").replace(b"\nMZ\n", b"\nhi\n")).subject.text == "news"
    )
