"""The mail calls itself safe."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_IDS = frozenset({"safety_banner"})


@check(severity=Severity.MEDIUM, weight=16)
def safety_banner(case: Case) -> Iterator[Hit]:
    """The text carries a banner such as "from a trusted sender", as if a program had checked the mail."""
    found = [phrase for phrase in case.lure.claims if phrase.id in _IDS]
    if found:
        yield Hit(
            f"it calls itself safe: “{found[0].text}”",
            f"自ら安全なメールだと称しています（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
            "A mail program shows such a notice outside the text; inside it, the sender wrote it.",
            "こうした表示はメールソフトが本文の外に出すものです。本文の中にあれば、差出人が書いたものです。",
        )
