"""The RFC 7208 suite of openspf.org, all of it, through our evaluator and our Resolver port."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sabaki.protocols import spf
from sabaki.protocols.resolver import Recorded, Recording
from tests.protocols.zone import Zone

SUITE = Path(__file__).parents[3] / "shared" / "vectors" / "spf" / "rfc7208-tests.yml"


def zone(data: dict[str, list[Any]]) -> Zone:
    """The suite's zone: an SPF record stands for TXT unless TXT is given, TIMEOUT for a server that is silent from there on."""
    names: dict[str, list[tuple[str, str]] | str] = {}
    for name, entries in data.items():
        records: list[tuple[str, str]] = []
        has_text = any(isinstance(entry, dict) and "TXT" in entry for entry in entries)
        for entry in entries:
            if entry == "TIMEOUT":
                records.append(("TIMEOUT", ""))
                continue
            ((kind, value),) = entry.items()
            if kind == "SPF" and not has_text:
                kind = "TXT"
            if value == "NONE":
                continue
            records.append((kind, presented(kind, value)))
        names[name] = records
    return Zone(names)


def presented(kind: str, value: Any) -> str:
    if kind in ("TXT", "SPF"):
        return "".join(value) if isinstance(value, list) else str(value)
    if kind == "MX":
        return f"{value[0]} {value[1]}"
    return str(value)


def cases() -> Iterator[tuple[str, Zone, dict[str, Any]]]:
    for section in yaml.safe_load_all(SUITE.read_text("utf-8")):
        for name, test in section["tests"].items():
            yield name, zone(section["zonedata"]), test


@pytest.mark.skipif(not SUITE.exists(), reason="the suite (shared/vectors/spf) is not there")
def test_the_whole_suite(capsys: pytest.CaptureFixture[str]) -> None:
    failed, total = [], 0
    for name, resolver, test in cases():
        total += 1
        asked = Recording(resolver)
        arguments = test["host"], test["mailfrom"], test["helo"]
        found = spf.evaluate(asked, *arguments)
        wanted = test["result"] if isinstance(test["result"], list) else [test["result"]]
        if found.result not in wanted:
            failed.append(f"{name}: {found.result}, not {wanted}: {found.reason}")
        # What was recorded is enough to come to the very same result.
        assert spf.evaluate(Recorded(asked.lookups), *arguments) == found
    with capsys.disabled():
        print(f"\nRFC 7208 suite: {total - len(failed)} of {total} passed")  # noqa: T201  # asked for by whoever runs it
    assert failed == []
    assert total == 203
