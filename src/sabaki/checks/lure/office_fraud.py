"""The mail gives an order as a superior or colleague would."""

from __future__ import annotations

from collections.abc import Iterator

import re2

from sabaki.facts import cite, freemail, identity, lookalikes
from sabaki.model.case import Case, Phrase
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_IDS = frozenset({"payroll_change", "ceo_request", "payee_change"})
_ORDER = ("it gives an order in a superior's or colleague's name", "上司や同僚の名で指示しています")
_SAID = {
    "payee_change": ("it says that payments must go to another bank account", "振込先の口座が変わると告げています"),
    "payroll_change": (
        "it speaks of wages, or of the account they are paid to",
        "給与や人事、または給与の振込先を持ち出しています",
    ),
}
# Who warns of the fraud quotes it; who commits it does not call it one.
_WARNING = re2.compile(
    r"(?i)詐欺|なりすまし|騙[るりっ]|をかた[るりっ]|装[うっい]|注意喚起|フィッシング|\bscams?\b|\bfraud|\bphish|\bimpersonat"
)
_SUPERIOR = re2.compile(
    r"(?i)代表|社長|会長|専務|常務|部長|取締役|理事長|学長|院長|所長|株式会社|有限会社|合同会社|\b(?:ceo|cfo|coo|president|chair(?:man|woman)?|"
    r"(?:managing |executive )?director|principal|founder)\b"
)
_AT_WORK = re2.compile("業務|社内|弊社|当社|経理|プロジェクト")
_ACCOUNT = re2.compile(r"(?i)口座|振り?込|deposit|bank|account")
_SECRET = re2.compile(
    r"(?i)\b(?:gift ?cards?|itunes cards?|google play cards?|steam cards?|discreet\w*|confidential\w*|between us)\b"
)


def _warns(case: Case) -> bool:
    return bool(_WARNING.search(lookalikes.normalise(f"{case.subject.text} {case.text[:8_000]}")))


def _wages_moved(found: list[Phrase]) -> bool:
    return any(phrase.id == "payroll_change" and _ACCOUNT.search(phrase.text) for phrase in found)


def _weight(case: Case, found: list[Phrase]) -> float | None:
    """Who calls himself the director and writes from outside weighs more. Suppliers do change their bank."""
    author, ids = case.author, {phrase.id for phrase in found}
    if not author:
        return None
    if ids == {"payee_change"}:
        free = author.domain in freemail.domains()
        return 24 if free or any(box.domain in freemail.domains() for box in case.sender.reply_to) else 14
    if identity.own(case, author.domain):
        return None
    if author.domain in freemail.domains() and (_wages_moved(found) or _SECRET.search(case.text[:8_000])):
        return 32  # from a private mailbox, which no colleague uses for the company's money
    if "ceo_request" not in ids:
        return None
    private = author.domain in freemail.domains() and case.lure.language == "ja" and _AT_WORK.search(case.text[:8_000])
    return 32 if private or _SUPERIOR.search(lookalikes.normalise(author.display_name)) else None


@check(severity=Severity.MEDIUM, weight=20, family="fraud")
def office_fraud(case: Case) -> Iterator[Hit]:
    """It asks for gift cards, a bank change or an urgent favour in the name of a superior, colleague or supplier."""
    found = [phrase for phrase in case.lure.claims if phrase.id in _IDS]
    if found and not _warns(case):
        order, order_ja = _SAID.get(found[0].id, _ORDER)
        yield Hit(
            f"{order}: “{found[0].text}”",
            f"{order_ja}（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
            "Ask back by telephone or in person before you do anything.",
            "実行する前に、電話か対面で本人に確かめてください。",
            weight=_weight(case, found),
        )
