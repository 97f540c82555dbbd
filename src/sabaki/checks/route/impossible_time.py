"""A hop below the trust line bears a time that cannot be."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import forgery
from sabaki.facts.signwords import Matter
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(
    severity=Severity.MEDIUM,
    weight=20,
    family="made_up_hop",
    references=(
        "RFC 5321 section 4.4",
        "RFC 5322 section 3.3",
    ),
)
def impossible_time(case: Case) -> Iterator[Hit]:
    """Below the line a Received field has a date that no server writes, or that lies after the arrival: it was made up."""
    told = forgery.told(case.hops, Matter.TIME)
    if told:
        title, title_ja, evidence = told
        yield Hit(
            title,
            title_ja,
            Grade.INFERRED,
            evidence,
            "Wrong clocks and zones are left out of account; who made the field up is not known.",
            "時計やタイムゾーンのずれは除いて判断しています。誰が作った行かまでは分かりません。",
        )
