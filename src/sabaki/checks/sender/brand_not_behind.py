"""The mail is from a brand's own domain, but the machine that brought it is not the brand's."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import brands, cite, freemail, identity
from sabaki.facts.networks import is_inside
from sabaki.model.case import Case, Hop
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


def _entry(case: Case, domain: str) -> Hop | None:
    """The hop at which somebody greeted with the author's domain from a public address."""
    return next(
        (
            hop
            for hop in case.hops
            if hop.ip and not is_inside(hop.ip) and hop.helo and identity.related(hop.helo.lower(), domain)
        ),
        None,
    )


@check(severity=Severity.HIGH, weight=30, family="brand", references=("RFC 5321 section 4.1.4",))
def brand_not_behind(case: Case) -> Iterator[Hit]:
    """The author's domain is a known brand's and the peer greeted with it, but its address has another name or none."""
    author = case.author
    owner = brands.owner_of(author.domain) if author and author.domain else None
    hop = _entry(case, author.domain) if author and owner else None
    if not author or not owner or not hop or hop.dialect == "exchange":
        return
    # Whoever has a mailbox with a provider may send it from home; a bank does not.
    if author.domain in freemail.domains() or not (case.lure.claims or case.lure.asks):
        return
    name = hop.reverse_name
    if name and (identity.related(name, author.domain) or brands.owner_of(name) or name == hop.helo.lower()):
        return
    if any(result.result == "pass" and result.grade is not Grade.SELF_DECLARED for result in case.authentication):
        return
    real = name or "no name at all"
    yield Hit(
        f"it came from a machine that greeted as {hop.helo}, but its address {hop.ip} has {real}",
        f"{hop.helo} を名乗る機器から届いていますが、そのIPアドレス {hop.ip} の実際の名前は「{name or 'なし'}」です",
        Grade.INFERRED,
        (cite.hop(hop), *(cite.field(field) for field in case.all("from"))),
        f"{owner.name} sends from machines that carry its own name.",
        f"「{owner.name_ja or owner.name}」のメールなら、同社の名前の付いたサーバーから送られます。",
    )
