"""What is ours: the names and addresses that make a server the reader's own, and how firmly a hop shows that its peer is one.

These prove a peer: an address of ours, a name of ours that our server looked up and back again, loopback with a local
greeting, a named server's greeting from a private address, Exchange Online's own network. These make it likely, no more: a
greeting of ours from next door, a program on the machine that put the mail in, a name that only the DNS of the reader's
domain gives (its MX), a name looked up one way, and, where the line is inferred anyway, a private address alone. A greeting
(HELO) from outside proves nothing.
"""

from __future__ import annotations

import ipaddress
from enum import Enum

import msgspec
from msgspec.structs import replace

from sabaki.facts.networks import are_near, is_exchange_online, is_inside, is_line_name
from sabaki.mail.domains import organizational_domain
from sabaki.mail.peers import address
from sabaki.model.case import Hop, Vantage

VERIFYING = frozenset({"postfix", "sendmail", "exim"})
"""Dialects whose `reverse_name` was looked up and back again (RFC 1912 section 2.1); others do it one way or not at all."""
EXCHANGE_ONLINE = ("outlook.com", "office365.com", "exchangelabs.com")
"""What Exchange Online's servers are called; one hands over to another under any of these."""
_FETCHED = ("pop", "imap")


class Link(Enum):
    """How firmly a hop shows that its peer is ours."""

    NONE = 0
    LIKELY = 1
    FIRM = 2


class Ours(msgspec.Struct, frozen=True):
    """What counts as the reader's: names, addresses, domains; `guessed` where a rule of ours says so, not the reader.

    `by_dns` are names that only the DNS gives, as receivers of mail for the reader's domains. `sealers` are the domains of a
    forwarder whose seal holds: not ours, but believed.
    """

    hosts: frozenset[str]
    addresses: frozenset[str]
    domains: tuple[str, ...]
    guessed: bool = False
    by_dns: frozenset[str] = frozenset()
    sealers: tuple[str, ...] = ()

    def named(self, name: str) -> bool:
        """Whether a host is ours by name: the very name, or under a domain of ours, label by label."""
        name = name.lower().rstrip(".")
        return bool(name) and (name in self.hosts or any(_under(name, mine) for mine in self.domains))

    def sealed(self, name: str) -> bool:
        """Whether a host is of the forwarder whose seal holds."""
        name = name.lower().rstrip(".")
        return any(_under(name, domain) for domain in self.sealers)

    def host(self, name: str) -> bool:
        """Whether a host is ours, by name or by the DNS, or of the forwarder whose seal holds."""
        return self.vouched(name) or name.lower().rstrip(".") in self.by_dns

    def vouched(self, name: str) -> bool:
        """Whether a host is ours or the sealing forwarder's by more than the DNS."""
        return self.named(name) or self.sealed(name)

    def with_organization(self, hop: Hop) -> Ours:
        """The same, and the organization of a hop that was taken in."""
        organization = organizational_domain(hop.by)
        known = not organization or self.host(hop.by)
        return self if known else replace(self, domains=(*self.domains, *organization_of(hop.by)))

    def wrote(self, hop: Hop) -> bool:
        """Whether a hop says that it is by us."""
        return self.host(hop.by) or (bool(hop.by_ip) and hop.by_ip in self.addresses)

    def looked_up(self, hop: Hop) -> bool:
        """Whether the peer's looked-up name is ours; a customer's line under a provider's domain is not.

        Nor is a name of which sendmail says that it "may be forged": it does not lead back to the address.
        """
        name = hop.reverse_name.lower()
        refuted = "(may be forged)" in hop.text
        exact = name in self.hosts or name in self.by_dns
        return self.host(name) and not refuted and (exact or not is_line_name(name, hop.ip))

    def link(self, hop: Hop) -> Link:
        """How firmly a hop of ours shows that its peer is ours too."""
        browser = hop.protocol.lower().startswith("http") or hop.via.lower().startswith("http")
        if browser and hop.dialect != "exchange":  # a person wrote what is below; Exchange's stores use it too
            return Link.NONE
        if is_fetched(hop) or is_by_local_program(hop):
            return Link.LIKELY
        if not hop.ip or (is_lmtp(hop) and is_inside(hop.ip)):
            return Link.FIRM if hop.internal else Link.NONE
        if hop.ip in self.addresses:
            return Link.FIRM
        if is_inside(hop.ip):
            return self._link_inside(hop)
        if self.looked_up(hop):
            return self._link_by_name(hop)
        greeting = self.host(hop.helo) and not self.sealed(hop.helo)
        if hop.dialect == "exchange" and is_exchange_online(hop.ip) and (greeting or self._in_cloud(hop)):
            return Link.FIRM
        return Link.LIKELY if greeting and hop.by_ip and are_near(hop.ip, hop.by_ip) else Link.NONE

    def _in_cloud(self, hop: Hop) -> bool:
        """Whether all of Exchange Online is ours, and the hop is by it: there it does not matter what a peer is called."""
        return is_cloud_exchange(hop.by) and not set(EXCHANGE_ONLINE).isdisjoint(self.domains)

    def _link_by_name(self, hop: Hop) -> Link:
        """A peer by its looked-up name. A seal is no proof of who delivers: sealed mail can be sent again by anyone."""
        if hop.dialect in VERIFYING and self.vouched(hop.reverse_name):
            return Link.FIRM
        return Link.NONE if self.sealed(hop.reverse_name) and not self.named(hop.reverse_name) else Link.LIKELY

    def _link_inside(self, hop: Hop) -> Link:
        """A peer at loopback or at a private address.

        Behind a gateway, a tunnel or a transparent filter an outsider has such an address too: his greeting tells.
        """
        greeting = hop.helo.lower()
        if self.looked_up(hop) and self.vouched(hop.reverse_name):  # outsiders have no say in names for these addresses
            return Link.FIRM
        if ipaddress.ip_address(hop.ip).is_loopback:
            local = "." not in greeting or greeting == "localhost.localdomain" or bool(address(greeting))
            if local or self.vouched(greeting):
                return Link.FIRM
            return Link.LIKELY if self.host(greeting) else Link.NONE
        if greeting == hop.by:
            return Link.NONE
        if greeting in self.hosts and not self.guessed:
            return Link.FIRM
        return Link.LIKELY if self.guessed or self.host(greeting) else Link.NONE

    def is_by_peer(self, below: Hop, above: Hop) -> bool:
        """Whether the field below can be the one that the peer of the hop above wrote."""
        # qmail-smtpd always writes the line below this note of qmail's; and what was fetched is as the mailbox had it.
        noted = above.dialect == "qmail" and above.via == "network"
        if noted or is_fetched(above) or self.wrote(below) or (below.by_ip and below.by_ip == above.ip):
            return True
        by = below.by
        if "." not in by:
            return bool(by or below.by_ip or below.internal)
        same_machine = above.internal or (bool(above.ip) and is_inside(above.ip))
        names = (above.helo.lower(), above.reverse_name, above.by if same_machine else "")
        peers = {organization for name in names for organization in organization_of(name)}
        return by == "localhost.localdomain" or by in names or not peers.isdisjoint(organization_of(by))


