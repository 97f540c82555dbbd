"""No spoofing shape of the literature gets an unqualified pass, and each is named for what it is."""

from __future__ import annotations

from functools import cache

import pytest

from sabaki.facts.standing import standing
from sabaki.files.cell import Cell
from sabaki.mail.domains import registrable_domain
from sabaki.model.report import Label, Report
from tests.spoofing import stage
from tests.spoofing.stage import Vector

VECTORS = stage.vectors()
each = pytest.mark.parametrize("vector", VECTORS, ids=[vector.id for vector in VECTORS])


@cache
def _dissected(id: str, cell: Cell) -> Report:
    return stage.dissect(next(vector for vector in VECTORS if vector.id == id), cell)


def _organization(domain: str) -> str:
    return registrable_domain(domain) or domain


def test_the_shapes_are_many_and_each_is_its_own() -> None:
    assert len(VECTORS) >= 30
    assert len({vector.id for vector in VECTORS}) == len(VECTORS)
    assert all(vector.source for vector in VECTORS)


@each
def test_it_is_never_called_benign(vector: Vector, cell: Cell) -> None:
    assert _dissected(vector.id, cell).verdict.label is not Label.BENIGN


@each
def test_the_shown_domain_gets_no_unqualified_pass(vector: Vector, cell: Cell) -> None:
    report = _dissected(vector.id, cell)
    stands = standing(report)
    about_shown = _organization(stands.domain) == _organization(vector.shown_domain)
    assert not (stands.firm and about_shown)
    if not vector.genuine:
        assert not (stands.holds and about_shown)


@each
def test_no_finding_speaks_for_the_shown_domain(vector: Vector, cell: Cell) -> None:
    """A pass that is told at all is told with what it does not vouch for, and weighs nothing in the mail's favour."""
    for finding in _dissected(vector.id, cell).findings:
        if finding.id == "authentication/passed" and vector.shown_domain in finding.title:
            assert standing(_dissected(vector.id, cell)).qualifications
            assert finding.weight > -10


@each
def test_a_finding_names_the_trick(vector: Vector, cell: Cell) -> None:
    ids = {finding.id for finding in _dissected(vector.id, cell).findings}
    assert vector.says, "every vector says what must be found"
    assert ids & set(vector.says), sorted(ids)


@each
def test_what_should_pass_for_the_attacker_does_pass(vector: Vector, cell: Cell) -> None:
    """A vector whose own signature were broken by accident would prove nothing."""
    verified = _dissected(vector.id, cell).verification
    passed = {
        method
        for method, found in (("dkim", verified.dkim), ("spf", verified.spf))
        if any(each.result == "pass" for each in found)
    }
    assert set(vector.passes) <= passed


def test_the_plain_mail_of_the_bank_does_pass(cell: Cell) -> None:
    """The counter-proof: what the bank itself sends and signs is vouched for, so the stage can tell."""
    vector = Vector(
        "genuine", "the bank's own mail", "", "security@bank.example", "bank.example",
        "From: Bank <security@bank.example>\nSubject: Your account\n",
        sign=({"domain": "bank.example", "fields": "twice"},),
        envelope=stage.Envelope("198.51.100.7", "mail.bank.example", "mail.bank.example", "bounce@bank.example"),
    )  # fmt: skip
    stands = standing(stage.dissect(vector, cell))
    assert (stands.domain, stands.firm) == ("bank.example", True)
