"""Findings: why a piece of evidence matters. Outcomes: what ran, and what could not."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from sabaki.model.evidence import Evidence, Grade


class Severity(StrEnum):
    """How much a finding matters by itself."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Finding(msgspec.Struct, frozen=True):
    """Why something that we saw matters.

    `id` is the check's path under `checks/` ("sender/own_domain_from"). `title` says what is wrong in one line,
    `detail` why it matters and what it does not prove; both in English and Japanese. `weight` is what the judge adds
    (points; negative speaks for the mail). `grade` is that of the weakest evidence the statement rests on.
    """

    id: str
    severity: Severity
    grade: Grade
    title: str
    title_ja: str
    weight: float
    evidence: tuple[Evidence, ...]
    detail: str = ""
    detail_ja: str = ""


class State(StrEnum):
    """How a step ended. Anything but RAN means: not checked, which is never clean."""

    RAN = "ran"
    SKIPPED = "skipped"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


class Outcome(msgspec.Struct, frozen=True):
    """How one step went. `step` is "check:sender/own_domain_from", "source:rdap", "visit", "protocol:dkim"."""

    step: str
    state: State
    reason: str = ""
    reason_ja: str = ""
