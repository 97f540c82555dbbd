"""Twelve wanted newsletters: recognised as sent by a service, and not accused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from sabaki import pipeline
from sabaki.facts import mailers
from sabaki.files.cell import Cell
from sabaki.model.case import Vantage
from sabaki.model.report import Label, Report

NEWSLETTERS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "newsletters.yml").read_text("utf-8"))
each = pytest.mark.parametrize("row", NEWSLETTERS, ids=[row["name"] for row in NEWSLETTERS])


def dissect(row: dict[str, Any], cell: Cell, raw: str | None = None) -> Report:
    vantage = Vantage(own_hosts=tuple(row.get("own_hosts", ["mx.jimusho.example"])), own_domains=("jimusho.example",))
    return pipeline.dissect(
        (raw or row["mail"]).encode(), vantage=vantage if row.get("own_hosts", True) else Vantage(), cell=cell
    )


def test_there_are_enough_in_both_languages() -> None:
    japanese = [row for row in NEWSLETTERS if not row["name"].isascii()]
    assert len(NEWSLETTERS) >= 12
    assert len(japanese) >= 4


@each
def test_it_is_not_accused(row: dict[str, Any], cell: Cell) -> None:
    report = dissect(row, cell)
    assert report.verdict.label in (Label.UNDETERMINED, Label.BENIGN), [
        (finding.id, finding.weight, finding.title) for finding in report.findings if finding.weight > 0
    ]
    assert report.verdict.score < 15


@each
def test_the_service_is_recognised(row: dict[str, Any], cell: Cell) -> None:
    report = dissect(row, cell)
    assert report.sender.mailer == row["mailer"]


@each
def test_what_the_service_explains_is_not_held_against_the_sender(row: dict[str, Any], cell: Cell) -> None:
    report = dissect(row, cell)
    ids = {finding.id for finding in report.findings}
    if "behind" in row:
        assert row["behind"] in [mailer.id for mailer in mailers.behind(report)]
        assert not ids & {"sender/return_path_mismatch", "sender/nothing_fits"}


@each
def test_the_same_marks_from_a_stranger_explain_nothing(row: dict[str, Any], cell: Cell) -> None:
    """The whole header below a hop that saw somebody else: every mark is there, and none is believed."""
    hop = (
        "Received: from host.attacker.example (host.attacker.example [203.0.113.66])\n\tby mx.jimusho.example (Postfix) with ESMTPS id "
        "9C1D21F0A4\n\tfor <hanako@jimusho.example>; Mon, 3 Mar 2025 10:15:05 +0900 (JST)\n"
    )
    path, _, rest = row["mail"].partition("\n")
    report = dissect(row, cell, f"{path}\n{hop}{rest}")
    assert report.sender.mailer == row["mailer"]
    assert mailers.behind(report) == ()
    assert report.verdict.label is not Label.BENIGN
