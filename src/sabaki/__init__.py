"""Sabaki dissects a suspicious mail, says for every clue who vouches for it, and judges.

import sabaki
report = sabaki.dissect(raw_bytes)
report.verdict.label
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sabaki.mail.limits import Limits
    from sabaki.model.case import Vantage
    from sabaki.model.evidence import Evidence, Grade
    from sabaki.model.finding import Finding
    from sabaki.model.report import Label, Report, Verdict
    from sabaki.pipeline import dissect

__all__ = ["Evidence", "Finding", "Grade", "Label", "Limits", "Report", "Vantage", "Verdict", "dissect"]

# Loaded when first asked for, so that the command line answers `--help` at once.
_HOMES = {
    "Evidence": "sabaki.model.evidence",
    "Finding": "sabaki.model.finding",
    "Grade": "sabaki.model.evidence",
    "Label": "sabaki.model.report",
    "Limits": "sabaki.mail.limits",
    "Report": "sabaki.model.report",
    "Vantage": "sabaki.model.case",
    "Verdict": "sabaki.model.report",
    "dissect": "sabaki.pipeline",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
