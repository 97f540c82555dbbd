"""The sender's address looks machine-made."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity, lookalikes
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.LOW, weight=10, family="machine-made")
def random_domain(case: Case) -> Iterator[Hit]:
    """The name of the author's domain is a jumble that no person would choose."""
    author = case.author
    if not author or not author.domain:
        return
    if lookalikes.looks_random(identity.organizational(author.domain).partition(".")[0]):
        yield Hit(
            f"the sender's domain {author.domain} looks machine-made",
            f"差出人のドメイン {author.domain} は機械的に作られた名前に見えます",
            Grade.INFERRED,
            tuple(cite.field(field) for field in case.all("from")),
        )
