"""The Return-Path claims the reader's own domain."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.MEDIUM, weight=10, references=("RFC 5321 section 4.4",))
def own_domain_return_path(case: Case) -> Iterator[Hit]:
    """The envelope's sender is in the reader's domain although the mail came from outside."""
    path = case.sender.return_path
    if not case.vantage.own_domains or not path or not identity.own(case, path.domain) or identity.from_inside(case):
        return
    yield Hit(
        f"Return-Path claims your own domain ({path.domain}), but the mail came in from outside",
        f"Return-Pathもあなた自身のドメイン（{path.domain}）を名乗っていますが、メールは外部から届いています",
        Grade.INFERRED,
        tuple(cite.field(field) for field in case.all("return-path")),
        "The envelope's sender is given by the sending side and can be forged like From.",
        "エンベロープの送信者は送信側が告げるもので、Fromと同じく偽れます。",
    )
