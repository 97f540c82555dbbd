"""A link leads to a bare IP address."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.MEDIUM, weight=28, family="host")
def ip_host(case: Case) -> Iterator[Hit]:
    """The host of a link is an IP address: no company sends its customers there."""
    found = cite.traits(case, "ip_host")
    if found:
        url, _ = found[0]
        yield Hit(
            f"a link leads to a bare IP address ({url.ip})",
            f"リンク先がIPアドレスそのもの（{url.ip}）です",
            Grade.VERIFIED,
            cite.traited(found),
        )
