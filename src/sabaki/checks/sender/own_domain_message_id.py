"""The Message-ID claims the reader's own domain."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.MEDIUM, weight=10, references=("RFC 5322 section 3.6.4",))
def own_domain_message_id(case: Case) -> Iterator[Hit]:
    """The Message-ID is in the reader's domain although the mail came from outside: a forger filled it in."""
    made = case.sender.message_id_domain
    if not case.vantage.own_domains or not made or not identity.own(case, made) or identity.from_inside(case):
        return
    yield Hit(
        f"the Message-ID claims your own domain ({made}), but the mail came in from outside",
        f"Message-IDもあなた自身のドメイン（{made}）を名乗っていますが、メールは外部から届いています",
        Grade.INFERRED,
        tuple(cite.field(field) for field in case.all("message-id")),
        "Message-ID is written by the sender's software and can be anything.",
        "Message-IDは送信側のソフトが書くもので、どのようにでも書けます。",
    )
