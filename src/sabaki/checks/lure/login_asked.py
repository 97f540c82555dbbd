"""The mail asks to sign in."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_IDS = frozenset({"server_login", "account_login"})


@check(severity=Severity.LOW, weight=6, family="ask")
def login_asked(case: Case) -> Iterator[Hit]:
    """It asks the reader to sign in, by its link or form."""
    found = [phrase for phrase in case.lure.asks if phrase.id in _IDS]
    if found:
        yield Hit(
            f"it asks you to sign in: “{found[0].text}”",
            f"ログインや手続きを求めています（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
        )
