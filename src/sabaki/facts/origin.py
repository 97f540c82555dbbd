"""The origin: the first peer that an attested hop saw."""

from __future__ import annotations

from sabaki.facts.networks import is_same_machine
from sabaki.facts.trust import attested
from sabaki.model.case import Hop, Origin, TrustLine
from sabaki.model.evidence import Grade


def find(hops: tuple[Hop, ...], line: TrustLine) -> Origin:
    """Who handed the mail over to the first server that is to be believed; empty and S where no line can be drawn.

    The greeting (`helo`) and the looked-up name stay claims whatever the grade: only address and account were observed.
    `ip` is "" where the mail was handed in on the machine itself, or where the server wrote no address down.
    """
    above = attested(hops)
    if line.basis == "none" or not above:
        return Origin(Grade.SELF_DECLARED)
    hop = above[-1]  # every hop further up saw only servers of ours: that is how the line came down to here
    _, at, domain = hop.auth_account.rpartition("@")
    return Origin(
        grade=hop.grade,
        ip="" if hop.ip and is_same_machine(hop.ip) else hop.ip,
        helo=hop.helo,
        reverse_name=hop.reverse_name,
        auth_account=hop.auth_account,
        auth_domain=domain.lower() if at else "",
        auth_method=hop.auth_method,
        date=hop.date,
        hop=hop.index,
        location=hop.location,
    )
