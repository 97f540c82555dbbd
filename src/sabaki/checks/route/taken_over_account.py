"""The mail was handed in with somebody's SMTP account that has nothing to do with From."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import accounts, cite, identity
from sabaki.facts.accounts import Account, Fit
from sabaki.model.case import Case
from sabaki.model.evidence import Evidence, Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=35, references=("RFC 4954", "RFC 2142", "MITRE ATT&CK T1586.002"))
def taken_over_account(case: Case) -> Iterator[Hit]:
    """A server noted the SMTP-AUTH account that sent the mail; its domain is not From's: probably a taken-over account.

    Customers' accounts at a provider are left alone: people send for their own domain with these.
    """
    origin = case.origin
    if origin.grade is Grade.SELF_DECLARED:
        return
    by = accounts.server_of(case, origin)
    account = accounts.of(origin.auth_account, origin.auth_method, by)
    fit = accounts.fit(case, account, by) if account else Fit.ORDINARY
    if account is None or fit not in (Fit.STRANGE, Fit.POSSIBLE):
        return
    evidence = tuple(cite.hop(hop) for hop in case.hops if hop.index == origin.hop)
    yield _strange(account, by, evidence) if fit is Fit.STRANGE else _possible(case, account, by, evidence)


def _told(account: Account, by: str) -> tuple[str, str]:
    """Whom to tell. The server of the reader's side is named as it stands in the hop, so that it is masked where hops are."""
    found = () if account.completed else accounts.to_tell(account, "")
    en = ", ".join((*found, *((f"the operator of {by}",) if by else ())))
    ja = "、".join((*found, *((f"{by} の管理者",) if by else ())))
    return en, ja


def _strange(account: Account, by: str, evidence: tuple[Evidence, ...]) -> Hit:
    told, told_ja = _told(account, by)
    en, ja = _completed(account, by)
    return Hit(
        f"sent with the SMTP account {account.name}, which has nothing to do with From",
        f"送信に使われたSMTP認証アカウントは {account.name} で、Fromとは無関係です",
        Grade.INFERRED,
        evidence,
        f"The account was probably taken over: its owner is a second victim, not the sender, and should be told. {en}"
        f"Tell {told}; not the account itself, whose mail the intruder may be reading.",
        f"このアカウントは乗っ取られた可能性が高く、持ち主は犯人ではなく第二の被害者と考えられます。{ja}"
        f"知らせる先: {told_ja}。アカウント本人宛ては、侵入者に読まれているおそれがあるため避けてください。",
    )


def _possible(case: Case, account: Account, by: str, evidence: tuple[Evidence, ...]) -> Hit:
    told, told_ja = _told(account, by)
    en, ja = _completed(account, by)
    if identity.own(case, account.domain):
        why = "One of your own accounts sent it under a foreign From: taken over, or a company that writes under several domains."
        why_ja = "あなたの組織のアカウントが、よその差出人名で送っています。乗っ取りか、複数のドメインを使い分けている会社です。"
    else:
        why = "A taken-over account looks like this, and so does a company that signs its mail and sends it through another's."
        why_ja = "乗っ取られたアカウントに多い形ですが、自社の署名を付けて別会社のサーバーから送る会社でも、同じ形になります。"
    return Hit(
        f"sent with the SMTP account {account.name}, whose domain is not From's",
        f"送信に使われたSMTP認証アカウント {account.name} のドメインは、Fromのものと異なります",
        Grade.INFERRED,
        evidence,
        f"{why} {en}To ask: {told}.",
        f"{why_ja}{ja}確認先: {told_ja}",
        severity=Severity.MEDIUM,
        weight=15,
    )


def _completed(account: Account, by: str) -> tuple[str, str]:
    if not account.completed:
        return "", ""
    return (
        f"The name has no domain: it is one of the accounts of {by}, where it signed in. ",
        f"アカウント名にドメインがないため、認証を受け付けたサーバー {by} の利用者とみなしました。",
    )
