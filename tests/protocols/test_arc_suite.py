"""The ARC working group's suites: validation as it is, and what the signing suite says is verified as a chain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sabaki.model.authentication import KEY_GONE
from sabaki.protocols import arc
from sabaki.protocols.resolver import Recorded, Recording
from tests.protocols.signing import read
from tests.protocols.zone import Zone

SUITE = Path(__file__).parents[3] / "shared" / "vectors" / "arc"
VALIDATION, SIGNING = SUITE / "arc-draft-validation-tests.yml", SUITE / "arc-draft-sign-tests.yml"

OURS = {
    # The key is not in the DNS. For a receiver that is a failure; years later nobody knows, and unknown is not broken.
    "public_key_na": KEY_GONE,
}
"""Where we say something else than the suite, and why."""

pytestmark = pytest.mark.skipif(not VALIDATION.exists(), reason="the suite (shared/vectors/arc) is not there")


def cases(path: Path) -> Iterator[tuple[str, Zone, dict[str, Any]]]:
    for section in yaml.safe_load_all(path.read_text("utf-8")):
        records = section.get("txt-records", {})
        zone = Zone({name: [("TXT", text.replace("\n", ""))] for name, text in records.items()})
        for name, test in section["tests"].items():
            yield name, zone, test


def expected(test: dict[str, Any]) -> str:
    """An empty word stands where the newest seal itself says that the chain has failed."""
    return "fail" if test["cv"] == "" else (test["cv"] or "none").lower()


def test_validation(capsys: pytest.CaptureFixture[str]) -> None:
    results = []
    for name, zone, test in cases(VALIDATION):
        for text in (test["message"], test["message"].replace("\n", "\r\n")):
            asked = Recording(zone)
            found = arc.verify(read(text), asked)
            assert arc.verify(read(text), Recorded(asked.lookups)) == found
            assert found.reason
            assert found.reason_ja
        results.append((name, expected(test), found.result, found.reason))
    other = {name: result for name, wanted, result, _ in results if result != wanted}
    with capsys.disabled():
        good = len(results) - len(other)
        print(f"\nARC validation suite: {good} of {len(results)} passed; {other}")  # noqa: T201  # for whoever runs it
    assert other == OURS
    assert len(results) == 171


def sealed(test: dict[str, Any]) -> str:
    """The message with the fields that the suite expects on top. It writes them folded, but they were sealed unfolded."""
    fields = ""
    for name, key in (
        ("ARC-Seal", "AS"),
        ("ARC-Message-Signature", "AMS"),
        ("ARC-Authentication-Results", "AAR"),
    ):
        lines = [line.strip() for line in test[key].strip().splitlines()]
        text = " ".join(lines) if key == "AAR" else "".join(lines).replace("; ", ";").replace(";", "; ")
        fields += f"{name}: {text}\n" if text else ""
    return fields + test["message"]


def test_what_the_signing_suite_makes_verifies(capsys: pytest.CaptureFixture[str]) -> None:
    results = {}
    for name, zone, test in cases(SIGNING):
        results[name] = arc.verify(read(sealed(test)), zone).result
    # A chain that was broken already is sealed with that word, or not at all.
    wanted = {name: "fail" if "fail" in name or name == "no_additional_sig" else "pass" for name in results}
    with capsys.disabled():
        good = sum(results[name] == wanted[name] for name in results)
        print(f"\nARC signing suite, read by a verifier: {good} of {len(results)} as expected")  # noqa: T201
    assert results == wanted
    assert len(results) == 17
