"""A link hides its host behind an @."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=32, family="host", references=("RFC 3986 section 3.2.1",))
def userinfo(case: Case) -> Iterator[Hit]:
    """What stands before the @ in a link is a user name, not the host, and is there to be mistaken for it."""
    found = cite.traits(case, "userinfo")
    if found:
        url, _ = found[0]
        yield Hit(
            f"what looks like the host is only a user name: the link leads to {url.host}",
            f"見かけのホスト名は「@」の前の利用者名にすぎず、実際は {url.host} につながります",
            Grade.VERIFIED,
            cite.traited(found),
        )
