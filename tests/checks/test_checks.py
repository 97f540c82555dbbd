"""Every check against the cases beside it: tests/checks/<the check's path>.yml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from sabaki import pipeline, registry
from sabaki.facts import bodies
from sabaki.files.cell import Cell
from sabaki.mail import message
from sabaki.mail.limits import Budget
from sabaki.model.authentication import Verification
from sabaki.model.case import Source, Vantage
from sabaki.model.finding import State
from sabaki.model.knowledge import Knowledge
from sabaki.model.visit import Visit
from sabaki.protocols.resolver import Offline, Recording

HERE = Path(__file__).parent
KINDS = ("hit", "miss", "near_miss")


def load(check: registry.Check) -> list[dict[str, Any]]:
    path = HERE / f"{check.id}.yml"
    return yaml.safe_load(path.read_text("utf-8")) if path.exists() else []


CASES = [(check, case) for check in registry.checks() for case in load(check)]


@pytest.mark.parametrize("check", registry.checks(), ids=lambda check: check.id)
def test_every_check_has_a_hit_a_miss_and_a_near_miss(check: registry.Check) -> None:
    assert {case["kind"] for case in load(check)} == set(KINDS)


@pytest.mark.parametrize(("check", "case"), CASES, ids=[f"{check.id}:{case['name']}" for check, case in CASES])
def test_case(check: registry.Check, case: dict[str, Any], cell: Cell) -> None:
    mailboxes = case.get("mailboxes")
    vantage = Vantage(
        own_hosts=tuple(case.get("own_hosts", ())),
        own_domains=tuple(case.get("own_domains", ())),
        mailboxes=None if mailboxes is None else tuple(mailboxes),
        trusted_sealers=tuple(case.get("trusted_sealers", ())),
    )
    budget = Budget()
    mail = message.read(case["mail"].encode(), budget)
    source = Source("case.eml", mail.sha256, len(mail.raw))
    text = bodies.read(mail, budget)
    asked = Recording(Offline(), budget)
    read = pipeline.understand(mail, text, source=source, vantage=vantage, budget=budget, resolver=asked)
    read = pipeline.enclose(read, mail, text, cell, budget)
    read = pipeline.authenticate(read, mail, asked, budget)
    if "knowledge" in case:
        read = msgspec.structs.replace(read, knowledge=msgspec.convert(case["knowledge"], tuple[Knowledge, ...]))
    if "verification" in case:
        read = msgspec.structs.replace(read, verification=msgspec.convert(case["verification"], Verification))
    if "visits" in case:
        read = msgspec.structs.replace(read, visits=msgspec.convert(case["visits"], tuple[Visit, ...]))
    findings, outcomes = pipeline.examine(read, (check,))
    assert [outcome.state for outcome in outcomes] == [State.RAN], outcomes
    assert bool(findings) == (case["kind"] == "hit"), [finding.title for finding in findings]
    if "weight" in case:
        assert [finding.weight for finding in findings] == [case["weight"]]
    for finding in findings:
        assert finding.title
        assert finding.title_ja
        assert finding.title != finding.title_ja
