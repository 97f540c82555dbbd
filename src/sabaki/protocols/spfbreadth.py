"""How many addresses an SPF policy lets in: a pass by one that lets in practically anyone says nothing."""

from __future__ import annotations

import ipaddress

from sabaki.protocols.spfrecord import Policy, Term, last_letter, letters

_WIDE4 = 8
_WIDE6 = 16
_SHARE4 = 2 ** (32 - 4)
"""A sixteenth of all IPv4 addresses."""
_MOST_NETWORKS = 5_000
_CHOSEN_BY_CLIENT = frozenset("hpl")
"""Macros for what the client says or sets up itself: its HELO, its reverse name, the local part of MAIL FROM."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Breadth:
    """Adds up what the records on the way let in. Nothing is asked for it: what was not read does not count."""

    def __init__(self) -> None:
        self._everyone = False
        self._networks: dict[Network, None] = {}
        self._widened = 0

    @property
    def everyone(self) -> bool:
        """Whether practically any address may send.

        By "+all", by a range of /8 or wider of IPv4 or /16 or wider of IPv6, by ranges that are more than a sixteenth of IPv4
        together, by a name that the client chooses itself, or by a name whose existence does not depend on the client.
        """
        if self._everyone:
            return True
        four = ipaddress.collapse_addresses(each for each in self._networks if isinstance(each, ipaddress.IPv4Network))
        six = ipaddress.collapse_addresses(each for each in self._networks if isinstance(each, ipaddress.IPv6Network))
        sizes = [(each.prefixlen <= _WIDE4, each.num_addresses) for each in four]
        return (
            any(wide for wide, _ in sizes)
            or sum(size for _, size in sizes) + self._widened > _SHARE4
            or any(each.prefixlen <= _WIDE6 for each in six)
        )

    def add(self, policy: Policy) -> None:
        """Count a record in whose own mechanisms a pass is a pass of the whole: the first one, and those included by "+"."""
        for term in policy.terms:
            if term.qualifier == "+":
                self._add(term)
        # An include that lets in all lets its record's "all" never be reached: nothing to subtract.
        self._everyone |= last_letter(policy.redirect) in _CHOSEN_BY_CLIENT if policy.redirect else False

    def _add(self, term: Term) -> None:
        if term.name == "all" or last_letter(term.spec) in _CHOSEN_BY_CLIENT:
            self._everyone = True
        elif term.network is not None and len(self._networks) < _MOST_NETWORKS:
            self._networks[term.network] = None
        elif term.name in ("a", "mx"):
            self._everyone |= term.prefix4 <= _WIDE4 or term.prefix6 <= _WIDE6
            self._widened += 2 ** (32 - term.prefix4)

    def matched(self, term: Term) -> None:
        """Count a mechanism that fits: "exists" with a name that is the same for every client fits for all of them."""
        if term.name == "exists" and term.qualifier == "+" and not letters(term.spec) & frozenset("iph"):
            self._everyone = True
