"""What a server found when the mail came in, and what we find now, do not agree."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.facts.standing import signer
from sabaki.mail.domains import to_ascii
from sabaki.model.authentication import Signature, Spf
from sabaki.model.case import AuthResult, Case
from sabaki.model.evidence import Evidence, Grade, Provenance
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_MOST = 3
_FAILS = ("fail", "softfail")


@check(severity=Severity.INFO, weight=0, family="authentication", references=("RFC 6376", "RFC 7208", "RFC 8601"))
def contradiction(case: Case) -> Iterator[Hit]:
    """A server that is to be believed wrote one thing, our own verification gives another: the mail, the policy or the key has
    changed since, or the field is not what it seems. It accuses nobody; the reader should know before quoting either."""
    found: list[Hit] = []
    for result in case.authentication:
        if result.grade is Grade.SELF_DECLARED:
            continue
        if result.method == "dkim":
            found.extend(_of_dkim(case, result))
        elif result.method == "spf":
            found.extend(_of_spf(case, result))
        elif result.method == "dmarc":
            found.extend(_of_dmarc(case, result))
    yield from found[:_MOST]


def _of_dkim(case: Case, result: AuthResult) -> Iterator[Hit]:
    name, selector = to_ascii(signer(result)), result.properties.get("header.s", "")
    same = [
        each
        for each in case.verification.dkim
        if name and to_ascii(each.domain) == name and selector in ("", each.selector)
    ]
    if not same:
        return
    if result.result == "pass" and all(each.body_matches is False for each in same):
        yield _hit(
            result,
            _signature(same[0]),
            f"the server found the signature of {name} good, but the body here no longer fits it",
            f"受信サーバーは {name} の署名を有効と判定しましたが、ここにある本文は署名と一致しません",
            "The body was changed after the server had checked it: by a filter, a list, an export - or by whoever handed it in.",
            "サーバーの検査後に本文が変わっています。フィルターや配信リスト、書き出しの際の変化か、提出者による改変が考えられます。",
        )
    elif result.result == "pass" and all(each.result == "fail" for each in same):
        yield _hit(
            result,
            _signature(same[0]),
            f"the server found the signature of {name} good, but it does not hold today",
            f"受信サーバーは {name} の署名を有効と判定しましたが、現在の検証では不合格です",
            "A signed field was changed since, or the key was replaced.",
            "署名対象のフィールドがその後変わったか、鍵が差し替えられています。",
        )
    elif result.result == "fail" and any(each.result == "pass" for each in same):
        yield _hit(
            result,
            _signature(next(each for each in same if each.result == "pass")),
            f"the server found the signature of {name} bad, but it holds today",
            f"受信サーバーは {name} の署名を無効と判定しましたが、現在の検証では合格です",
            "The key could not be had then, or the server had already changed the mail when it looked.",
            "当時は鍵を取得できなかったか、サーバーが検査の前にメールに手を加えていた可能性があります。",
        )


def _of_spf(case: Case, result: AuthResult) -> Iterator[Hit]:
    name = to_ascii(result.properties.get("smtp.mailfrom", "").strip('"').rpartition("@")[2])
    for each in case.verification.spf:
        if each.scope != "mailfrom" or not name or to_ascii(each.domain) != name:
            continue
        worse = result.result == "pass" and each.result in _FAILS
        better = result.result in _FAILS and each.result == "pass"
        if worse or better:
            yield _hit(
                result,
                _spf(each),
                f"SPF of {name}: the server found {result.result}, today {each.ip} gives {each.result}",
                f"{name} のSPF: 受信サーバーの判定は{result.result}、現在の {each.ip} の判定は{each.result}です",
                "The policy was changed since, or the server saw another peer than the hop says.",
                "ポリシーがその後変わったか、サーバーが検査した接続元が経路の記録と違っています。",
            )


def _of_dmarc(case: Case, result: AuthResult) -> Iterator[Hit]:
    ours = case.verification.dmarc
    if ours is None or {ours.result, result.result} != {"pass", "fail"}:
        return
    name = to_ascii(result.properties.get("header.from", ours.author_domain))
    if name == ours.author_domain:
        yield _hit(
            result,
            Evidence(
                "authentication", f"dmarc={ours.result}", ours.grade, Provenance("protocols.dmarc", ours.policy_domain)
            ),
            f"DMARC of {name}: the server found {result.result}, today's result is {ours.result}",
            f"{name} のDMARC: 受信サーバーの判定は{result.result}、現在の判定は{ours.result}です",
            "The mail, the keys or the policy changed since, or the two read different things.",
            "メールや鍵、ポリシーがその後変わったか、双方が別のものを検査しています。",
        )


def _signature(signature: Signature) -> Evidence:
    value = f"dkim={signature.result} d={signature.domain} s={signature.selector}"
    return Evidence(
        "signature", value, signature.grade, Provenance("protocols.dkim", signature.algorithm, signature.location)
    )


def _spf(spf: Spf) -> Evidence:
    return Evidence("authentication", f"spf={spf.result} {spf.domain} {spf.ip}", spf.grade, Provenance("protocols.spf"))


def _hit(result: AuthResult, ours: Evidence, title: str, title_ja: str, detail: str, detail_ja: str) -> Hit:
    return Hit(title, title_ja, result.grade, (cite.auth(result), ours), detail, detail_ja)
