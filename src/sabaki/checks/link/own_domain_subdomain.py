"""The reader's own domain stands as bait inside somebody else's host name."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.CRITICAL, weight=45, family="bait", references=("MITRE ATT&CK T1583.001",))
def own_domain_subdomain(case: Case) -> Iterator[Hit]:
    """The host of a link begins with the reader's domain, but belongs to another: it only looks like yours."""
    found = cite.traits(case, "own_domain_subdomain")
    if found:
        url, trait = found[0]
        yield Hit(
            f"a link carries {trait.detail} as bait in front of its real owner, {url.registrable_domain}",
            f"リンクのホスト名の前半に {trait.detail} が餌として置かれていますが、本当の持ち主は {url.registrable_domain} です",
            Grade.VERIFIED,
            cite.traited(found),
            "What counts in a host name is its end. The part in front can be anything that its owner likes.",
            "ホスト名で持ち主を示すのは末尾です。その前の部分は、持ち主が好きなように付けられます。",
        )
