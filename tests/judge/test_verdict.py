from __future__ import annotations

import sabaki
from sabaki.judge import verdict
from sabaki.judge.floors import FLOORS
from sabaki.model.evidence import Evidence, Grade, Provenance
from sabaki.model.finding import Finding, Severity
from sabaki.model.report import Label
from sabaki.registry import checks

CASE = sabaki.dissect(b"From: a@example.jp\n\nhello\n")


def finding(id: str, weight: float, grade: Grade = Grade.INFERRED) -> Finding:
    evidence = Evidence("text", "x", grade, Provenance("test"))
    return Finding(id, Severity.LOW, grade, f"title of {id}", f"{id}の題", weight, (evidence,))


def label(*findings: Finding) -> Label:
    return verdict.judge(CASE, findings, ()).label


def test_many_harmless_findings_do_not_dilute_a_bad_one() -> None:
    bad = finding("lure/extortion", 80)
    assert label(bad) is Label.MALICIOUS
    assert label(bad, *(finding(f"x/{n}", 0) for n in range(50))) is Label.MALICIOUS


def test_a_family_counts_less_each_time() -> None:
    counted = [item.counted for item in verdict.weigh((finding("lure/unwanted", 16),) * 3)]
    assert counted == [16, 8, 4]


def test_nothing_found_is_undetermined_not_benign() -> None:
    assert label() is Label.UNDETERMINED


def test_benign_needs_attested_proof() -> None:
    assert label(finding("authentication/passed", -12, Grade.ATTESTED)) is Label.BENIGN
    assert label(finding("authentication/passed", -12, Grade.INFERRED)) is Label.UNDETERMINED
    assert label(finding("authentication/passed", -12, Grade.ATTESTED), finding("x/y", 11)) is Label.UNDETERMINED


def test_praise_never_lifts_a_floor() -> None:
    bait = finding("link/own_domain_subdomain", 1)
    assert label(bait, finding("authentication/passed", -500, Grade.ATTESTED)) is Label.MALICIOUS


def test_praise_never_makes_the_score_negative() -> None:
    assert verdict.judge(CASE, (finding("authentication/passed", -12),), ()).score == 0


def test_floors_name_checks_that_exist() -> None:
    known = {check.id for check in checks()}
    for rule in FLOORS:
        for group in rule.groups:
            assert group <= known, rule.id


def test_what_could_not_be_checked_is_listed() -> None:
    assert "source:reputation" in sabaki.dissect(b"From: a@example.jp\n\nx\n").verdict.not_checked
