"""The mail is after a crypto wallet."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_IDS = frozenset({"crypto_withdrawal", "wallet_verify"})


@check(severity=Severity.MEDIUM, weight=18, family="claim")
def wallet(case: Case) -> Iterator[Hit]:
    """It claims that a crypto wallet or account must be verified, or that coins move."""
    found = [phrase for phrase in case.lure.claims if phrase.id in _IDS]
    if found:
        yield Hit(
            f"it is about a crypto wallet: “{found[0].text}”",
            f"暗号資産のウォレットに関わる内容です（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
        )
