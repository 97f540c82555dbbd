"""The peer greeted the server with a name that it cannot have."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import brands, cite, identity
from sabaki.facts.networks import is_inside, is_line_name
from sabaki.mail.peers import address
from sabaki.model.case import Case, Hop
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_LOCAL = frozenset({"localhost", "localhost.localdomain", "localhost.local", "localdomain"})


@check(severity=Severity.LOW, weight=5, references=("RFC 5321 section 4.1.1.1", "RFC 5321 section 4.1.3"))
def helo(case: Case) -> Iterator[Hit]:
    """HELO must be the peer's full host name or its own address in brackets. It is always a claim, and some cannot be true."""
    origin = case.origin
    hop = next((hop for hop in case.hops if hop.index == origin.hop), None)
    if not hop or not origin.helo or origin.auth_account or not origin.ip or origin.grade is Grade.SELF_DECLARED:
        return
    found = _of_ours(case, hop) or _of_a_brand(case, hop) or _no_name(hop)
    if found:
        yield found


def _of_ours(case: Case, hop: Hop) -> Hit | None:
    """The reader's own name or address, from a machine that is not the reader's."""
    greeting = hop.helo.lower()
    named = greeting in case.vantage.own_hosts or (address(greeting) or "-") in case.vantage.own_hosts
    own = bool(case.vantage.own_domains) and identity.own(case, greeting)
    if not (named or own) or identity.from_inside(case) or address(greeting) == hop.ip:
        return None
    return Hit(
        f"the peer greeted with a name of your own ({hop.helo})",
        f"送信元が、あなた自身のホスト名（{hop.helo}）を名乗って接続しています",
        Grade.INFERRED,
        (cite.hop(hop),),
        severity=Severity.HIGH,
        weight=25,
    )


def _of_a_brand(case: Case, hop: Hop) -> Hit | None:
    """A known brand's name, from an address that has no name, or a name as customers' lines and rented servers have it."""
    brand = brands.owner_of(hop.helo)
    nameless = not hop.reverse_name or is_line_name(hop.reverse_name, hop.ip)
    # Exchange and qmail write no looked-up name down, or not always: that there is none is only known from the others.
    tells = bool(hop.reverse_name) or hop.dialect in ("postfix", "sendmail")
    if (
        brand is None
        or not nameless
        or not tells
        or brands.owner_of(hop.reverse_name) == brand
        or identity.vouched(case)
    ):
        return None
    seen = hop.reverse_name or hop.ip
    return Hit(
        f"the peer greeted as {hop.helo}, a name of {brand.name}, from {seen}",
        f"送信元は {brand.name_ja or brand.name} のホスト名 {hop.helo} を名乗っていますが、実際の接続元は {seen} です",
        Grade.INFERRED,
        (cite.hop(hop),),
        severity=Severity.MEDIUM,
        weight=15,
    )


def _no_name(hop: Hop) -> Hit | None:
    """A bare word, a bare number, the local machine's name, an address that is not the peer's."""
    greeting = hop.helo.lower()
    literal = address(greeting) if greeting.startswith("[") else ""
    if literal:
        # Behind address translation a program only knows its private address.
        wrong = literal != hop.ip and not is_inside(literal) and not is_inside(hop.ip)
    else:
        wrong = "." not in greeting or greeting in _LOCAL or bool(address(greeting))
        wrong = wrong and ":" not in greeting and not greeting.startswith("[")
    if not wrong:
        return None
    what = ("an address that is not its own", "自分のものではないIPアドレス") if literal else ("no host name", "")
    return Hit(
        f"the peer greeted with {hop.helo!r}, which is {what[0]}",
        f"送信元のHELOは「{hop.helo}」で、{f'{what[1]}です' if literal else 'ホスト名になっていません'}",
        Grade.INFERRED,
        (cite.hop(hop),),
    )
