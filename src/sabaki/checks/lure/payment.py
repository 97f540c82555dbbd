"""The mail speaks of a payment, a bill or a refund."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_IDS = frozenset(
    {
        "payment_failed",
        "payment_due",
        "invoice_attached",
        "refund",
        "tax_refund",
        "toll_unpaid",
        "customs_fee",
        "subscription_renewal",
        "order_confirmation_not_ordered",
        "domain_renewal",
    }
)


@check(severity=Severity.LOW, weight=10, family="claim")
def payment(case: Case) -> Iterator[Hit]:
    """It claims that a payment failed, is due, or is coming back."""
    found = [phrase for phrase in case.lure.claims if phrase.id in _IDS]
    if found:
        yield Hit(
            f"it speaks of a payment: “{found[0].text}”",
            f"支払いや返金の話を持ち出しています（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
        )
