"""The mail was handed in with somebody's SMTP account that has nothing to do with From."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=35, references=("RFC 4954", "MITRE ATT&CK T1586.002"))
def taken_over_account(case: Case) -> Iterator[Hit]:
    """A server noted the SMTP-AUTH account that sent the mail; its domain is not From's: probably a taken-over account."""
    origin, author = case.origin, case.author
    if not origin.auth_account or not author or not origin.auth_domain or origin.grade is Grade.SELF_DECLARED:
        return
    if identity.related(origin.auth_domain, author.domain):
        return
    hop = next((cite.hop(hop) for hop in case.hops if hop.index == origin.hop), None)
    yield Hit(
        f"sent with the SMTP account {origin.auth_account}, which has nothing to do with From",
        f"送信に使われたSMTP認証アカウントは {origin.auth_account} で、Fromとは無関係です",
        Grade.INFERRED,
        (hop,) if hop else (),
        "The account was probably taken over: its owner is a second victim, not the sender, and should be told.",
        "このアカウントは乗っ取られた可能性が高く、持ち主は犯人ではなく第二の被害者と考えられます。知らせるべき相手です。",
    )
