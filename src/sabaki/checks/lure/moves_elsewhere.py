"""A stranger's offer is to be continued in a messenger."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Evidence, Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_OFFERS = frozenset({"inheritance", "advance_fee", "loan_offer", "investment"})
_ADVERTISED = frozenset({"work_at_home", "crypto_profit", "free_money", "loans", "dating_adult", "mlm"})
_MESSENGERS = frozenset(
    "lin.ee line.me line.ee liff.line.me t.me telegram.me telegram.dog wa.me api.whatsapp.com chat.whatsapp.com "
    "signal.me discord.gg".split()
)
"""Hosts whose links open a chat or add a contact."""


@check(severity=Severity.MEDIUM, weight=14)
def moves_elsewhere(case: Case) -> Iterator[Hit]:
    """It offers money, work or company, and a link adds a contact in a messenger, where no mail filter reads along."""
    offers = [phrase for phrase in case.lure.claims if phrase.id in _OFFERS]
    offers += [phrase for phrase in case.lure.unwanted if phrase.id in _ADVERTISED]
    links = [url for url in case.urls if url.clickable and url.host.removeprefix("www.") in _MESSENGERS]
    if not offers or not links:
        return
    evidence: list[Evidence] = [cite.url(url) for url in links[:3]]
    yield Hit(
        f"the offer is to be continued in a messenger ({links[0].host})",
        f"うまい話の続きを、メールではなくチャットアプリ（{links[0].host}）で進めようとしています",
        Grade.INFERRED,
        (*evidence, cite.phrase(offers[0])),
        "Do not add the contact: the pressure and the requests for money come there.",
        "友だち追加はしないでください。送金や個人情報の要求は、その先のやりとりで始まります。",
    )
