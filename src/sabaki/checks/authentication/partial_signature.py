"""A signature that looks good leaves open what a reader goes by."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import identity
from sabaki.model.authentication import Signature
from sabaki.model.case import Case
from sabaki.model.evidence import Evidence, Grade, Provenance
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.LOW, weight=6, family="authentication", references=("RFC 6376 sections 5.4, 8.2 and 8.15",))
def partial_signature(case: Case) -> Iterator[Hit]:
    """The author's domain signed only a part: text was added behind the signed end of the body, a signed field stands in the mail
    twice, or the subject is not signed. Whoever got hold of an honest mail can make another out of it."""
    author = case.author
    for signature in case.verification.dkim:
        if (
            not author
            or signature.result in ("fail", "permerror")
            or not identity.related(signature.domain, author.domain)
        ):
            continue
        weak, left = frozenset(signature.weaknesses), signature.body_size - signature.body_covered
        if "duplicate_field" in weak:
            yield _hit(
                signature,
                "a signed field stands in the mail more than once: programs may show the one that is not signed",
                "署名対象のフィールドが重複しています。署名されていない方が表示されることがあります",
                18.0,
            )
        if left > 0:
            # Senders who sign so want lists to be able to add their footer.
            yield _hit(
                signature,
                f"{left:,} of {signature.body_size:,} bytes of the body stand behind the signed part: anybody could have added them",
                f"本文{signature.body_size:,}バイトのうち{left:,}バイトは署名の範囲外です。誰でも書き足せます",
                2.0 if case.sender.list_id else 10.0,
            )
        if "unsigned_subject" in weak:
            yield _hit(
                signature,
                "the subject is not signed: anybody could have changed it",
                "件名が署名されていません。誰でも書き換えられます",
                None,
            )


def _hit(signature: Signature, title: str, title_ja: str, weight: float | None) -> Hit:
    value = f"d={signature.domain} s={signature.selector} h={':'.join(signature.covered_names)}"
    evidence = Evidence(
        "signature", value, signature.grade, Provenance("protocols.dkim", signature.algorithm, signature.location)
    )
    return Hit(title, title_ja, Grade.VERIFIED, (evidence,), weight=weight)
