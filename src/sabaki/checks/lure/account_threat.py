"""The mail says that something is wrong with an account."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_IDS = frozenset(
    {
        "account_suspended",
        "account_limited",
        "unusual_login",
        "verify_identity",
        "password_expiry",
        "security_alert",
        "two_factor_change",
        "storage_full",
        "licence_suspended",
    }
)


@check(severity=Severity.MEDIUM, weight=14, family="claim")
def account_threat(case: Case) -> Iterator[Hit]:
    """It claims that an account is suspended, limited, was used by a stranger, or must be confirmed."""
    found = [phrase for phrase in case.lure.claims if phrase.id in _IDS]
    if found:
        yield Hit(
            f"it says that an account is in trouble or must be confirmed: “{found[0].text}”",
            f"アカウントの異常や必要な手続きを告げています（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
        )
