"""The trust line: which hops our servers wrote, and which the sender could have written.

A mail has no trust line of its own. Three things make one:

- *named*: the reader says which servers and domains are theirs. Where the topmost Received field says that it is by one of
  them, it is taken as theirs: that the file comes out of their own mailbox is the reader's word, and the reason says so. Where
  other fields stand above (the mail was passed on or fetched later), those must lead down to a server of ours: the topmost
  server's own hops, the last of which had the mail from us. Anyone can write our name below that.
- *mx*: the DNS says that the topmost field's server, or its organization, receives the mail of a recipient's domain. Graded
  I: whoever writes To chooses whose MX is asked. So nothing of what the DNS then says widens what is taken for ours, unless
  the reader named the domain, or it is the topmost server's own.
- *inferred*: nothing was named, or nothing named can be reached. The topmost field's server, and what shares its
  organizational domain, is taken for the reader's. All of it is graded I, never A.

From there the line goes down only as long as the hand-over holds: a hop of ours whose peer is ours too vouches for the field
right below it, if that field says that it is by that peer, by one of ours or by a machine without a full name. How we know the
peer (facts.ours) decides the grade: a proof keeps it, a likelihood lowers it to I for all that is below. At the first peer that
is not ours the line ends. A field below it may call itself ours as often as it likes.

A forwarder or a mailing list that the reader trusts and whose ARC seal holds (RFC 8617) takes the line further: where our server
proved that it had the mail from one of that domain's own machines, what these wrote is vouched for. The seal alone would not
do: it covers no Received field, and sealed mail can be sent again by anyone.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from sabaki.facts import linewords, ours
from sabaki.facts.ours import EXCHANGE_ONLINE, Link, Ours, organization_of
from sabaki.mail.domains import registrable_domain
from sabaki.model.authentication import ArcChain
from sabaki.model.case import Hop, Trust, TrustLine, Vantage
from sabaki.model.evidence import Grade


def draw(
    hops: tuple[Hop, ...], vantage: Vantage, mx: tuple[str, ...] = (), chain: ArcChain | None = None
) -> tuple[tuple[Hop, ...], TrustLine]:
    """Put every hop on its side of the line, with the reason, and describe the line.

    `mx` are the MX hosts of the reader's domains (facts.mailservers), `chain` is the mail's ARC chain, verified, or None where it
    was not: only a chain that passes, sealed last by one of `vantage.trusted_sealers`, changes anything.
    """
    if not hops:
        return hops, TrustLine("none", advice=linewords.NO_LINE[0], advice_ja=linewords.NO_LINE[1])
    sealers = _sealers(chain, vantage)
    mine = ours.named(vantage, mx if vantage.own_domains else ())
    if mine.named(hops[0].by) or (hops[0].by_ip and hops[0].by_ip in mine.addresses):
        placed = _walk(hops, 0, replace(mine, sealers=sealers), Grade.ATTESTED)
        return placed, _line("named", placed, mine, linewords.to_extend(attested(placed), mine))
    guessed = ours.inferred(hops)
    received = _receives(guessed, mx)
    guessed = replace(guessed, by_dns=_widening(guessed, vantage, mx), sealers=sealers)
    guess = _walk(hops, 0, guessed, Grade.INFERRED, by_dns=received)
    start, grade = _start(hops, mine, len(attested(guess)))
    if start is not None and (grade is Grade.ATTESTED or not received):
        by_dns = hops[start].by in mine.by_dns and not mine.named(hops[start].by)
        placed = _walk(hops, start, replace(mine, sealers=sealers), grade, by_dns=by_dns)
        return placed, _line("mx" if by_dns else "named", placed, mine, linewords.to_extend(attested(placed), mine))
    advice = linewords.to_name(attested(guess), vantage, guessed, mine)
    return guess, _line("mx" if received else "inferred", guess, guessed, advice)


def _receives(guessed: Ours, mx: tuple[str, ...]) -> bool:
    """Whether the topmost server is an MX host, or of the organization of one."""
    organizations = {name for host in mx for name in organization_of(host)}
    return not guessed.hosts.isdisjoint(mx) or not organizations.isdisjoint(guessed.domains)


def _widening(guessed: Ours, vantage: Vantage, mx: tuple[str, ...]) -> frozenset[str]:
    """The MX hosts that may count as ours: those of domains that the sender did not choose."""
    if vantage.own_domains:
        return frozenset(mx)
    here = {registrable_domain(host) for host in guessed.hosts} - {None}
    asked = {registrable_domain(domain) for domain in vantage.inferred_domains}
    return frozenset(mx) if asked and asked <= here else frozenset()


def _sealers(chain: ArcChain | None, vantage: Vantage) -> tuple[str, ...]:
    """The domains of the machines of whoever sealed last, where the reader trusts them and we verified the chain."""
    if chain is None or chain.result != "pass" or chain.grade is not Grade.VERIFIED or not chain.sets:
        return ()
    domain = max(chain.sets, key=lambda each: each.instance).domain.lower().rstrip(".")
    trusted = [each.strip().lower().strip(".") for each in vantage.trusted_sealers]
    if not domain or not any(domain == each or domain.endswith(f".{each}") for each in trusted if each):
        return ()
    own = registrable_domain(domain) or domain
    return (own, *EXCHANGE_ONLINE) if own == "microsoft.com" else (own,)


def _start(hops: tuple[Hop, ...], mine: Ours, reached: int) -> tuple[int | None, Grade]:
    """Where the named line starts below the top, and how it is graded: at the first hop that the ones above lead to.

    `reached` counts the hops from the top that are by the topmost server's own side: what they say of the peer holds.
    A hop whose peer is proved to be a named server leads to the field below, whatever name that one bears.
    """
    for place in range(1, min(reached + 1, len(hops))):
        above, hop = hops[place - 1], hops[place]
        if not mine.is_by_peer(hop, above):
            continue
        link = mine.link(above)
        if link is Link.FIRM and _leads(above, hop, mine):
            return place, Grade.ATTESTED
        if mine.wrote(hop) and (link is not Link.NONE or place < reached):
            return place, Grade.INFERRED
    return None, Grade.INFERRED


def _leads(above: Hop, hop: Hop, mine: Ours) -> bool:
    """Whether a hand-over proves a server of ours: a store that had it from ours, Gmail's front end behind Gmail's own note."""
    if not above.internal:
        return True
    store = ours.is_lmtp(above) and mine.named(above.helo)
    return store or (above.dialect == hop.dialect == "gmail" and mine.named(hop.by))


def _walk(hops: tuple[Hop, ...], start: int, mine: Ours, grade: Grade, *, by_dns: bool = False) -> tuple[Hop, ...]:
    placed = [_with_reason(hop, linewords.LATER) for hop in hops[:start]]
    trust = Trust.OURS if not start or mine.wrote(hops[start]) else Trust.VOUCHED
    placed.append(_trusted(hops[start], trust, grade, linewords.first(hops, start, grade, mine, by_dns)))
    open_above = True
    for hop in hops[start + 1 :]:
        above = placed[-1]
        link = mine.link(above) if open_above else Link.NONE
        if link is Link.NONE or not mine.is_by_peer(hop, above):
            placed.append(_with_reason(hop, linewords.claimed(hop, mine, link)))
            open_above = False
            continue
        if link is Link.LIKELY:
            grade = Grade.INFERRED
        sealed = mine.sealed(hop.by) and not mine.named(hop.by)
        trust = Trust.OURS if mine.wrote(hop) and not sealed else Trust.VOUCHED
        mine = mine.with_organization(hop) if mine.guessed else mine
        placed.append(_trusted(hop, trust, grade, linewords.link(hop, above, link, trust, mine)))
    return tuple(placed)


def _trusted(hop: Hop, trust: Trust, grade: Grade, reason: linewords.Pair) -> Hop:
    return replace(hop, trust=trust, grade=grade, reason=reason[0], reason_ja=reason[1])


def _with_reason(hop: Hop, reason: linewords.Pair) -> Hop:
    return replace(hop, reason=reason[0], reason_ja=reason[1])


def _line(basis: str, hops: tuple[Hop, ...], mine: Ours, advice: linewords.Pair) -> TrustLine:
    hosts = (*sorted(mine.hosts | mine.addresses), *mine.domains)
    return TrustLine(basis, len(attested(hops)), hosts, *advice)


def attested(hops: Iterable[Hop]) -> list[Hop]:
    """The hops above the line, the topmost first."""
    return [hop for hop in hops if hop.trust is not Trust.CLAIMED]


def writer(hops: tuple[Hop, ...], field: int) -> Hop | None:
    """The lowest attested hop that can have added the header field at that index, or None where none can.

    A server adds on top of what it got: a field above an attested Received field is by that server or one further up.
    What stands above a hop that came after our servers is by whoever had the mail then.
    """
    for hop in hops:
        at = hop.location.field
        if at is not None and at > field:
            return hop if hop.trust is not Trust.CLAIMED else None
    return None
