"""A signature was made with a key that can be broken, or that its domain does not stand by."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.model.case import Case
from sabaki.model.evidence import Evidence, Provenance
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_SAID = {
    "short_key": (
        "the key of {domain} has {bits} bits: it can be broken, and then anybody signs in its name",
        "{domain} の鍵は{bits}ビットしかありません。破られれば、誰でもその名で署名できます",
    ),
    "sha1": (
        "the signature of {domain} uses SHA-1, which verifiers must not accept",
        "{domain} の署名は、検証側が受け入れてはならないSHA-1を使っています",
    ),
    "testing": (
        "{domain} says that its signatures are only a test",
        "{domain} は、署名が試験中であると宣言しています",
    ),
}


@check(severity=Severity.LOW, weight=3, family="authentication", references=("RFC 8301", "RFC 6376 section 3.6.1"))
def weak_key(case: Case) -> Iterator[Hit]:
    """A signature holds or may hold, but rests on a short key, on SHA-1, or on a key that is marked as a test."""
    for signature in case.verification.dkim:
        weak = next((id for id in _SAID if id in signature.weaknesses), None)
        if weak is None or (signature.result == "fail" and weak != "sha1"):
            continue
        title, title_ja = _SAID[weak]
        words = {"domain": signature.domain, "bits": signature.key_bits or "?"}
        value = f"d={signature.domain} s={signature.selector} a={signature.algorithm}"
        evidence = Evidence(
            "signature", value, signature.grade, Provenance("protocols.dkim", signature.algorithm, signature.location)
        )
        yield Hit(
            title.format_map(words),
            title_ja.format_map(words),
            signature.grade,
            (evidence,),
            weight=None if weak == "short_key" else 0.0,
        )
        return
