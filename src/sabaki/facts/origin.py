"""The origin: the first peer that an attested hop saw, and beside it, what the hops below the line and other fields claim."""

from __future__ import annotations

from msgspec.structs import replace

from sabaki.facts import clients
from sabaki.facts.accountnames import domain_in
from sabaki.facts.networks import is_inside, is_same_machine
from sabaki.facts.trust import attested
from sabaki.model.case import ClaimedOrigin, Hop, Origin, Trust, TrustLine
from sabaki.model.evidence import Grade
from sabaki.model.message import Message


def find(hops: tuple[Hop, ...], line: TrustLine, message: Message | None = None) -> Origin:
    """Who handed the mail over to the first server that is to be believed; empty and S where no line can be drawn.

    The greeting (`helo`) and the looked-up name stay claims whatever the grade: only address and account were observed.
    `ip` is "" where the mail was handed in on the machine itself, or where the server wrote no address down. An account that
    the same server noted in a field of its own (X-Authenticated-User) stands in where its Received field has none.
    """
    above = attested(hops)
    fields = clients.read(message, hops) if message else ()
    claimed = _claimed(hops)
    if line.basis == "none" or not above:
        return Origin(Grade.SELF_DECLARED, claimed=claimed, clients=fields)
    hop = above[-1]  # every hop further up saw only servers of ours: that is how the line came down to here
    origin = Origin(
        grade=hop.grade,
        ip="" if hop.ip and is_same_machine(hop.ip) else hop.ip,
        helo=hop.helo,
        reverse_name=hop.reverse_name,
        auth_account=hop.auth_account,
        auth_domain=domain_in(hop.auth_account),
        auth_method=hop.auth_method,
        date=hop.date,
        hop=hop.index,
        location=hop.location,
        claimed=claimed,
        clients=fields,
    )
    noted = None if hop.auth_account else clients.signed_in(fields, hops, hop)
    if noted is None:
        return origin
    return replace(
        origin, auth_account=noted.account, auth_domain=domain_in(noted.account), auth_method=noted.field_name
    )


def _claimed(hops: tuple[Hop, ...]) -> ClaimedOrigin | None:
    """The lowest hop below the line that names a peer outside or an account; what went on inside one machine is passed over."""
    for hop in reversed(hops):
        if hop.trust is not Trust.CLAIMED:
            return None
        account = hop.auth_account if "ident" not in hop.auth_method else ""
        if not account and not (hop.ip and not is_inside(hop.ip)):
            continue
        return ClaimedOrigin(
            ip=hop.ip,
            by=hop.by or hop.by_ip,
            helo=hop.helo,
            reverse_name=hop.reverse_name,
            auth_account=account,
            auth_domain=domain_in(account),
            date=hop.date,
            hop=hop.index,
            location=hop.location,
        )
    return None
