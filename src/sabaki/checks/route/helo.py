"""The peer greeted the server with a name that it cannot have."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.LOW, weight=5, references=("RFC 5321 section 4.1.1.1",))
def helo(case: Case) -> Iterator[Hit]:
    """HELO must be the peer's full host name: a bare word or the reader's own name is wrong. HELO is always a claim."""
    origin = case.origin
    hop = next((hop for hop in case.hops if hop.index == origin.hop), None)
    if not hop or not origin.helo or origin.auth_account or not origin.ip or origin.grade is Grade.SELF_DECLARED:
        return
    if case.vantage.own_domains and identity.own(case, origin.helo) and not identity.from_inside(case):
        yield Hit(
            f"the peer greeted with a name of your own ({origin.helo})",
            f"送信元が、あなた自身のホスト名（{origin.helo}）を名乗って接続しています",
            Grade.INFERRED,
            (cite.hop(hop),),
            severity=Severity.HIGH,
            weight=25,
        )
    elif "." not in origin.helo and ":" not in origin.helo and not origin.helo.startswith("["):
        yield Hit(
            f"the peer greeted with {origin.helo!r}, which is no host name",
            f"送信元のHELOは「{origin.helo}」で、ホスト名になっていません",
            Grade.INFERRED,
            (cite.hop(hop),),
        )
