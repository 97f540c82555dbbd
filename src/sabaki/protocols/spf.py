"""SPF (RFC 7208): may this address send for this domain, by the domain's policy of today?"""

from __future__ import annotations

import ipaddress
from typing import NoReturn

import msgspec

from sabaki.mail.domains import to_ascii
from sabaki.model.authentication import UNCHECKED, Spf
from sabaki.model.evidence import Grade
from sabaki.model.lookup import Answer, Lookup
from sabaki.protocols import spfwords
from sabaki.protocols.resolver import Resolver, why
from sabaki.protocols.spfbreadth import Breadth
from sabaki.protocols.spfrecord import Faulty, Policy, Term, expand, is_policy, letters, parse

TERMS = 10
"""Mechanisms and redirects that ask the DNS (section 4.6.4)."""
VOID = 2
"""Questions without an answer (section 4.6.4)."""
QUESTIONS = 30
"""Questions for one evaluation. The standard allows ten times as many; a policy that needs them would eat up those for DKIM and DMARC."""
_MX_HOSTS = 10
_PTR_NAMES = 10
_SHOWN = 2_000
_LOCAL = 320
"""Characters of a local part or HELO that macros stand for: RFC 5321 section 4.5.3.1 has 64 and 255."""
_RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def evaluate(
    resolver: Resolver,
    ip: str,
    mail_from: str,
    helo: str,
    *,
    grade: Grade = Grade.SELF_DECLARED,
    most: int = QUESTIONS,
) -> Spf:
    """The result of check_host() for a client, with what led to it. Never raises on content.

    `mail_from` is the address of MAIL FROM without brackets; for the null sender ("") the HELO name is checked instead, as
    postmaster there (section 2.4). `grade` is that of the client's address, `most` how many questions may be asked.
    The explanation (`exp=`) is not asked for: it is the text of whoever owns the domain, and decides nothing.
    """
    sender = mail_from.strip().removeprefix("<").removesuffix(">")
    helo = helo.strip().removesuffix(".")
    scope = "mailfrom" if sender else "helo"
    local, _, domain = sender.rpartition("@") if sender else ("", "", helo)
    name = domain.strip().removesuffix(".").lower()
    name = to_ascii(name[:1_000]) or name
    try:
        client = _client(ip)
    except ValueError:
        return Spf(
            result=UNCHECKED, scope=scope, domain=name[:_SHOWN], ip=ip[:100], grade=grade,
            reason=spfwords.NO_ADDRESS[0], reason_ja=spfwords.NO_ADDRESS[1],
        )  # fmt: skip
    check = _Check(resolver, client, local[:_LOCAL] or "postmaster", name, helo[:_LOCAL], most)
    return msgspec.structs.replace(check.result(), scope=scope, grade=grade)


def _client(ip: str) -> Address:
    address = ipaddress.ip_address(ip.strip().removeprefix("[").removesuffix("]"))
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id:
            raise ValueError("an address of one link only")
        return address.ipv4_mapped or address
    return address


def _is_name(name: str) -> bool:
    """Whether the DNS could be asked for it (section 4.3): several labels, none of them empty or over-long."""
    labels = name.split(".")
    return len(name) <= 253 and len(labels) > 1 and all(0 < len(label) <= 63 for label in labels)


def _is_below(name: str, domain: str) -> bool:
    return f".{name.lower()}".endswith(f".{domain.lower()}")


class _End(Exception):
    """The evaluation ends here with a result; what it says is why."""

    def __init__(self, result: str, en: str, ja: str) -> None:
        super().__init__(en)
        self.result, self.en, self.ja = result, en, ja


class _Match(msgspec.Struct, frozen=True):
    """How a record ends: `terms` from the mechanism in that record down to the one that fits, `record_of` where that one stands."""

    result: str
    terms: tuple[str, ...] = ()
    record_of: str = ""


