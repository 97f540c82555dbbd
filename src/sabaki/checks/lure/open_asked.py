"""The mail asks to open or run something."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_IDS = frozenset({"malware"})


@check(severity=Severity.LOW, weight=8, family="ask")
def open_asked(case: Case) -> Iterator[Hit]:
    """It asks the reader to open an attachment, enable macros or install something."""
    found = [phrase for phrase in case.lure.asks if phrase.id in _IDS]
    if found:
        yield Hit(
            f"it asks you to open or run something: “{found[0].text}”",
            f"添付ファイルを開かせたり、何かを実行させようとしています（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
        )
