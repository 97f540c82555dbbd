from __future__ import annotations

import msgspec
import pytest

import sabaki
from sabaki.facts import visited
from sabaki.model.evidence import Grade
from sabaki.model.finding import State
from sabaki.model.visit import Form, FormField, View, Visit


def test_only_visits_that_took_place_have_views() -> None:
    report = sabaki.dissect(b"From: a@example.jp\n\nx\n")
    went = Visit(url="https://a.example/", outcome=State.RAN, views=(View(name="desktop"), View(name="phone")))
    failed = msgspec.structs.replace(went, outcome=State.TEMPERROR)
    case = msgspec.structs.replace(report, visits=(failed, went))
    assert [(visit is went, view.name) for visit, view in visited.views(case)] == [(True, "desktop"), (True, "phone")]


@pytest.mark.parametrize(
    ("url", "host"),
    [("https://A.Example:8443/x", "a.example"), ("http://203.0.113.5/", "203.0.113.5"), ("", ""), ("about:blank", "")],
)
def test_host(url: str, host: str) -> None:
    assert visited.host(View(name="desktop", url=url)) == host


def test_secrets_and_evidence() -> None:
    form = Form(action="https://a.example/", fields=(FormField(asks="email"), FormField(asks="password")))
    assert visited.secrets(form) == ("password",)
    visit = Visit(url="x", outcome=State.RAN, started_at="2025-03-03T02:00:00Z")
    found = visited.evidence(visit, View(name="phone"), "form", "x" * 1000)
    assert (found.grade, len(found.value), found.provenance.obtained_at) == (
        Grade.VERIFIED,
        300,
        "2025-03-03T02:00:00Z",
    )
