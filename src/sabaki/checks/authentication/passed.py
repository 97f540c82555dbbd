"""A trusted server found that the author's domain stands behind the mail."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, freemail, identity
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_WEIGHTS = {Grade.VERIFIED: -12.0, Grade.ATTESTED: -12.0, Grade.INFERRED: -5.0}

_TITLES = {
    "dmarc": (
        "dmarc=pass: the receiving server found that {} does send this mail",
        "dmarc=pass。受信サーバーは、確かに {} から送られたメールと判定しています",
    ),
    "dkim": (
        "dkim=pass: the receiving server found the mail signed by {} itself",
        "dkim=pass。受信サーバーは、{} 自身の電子署名を確認しています",
    ),
}


@check(severity=Severity.INFO, weight=-12, references=("RFC 8601", "RFC 9989"))
def passed(case: Case) -> Iterator[Hit]:
    """DMARC, or DKIM of the author's own domain, passed by the word of a server above the line. A domain is not a person."""
    author = case.author
    if not author or not author.domain:
        return
    for result in case.authentication:
        if result.grade in _WEIGHTS and identity.passes_for(result, author.domain):
            free = author.domain in freemail.domains()
            title, title_ja = _TITLES[result.method]
            yield Hit(
                title.format(author.domain),
                title_ja.format(author.domain),
                result.grade,
                (cite.auth(result),),
                "It says whose domain it is, not that its owner means well. Anyone can register a domain.",
                "どのドメインから来たかを示すだけで、その持ち主が善意かどうかは示しません。ドメインは誰でも取れます。",
                weight=0 if free else _WEIGHTS[result.grade],
            )
            return
