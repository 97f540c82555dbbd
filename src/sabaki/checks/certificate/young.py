"""The first certificate for a link's domain was issued shortly before the mail came."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, known
from sabaki.model.case import Case
from sabaki.model.finding import Severity
from sabaki.model.knowledge import Certificates
from sabaki.registry import Hit, check

_FRESH = 7
_MOST = 3


@check(severity=Severity.LOW, weight=10, family="new", references=("RFC 6962",))
def young(case: Case) -> Iterator[Hit]:
    """The logs first saw a certificate for a link's domain less than a week before the mail came: the site had just been made ready."""
    seen: set[str] = set()
    for found in known.told(case, Certificates):
        age = known.age(case, found.by, found.item.first_seen)
        fresh = age is not None and 0 <= age.days < _FRESH
        if (
            age is None
            or not fresh
            or "link" not in found.parts
            or found.by.subject.value in seen
            or len(seen) >= _MOST
        ):
            continue
        seen.add(found.by.subject.value)
        until, until_ja = age.words
        yield Hit(
            f"{found.subject}, where a link leads, had its first certificate only {age.days} days {_before(until)}",
            f"リンク先 {found.subject} に初めて証明書が発行されてから、{until_ja}で {age.days} 日しか経っていません",
            age.grade,
            (cite.answer(found.by, f"first seen {found.item.first_seen or ''}"),),
            "Sites for fraud are made ready and used within days. Every honest site has a first certificate too, and old certificates need not be "
            "in the logs.",
            "詐欺サイトは、準備から数日のうちに使われます。ただし、どのサイトにも最初の証明書はあり、古い証明書がログにないこともあります。",
        )


def _before(until: str) -> str:
    return f"before {until.removeprefix('when ').removeprefix('at ')}"
