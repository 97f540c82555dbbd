"""Answers go somewhere else."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, freemail, identity
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.model.observable import EmailAddr
from sabaki.registry import Hit, check


@check(severity=Severity.LOW, weight=6, family="sender-fields", references=("RFC 5322 section 3.6.2",))
def reply_to_mismatch(case: Case) -> Iterator[Hit]:
    """Reply-To is in another organisation's domain than From; at a public mail provider it weighs more.

    So it does where that domain stands nowhere else in the mail: answers go to somebody of whom the mail shows no other trace.
    """
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
    fresh = (free or other.domain not in freemail.domains()) and not _stands_elsewhere(case, other)
    yield Hit(
        f"answers go to {other.domain}, not to {author.domain}"
        + (", and nothing else in the mail leads there" if fresh else ""),
        f"返信先は {author.domain} ではなく {other.domain} です"
        + ("（このドメインはメールの他のどこにも出てきません）" if fresh else ""),
        Grade.SELF_DECLARED,
        tuple(cite.field(field) for field in (*case.all("reply-to"), *case.all("from"))),
        "Companies answer from their own domain." if free else "",
        "企業が返信先に無料メールを使うことは通常ありません。" if free else "",
        severity=Severity.MEDIUM if free else None,
        weight=22 if free else 12 if hops_on else 8 if fresh else None,
    )


def _stands_elsewhere(case: Case, other: EmailAddr) -> bool:
    """Whether the domain (a public provider's: the address) is named anywhere but in Reply-To."""
    if other.domain in freemail.domains():
        return other.address.lower() in case.text.lower()
    sender = case.sender
    path = sender.return_path.domain if sender.return_path else ""
    boxes = (
        box.domain for box in (*case.recipients.to, *case.recipients.cc, *([sender.sender] if sender.sender else []))
    )
    names = [path, sender.message_id_domain, *sender.dkim_domains, *boxes, *(url.host for url in case.urls)]
    names += [name for hop in case.hops for name in (hop.by, hop.helo, hop.reverse_name)]
    organization = identity.organizational(other.domain)
    return any(identity.related(name, other.domain) for name in names) or organization in case.text.lower()
