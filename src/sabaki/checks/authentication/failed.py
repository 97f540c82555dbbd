"""A server found that the sender's domain does not stand behind the mail."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity
from sabaki.model.case import AuthResult, Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_WEIGHTS = {
    ("dmarc", "fail"): 24.0,
    ("dmarc", "permerror"): 6.0,
    ("compauth", "fail"): 16.0,
    ("spf", "fail"): 14.0,
    ("spf", "softfail"): 10.0,
    ("dkim", "fail"): 8.0,
    ("spf", "permerror"): 5.0,
    ("spf", "temperror"): 2.0,
}


def _by_list(case: Case) -> bool:
    """Whether a server above the line vouches for a mailing list that sent the mail on: lists break DMARC too (RFC 7960)."""
    list_domain = case.sender.list_id.rpartition("<")[2].strip("<> ").lower()
    return bool(list_domain) and any(
        result.result == "pass"
        and result.grade is not Grade.SELF_DECLARED
        and identity.related(_named(result), list_domain)
        for result in case.authentication
    )


def _named(result: AuthResult) -> str:
    key = {"spf": "smtp.mailfrom", "dkim": "header.d"}.get(result.method, "")
    return result.properties.get(key, "").strip('"').rpartition("@")[2]


@check(severity=Severity.MEDIUM, weight=24, family="authentication", references=("RFC 8601", "RFC 9989"))
def failed(case: Case) -> Iterator[Hit]:
    """SPF, DKIM or DMARC failed by the word of a server above the trust line. Lists and forwarders break them too."""
    for result in case.authentication:
        weight = _WEIGHTS.get((result.method, result.result), 0.0)
        if not weight or result.grade is Grade.SELF_DECLARED:
            continue
        relayed = bool(case.sender.list_id) if result.method != "dmarc" else _by_list(case)
        broken = result.result.endswith("error")
        yield Hit(
            f"{result.method}={result.result}: "
            + (
                "the check could not be completed"
                if broken
                else "the domain that the mail names does not stand behind it"
            ),
            f"{result.method}={result.result}。"
            + ("検査を完了できませんでした" if broken else "名乗られたドメインは、このメールを裏付けていません"),
            result.grade,
            (cite.auth(result),),
            "Found by the receiving server when the mail came in.",
            "受信サーバーが受け取ったときの判定です。",
            weight=weight / 2 if relayed else weight,
        )
