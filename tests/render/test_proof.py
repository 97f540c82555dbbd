from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from sabaki.model.authentication import ArcChain, ArcSet, Dmarc, Signature, Spf, Verification
from sabaki.model.evidence import Grade
from sabaki.model.report import Report
from sabaki.render import proof
from sabaki.render.blocks import Bullets, Statement, Table
from sabaki.render.voice import Voice
from tests.render import cases


def report(**verified: Any) -> Report:
    return cases.replaced(cases.seed_report(), verification=Verification(**verified))


def rows(report: Report, lang: str = "en") -> list[list[str]]:
    table = next(block for block in proof.section(Voice(report, lang)).blocks if isinstance(block, Table))
    return [[f"{cell.text} {cell.grade} {cell.note}".strip() for cell in row] for row in table.rows]


SIGNED = Signature(
    result="pass",
    domain="shop.example",
    selector="s1",
    covered_names=("from", "date"),
    uncovered=("subject",),
    body_size=8412,
    body_covered=1000,
    reason="vouches for From, Date and 1,000 of 8,412 bytes of the body",
    reason_ja="From、Date と、本文 8,412 バイト中 1,000 バイトを保証します",
    grade=Grade.VERIFIED,
)


def test_a_signature_says_how_far_it_reaches() -> None:
    method, result, meaning = rows(report(dkim=(SIGNED,)))[0]
    assert method == "DKIM  shop.example (s1)"
    assert result == "pass V"
    assert "signed: from, date; body: 1,000 of 8,412 bytes; not signed: subject" in meaning


def test_in_japanese_the_keyword_stays_beside_the_word() -> None:
    _, result, meaning = rows(report(dkim=(SIGNED,)), "ja")[0]
    assert result == "合格 V pass"
    assert "対象外: subject" in meaning


def test_a_pass_is_never_shown_without_what_it_leaves_open() -> None:
    partial = replace(SIGNED, domain="jimusho.example", weaknesses=("body_part",))
    passed = Dmarc(
        result="pass", author_domain="jimusho.example", aligned=("dkim:jimusho.example",), grade=Grade.VERIFIED
    )
    shown = report(dkim=(partial,), dmarc=passed)
    blocks = proof.section(Voice(shown, "en")).blocks
    bullets = next(block for block in blocks if isinstance(block, Bullets) and "no proof" in block.title)
    assert ("strong", True) in [(item.tone, "part of the body" in item.text) for item in bullets.items]


def test_what_was_not_checked_has_no_grade_and_is_no_pass() -> None:
    offline = Spf(result="unchecked", domain="shop.example", ip="192.0.2.1", reason="offline", grade=Grade.ATTESTED)
    assert rows(report(spf=(offline,)))[0][1] == "not checked  unchecked"


def test_arc_and_dmarc_name_who_they_speak_of() -> None:
    arc = ArcChain(
        result="pass",
        sets=(ArcSet(instance=1, domain="list.example"), ArcSet(instance=2, domain="mx.example")),
        grade=Grade.VERIFIED,
    )
    dmarc = Dmarc(result="fail", author_domain="bank.example", policy="reject", grade=Grade.ATTESTED)
    found = rows(report(arc=arc, dmarc=dmarc))
    assert found[0][:2] == ["ARC  list.example → mx.example", "pass V"]
    assert found[1][:2] == ["DMARC  bank.example", "fail A"]
    assert "policy: reject" in found[1][2]


def test_the_time_of_asking_is_said() -> None:
    asked = report(dkim=(SIGNED,), asked_at="2026-11-24T10:00:00Z")
    blocks = proof.section(Voice(asked, "en")).blocks
    assert isinstance(blocks[0], Table)
    assert "2026-11-24T10:00:00Z" in blocks[0].name
    assert any(isinstance(block, Statement) and "not of the day" in block.text for block in blocks)


def test_nothing_at_all_is_said_too() -> None:
    bare = cases.replaced(cases.seed_report(), authentication=(), findings=())
    (only,) = proof.section(Voice(bare, "ja")).blocks
    assert isinstance(only, Statement)
    assert "何もありません" in only.text
