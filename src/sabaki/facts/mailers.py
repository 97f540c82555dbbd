"""Services that send mail for others: whose marks a mail bears, and whether one of them did send it.

Anyone can write a mark (a field, a Message-ID, a Return-Path). It says what to expect, nothing more. What counts is `behind`: a
signature or SPF that passes for the service's own name, or its name looked up for the attested peer and back again. Even that says only
whose machines sent the mail: their customer can be anybody.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from itertools import islice

import msgspec

from sabaki.facts.ours import VERIFYING
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.message import Field

_LONGEST = 2_000
_MOST_DOMAINS = 30
_MOST_FIELDS = 10


class Mailer(msgspec.Struct, frozen=True):
    """A service. `bulk` is whether it sends mailings to many; `domains` are its own, with all below them."""

    id: str
    name: str
    name_ja: str = ""
    bulk: bool = False
    domains: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    feedback: tuple[str, ...] = ()


@cache
def known() -> tuple[Mailer, ...]:
    """Every service of data/mailers.toml."""
    document = tomllib.loads(resources.files("sabaki.data").joinpath("mailers.toml").read_text("utf-8"))
    return tuple(msgspec.convert({"id": id, **row}, Mailer) for id, row in document["mailer"].items())


@cache
def _by_domain() -> dict[str, Mailer]:
    return {domain: mailer for mailer in known() for domain in mailer.domains}


@cache
def _by_field() -> dict[str, Mailer]:
    return {field: mailer for mailer in known() for field in mailer.fields}


def owner_of(domain: str) -> Mailer | None:
    """The service whose a domain or host is, label by label."""
    labels = domain.lower().rstrip(".").split(".")[-8:]
    names = (".".join(labels[depth:]) for depth in range(len(labels) - 1))
    return next((mailer for name in names if (mailer := _by_domain().get(name))), None)


def marked(fields: Iterable[Field], domains: Iterable[str]) -> Mailer | None:
    """The service whose marks the header bears: its own fields first, then the domains given, in their order. S throughout."""
    fields = tuple(fields)
    return next(_marks(fields, tuple(domains)[:_MOST_DOMAINS]), None)


def _marks(fields: tuple[Field, ...], domains: tuple[str, ...]) -> Iterator[Mailer]:
    yield from (_by_field()[field.key] for field in fields if field.key in _by_field())
    named = (field for field in fields if field.key in ("x-mailer", "feedback-id"))
    for field in islice(named, _MOST_FIELDS):
        yield from _by_value(field.key, field.value[:_LONGEST].lower().strip())
    yield from (mailer for domain in domains if (mailer := owner_of(domain)))


def _by_value(key: str, value: str) -> Iterator[Mailer]:
    for mailer in known():
        if value.startswith(mailer.programs) if key == "x-mailer" else value.endswith(mailer.feedback):
            yield mailer


def behind(case: Case) -> tuple[Mailer, ...]:
    """The services of which it is shown that they sent the mail: by what we verified, or what a server above the line says."""
    found = (owner_of(name) for name in _shown(case))
    return tuple(dict.fromkeys(mailer for mailer in found if mailer))


def _shown(case: Case) -> Iterator[str]:
    """Domains of whoever sent the mail, none of them on the sender's word alone."""
    verified = case.verification
    yield from (
        each.domain for each in verified.dkim if each.result == "pass" and each.grade is not Grade.SELF_DECLARED
    )
    for policy in verified.spf:
        if policy.result == "pass" and not policy.everyone and policy.grade is not Grade.SELF_DECLARED:
            yield policy.domain
    for result in case.authentication:
        if result.result == "pass" and result.grade is not Grade.SELF_DECLARED:
            key = {"dkim": "header.d", "spf": "smtp.mailfrom"}.get(result.method, "")
            yield result.properties.get(key, "").strip('"<>').rpartition("@")[2]
    origin = case.origin
    hop = next((hop for hop in case.hops if hop.index == origin.hop), None)
    if hop and origin.grade is not Grade.SELF_DECLARED and hop.dialect in VERIFYING and "may be forged" not in hop.text:
        yield origin.reverse_name


def explains(case: Case, domain: str) -> Mailer | None:
    """The service that owns a domain and is shown to have sent the mail: then the domain is no wonder."""
    owner = owner_of(domain)
    return owner if owner and owner in behind(case) else None
