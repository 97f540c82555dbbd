"""A hop below the trust line claims to be one of ours."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity
from sabaki.model.case import Case, Trust
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=25, references=("RFC 5321 section 4.4",))
def forged_hop(case: Case) -> Iterator[Hit]:
    """Below the line stands a Received field that claims to be by the reader's own server: the sender made it up."""
    if case.trust.basis != "named":
        return
    own = frozenset(case.vantage.own_hosts)
    for hop in case.hops[case.trust.above :]:
        by = hop.by.lower()
        below = case.origin.hop is not None and hop.index > case.origin.hop
        if hop.trust is Trust.CLAIMED and below and by and (by in own or identity.own(case, by)):
            yield Hit(
                f"a Received field below the trust line claims to be by your own {by}",
                f"信頼線より下のReceivedが、あなた自身のサーバー {by} を名乗っています",
                Grade.INFERRED,
                (cite.hop(hop),),
                "Mail that your server passed on to the outside and got back looks the same.",
                "自分のサーバーからいったん外へ出て戻ってきたメールでも、同じ形になります。",
            )
            return
