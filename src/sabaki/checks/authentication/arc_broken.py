"""The chain of seals does not hold."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.model.case import Case
from sabaki.model.evidence import Evidence, Provenance
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.INFO, weight=0, family="authentication", references=("RFC 8617 section 5.2",))
def arc_broken(case: Case) -> Iterator[Hit]:
    """The mail bears ARC seals that do not hold: what the sealers say that they saw cannot be relied on."""
    chain = case.verification.arc
    if chain.result == "fail":
        sealers = ", ".join(dict.fromkeys(each.domain for each in chain.sets if each.domain))
        yield Hit(
            "the chain of ARC seals is broken: what its forwarders say that they saw proves nothing",
            "ARCの封印が連鎖として成り立ちません。転送元が見たという検査結果は、何の裏付けにもなりません",
            chain.grade,
            (
                Evidence(
                    "seal",
                    f"{chain.reason} ({sealers})" if sealers else chain.reason,
                    chain.grade,
                    Provenance("protocols.arc", location=chain.sets[0].location if chain.sets else None),
                ),
            ),
            "A forwarder changed the mail without sealing it anew, or the seals were made up.",
            "転送の途中で改変されて封印し直されなかったか、封印そのものが偽物です。",
        )