def _under(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")


def organization_of(host: str) -> tuple[str, ...]:
    """The organizational domain of a host; all of them where it goes by several; none for a bare name."""
    organization = organizational_domain(host)
    if organization in EXCHANGE_ONLINE:
        return EXCHANGE_ONLINE
    return (organization,) if organization else ()


def is_cloud_exchange(host: str) -> bool:
    """Whether a name is one of Exchange Online's."""
    return organizational_domain(host) in EXCHANGE_ONLINE


def is_lmtp(hop: Hop) -> bool:
    """Whether a mail store took the mail from its own MTA (RFC 2033): outsiders are not let in there."""
    return hop.protocol.lower().startswith("lmtp")


def is_fetched(hop: Hop) -> bool:
    """Whether the mail was fetched out of a mailbox."""
    return hop.protocol.lower().startswith(_FETCHED)


def is_by_local_program(hop: Hop) -> bool:
    """Whether a program on the machine put the mail in: it may have written the fields below."""
    kind = hop.protocol.lower()
    if hop.via.startswith(("uid ", "userid ")) or (
        kind.startswith(("local", "mapi", "microsoft smtpsvc")) and hop.internal
    ):
        return True
    return hop.internal and hop.dialect == "sendmail" and not hop.ip


def named(vantage: Vantage, mx: tuple[str, ...] = ()) -> Ours:
    """What the reader named: hosts (`*.example.jp`: all below that name), addresses, domains, and the MX of the domains."""
    hosts = [host.strip().lower().rstrip(".") for host in vantage.own_hosts]
    addresses = frozenset(found for host in hosts if (found := address(host)))
    wide = tuple(host[2:] for host in hosts if host.startswith("*.") and "." in host[2:])
    names = frozenset(host for host in hosts if host and not address(host) and not host.startswith("*"))
    domains = (domain.strip().lower().strip(".") for domain in vantage.own_domains)
    return Ours(names, addresses, (*wide, *(domain for domain in domains if domain)), by_dns=frozenset(mx))


def inferred(hops: tuple[Hop, ...], mx: tuple[str, ...] = ()) -> Ours:
    """The topmost server and its organization; past a hand-over inside, the first that has a full name."""
    for hop in hops:
        organization = organization_of(hop.by)
        if organization:
            return Ours(frozenset({hop.by}), frozenset(), organization, guessed=True, by_dns=frozenset(mx))
        if not (hop.internal or is_fetched(hop) or (hop.ip and is_inside(hop.ip))):
            break
    hosts, addresses = frozenset({hops[0].by} - {""}), frozenset({hops[0].by_ip} - {""})
    return Ours(hosts, addresses, (), guessed=True)
