"""The sample mails: each gets a verdict that is right for it, and each is made of reserved names only."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import sabaki

SAMPLES = Path(__file__).parent.parent / "samples"
SAID = yaml.safe_load((SAMPLES / "samples.yml").read_text("utf-8"))

# Real hosts that a mail names only to pretend that it comes from there; nothing is to be sent to or fetched from them.
PRETENDED = {"www.etc-meisai.jp", "www.barclays.co.uk"}
DOCUMENTATION = ("192.0.2.", "198.51.100.", "203.0.113.", "192.168.", "10.")


def vantage() -> sabaki.Vantage:
    said = SAID["vantage"]
    lines = (SAMPLES / said["mailboxes"]).read_text("utf-8").splitlines()
    return sabaki.Vantage(
        own_hosts=tuple(said["own_hosts"]),
        own_domains=tuple(said["own_domains"]),
        mailboxes=tuple(line for line in lines if line and not line.startswith("#")),
    )


def dissect(name: str, seen_from: sabaki.Vantage | None = None) -> sabaki.Report:
    return sabaki.dissect((SAMPLES / name).read_bytes(), name=name, vantage=seen_from or vantage())


@pytest.mark.parametrize("sample", SAID["samples"], ids=lambda sample: sample["file"])
def test_verdict_is_right(sample: dict[str, Any]) -> None:
    report = dissect(sample["file"])
    because = [(item.finding, item.counted) for item in report.verdict.contributions]
    assert report.verdict.label.value in sample["right"], (report.verdict.score, because)


@pytest.mark.parametrize("sample", SAID["samples"], ids=lambda sample: sample["file"])
def test_wanted_mail_is_not_accused_for_want_of_a_vantage(sample: dict[str, Any]) -> None:
    report = dissect(sample["file"], sabaki.Vantage())
    if sample["file"].endswith("-wanted.eml"):
        assert report.verdict.label.value in ("undetermined", "benign")
    assert report.origin.grade is not sabaki.Grade.ATTESTED


def test_every_file_is_described_and_every_description_has_its_file() -> None:
    assert sorted(path.name for path in SAMPLES.glob("*.eml")) == sorted(s["file"] for s in SAID["samples"])


def test_there_is_wanted_mail_and_both_languages_among_them() -> None:
    reports = [dissect(sample["file"]) for sample in SAID["samples"]]
    japanese = [report for report in reports if re.search("[ぁ-ん]", report.subject.text + report.text)]
    assert 5 <= len(japanese) <= len(reports) - 5
    assert sum(sample["file"].endswith("-wanted.eml") for sample in SAID["samples"]) >= 5


@pytest.mark.parametrize("sample", SAID["samples"], ids=lambda sample: sample["file"])
def test_names_are_reserved_ones(sample: dict[str, Any]) -> None:
    report = dissect(sample["file"])
    for url in report.urls:
        reserved = url.host.endswith((".example", ".test", ".invalid")) or url.host.startswith(DOCUMENTATION)
        assert reserved or url.host in PRETENDED, url.value
    addresses = re.findall(
        r"(?<![\w.])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\w.])", str([f.value for f in report.all("received")])
    )
    allowed = (*DOCUMENTATION, "20.63.138.218") if sample["file"] == "held-messages.eml" else DOCUMENTATION
    assert addresses
    assert all(address.startswith(allowed) for address in addresses), addresses


@pytest.mark.parametrize(
    ("name", "charset", "how", "phrase"),
    [
        ("card-restricted.eml", "iso-2022-jp", "declared", "セキュリティコード"),
        ("courier-absence.eml", "cp932", "detected", "再配達手数料（１２０円）"),
        ("invoice-wanted.eml", "iso-2022-jp", "declared", "ご査収のほど"),
    ],
)
def test_japanese_is_read_whatever_its_charset(name: str, charset: str, how: str, phrase: str) -> None:
    body = next(body for body in dissect(name).bodies if body.kind == "text")
    assert phrase in body.text
    assert body.charset_how == how
    assert body.charset.lower().replace("_", "-").startswith((charset, charset.replace("cp932", "shift-jis")))