class _Check:
    """One evaluation, with what it has cost so far."""

    def __init__(self, resolver: Resolver, client: Address, local: str, domain: str, helo: str, most: int) -> None:
        self._resolver = resolver
        self._client = client
        self._version = "A" if client.version == 4 else "AAAA"
        self._local, self._domain, self._helo = local, domain, helo
        self._most = most
        self._asked: dict[tuple[str, str], Lookup] = {}
        self._terms = 0
        self._void = 0
        self._record = ""
        self._breadth = Breadth()

    def result(self) -> Spf:
        try:
            match = self._check_host(self._domain, counts=True)
        except _End as end:
            return self._spf(end.result, "", "", (end.en, end.ja))
        words = spfwords.decided(match.result, self._domain, str(self._client), match.terms, match.record_of)
        everyone = self._breadth.everyone
        if everyone and match.result == "pass":
            words = (words[0] + spfwords.EVERYONE[0], words[1] + spfwords.EVERYONE[1])
        record_of = match.record_of if match.record_of != self._domain else ""
        return self._spf(match.result, match.terms[0] if match.terms else "", record_of, words, everyone=everyone)

    def _spf(
        self, result: str, mechanism: str, record_of: str, words: tuple[str, str], *, everyone: bool = False
    ) -> Spf:
        return Spf(
            result=result,
            domain=self._domain[:_SHOWN],
            ip=str(self._client),
            mechanism=mechanism[:_SHOWN],
            record=self._record[:_SHOWN],
            record_of=record_of,
            lookups=min(self._terms, TERMS),
            void_lookups=self._void,
            everyone=everyone,
            reason=words[0],
            reason_ja=words[1],
        )

    def _check_host(self, domain: str, *, counts: bool) -> _Match:
        """Section 4. `counts` is whether a pass in this record would be one of the whole policy."""
        policy = self._policy(domain)
        if counts:
            self._breadth.add(policy)
        for term in policy.terms:
            inner = self._match(term, domain, counts=counts and term.qualifier == "+")
            if inner is not None:
                if counts:
                    self._breadth.matched(term)
                return _Match(_RESULTS[term.qualifier], (term.text, *inner.terms), inner.record_of or domain)
        if policy.redirect:
            return self._redirect(policy.redirect, domain, counts=counts)
        return _Match("neutral", (), domain)

    def _policy(self, domain: str) -> Policy:
        if not _is_name(domain):
            raise _End("none", *spfwords.no_domain(domain))
        answer = self._ask(domain, "TXT")
        if answer.status is Answer.TEMPERROR:
            raise _End("temperror", *spfwords.unknown(domain, why(answer)))
        found = [text for text in answer.records if is_policy(text)]
        if not found:
            raise _End("none", *spfwords.no_policy(domain))
        self._record = self._record or found[0]
        if len(found) > 1:
            raise _End("permerror", *spfwords.several(domain))
        try:
            return parse(found[0])
        except Faulty as faulty:
            raise _End("permerror", *spfwords.faulty(domain, str(faulty))) from faulty

    def _ask(self, name: str, type: str, *, void: bool = False) -> Lookup:
        """Ask, each question once. `void` is whether it counts where it has no answer."""
        question = (name.lower(), type)
        if question in self._asked:
            return self._asked[question]
        if len(self._asked) >= self._most:
            raise _End(UNCHECKED, *spfwords.too_many(self._most))
        answer = self._asked[question] = self._resolver.lookup(name, type)
        if answer.status is Answer.NOT_ASKED:
            raise _End(UNCHECKED, *spfwords.unknown(name, why(answer)))
        if void and answer.known and not answer.records:
            self._void += 1
            if self._void > VOID:
                raise _End("permerror", *spfwords.over_limit("void", VOID))
        return answer

    def _needed(self, name: str, type: str) -> Lookup:
        """Ask what the result depends on: without an answer it is not known."""
        answer = self._ask(name, type, void=True)
        if answer.status is Answer.TEMPERROR:
            raise _End("temperror", *spfwords.unknown(name, why(answer)))
        return answer

    def _match(self, term: Term, domain: str, *, counts: bool) -> _Match | None:
        """Whether a mechanism fits (section 5); for "include" what fits in there."""
        if term.network is not None:
            return _Match("") if self._client in term.network else None
        if term.name == "all":
            return _Match("")
        self._spend()
        if not self._local.isascii() and letters(term.spec) & frozenset("sl"):
            return None  # RFC 8616 section 4
        target = self._target(term.spec, domain)
        if term.name == "include":
            return self._include(target, counts=counts)
        if not _is_name(target):
            return None
        fits = {"a": self._a, "mx": self._mx, "ptr": self._ptr, "exists": self._exists}[term.name](target, term)
        return _Match("") if fits else None

    def _spend(self) -> None:
        self._terms += 1
        if self._terms > TERMS:
            raise _End("permerror", *spfwords.over_limit("terms", TERMS))

    def _target(self, spec: str, domain: str) -> str:
        return expand(spec, lambda letter: self._value(letter, domain)) if spec else domain

    def _value(self, letter: str, domain: str) -> str:
        """What a macro stands for (section 7.2). None of them tells anything about who asks."""
        if letter == "p":
            return self._reverse_name(domain)
        four = self._client.version == 4
        return {
            "s": f"{self._local}@{self._domain}",
            "l": self._local,
            "o": self._domain,
            "d": domain,
            "i": str(self._client) if four else ".".join(self._client.packed.hex()),
            "v": "in-addr" if four else "ip6",
            "h": self._helo,
        }[letter]

    def _covers(self, addresses: tuple[str, ...], term: Term) -> bool:
        prefix = term.prefix4 if self._client.version == 4 else term.prefix6
        shift = self._client.max_prefixlen - prefix
        return any(int(address) >> shift == int(self._client) >> shift for address in self._parsed(addresses))

    def _parsed(self, addresses: tuple[str, ...]) -> list[Address]:
        found = []
        for text in addresses:
            try:
                address = ipaddress.ip_address(text)
            except ValueError:
                continue
            if address.version == self._client.version:
                found.append(address)
        return found

    def _a(self, target: str, term: Term) -> bool:
        return self._covers(self._needed(target, self._version).records, term)

    def _mx(self, target: str, term: Term) -> bool:
        hosts = [record.rpartition(" ")[2] for record in self._needed(target, "MX").records]
        if len(hosts) > _MX_HOSTS:
            raise _End("permerror", *spfwords.over_limit("mx", _MX_HOSTS))
        return any(self._covers(self._needed(host, self._version).records, term) for host in hosts if _is_name(host))

    def _exists(self, target: str, term: Term) -> bool:
        return bool(self._needed(target, "A").records)

    def _ptr(self, target: str, term: Term) -> bool:
        return any(self._leads_back(name) for name in self._reverse_names() if _is_below(name, target))

    def _reverse_names(self) -> tuple[str, ...]:
        return self._ask(self._client.reverse_pointer, "PTR", void=True).records[:_PTR_NAMES]

    def _leads_back(self, name: str) -> bool:
        """Whether a reverse name leads back to the client (section 5.5). What cannot be found out does not."""
        return _is_name(name) and self._client in self._parsed(self._ask(name, self._version, void=True).records)

    def _reverse_name(self, domain: str) -> str:
        """The macro "p" (section 7.3): the domain itself if it leads back, else a name below it, else any other."""
        names = [name for name in self._reverse_names() if self._leads_back(name)]
        near = sorted((name for name in names if _is_below(name, domain)), key=len)
        return (near or names or ["unknown"])[0]

    def _include(self, target: str, *, counts: bool) -> _Match | None:
        match = self._referred(target, "include", counts=counts)
        return match if match.result == "pass" else None

    def _redirect(self, spec: str, domain: str, *, counts: bool) -> _Match:
        self._spend()
        if not self._local.isascii() and letters(spec) & frozenset("sl"):
            self._missing("redirect", spec)
        return self._referred(self._target(spec, domain), "redirect", counts=counts)

    def _referred(self, target: str, by: str, *, counts: bool) -> _Match:
        try:
            return self._check_host(target, counts=counts)
        except _End as end:
            if end.result == "none":
                self._missing(by, target)
            raise

    def _missing(self, by: str, target: str) -> NoReturn:
        raise _End("permerror", *spfwords.missing(by, target))
