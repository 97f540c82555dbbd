"""Whose is a domain: the questions about identity that several checks ask."""

from __future__ import annotations

from sabaki.facts.ours import VERIFYING
from sabaki.facts.standing import standing
from sabaki.mail.domains import registrable_domain
from sabaki.model.case import Case, Trust


def organizational(domain: str) -> str:
    """The organizational domain (RFC 9989) as the Public Suffix List has it; the domain itself where it has none."""
    return registrable_domain(domain) or domain


def related(first: str, second: str) -> bool:
    """Whether two domains belong to one organisation, as far as names tell."""
    return bool(first and second) and organizational(first) == organizational(second)


def under(host: str, domain: str) -> bool:
    """Whether `host` is `domain` or stands below it, label by label."""
    return host == domain or host.endswith(f".{domain}")


def own(case: Case, domain: str) -> bool:
    """Whether a domain is the reader's (named, or inferred from the recipients)."""
    return any(under(domain, mine) for mine in case.own_domains)


def vouched(case: Case) -> bool:
    """Whether somebody who is to be believed stands behind the author's domain, and nothing takes that word away again."""
    return standing(case).holds


def from_inside(case: Case) -> bool:
    """Whether the mail was handed in by the reader's own people: their account, or their own host, or no outside peer.

    A bare account name may be the answer of the peer's own ident server (RFC 1413), and whoever owns an address can give it
    any name: neither counts unless the server that wrote the hop checks it.
    """
    origin = case.origin
    if origin.auth_account:
        return own(case, origin.auth_domain) or (not origin.auth_domain and "ident" not in origin.auth_method)
    if case.trust.basis == "none":
        return False
    if not origin.ip:
        return True
    hop = next((hop for hop in case.hops if hop.index == origin.hop), None)
    checked = hop is not None and hop.dialect in VERIFYING
    return checked and bool(origin.reverse_name) and own(case, origin.reverse_name)


def message_id_by_receiver(case: Case) -> bool:
    """Whether the Message-ID was added by a server above the trust line: the sender gave none (RFC 6409 section 8.3)."""
    made, origin = case.sender.message_id_domain, case.origin
    if not any(hop.trust is not Trust.CLAIMED and related(made, hop.by) for hop in case.hops):
        return False
    claimed = [name for hop in case.hops if hop.trust is Trust.CLAIMED for name in (hop.by, hop.helo)]
    # Not where the sender's side is of the same provider.
    return not any(related(made, name.lower()) for name in (*claimed, origin.helo, origin.reverse_name))
