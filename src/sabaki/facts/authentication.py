"""What servers wrote about SPF, DKIM and DMARC, each believed only as far as its place and its name allow.

A field is believed where it stands above the lowest attested Received field, whose server added it, and names a server of
ours. Below that place the sender could have written it, whatever name it bears. Two things are weaker and graded I: a name that
is no host name ("OpenDKIM"), and Gmail, which writes its results right below its own Received field and always does. Filters that
Postfix and sendmail run as milters write there too, but not always: there a failure in our name is believed as I, for no sender
writes that against himself, and a pass is not.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from sabaki.facts.trust import attested, writer
from sabaki.mail.domains import organizational_domain
from sabaki.model.case import AuthResult, Case, Hop, TrustLine
from sabaki.model.evidence import Grade
from sabaki.model.message import Field, Message
from sabaki.protocols import authres

_MOST = 20
"""Fields read of each kind: an attacker can write thousands."""
_FAILURES = frozenset({"fail", "softfail", "hardfail"})
_RESULT_FIELDS = frozenset({"authentication-results", "received-spf"})
_COPIES = (
    "x-original-authentication-results",
    "authentication-results-original",
    "original-authentication-results",
    "x-ms-exchange-authentication-results",
    "x-authentication-results",
)
"""Where servers put away the Authentication-Results that a mail brought along, or their own for internal use."""
_SINGLE = {
    "x-spf-result": "spf",
    "x-dkim-result": "dkim",
    "x-dmarc-result": "dmarc",
    "x-spf-status": "spf",
    "x-dkim-status": "dkim",
}
"""Fields of filters that hold one method's result and often no name."""
_ONE_PROVIDER = (
    {"icloud.com", "me.com", "mac.com"},
    {"outlook.com", "hotmail.com", "live.com"},
    {"google.com", "gmail.com"},
)
"""Providers whose servers and whose results bear names of different domains."""


class _Judge:
    """Grades a field by its place and by the server that it names."""

    def __init__(self, message: Message, hops: tuple[Hop, ...], line: TrustLine) -> None:
        self._hops = hops
        above = attested(hops)
        self._hosts = {hop.by for hop in above if hop.by} | set(line.hosts)
        organizations = {organizational_domain(host) or "" for host in self._hosts} - {""}
        self._organizations = organizations.union(*(group for group in _ONE_PROVIDER if group & organizations))
        self._exchange = any(hop.dialect == "exchange" for hop in above)
        self._below_gmail = _first_below(message, above[-1]) if above and above[-1].dialect == "gmail" else frozenset()
        self._below = _run_below(message, above[-1]) if above else frozenset()

    def _is_ours(self, name: str) -> bool:
        return name in self._hosts or organizational_domain(name) in self._organizations

    def grade(self, field: Field, name: str, result: str) -> Grade:
        """The grade of a result in a field that says it is by the server `name` ("" where it says nothing)."""
        name = name.lower().rstrip(".")
        known = self._is_ours(name) if name else self._exchange  # QUIRK: Exchange Online names itself nowhere
        hop = writer(self._hops, field.index)
        if hop is None:
            gmail = field.index in self._below_gmail and name.endswith("google.com") and known
            admitted = field.index in self._below and bool(name) and known and result in _FAILURES
            return Grade.INFERRED if gmail or admitted else Grade.SELF_DECLARED
        if known:
            return hop.grade
        return Grade.SELF_DECLARED if "." in name else Grade.INFERRED

    def grade_nameless(self, field: Field) -> Grade:
        """The grade of a field that names nobody: whoever is above the line wrote it, or let it stand."""
        return Grade.SELF_DECLARED if writer(self._hops, field.index) is None else Grade.INFERRED

    def grade_exchange(self, field: Field) -> Grade:
        """The grade of a field that Exchange keeps for itself: it takes them away from mail that comes from outside."""
        hop = writer(self._hops, field.index)
        return hop.grade if hop and self._exchange else Grade.SELF_DECLARED


def _run_below(message: Message, hop: Hop) -> frozenset[int]:
    """The result fields in the unbroken run of filters' fields right below a Received field."""
    at = hop.location.field
    found: list[int] = []
    for field in message.fields[at + 1 : at + 1 + _MOST] if at is not None else ():
        if field.key in _RESULT_FIELDS:
            found.append(field.index)
        elif not field.key.endswith("-filter"):  # OpenDKIM and OpenDMARC name themselves in a field of their own
            break
    return frozenset(found)


def _first_below(message: Message, hop: Hop) -> frozenset[int]:
    """The first result field of each kind in the unbroken run of them right below a Received field."""
    at = hop.location.field
    found: dict[str, int] = {}
    for field in message.fields[at + 1 : at + 1 + len(_RESULT_FIELDS)] if at is not None else ():
        if field.key not in _RESULT_FIELDS or field.key in found:
            break
        found[field.key] = field.index
    return frozenset(found.values())


