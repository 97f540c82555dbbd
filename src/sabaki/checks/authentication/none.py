"""Nobody vouches for the sender's domain."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.authentication import Verification
from sabaki.model.case import Case
from sabaki.model.evidence import Evidence, Grade, Provenance
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_METHODS = frozenset({"spf", "dkim", "dmarc", "compauth", "dkim-adsp", "sender-id"})
_PASSES = frozenset({"pass", "bestguesspass"})


@check(severity=Severity.LOW, weight=8, family="authentication", references=("RFC 8601",))
def none(case: Case) -> Iterator[Hit]:
    """No SPF, no DKIM and no DMARC passed, as the receiving server or we ourselves found: nothing ties the mail to its domain."""
    if _anything_passes(case.verification):
        return
    believed = [
        result
        for result in case.authentication
        if result.grade is not Grade.SELF_DECLARED and result.method in _METHODS
    ]
    if any(result.result in _PASSES for result in believed):
        return
    if believed:
        yield Hit(
            "the receiving server found nothing that ties the mail to its sender's domain",
            "受信サーバーの検査で、差出人のドメインを裏付けるものは何も見つかりませんでした",
            believed[0].grade,
            tuple(cite.auth(result) for result in believed[:5]),
        )
    elif _all_is_none(case.verification):
        spf = case.verification.spf[0]
        yield Hit(
            "the sender's domain publishes nothing that could be checked, and the mail bears no signature of its own",
            "差出人のドメインは検証に使える情報を何も公開しておらず、メールに電子署名もありません",
            spf.grade,
            (Evidence("authentication", "spf=none dkim=none dmarc=none", spf.grade, Provenance("facts.verification")),),
        )


def _anything_passes(verified: Verification) -> bool:
    # The greeting's own policy says nothing about the sender.
    results = [each.result for each in verified.spf if each.scope == "mailfrom"]
    results += [each.result for each in verified.dkim]
    return "pass" in results or (verified.dmarc is not None and verified.dmarc.result == "pass")


def _all_is_none(verified: Verification) -> bool:
    """Whether all was asked, and there is nothing: what was not checked may well be there."""
    spf = [each for each in verified.spf if each.scope == "mailfrom"]
    return (
        bool(spf)
        and all(each.result in ("none", "neutral") for each in spf)
        and not verified.dkim
        and verified.dmarc is not None
        and verified.dmarc.result == "none"
    )
