"""A company's mail whose envelope names a mailbox that anyone can have."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, freemail
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.MEDIUM, weight=18, family="sender-fields", references=("RFC 5321 section 4.4",))
def return_path_freemail(case: Case) -> Iterator[Hit]:
    """Return-Path is at a public mail provider although From is not: undelivered mail goes to a private mailbox."""
    author, path = case.author, case.sender.return_path
    free = freemail.domains()
    if not author or not path or case.sender.list_id or path.domain not in free or author.domain in free:
        return
    if not author.domain or any(box.address == author.address for box in case.recipients.to):
        return
    yield Hit(
        f"From is in {author.domain}, but the envelope names a mailbox at {path.domain}",
        f"Fromは {author.domain} ですが、配送上の送信者は {path.domain} のメールボックスです",
        Grade.SELF_DECLARED,
        tuple(cite.field(field) for field in (*case.all("return-path"), *case.all("from"))),
    )
