"""The domain that the mail names does not stand behind it: by the word of a server, or by our own verification."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity
from sabaki.facts.standing import signer
from sabaki.model.case import AuthResult, Case, Role
from sabaki.model.evidence import Evidence, Grade, Provenance
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
_OUR_WEIGHTS = {("dmarc", "fail"): 20.0, ("spf", "fail"): 10.0, ("spf", "softfail"): 6.0}
"""Less, for policies and keys are those of today. A signature that no longer fits proves nothing: lists and gateways change mail."""
_BY_POLICY = {"reject": 32.0, "quarantine": 26.0}
"""A domain that wants such mail refused knows all that it sends."""
_SENT_ON = (Role.LIST, Role.FORWARD)


def _by_list(case: Case) -> bool:
    """Whether a server above the line vouches for a mailing list that sent the mail on: lists break DMARC too (RFC 7960)."""
    list_domain = case.sender.list_id.rpartition("<")[2].strip("<> ").lower()
    servers = [_named(each) for each in case.authentication if each.result == "pass" and _believed(each)]
    ours = [each.domain for each in case.verification.dkim if each.result == "pass"]
    ours += [each.domain for each in case.verification.spf if each.result == "pass"]
    return bool(list_domain) and any(identity.related(name, list_domain) for name in (*servers, *ours))


def _named(result: AuthResult) -> str:
    if result.method == "dkim":
        return signer(result)
    return result.properties.get("smtp.mailfrom", "").strip('"').rpartition("@")[2] if result.method == "spf" else ""


def _believed(result: AuthResult) -> bool:
    return result.grade is not Grade.SELF_DECLARED


def _weight(case: Case, method: str, weight: float) -> float:
    relayed = bool(case.sender.list_id) if method != "dmarc" else _by_list(case)
    return weight / 2 if relayed else weight


@check(severity=Severity.MEDIUM, weight=24, family="authentication", references=("RFC 7208", "RFC 8601", "RFC 9989"))
def failed(case: Case) -> Iterator[Hit]:
    """SPF, DKIM or DMARC failed by the word of a server above the trust line, or DMARC or SPF by our own verification where no such
    server said anything of that method. Lists and forwarders break them too."""
    for result in case.authentication:
        weight = _WEIGHTS.get((result.method, result.result), 0.0)
        if weight and _believed(result):
            yield _hit(
                result.method,
                result.result,
                result.grade,
                cite.auth(result),
                (
                    "Found by the receiving server when the mail came in.",
                    "受信サーバーが受け取ったときの判定です。",
                ),
                _weight(case, result.method, weight),
            )
    yield from _ours(case)


def _ours(case: Case) -> Iterator[Hit]:
    """Our own results, for methods of which no server that is to be believed has spoken: the same is not said twice."""
    said = {each.method for each in case.authentication if _believed(each)}
    verified = case.verification
    found = [("dmarc", verified.dmarc.result, verified.dmarc.grade, verified.dmarc.reason)] if verified.dmarc else []
    # The greeting's own SPF says nothing about the author.
    found += [("spf", each.result, each.grade, each.reason) for each in verified.spf if each.scope == "mailfrom"]
    for method, result, grade, reason in found:
        weight = _our_weight(case, method, result)
        if not weight or method in said or (method == "spf" and _dmarc_passes(case)):
            continue
        evidence = Evidence("authentication", f"{method}={result}: {reason}", grade, Provenance(f"protocols.{method}"))
        asked = verified.asked_at or ""
        detail = f"By our own verification, with what the DNS said at {asked}: it may have been otherwise when the mail came."
        detail_ja = f"自ら検証した結果です（DNSへの照会は {asked}）。メールが届いた時点では違っていた可能性があります。"
        yield _hit(method, result, grade, evidence, (detail, detail_ja), _weight(case, method, weight))


def _our_weight(case: Case, method: str, result: str) -> float:
    weight = _OUR_WEIGHTS.get((method, result), 0.0)
    dmarc = case.verification.dmarc
    if method != "dmarc" or result != "fail" or dmarc is None:
        return weight
    sent_on = (
        case.sender.list_id or case.verification.arc.result == "pass" or any(h.role in _SENT_ON for h in case.hops)
    )
    return weight if sent_on or dmarc.testing else _BY_POLICY.get(dmarc.policy, weight)


def _dmarc_passes(case: Case) -> bool:
    return case.verification.dmarc is not None and case.verification.dmarc.result == "pass"


def _hit(method: str, result: str, grade: Grade, evidence: Evidence, detail: tuple[str, str], weight: float) -> Hit:
    broken = result.endswith("error")
    said = "the check could not be completed" if broken else "the domain that the mail names does not stand behind it"
    said_ja = "検査を完了できませんでした" if broken else "名乗られたドメインは、このメールを裏付けていません"
    return Hit(
        f"{method}={result}: {said}", f"{method}={result}。{said_ja}", grade, (evidence,), *detail, weight=weight
    )
