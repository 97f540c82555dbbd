"""The servers that receive a domain's mail, as the DNS has them (RFC 5321 section 5.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from sabaki.mail.domains import as_ip, to_ascii
from sabaki.model.lookup import Answer, Lookup
from sabaki.protocols.resolver import Resolver

_DOMAINS = 3
"""Domains asked for: each costs the mail's budget of questions, and a sender can write hundreds."""
_HOSTS = 16
"""MX hosts taken of one domain; large providers have five or six."""


def of(domains: Iterable[str], resolver: Resolver) -> tuple[str, ...]:
    """The names of the MX hosts of the first few domains, most preferred first, each once; none where the DNS did not speak.

    A domain without an MX record receives its mail itself; one with a null MX (RFC 7505) receives none.
    """
    asked = dict.fromkeys(name for domain in domains if (name := to_ascii(domain.strip().rstrip("."))) and "." in name)
    names = (host for domain in islice(asked, _DOMAINS) for host in _hosts(domain, resolver.lookup(domain, "MX")))
    return tuple(dict.fromkeys(names))


def _hosts(domain: str, answer: Lookup) -> Iterator[str]:
    if answer.status is Answer.NODATA:
        yield (answer.canonical_name or domain).lower().rstrip(".")
    elif answer.status is Answer.ANSWER:
        records = sorted(record for record in map(_exchange, answer.records) if record)
        yield from (host for _, host in records[:_HOSTS])


def _exchange(record: str) -> tuple[int, str] | None:
    """Preference and host of "10 mx.example.jp"; None for a null MX ("0 .") and for what is no host name."""
    preference, _, host = record.strip().partition(" ")
    host = host.strip().lower().rstrip(".")
    if not (preference.isascii() and preference.isdecimal()) or len(preference) > 5 or not host or as_ip(host):
        return None
    return int(preference), host
