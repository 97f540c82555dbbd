"""The sender poses as a service or department, from a mailbox that anyone can have."""

from __future__ import annotations

from collections.abc import Iterator

import re2

from sabaki.facts import brands, cite, freemail, lookalikes
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_ROLES = re2.compile(
    r"\b(support|suporte|soporte|service|servi[cç]e?o?s?|kundenservice|helpdesk|help desk|customer (care|service|support)|notifications?|"
    r"notice|alerts?|security|billing|payments?|invoices?|accounts? (team|department)|admin(istrator)?|webmaster|"
    r"delivery|verification|rewards?|winner|bank|official|corporation|corp|company|inc|incorporated|ltd|limited|llc|llp|plc|gmbh|"
    r"s\.a\.|s\.r\.l\.|department|team)(?:\b|$|\s)|\(株\)|\(有\)|\(合\)|"
    r"サポート|事務局|採用|人事部|総務部|経理部|お客様|カスタマー|センター|管理者|運営|公式|株式会社|有限会社|合同会社|一般社団法人|"
    r"銀行|信用金庫|証券|カード|通知|セキュリティ|市役所|税務署|協会|財団"
)


@check(severity=Severity.LOW, weight=14)
def service_from_freemail(case: Case) -> Iterator[Hit]:
    """The display name is that of a service, department or company, the address one at a public mail provider.

    The provider's own service may write from there, where it does.
    """
    author = case.author
    if not author or author.domain not in freemail.domains():
        return
    owner = None if author.domain in freemail.mailboxes_only() else brands.owner_of(author.domain)
    named = (mention.id for mention in case.lure.brands if mention.where == "display_name")
    if owner and owner.id in named:
        return
    if _ROLES.search(lookalikes.normalise(author.display_name)):
        yield Hit(
            f"it calls itself “{author.display_name}”, but writes from a public mail provider ({author.domain})",
            f"「{author.display_name}」を名乗りながら、誰でも取れるメールサービス（{author.domain}）から送っています",
            Grade.VERIFIED,
            tuple(cite.field(field) for field in case.all("from")),
        )
