"""A document runs script."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import carried
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.LOW, weight=12, references=("MITRE ATT&CK T1059.007",))
def javascript(case: Case) -> Iterator[Hit]:
    """A PDF carries JavaScript, or sends what is typed in it to a server. Honest forms do this too."""
    found = list(carried.traits(case, "javascript", "submit_form"))
    if not found:
        return
    file, trait = found[0]
    en, ja = carried.place(case, file)
    hidden = file.trait("obfuscated")
    yield Hit(
        f"{en} runs script or sends off what is typed in it: {trait.detail[:100]}",
        f"{ja} は、スクリプトを動かすか、入力された内容を送信します（{trait.detail[:100]}）",
        Grade.VERIFIED,
        tuple(carried.evidence(case, file, trait) for file, trait in found[:5]),
        weight=34 if hidden else None,
    )
