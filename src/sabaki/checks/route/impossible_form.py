"""A hop below the trust line is not as the software writes it that it names."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, forgery
from sabaki.facts.signwords import SIGNS, Matter
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=25, family="made_up_hop", references=("RFC 5321 section 4.4",))
def impossible_form(case: Case) -> Iterator[Hit]:
    """Below the line a Received field has an id, a protocol or a form that the software it names never writes: it was made up or copied."""
    found = forgery.strong(case.hops, Matter.FORM)
    if found:
        sign = found[0][1]
        yield Hit(
            f"a Received field below the trust line {SIGNS[sign.id].en}: {sign.detail}",
            f"信頼線より下のReceivedに作り物とみられる行があります（{SIGNS[sign.id].ja}: {sign.detail}）",
            Grade.INFERRED,
            tuple(dict.fromkeys(cite.hop(hop) for hop, _ in found)),
            "The field was made up, or copied from another mail; what it says of the way is worth nothing.",
            "作り物か、別のメールから写した行です。そこに書かれた経路は当てになりません。",
        )
