"""Several things in the hops below the trust line do not fit, each of which could be chance."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, forgery
from sabaki.facts.signwords import SIGNS
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.LOW, weight=12, family="made_up_hop", references=("RFC 5321 section 4.4",))
def odd_hops(case: Case) -> Iterator[Hit]:
    """Below the line two or more signs of different kinds come together, none of which would prove anything alone."""
    found = forgery.together(case.hops)
    if found:
        ids = [sign.id for _, sign in found][:3]
        yield Hit(
            "the Received fields below the trust line do not fit: one " + ", one ".join(SIGNS[id].en for id in ids),
            "信頼線より下のReceivedに、つじつまの合わない点が重なっています: " + "、".join(SIGNS[id].ja for id in ids),
            Grade.INFERRED,
            tuple(dict.fromkeys(cite.hop(hop) for hop, _ in found)),
            "Each of these happens in honest mail too; together they are rare there.",
            "ひとつずつなら正当なメールでも起こりますが、重なることはまれです。",
        )
