"""Somebody who is to be believed stands behind the author's domain."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts.standing import Standing, reach, signer, standing
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_FIRM = {Grade.VERIFIED: -12.0, Grade.ATTESTED: -12.0, Grade.INFERRED: -5.0}
_LIMITED = {Grade.VERIFIED: -8.0, Grade.ATTESTED: -8.0, Grade.INFERRED: -4.0}
"""Less than proof: see judge.verdict.PROOF."""

_TITLES = {
    "dmarc": (
        "DMARC passes: the signature of {signer} holds, by our own verification",
        "DMARCは合格。{signer} の電子署名が有効であることを、自ら検証しました",
    ),
    "dkim": (
        "the signature of {signer} holds, by our own verification",
        "{signer} の電子署名が有効であることを、自ら検証しました",
    ),
    "spf": (
        "DMARC passes by SPF: the machine that sent the mail may send for {domain}",
        "DMARCはSPFにより合格。送信元のサーバーは {domain} からの送信を許されています",
    ),
    "server:dmarc": (
        "dmarc=pass: the receiving server found that {domain} does send this mail",
        "dmarc=pass。受信サーバーは、確かに {domain} から送られたメールと判定しています",
    ),
    "server:dkim": (
        "dkim=pass: the receiving server found the mail signed by {signer}",
        "dkim=pass。受信サーバーは、{signer} の電子署名を確認しています",
    ),
    "sealer": (
        "a forwarder that you trust sealed that it saw {method}=pass for {domain}",
        "信頼する転送元が、{domain} の{method}=passを確認したと封印（ARC）しています",
    ),
}


def _title(found: Standing) -> tuple[str, str]:
    result = found.result
    key = f"server:{result.method}" if found.by == "server" and result else found.by
    named = found.signature.domain if found.signature else (signer(result) if result else "")
    words = {"domain": found.domain, "signer": named or found.domain, "method": result.method if result else ""}
    title, title_ja = _TITLES[key]
    return title.format_map(words), title_ja.format_map(words)


def _weight(found: Standing) -> float:
    ids = {each.id for each in found.qualifications}
    if not found.holds or "freemail" in ids:
        return 0.0
    return (_FIRM if found.firm else _LIMITED).get(found.grade, 0.0)


@check(severity=Severity.INFO, weight=-12, references=("RFC 6376", "RFC 8601", "RFC 8617", "RFC 9989"))
def passed(case: Case) -> Iterator[Hit]:
    """DMARC, or DKIM of the author's own domain, passed by our own verification, or by the word of a server above the line or of a
    trusted sealer. It says which fields and how much of the body that covers; whatever limits it is told, and makes it weigh less."""
    found = standing(case)
    if not found.by:
        return
    title, title_ja = _title(found)
    said, said_ja = reach(found)
    limits = " ".join(f"But {each.text}." for each in found.qualifications)
    limits_ja = "".join(f"ただし、{each.text_ja}。" for each in found.qualifications)
    yield Hit(
        title,
        title_ja,
        found.grade,
        found.evidence,
        " ".join(filter(None, (said, limits, "A domain is not a person: anyone can register one."))),
        f"{said_ja}{limits_ja}示されるのはどのドメインから来たかだけです。ドメインは誰でも取得でき、持ち主の善意までは分かりません。",
        weight=_weight(found),
    )
