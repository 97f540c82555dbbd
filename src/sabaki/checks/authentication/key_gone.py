"""A signature can no longer be checked: its key is not in the DNS."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.model.authentication import KEY_GONE
from sabaki.model.case import Case
from sabaki.model.evidence import Evidence, Grade, Provenance
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.INFO, weight=0, family="authentication", references=("RFC 6376 section 3.6.2",))
def key_gone(case: Case) -> Iterator[Hit]:
    """The key of a signature is no longer in the DNS, or never was: the signature says nothing now, neither for nor against."""
    gone = [signature for signature in case.verification.dkim if signature.result == KEY_GONE]
    if gone:
        names = ", ".join(dict.fromkeys(f"{each.selector}._domainkey.{each.domain}" for each in gone))
        yield Hit(
            f"a signature can no longer be checked: there is no key at {names}",
            f"署名を検証できません。鍵（{names}）がDNSにありません",
            Grade.VERIFIED,
            tuple(
                Evidence(
                    "signature",
                    f"d={each.domain} s={each.selector}",
                    each.grade,
                    Provenance("protocols.dkim", each.algorithm, each.location, case.verification.asked_at),
                )
                for each in gone
            ),
            "Keys are replaced from time to time, so an old mail loses its proof; and whoever makes a signature up names a key that never was.",
            "鍵は定期的に更新されるため、古いメールでは珍しくありません。架空の署名で、初めから鍵がなかった場合も同じ結果になります。",
        )
