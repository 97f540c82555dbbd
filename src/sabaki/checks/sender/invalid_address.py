"""The From address cannot exist."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_HOST_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.")


def _possible(domain: str) -> bool:
    labels = domain.split(".")
    plain = not domain.isascii() or _HOST_CHARACTERS.issuperset(domain)
    return plain and len(labels) > 1 and all(label and not label.startswith("-") for label in labels)


@check(severity=Severity.MEDIUM, weight=16, family="author", references=("RFC 5321 section 2.3.5",))
def invalid_address(case: Case) -> Iterator[Hit]:
    """The author's address has no domain, or one that no name server could hold: nobody can answer it."""
    author = case.author
    recipients = {box.address.lower() for box in (*case.recipients.to, *case.recipients.delivered_to)}
    if not author or author.address.lower() in recipients or _possible(author.domain.lower()):
        return
    yield Hit(
        f"the From address {author.address or '(empty)'} cannot exist",
        f"差出人のアドレス {author.address or '（空）'} は、存在し得ない形です",
        Grade.VERIFIED,
        tuple(cite.field(field) for field in case.all("from")),
    )
