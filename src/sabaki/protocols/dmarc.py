"""DMARC (RFC 9989): the policy of the author domain, and which verified identifiers align with it.

The organizational domain is found by walking up the DNS tree (section 4.10). The earlier standard (RFC 7489) took it from the
Public Suffix List; many servers still do, so the result by that reading is told where it differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from sabaki.mail.domains import registrable_domain
from sabaki.model.authentication import KEY_GONE, UNCHECKED, Dmarc, Signature, Spf
from sabaki.model.evidence import Grade
from sabaki.model.lookup import Answer
from sabaki.protocols.authordomain import dns_name
from sabaki.protocols.resolver import Resolver, why

MOST_LABELS = 8
"""RFC 9989 section 4.10: a name of so many labels or more is cut to one less after the first question, so no walk asks more."""

_POLICIES = ("none", "quarantine", "reject")
_ALIGNMENTS = ("r", "s")
_YES_OR_NO = ("y", "n")
_LONGEST = 8_000
_MOST_TAGS = 50
_OPEN = {UNCHECKED, KEY_GONE, "temperror"}
"""Results of SPF and DKIM that leave it open whether they would have passed."""


class Record(msgspec.Struct, frozen=True):
    """A DMARC policy record (RFC 9989 section 4.7). `policy` is "" where `p` is missing or no policy.

    `subdomains` is `sp`, `nonexistent` is `np`, "" where not given; `faulty` is set where one of the two is no policy.
    `suffix` is `psd` ("y", "n", "u"). `reports` is whether `rua` holds an address: then a record without a policy counts as "none".
    """

    text: str
    policy: str = ""
    subdomains: str = ""
    nonexistent: str = ""
    suffix: str = "u"
    strict_dkim: bool = False
    strict_spf: bool = False
    testing: bool = False
    reports: bool = False
    faulty: bool = False


def parse(text: str) -> Record | None:
    """Read a TXT record; None where it is no DMARC policy record: `v=DMARC1` must come first, in these very letters.

    Unknown tags are ignored, `pct`, `ri` and `rf` of the earlier standard among them; so is a value that the grammar does not
    allow, and of a tag that is given twice all but the first.
    """
    pieces = text[:_LONGEST].split(";")[:_MOST_TAGS]  # the grammar knows neither quotes nor comments
    name, equals, version = pieces[0].partition("=")
    if name.strip(" \t") != "v" or not equals or version.strip(" \t") != "DMARC1":
        return None
    tags: dict[str, str] = {}
    for piece in pieces[1:]:
        name, equals, value = piece.partition("=")
        name, value = name.strip(" \t").lower(), value.strip(" \t")
        if equals and name.isascii() and name.isalpha() and value and all(" " <= letter <= "~" for letter in value):
            tags.setdefault(name, value)

    def one_of(tag: str, values: tuple[str, ...], default: str = "") -> str:
        value = tags.get(tag, default).lower()
        return value if value in values else default

    below = {tag: one_of(tag, _POLICIES) for tag in ("sp", "np")}
    return Record(
        text[:_LONGEST],
        one_of("p", _POLICIES),
        below["sp"],
        below["np"],
        one_of("psd", ("y", "n", "u"), "u"),
        one_of("adkim", _ALIGNMENTS, "r") == "s",
        one_of("aspf", _ALIGNMENTS, "r") == "s",
        one_of("t", _YES_OR_NO, "n") == "y",
        any(_is_uri(uri) for uri in tags.get("rua", "").split(",")),
        any(tag in tags and not value for tag, value in below.items()),
    )


def _is_uri(text: str) -> bool:
    scheme, colon, rest = text.strip().partition(":")
    plain = scheme.replace("+", "").replace("-", "").replace(".", "")
    return bool(colon and rest) and scheme[:1].isalpha() and plain.isalnum() and scheme.isascii() and " " not in rest


class Found(msgspec.Struct, frozen=True):
    """What the DNS has at one name: a valid record or none; `trouble` is "temperror" or "unchecked" where nobody knows, `why` says why."""

    domain: str
    record: Record | None = None
    trouble: str = ""
    why: tuple[str, str] = ("", "")


def ask(resolver: Resolver, domain: str) -> Found:
    """Ask for the policy record of a domain. Of several valid records none counts."""
    answer = resolver.lookup(f"_dmarc.{domain}", "TXT")
    if not answer.known:
        return Found(domain, None, UNCHECKED if answer.status is Answer.NOT_ASKED else "temperror", why(answer))
    valid = [record for text in answer.records if (record := parse(text))]
    return Found(domain, valid[0] if len(valid) == 1 else None)


def path(domain: str) -> list[str]:
    """The names that a walk from `domain` asks at, the longest first (RFC 9989 section 4.10)."""
    labels = domain.split(".")
    rest = labels[1:] if len(labels) < MOST_LABELS else labels[1 - MOST_LABELS :]
    return [domain, *(".".join(rest[at:]) for at in range(len(rest)))]


def walk(resolver: Resolver, domain: str) -> tuple[Found, ...]:
    """Walk up the tree from a domain until a record says that it is, or is not, a public suffix."""
    found: list[Found] = []
    for name in path(domain):
        found.append(ask(resolver, name))
        record = found[-1].record
        if record and record.suffix != "u":
            break
    return tuple(found)


def organizational(walked: Sequence[Found]) -> str:
    """The organizational domain that a walk gives (RFC 9989 section 4.10.2)."""
    start = walked[0].domain
    valid = [found for found in walked if found.record]
    for found in valid:
        assert found.record is not None
        if found.record.suffix == "n":
            return found.domain
        if found.record.suffix == "y" and found.domain != start:
            labels = start.split(".")
            return ".".join(labels[len(labels) - found.domain.count(".") - 2 :])
    return valid[-1].domain if valid else start


class _Identifier(msgspec.Struct, frozen=True):
    """A domain that SPF or DKIM speaks for; `open` is why it is not known whether it passes, "" where it does."""

    method: str
    domain: str
    grade: Grade
    open: str = ""

    @property
    def name(self) -> str:
        return f"{self.method}:{self.domain}"


def _identifiers(spf: Iterable[Spf], dkim: Iterable[Signature], *, null_sender: bool) -> list[_Identifier]:
    """What passed or may have passed. SPF of the greeting counts only where the envelope has no sender (RFC 7208 section 2.4)."""
    scope = "helo" if null_sender else "mailfrom"
    found = [("dkim", each.domain, each.result, each.grade) for each in dkim]
    found += [("spf", each.domain, each.result, each.grade) for each in spf if each.scope == scope]
    return [
        _Identifier(method, name, grade, "" if result == "pass" else UNCHECKED if result == KEY_GONE else result)
        for method, domain, result, grade in found
        if (result == "pass" or result in _OPEN) and (name := dns_name(domain))
    ]


class _Evaluation:
    """One evaluation: the policy, the organizational domain, and what aligns."""

    def __init__(self, resolver: Resolver, domain: str) -> None:
        self._resolver = resolver
        self.domain = domain
        self.walked = walk(resolver, domain)
        own = self.walked[0]
        self.stuck = next((found for found in self.walked if found.trouble), None)
        """The first name of the walk at which nobody knows: then the organizational domain is not known."""
        self.organization = "" if self.stuck else organizational(self.walked)
        self.policy_found = own if own.record else self._inherited()

    def _inherited(self) -> Found | None:
        """The record of the organizational domain, else that of the public suffix."""
        if not self.organization:
            return None
        valid = [found for found in self.walked if found.record]
        return next((found for found in valid if found.domain == self.organization), valid[-1] if valid else None)

    @property
    def record(self) -> Record | None:
        return self.policy_found.record if self.policy_found else None

    def policy(self) -> str:
        """The policy that applies: `p` for the domain itself; for one below `np` or `sp`, else `p`. "" where none can be applied."""
        record, found = self.record, self.policy_found
        if record is None or found is None:
            return ""
        if not record.policy or record.faulty:
            return "none" if record.reports else ""
        if found.domain == self.domain:
            return record.policy
        below = record.subdomains or record.policy
        if record.nonexistent and record.nonexistent != below:
            gone = self._resolver.lookup(self.domain, "A").status is Answer.NXDOMAIN
            return record.nonexistent if gone else below
        return below

    def aligns(self, identifier: _Identifier, *, strict: bool) -> str:
        """ "yes", "no", or why it is not known."""
        other = identifier.domain
        if other == self.domain:
            return "yes"
        if strict or not _kin(other, self.domain):
            return "no"
        if self.stuck:
            return self.stuck.trouble
        if other != self.organization and not other.endswith(f".{self.organization}"):
            return "no"
        walked = walk(self._resolver, other)
        trouble = next((found.trouble for found in walked if found.trouble), "")
        return trouble or ("yes" if organizational(walked) == self.organization else "no")


def _kin(first: str, second: str) -> bool:
    """Whether two names can have the same organizational domain at all: they share more than nothing."""
    return first.rpartition(".")[2] == second.rpartition(".")[2]


def evaluate(
    resolver: Resolver, author_domain: str, spf: Sequence[Spf], dkim: Sequence[Signature], *, null_sender: bool = False
) -> Dmarc:
    """Evaluate DMARC for an author domain (A-labels or U-labels), given what SPF and DKIM gave. Never raises.

    `null_sender` says that the envelope had no sender, so that SPF speaks for the greeting. A failure needs all to be known:
    SPF that was not evaluated, a key that is gone, a question that was not asked give "unchecked", never "fail".
    """
    domain = dns_name(author_domain)
    if "." not in domain:
        return Dmarc(
            result="permerror",
            author_domain=domain or author_domain,
            reason="the author's domain is no domain name of the Internet",
            reason_ja="差出人のドメインが、インターネットのドメイン名になっていません",
        )
    seen = _Evaluation(resolver, domain)
    base = Dmarc(result="none", author_domain=domain, organizational_domain=seen.organization)
    if seen.stuck and not seen.record:
        return _ended(base, seen.stuck.trouble, "policy", Grade.SELF_DECLARED, seen.stuck.why)
    policy, record = seen.policy(), seen.record
    if record is None or not policy:
        faulty = record is not None
        return _ended(base, "none", "faulty_policy" if faulty else "no_policy", Grade.VERIFIED)
    assert seen.policy_found is not None
    base = msgspec.structs.replace(
        base,
        policy_domain=seen.policy_found.domain,
        policy=policy,
        record=record.text,
        strict_dkim=record.strict_dkim,
        strict_spf=record.strict_spf,
        testing=record.testing,
    )
    identifiers = _identifiers(spf, dkim, null_sender=null_sender)
    scope = "helo" if null_sender else "mailfrom"
    if not any(each.scope == scope and (each.domain or each.result not in _OPEN) for each in spf):
        identifiers.append(_Identifier("spf", domain, Grade.SELF_DECLARED, UNCHECKED))
    return _joined(base, seen, record, identifiers, spf)


def _joined(
    base: Dmarc, seen: _Evaluation, record: Record, identifiers: list[_Identifier], spf: Sequence[Spf]
) -> Dmarc:
    """The result, from what passes, what aligns, and what is open."""
    aligned: list[_Identifier] = []
    trouble: list[str] = []
    for identifier in identifiers:
        answer = seen.aligns(
            identifier, strict=record.strict_dkim if identifier.method == "dkim" else record.strict_spf
        )
        if answer == "yes" and not identifier.open:
            aligned.append(identifier)
        elif answer != "no":
            trouble.append(identifier.open or answer)
    if aligned:
        grade = min((each.grade for each in aligned), key="VATIS".index)
        names = tuple(dict.fromkeys(each.name for each in aligned))
        result = _ended(msgspec.structs.replace(base, aligned=names), "pass", "pass", grade)
    elif trouble:
        open_ = "temperror" if "temperror" in trouble else UNCHECKED
        return _ended(base, open_, "identifiers", Grade.SELF_DECLARED)
    else:
        # That nothing aligns rests on the peer's address, too: with another one SPF might have passed.
        grade = max((each.grade for each in spf), key="VATIS".index, default=Grade.VERIFIED)
        result = _ended(base, "fail", "fail", grade)
    earlier = _earlier(seen, identifiers)
    return msgspec.structs.replace(result, earlier=earlier if earlier != result.result else "")


def _earlier(seen: _Evaluation, identifiers: list[_Identifier]) -> str:
    """The result by RFC 7489: policy at the domain or at its organizational domain by the Public Suffix List. "" if not known."""
    own = seen.walked[0]
    organization = registrable_domain(seen.domain) or seen.domain
    found = own if own.record else next((each for each in seen.walked if each.domain == organization), None)
    if found is None or (not found.record and found.trouble):
        return ""
    record = found.record
    if record is None or not (record.policy or record.reports):
        return "none"
    for identifier in identifiers:
        strict = record.strict_dkim if identifier.method == "dkim" else record.strict_spf
        related = not strict and (registrable_domain(identifier.domain) or identifier.domain) == organization
        if identifier.domain == seen.domain or related:
            return "pass" if not identifier.open else ""
    return "fail"


_REASONS = {
    "policy": {
        UNCHECKED: (
            "whether {0} publishes a policy was not asked ({2})",
            "{0} のDMARCポリシーを照会していません（{3}）",
        ),
        "temperror": (
            "the policy of {0} is not known ({2})",
            "{0} のDMARCポリシーを確認できませんでした（{3}）",
        ),
    },
    "no_policy": {
        "none": (
            "{0} publishes no DMARC policy, so DMARC says nothing",
            "{0} はDMARCを公開しておらず、判定の対象外です",
        )
    },
    "faulty_policy": {
        "none": (
            "{0} has a DMARC record without a usable policy, so DMARC says nothing",
            "{0} のDMARCレコードには有効なポリシーがなく、判定の対象外です",
        )
    },
    "identifiers": {
        UNCHECKED: (
            "nothing that could be checked ties the mail to {0}, and not everything could be",
            "検証できた範囲に {0} を裏付けるものはありませんが、検証できていないものが残っています",
        ),
        "temperror": (
            "nothing ties the mail to {0} as far as the DNS answered, and not every question got an answer",
            "DNSの回答を得られた範囲に {0} を裏付けるものはありませんが、回答のない照会が残っています",
        ),
    },
    "pass": {
        "pass": (
            "{1} passed and aligns: the mail was sent with the authority of {0}",
            "{1} が合格し、{0} と一致します。このドメインの権限で送られています",
        )
    },
    "fail": {
        "fail": (
            "nothing that passed belongs to {0}: the domain does not stand behind this mail",
            "合格したものの中に {0} と一致するものがなく、このドメインによる裏付けがありません",
        )
    },
}


def _ended(base: Dmarc, result: str, because: str, grade: Grade, detail: tuple[str, str] = ("", "")) -> Dmarc:
    said, said_ja = _REASONS[because][result]
    names = (base.author_domain, ", ".join(base.aligned), *detail)
    return msgspec.structs.replace(
        base, result=result, reason=said.format(*names), reason_ja=said_ja.format(*names), grade=grade
    )