def read(message: Message, hops: tuple[Hop, ...], line: TrustLine) -> tuple[AuthResult, ...]:
    """All results in the header, those of the standards first: Authentication-Results from the top, Received-SPF where the former
    has no SPF, then what filters and providers write in fields of their own, then ARC's.

    What ARC-Authentication-Results say (RFC 8617) is S here, for their seals are checked later (see `sealed`); `properties` hold "arc.i".
    A field that is not Authentication-Results is named there as "field".
    """
    judge = _Judge(message, hops, line)
    found: list[AuthResult] = []
    for field in message.all("authentication-results")[:_MOST]:
        found.extend(_results(field, judge))
    found.extend(_received_spf(message, judge, {each.grade for each in found if each.method == "spf"}))
    known = {each.method for each in found if each.grade is not Grade.SELF_DECLARED}
    found.extend(each for each in _of_filters(message, judge) if each.method not in known)
    for field in [field for key in _COPIES for field in message.all(key)[:_MOST]]:
        found.extend(_weaker(each, field) for each in _results(field, judge))
    return (*found, *_exchange(message, judge), *_arc(message))


def _results(field: Field, judge: _Judge) -> Iterator[AuthResult]:
    parsed = authres.parse(field.raw_value)
    name = parsed.authserv_id
    for result in parsed.results:
        grade = judge.grade(field, name, result.result)
        yield AuthResult(result.method, result.result, name, grade, result.properties, field.location)


def _weaker(result: AuthResult, field: Field) -> AuthResult:
    """A result that was carried along. Whoever moved it may have moved what the mail brought, so only a failure is believed."""
    told = result.grade is not Grade.SELF_DECLARED and result.result in _FAILURES
    grade = Grade.INFERRED if told else Grade.SELF_DECLARED
    return replace(result, grade=grade, properties={"field": field.key, **result.properties})


def _of_filters(message: Message, judge: _Judge) -> Iterator[AuthResult]:
    """Results in the filters' own fields, which bear no name that could be checked."""
    for field in message.fields:
        if field.key == "x-spam-status":
            results = authres.parse_spam_tests(field.raw_value)
        elif field.key in _SINGLE and (single := authres.parse_single(_SINGLE[field.key], field.raw_value)):
            results = (single,)
        else:
            continue
        for result in results:
            properties = {"field": field.key, **result.properties}
            yield AuthResult(result.method, result.result, "", judge.grade_nameless(field), properties, field.location)


def _exchange(message: Message, judge: _Judge) -> list[AuthResult]:
    """How Exchange knew the sender: "Internal" is a user or a server of the organisation, "Anonymous" anybody."""
    field = message.first("x-ms-exchange-organization-authas")
    if field is None or field.value.strip().lower() not in ("internal", "anonymous", "external"):
        return []
    said = field.value.strip().lower()
    source = message.first("x-ms-exchange-organization-authsource")
    mechanism = message.first("x-ms-exchange-organization-authmechanism")
    properties = {"field": field.key, "exchange.authas": said}
    if mechanism:
        properties["exchange.mechanism"] = mechanism.value.strip()[:8]
    name = source.value.strip().lower()[:255] if source else ""
    result = "pass" if said == "internal" else "none"
    return [AuthResult("auth", result, name, judge.grade_exchange(field), properties, field.location)]


def _received_spf(message: Message, judge: _Judge, known: set[Grade]) -> list[AuthResult]:
    found: list[AuthResult] = []
    for field in message.all("received-spf")[:_MOST]:
        result = authres.parse_received_spf(field.raw_value)
        if result is None:
            continue
        receiver = result.properties.get("receiver", "")
        named = receiver.rpartition("@")[2] if receiver.lower() not in ("<unknown>", "unknown") else ""
        grade = judge.grade(field, named, result.result)
        if grade not in known:
            found.append(AuthResult("spf", result.result, named, grade, result.properties, field.location))
    return found


def _arc(message: Message) -> list[AuthResult]:
    found: list[AuthResult] = []
    for field in message.all("arc-authentication-results")[:_MOST]:
        instance, parsed = authres.parse_arc(field.raw_value)
        for result in parsed.results:
            properties = {"arc.i": instance, **result.properties}
            found.append(
                AuthResult(
                    result.method, result.result, parsed.authserv_id, Grade.SELF_DECLARED, properties, field.location
                )
            )
    return found


_REOPENED = frozenset({"duplicate_field", "body_part", "no_body", "odd_header"})
"""Weaknesses by which something could have been put into a mail after it was sealed."""


def sealed(case: Case) -> tuple[AuthResult, ...]:
    """What trusted sealers say that they saw (RFC 8617 section 7.2), graded I; nothing where the chain does not hold.

    The reader must trust the sealer, and the mail must still be as that one sealed it: its message signature fits, or all who
    sealed after it are trusted too.
    """
    chain = case.verification.arc
    if chain.result != "pass" or chain.grade is not Grade.VERIFIED or not case.vantage.trusted_sealers:
        return ()
    newest = max(chain.sets, key=lambda each: each.instance, default=None)
    if newest is None or (newest.message and _REOPENED.intersection(newest.message.weaknesses)):
        return ()
    trusted = {each.instance for each in chain.sets if _is_trusted(each.domain, case.vantage.trusted_sealers)}
    last = newest.instance
    believed = {
        instance
        for instance in trusted
        if (chain.oldest_pass is not None and chain.oldest_pass <= instance)
        or trusted.issuperset(range(instance, last + 1))
    }
    return tuple(
        replace(result, grade=Grade.INFERRED)
        for result in case.authentication
        if result.properties.get("arc.i", "") in {str(instance) for instance in believed}
    )


def _is_trusted(domain: str, sealers: tuple[str, ...]) -> bool:
    name = domain.lower().rstrip(".")
    return any(
        name == each or name.endswith(f".{each}") for each in (sealer.lower().strip(".") for sealer in sealers) if each
    )
