"""A document brings a program along: macros."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import carried
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.file import File
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


def _weight(file: File) -> float | None:
    """Macros that run by themselves and reach out of the document are hardly ever honest mail; plain ones may be."""
    if file.trait("macro_autorun") and file.trait("macro_suspicious"):
        return 65
    if file.trait("macro_autorun") or file.trait("macro_suspicious"):
        return 40
    return None


@check(severity=Severity.HIGH, weight=20, references=("MITRE ATT&CK T1137.001", "MITRE ATT&CK T1204.002"))
def macro(case: Case) -> Iterator[Hit]:
    """An attached document holds macros; more so when they run by themselves or call the system."""
    found = list(carried.traits(case, "macro", "xlm_macro", "macro_autorun", "macro_suspicious"))
    if not found:
        return
    file = max((file for file, _ in found), key=lambda file: _weight(file) or 0)
    en, ja = carried.place(case, file)
    runs = file.trait("macro_autorun")
    calls = file.trait("macro_suspicious")
    yield Hit(
        f"the document {en} holds macros"
        + (f" that run by themselves ({runs.detail[:60]})" if runs else "")
        + (f" and use {calls.detail[:80]}" if calls else ""),
        f"文書 {ja} にマクロがあります"
        + (f"。開くと自動で動きます（{runs.detail[:60]}）" if runs else "")
        + (f"。使われている命令: {calls.detail[:80]}" if calls else ""),
        Grade.VERIFIED,
        tuple(carried.evidence(case, file, trait) for file, trait in found[:5]),
        "Do not enable macros or editing.",
        "「コンテンツの有効化」「編集を有効にする」は押さないでください。",
        weight=_weight(file),
    )
