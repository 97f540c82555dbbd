"""The mail offers a share of somebody's money."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import brands, cite, freemail, identity
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_IDS = frozenset({"inheritance", "advance_fee", "loan_offer", "investment"})
_HANDLE_MONEY = frozenset({"crypto", "bank", "card", "securities", "payment"})


def _weight(case: Case, ids: set[str]) -> float | None:
    """An exchange writes of coins, a law firm of an estate: no strangers, where the domain vouches and takes the answer."""
    author = case.author
    if not author or author.domain in freemail.domains() or not identity.vouched(case):
        return None
    if any(not identity.related(box.domain, author.domain) for box in case.sender.reply_to if box.domain):
        return None
    if ids == {"investment"} and (owner := brands.owner_of(author.domain)) and owner.sector in _HANDLE_MONEY:
        return 6
    return 16 if ids == {"inheritance"} and not case.lure.asks else None


@check(severity=Severity.HIGH, weight=30, family="fraud")
def easy_money(case: Case) -> Iterator[Hit]:
    """It offers an inheritance, a commission, a loan or an investment from a stranger: advance-fee fraud."""
    found = [phrase for phrase in case.lure.claims if phrase.id in _IDS]
    if found:
        yield Hit(
            f"a stranger offers money: “{found[0].text}”",
            f"もうけ話や遺産、融資の話を持ちかけています（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
            "Those who answer are asked for fees, again and again.",
            "返事をすると、手数料の名目で何度も支払いを求められます。",
            weight=_weight(case, {phrase.id for phrase in found}),
        )
