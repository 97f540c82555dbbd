"""The envelope's sender is in another domain than From."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity, mailers
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.INFO, weight=4, family="sender-fields", references=("RFC 5321 section 4.4",))
def return_path_mismatch(case: Case) -> Iterator[Hit]:
    """Return-Path and From belong to different organisations. Services that send for others do that too, so it weighs little;
    where one of them is shown to have sent the mail, and the Return-Path is its own, nothing is said."""
    author, path = case.author, case.sender.return_path
    if case.sender.list_id or not author or not path or not author.domain or not path.domain:
        return
    if not identity.related(author.domain, path.domain) and not mailers.explains(case, path.domain):
        yield Hit(
            f"Return-Path is in {path.domain}, From in {author.domain}",
            f"Return-Pathは {path.domain}、Fromは {author.domain} のアドレスです",
            Grade.SELF_DECLARED,
            tuple(cite.field(field) for field in (*case.all("return-path"), *case.all("from"))),
        )
