"""A hop below the trust line names an address that no host can have."""

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
        "RFC 1122 section 3.2.1.3",
    ),
)
def impossible_address(case: Case) -> Iterator[Hit]:
    """Below the line a Received field gives the peer an address outside of what the Internet uses: it was made up."""
    told = forgery.told(case.hops, Matter.ADDRESS)
    if told:
        title, title_ja, evidence = told
        yield Hit(
            title,
            title_ja,
            Grade.INFERRED,
            evidence,
            "A server notes the address that it is connected to; this one cannot be connected to.",
            "サーバーは実際に接続してきたアドレスを記録します。このアドレスからの接続はありえません。",
        )
