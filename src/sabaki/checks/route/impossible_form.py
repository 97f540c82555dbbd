"""A hop below the trust line is not as the software writes it that it names."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import forgery
from sabaki.facts.signwords import Matter
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=25, family="made_up_hop", references=("RFC 5321 section 4.4",))
def impossible_form(case: Case) -> Iterator[Hit]:
    """Below the line a Received field has an id, a protocol or a form that the software it names never writes: it was made up or copied."""
    told = forgery.told(case.hops, Matter.FORM)
    if told:
        title, title_ja, evidence = told
        yield Hit(
            title,
            title_ja,
            Grade.INFERRED,
            evidence,
            "The field was made up, or copied from another mail; what it says of the way is worth nothing.",
            "作り物か、別のメールから写した行です。そこに書かれた経路は当てになりません。",
        )
