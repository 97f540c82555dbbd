"""A link hides its IP address in an odd spelling."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=35, family="host", references=("WHATWG URL Standard, IPv4 parser",))
def odd_ip(case: Case) -> Iterator[Hit]:
    """The IP address of a link is written in decimal, octal or hexadecimal, which only serves to hide it."""
    found = cite.traits(case, "odd_ip")
    if found:
        url, trait = found[0]
        yield Hit(
            f"a link hides the address {url.ip} in an odd spelling ({trait.detail})",
            f"リンク先のIPアドレス {url.ip} が特殊な書き方（{trait.detail}）で隠されています",
            Grade.VERIFIED,
            cite.traited(found),
        )
