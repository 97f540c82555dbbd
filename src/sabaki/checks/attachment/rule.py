"""A rule of yours matches a file."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import carried
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=40)
def rule(case: Case) -> Iterator[Hit]:
    """A YARA rule out of the directory that the settings name matches a file."""
    found = list(carried.traits(case, "yara"))
    if found:
        en, ja = carried.place(case, found[0][0])
        yield Hit(
            f"the rule {found[0][1].detail[:80]} matches {en}",
            f"ルール {found[0][1].detail[:80]} が {ja} に一致しました",
            Grade.VERIFIED,
            tuple(carried.evidence(case, file, trait) for file, trait in found[:5]),
            "The rule is yours; what it means is said there.",
            "ルールはお手元のものです。意味はルールの説明をご覧ください。",
        )
