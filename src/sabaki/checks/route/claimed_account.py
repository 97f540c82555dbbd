"""A line below the trust line names an SMTP account that has nothing to do with From."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import accounts, cite, identity
from sabaki.facts.accounts import Fit
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.LOW, weight=3, references=("RFC 4954", "RFC 5321 section 4.4", "RFC 2142"))
def claimed_account(case: Case) -> Iterator[Hit]:
    """A Received field that the sender could have written says with whose account the mail began: a lead, never a proof."""
    claimed = case.origin.claimed
    if claimed is None or not claimed.auth_account or case.origin.auth_account or _from_is_a_lists(case):
        return
    account = accounts.of(claimed.auth_account, "", claimed.by)
    if account is None or accounts.fit(case, account, claimed.by) is not Fit.STRANGE:
        return
    told = ", ".join(accounts.to_tell(account, claimed.by))
    server = claimed.by or "?"
    yield Hit(
        f"a line that the sender could have written names the SMTP account {account.name}, which has nothing to do with From",
        f"送信者が書けた行に、Fromとは無関係なSMTP認証アカウント {account.name} が記されています",
        Grade.SELF_DECLARED,
        tuple(cite.hop(hop) for hop in case.hops if hop.index == claimed.hop),
        f"If it is true, that account was probably taken over; it may as well be made up. {server}, where it is said to have "
        f"signed in, can tell from its log. Ask: {told}.",
        f"本当なら乗っ取られたアカウントと考えられますが、作り話かもしれません。認証を受け付けたとされる {server} の"
        f"管理者なら、ログで確かめられます。問い合わせ先: {told}",
    )


def _from_is_a_lists(case: Case) -> bool:
    """Whether a mailing list put its own address into From: then From says nothing about who signed in."""
    author = case.author.domain if case.author else ""
    return any(identity.related(author, word.strip("<>")) for word in case.sender.list_id.split()[-1:])
