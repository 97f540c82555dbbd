"""Registration of checks, and the catalogue that the documentation is made from.

A check is one file under `checks/`: one function, found by being there, its id the file's path.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from types import ModuleType

import msgspec

from sabaki.model.case import Case
from sabaki.model.evidence import Evidence, Grade
from sabaki.model.finding import Finding, Severity


class Hit(msgspec.Struct, frozen=True):
    """What a check yields: its statement in both languages, the grade it rests on, and the evidence.

    `severity` and `weight` replace the check's defaults where this hit deserves more or less.
    """

    title: str
    title_ja: str
    grade: Grade
    evidence: tuple[Evidence, ...]
    detail: str = ""
    detail_ja: str = ""
    severity: Severity | None = None
    weight: float | None = None


Function = Callable[[Case], Iterable[Hit]]


class Check(msgspec.Struct, frozen=True):
    """A registered check. `family` groups checks that see the same thing: the judge counts a family's hits less each time."""

    id: str
    run: Function
    severity: Severity
    weight: float
    family: str
    description: str
    references: tuple[str, ...]

    def findings(self, case: Case) -> Iterator[Finding]:
        """Run the check. What it raises is the caller's to record."""
        for hit in self.run(case):
            yield Finding(
                id=self.id,
                severity=hit.severity or self.severity,
                grade=hit.grade,
                title=hit.title,
                title_ja=hit.title_ja,
                weight=float(self.weight if hit.weight is None else hit.weight),
                evidence=hit.evidence,
                detail=hit.detail,
                detail_ja=hit.detail_ja,
            )


_PACKAGE = "sabaki.checks"
_checks: dict[str, Check] = {}


def check(
    *, severity: Severity, weight: float, family: str = "", references: tuple[str, ...] = ()
) -> Callable[[Function], Function]:
    """Register a check. `weight` is in points: what one hit adds to the score (docs/judging.md)."""

    def register(function: Function) -> Function:
        id = function.__module__.removeprefix(f"{_PACKAGE}.").replace(".", "/")
        description = " ".join((function.__doc__ or "").split())
        _checks[id] = Check(id, function, severity, weight, family or id, description, references)
        return function

    return register


def _modules(package: ModuleType) -> Iterator[str]:
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.ispkg:
            yield module.name


@cache
def checks() -> tuple[Check, ...]:
    """All checks, in the order of their ids."""
    for name in _modules(importlib.import_module(_PACKAGE)):
        importlib.import_module(name)
    return tuple(_checks[id] for id in sorted(_checks))


@cache
def families() -> dict[str, str]:
    """The family of each check, by id."""
    return {check.id: check.family for check in checks()}
