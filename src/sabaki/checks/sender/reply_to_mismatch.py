"""Answers go somewhere else."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, freemail, identity
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.LOW, weight=6, family="sender-fields", references=("RFC 5322 section 3.6.2",))
def reply_to_mismatch(case: Case) -> Iterator[Hit]:
    """Reply-To is in another organisation's domain than From; at a public mail provider it weighs more."""
    author = case.author
    other = next((box for box in case.sender.reply_to if box.domain), None)
    if not author or not other or not author.domain or case.sender.list_id:
        return
    if identity.related(author.domain, other.domain):
        return
    free = other.domain in freemail.domains() and author.domain not in freemail.domains()
    # From one public provider to a mailbox of another name at the next: the first is there to be shut down.
    hops_on = (
        other.domain in freemail.domains()
        and author.domain in freemail.domains()
        and other.local.lower() != author.local.lower()
    )
    yield Hit(
        f"answers go to {other.domain}, not to {author.domain}",
        f"返信先は {author.domain} ではなく {other.domain} です",
        Grade.SELF_DECLARED,
        tuple(cite.field(field) for field in (*case.all("reply-to"), *case.all("from"))),
        "Companies answer from their own domain." if free else "",
        "企業が返信先に無料メールを使うことは通常ありません。" if free else "",
        severity=Severity.MEDIUM if free else None,
        weight=22 if free else 12 if hops_on else None,
    )
