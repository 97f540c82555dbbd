"""The sender's domain looks like the reader's own."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity, lookalikes
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_LOOKS = ("confusable", "one_letter")


@check(severity=Severity.HIGH, weight=38, references=("UTS 39", "MITRE ATT&CK T1583.001"))
def own_domain_lookalike(case: Case) -> Iterator[Hit]:
    """The author's domain differs from the reader's by a look-alike character or one letter: made to pass for a colleague."""
    author = case.author
    if not author or not author.domain or identity.own(case, author.domain):
        return
    for mine in case.own_domains:
        if lookalikes.resembles(author.domain, mine) in _LOOKS:
            yield Hit(
                f"the sender's domain {author.domain} looks like your own {mine}",
                f"差出人のドメイン {author.domain} は、あなたのドメイン {mine} に似せてあります",
                Grade.INFERRED,
                tuple(cite.field(field) for field in case.all("from")),
                "Who takes the trouble to register such a name means to pass for one of your people.",
                "このような名前をわざわざ取得するのは、身内を装うためです。",
            )
            return
