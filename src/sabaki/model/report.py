"""The report: the case, what was found in it and what we conclude, frozen. Every output is a pure function of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from sabaki.model.case import Case
from sabaki.model.finding import Finding, Outcome

SCHEMA_VERSION = "1.4"


class Label(StrEnum):
    """The verdict. Unknown is never clean: without proof either way it is UNDETERMINED."""

    MALICIOUS = "malicious"
    SUSPICIOUS = "suspicious"
    UNDETERMINED = "undetermined"
    BENIGN = "benign"


class Contribution(msgspec.Struct, frozen=True):
    """What one finding added to the score. `counted` may be less than `weight` where findings of one kind overlap."""

    finding: str
    weight: float
    counted: float


class Floor(msgspec.Struct, frozen=True):
    """A combination of findings that settles the label at least at `label`, whatever the sum says."""

    id: str
    label: Label
    because: tuple[str, ...]
    reason: str
    reason_ja: str


class Verdict(msgspec.Struct, frozen=True):
    """What we conclude, with the weights shown.

    `score` is the sum of what was counted, in points; `thresholds` are the scores from which a label applies.
    `not_checked` names the steps that could not be done: the verdict stands without them.
    """

    label: Label
    score: float
    thresholds: dict[str, float]
    contributions: tuple[Contribution, ...] = ()
    floors: tuple[Floor, ...] = ()
    not_checked: tuple[str, ...] = ()
    summary: str = ""
    summary_ja: str = ""


class Tool(msgspec.Struct, frozen=True):
    """Which Sabaki wrote this, with the versions of the data it used."""

    name: str
    version: str
    data: dict[str, str] = {}


class Report(Case, frozen=True, kw_only=True):
    """A finished dissection. `to_json` and `from_json` are inverse to each other."""

    schema_version: str = SCHEMA_VERSION
    tool: Tool
    verdict: Verdict
    findings: tuple[Finding, ...]
    outcomes: tuple[Outcome, ...]

    def to_json(self) -> bytes:
        """The report as JSON (UTF-8), keys in a fixed order: the same report gives the same bytes."""
        return msgspec.json.encode(self)

    @classmethod
    def from_json(cls, document: bytes) -> Report:
        """Read a report back. Raises `msgspec.ValidationError` when the document is not one of this schema."""
        return msgspec.json.decode(document, type=cls)

    @staticmethod
    def json_schema() -> dict[str, Any]:
        """The JSON Schema (2020-12) of a report."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": f"Sabaki report {SCHEMA_VERSION}",
            **msgspec.json.schema(Report),
        }
