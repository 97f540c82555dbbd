"""The sender's domain looks like the reader's own."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity, lookalikes
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.model.observable import EmailAddr
from sabaki.registry import Hit, check

_LOOKS = ("confusable", "one_letter")


def _boxes(case: Case) -> Iterator[tuple[str, EmailAddr, str, str, float | None]]:
    """Where answers and failures go matters as much as From, for people answer without looking again."""
    if case.author:
        yield "from", case.author, "the sender's domain", "差出人のドメイン", None
    for box in case.sender.reply_to:
        yield "reply-to", box, "the domain that answers go to,", "返信先のドメイン", None
    if case.sender.return_path:
        yield "return-path", case.sender.return_path, "the envelope sender's domain", "配送上の送信者のドメイン", 20


@check(severity=Severity.HIGH, weight=38, references=("UTS 39", "MITRE ATT&CK T1583.001"))
def own_domain_lookalike(case: Case) -> Iterator[Hit]:
    """The domain of From, Reply-To or Return-Path differs from the reader's by a look-alike character, a hyphen or one letter."""
    for key, box, what, what_ja, weight in _boxes(case):
        if not box.domain or identity.own(case, box.domain):
            continue
        mine = next((own for own in case.own_domains if lookalikes.resembles(box.domain, own) in _LOOKS), None)
        if mine:
            yield Hit(
                f"{what} {box.domain} looks like your own {mine}",
                f"{what_ja} {box.domain} は、あなたのドメイン {mine} に似せてあります",
                Grade.INFERRED,
                tuple(cite.field(field) for field in case.all(key)),
                "Who takes the trouble to register such a name means to pass for one of your people.",
                "このような名前をわざわざ取得するのは、身内を装うためです。",
                weight=weight,
            )
            return
