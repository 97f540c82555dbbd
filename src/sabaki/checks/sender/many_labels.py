"""The sender's domain has a heap of labels."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_MANY = 4


@check(severity=Severity.LOW, weight=8, family="machine-made")
def many_labels(case: Case) -> Iterator[Hit]:
    """Four labels or more stand before the registrable domain of the author's address, as throw-away names have them."""
    author = case.author
    if not author or not author.domain:
        return
    extra = author.domain.count(".") - identity.organizational(author.domain).count(".")
    if extra >= _MANY:
        yield Hit(
            f"the sender's domain has {extra} labels in front of the real one ({author.domain})",
            f"差出人のドメインには、実際のドメインの前に{extra}個ものラベルが付いています（{author.domain}）",
            Grade.VERIFIED,
            tuple(cite.field(field) for field in case.all("from")),
        )
