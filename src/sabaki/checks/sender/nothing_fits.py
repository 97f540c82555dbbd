"""Nothing in the mail fits together: every field and the links name somebody else."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity, mailers
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.LOW, weight=10)
def nothing_fits(case: Case) -> Iterator[Hit]:
    """From, Return-Path, Message-ID and the links belong to four organisations: a sender of one's own shares at least two."""
    author, path = case.author, case.sender.return_path
    links = [url for url in case.urls if url.clickable and url.registrable_domain]
    if case.sender.list_id or not author or not author.domain or not path or not path.domain or not links:
        return
    if identity.message_id_by_receiver(case):
        return
    named = [author.domain, path.domain, case.sender.message_id_domain]
    if any(mailers.explains(case, domain) for domain in named[1:]):
        return
    fields = [identity.organizational(domain) for domain in named if "." in domain]
    led_to = {url.registrable_domain for url in links}
    if len(set(fields)) == 3 and not led_to & set(fields):
        yield Hit(
            f"nothing fits together: From {fields[0]}, Return-Path {fields[1]}, Message-ID {fields[2]}, links {links[0].registrable_domain}",
            f"From（{fields[0]}）、Return-Path（{fields[1]}）、Message-ID（{fields[2]}）、リンク（{links[0].registrable_domain}）がすべてばらばらです",
            Grade.SELF_DECLARED,
            (
                *(cite.field(field) for key in ("from", "return-path", "message-id") for field in case.all(key)),
                cite.url(links[0]),
            ),
        )
