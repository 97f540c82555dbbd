"""Mail through real servers, read with the DNS at hand, and read again without."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sabaki.facts.mailservers import of as mail_servers_of
from sabaki.model.authentication import UNCHECKED
from sabaki.model.case import Trust
from sabaki.model.evidence import Grade
from sabaki.model.lookup import Answer
from sabaki.model.report import Report
from sabaki.protocols.resolver import Recorded
from tests.live import outside, places, reading
from tests.live.expected import EXPECTED
from tests.live.letters import LETTERS

NAMES = [letter.name for letter in LETTERS]
every_letter = pytest.mark.parametrize("name", NAMES)


def report_of(live: Path, name: str) -> Report:
    return Report.from_json((live / f"{name}.json").read_bytes())


def test_every_letter_has_its_expectation() -> None:
    assert list(EXPECTED) == NAMES


@every_letter
def test_the_way(live: Path, name: str) -> None:
    report = report_of(live, name)
    assert tuple(reading.hop(hop) for hop in report.hops) == EXPECTED[name].hops
    assert [hop.unparsed for hop in report.hops if hop.unparsed] == []
    assert [hop.dialect for hop in report.hops] == ["postfix"] * len(report.hops)
    assert report.trust.basis == "named"
    assert report.trust.above == sum(hop.trust is not Trust.CLAIMED for hop in report.hops)


@every_letter
def test_the_origin(live: Path, name: str) -> None:
    origin, expected = report_of(live, name).origin, EXPECTED[name]
    assert (origin.grade, origin.ip, origin.auth_account) == (Grade.ATTESTED, expected.origin, expected.account)
    assert (origin.claimed.auth_account if origin.claimed else "") == expected.claimed_account


@every_letter
def test_spf(live: Path, name: str) -> None:
    report = report_of(live, name)
    assert reading.spf(report) == EXPECTED[name].spf
    asked = [each for each in report.verification.spf if each.result != UNCHECKED]
    assert {each.ip for each in asked} <= {EXPECTED[name].origin}
    assert {each.grade for each in asked} <= {Grade.ATTESTED}


@every_letter
def test_dkim_and_arc(live: Path, name: str) -> None:
    report = report_of(live, name)
    assert reading.dkim(report) == EXPECTED[name].dkim
    assert report.verification.arc.result == EXPECTED[name].arc
    assert {each.grade for each in report.verification.dkim if each.result == "pass"} <= {Grade.VERIFIED}


@every_letter
def test_dmarc(live: Path, name: str) -> None:
    assert reading.dmarc(report_of(live, name)) == EXPECTED[name].dmarc


@every_letter
def test_findings(live: Path, name: str) -> None:
    assert set(EXPECTED[name].findings) <= {finding.id for finding in report_of(live, name).findings}


@every_letter
def test_the_same_report_without_the_network(live: Path, name: str) -> None:
    report = report_of(live, name)
    assert report.verification.lookups
    assert reading.replay(report, (live / f"{name}.eml").read_bytes()).to_json() == (live / f"{name}.json").read_bytes()


@every_letter
def test_what_our_servers_noted_is_what_we_find(live: Path, name: str) -> None:
    """policyd-spf and opendkim on the MX looked at the same mail, in the same DNS: two opinions, one truth."""
    report = report_of(live, name)
    noted = [each for each in report.authentication if each.grade is Grade.ATTESTED]
    noted_dkim = sorted(each.result for each in noted if each.method == "dkim" and each.result != "none")
    if report.hops[0].by == places.GAKUIN:
        assert noted == []
        return
    assert noted_dkim == sorted(each.result for each in report.verification.dkim)
    assert report.verification.spf[0].result in {each.result for each in noted if each.method == "spf"}


@pytest.mark.parametrize("name", ["injected", "second_mx"])
def test_what_the_forger_noted_is_not_believed(live: Path, name: str) -> None:
    report = report_of(live, name)
    assert "dmarc=pass" in (live / f"{name}.eml").read_text("utf-8")
    assert {each.grade for each in report.authentication if each.method == "dmarc"} == {Grade.SELF_DECLARED}


def test_what_a_signature_covers(live: Path) -> None:
    signature = report_of(live, "account").verification.dkim[0]
    assert {"from", "to", "subject", "date"} <= set(signature.covered_names)
    assert signature.body_covered == signature.body_size > 0
    assert signature.key_bits == 2048
    assert [each.key_type for each in report_of(live, "two_keys").verification.dkim] == ["rsa", "ed25519"]


def test_why_a_signature_fails(live: Path) -> None:
    """The list changed the text; the forwarder only the subject."""
    assert report_of(live, "altered").verification.dkim[0].body_matches is False
    assert report_of(live, "sealed").verification.dkim[0].body_matches is True


def test_a_policy_for_everyone_is_said(live: Path) -> None:
    assert report_of(live, "own_envelope").verification.spf[0].everyone


def test_no_forgery_is_called_benign_and_no_honest_mail_malicious(live: Path) -> None:
    labels = {name: report_of(live, name).verdict.label.value for name in NAMES}
    forged = [letter.name for letter in LETTERS if "ginkou" in letter.author]
    assert [name for name in forged if labels[name] == "benign"] == []
    assert [name for name in NAMES if name not in forged and labels[name] == "malicious"] == []


def test_the_questions_are_recorded_with_their_server(live: Path) -> None:
    lookups = report_of(live, "account").verification.lookups
    assert {each.server for each in lookups if each.status is Answer.ANSWER} == {"127.0.0.1"}
    assert mail_servers_of(("jimusho.example",), Recorded(lookups)) == (places.MX, places.MX2)


def test_nothing_is_left_running(live: Path) -> None:
    """The namespace's first process is gone, and all that it started with it."""
    mark = str(live).encode()
    commands = (path for path in Path("/proc").glob("[0-9]*/cmdline"))
    assert [command for path in commands if mark in (command := _read(path))] == []
    assert not os.path.ismount(places.WORK)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it ended just now
        return b""


def test_without_root_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(outside.CannotRun, match="root"):
        outside.run(tmp_path)


def test_without_the_servers_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(outside, "UNPACKED", tmp_path / "nowhere" / "root")
    with pytest.raises(outside.CannotRun, match="servers"):
        outside.run(tmp_path)
