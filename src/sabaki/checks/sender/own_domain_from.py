"""From claims the reader's own domain."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=35, references=("RFC 5322 section 3.6.2",))
def own_domain_from(case: Case) -> Iterator[Hit]:
    """The From address is in the reader's own domain, yet the mail came in from outside. Anyone can write any From."""
    author = case.author
    if not author or not identity.own(case, author.domain) or identity.from_inside(case):
        return
    if not case.vantage.own_domains:
        return
    evidence = tuple(cite.field(field) for field in case.all("from"))
    hop = next((cite.hop(hop) for hop in case.hops if hop.index == case.origin.hop), None)
    yield Hit(
        f"From claims your own domain ({author.domain}), but the mail came in from outside",
        f"差出人（From）はあなた自身のドメイン（{author.domain}）を名乗っていますが、メールは外部から届いています",
        Grade.INFERRED,
        (*evidence, hop) if hop else evidence,
        "From is written by the sender and proves nothing. Your own server's mail would have been handed in from inside.",
        "Fromは送信者が自由に書けるため、何の証明にもなりません。本当に自分のサーバーからなら、内部から渡されているはずです。",
    )
