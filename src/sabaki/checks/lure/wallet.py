"""The mail is after a crypto wallet."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import brands, cite, identity
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_IDS = frozenset({"crypto_withdrawal", "wallet_verify"})


def _by_an_exchange(case: Case) -> bool:
    """Whether the mail comes from a known exchange or wallet, by the word of a server above the trust line."""
    owner = brands.owner_of(case.author.domain) if case.author else None
    return owner is not None and owner.sector == "crypto" and identity.vouched(case)


@check(severity=Severity.MEDIUM, weight=22, family="claim")
def wallet(case: Case) -> Iterator[Hit]:
    """It claims that a crypto wallet or account must be verified, or that coins move."""
    found = [phrase for phrase in case.lure.claims if phrase.id in _IDS]
    if found:
        yield Hit(
            f"it is about a crypto wallet: “{found[0].text}”",
            f"暗号資産のウォレットに関わる内容です（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
            weight=12 if _by_an_exchange(case) else None,
        )
