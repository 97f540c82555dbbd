"""What servers wrote about SPF, DKIM and DMARC, each believed only as far as its place and its name allow.

A field is believed where it stands above the lowest attested Received field, whose server added it, and names a server of
ours. Below that place the sender could have written it, whatever name it bears. Two things are weaker and graded I: a name that
is no host name ("OpenDKIM"), and Gmail, which writes its results right below its own Received field and always does. Filters that
Postfix and sendmail run as milters write there too, but not always: there a failure in our name is believed as I, for no sender
writes that against himself, and a pass is not.
"""

from __future__ import annotations

from sabaki.facts.trust import attested, writer
from sabaki.mail.domains import organizational_domain
from sabaki.model.case import AuthResult, Hop, TrustLine
from sabaki.model.evidence import Grade
from sabaki.model.message import Field, Message
from sabaki.protocols import authres

_MOST = 20
"""Fields read of each kind: an attacker can write thousands."""
_FAILURES = frozenset({"fail", "softfail", "hardfail"})
_RESULT_FIELDS = frozenset({"authentication-results", "received-spf"})


class _Judge:
    """Grades a field by its place and by the server that it names."""

    def __init__(self, message: Message, hops: tuple[Hop, ...], line: TrustLine) -> None:
        self._hops = hops
        above = attested(hops)
        self._hosts = {hop.by for hop in above if hop.by} | set(line.hosts)
        self._organizations = {organizational_domain(host) for host in self._hosts} - {None}
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
    """All results in the header: Authentication-Results from the top, Received-SPF where the former has no SPF, then ARC's.

    What ARC-Authentication-Results say (RFC 8617) is S: its seal is not checked here; `properties` hold "arc.i".
    """
    judge = _Judge(message, hops, line)
    found: list[AuthResult] = []
    for field in message.all("authentication-results")[:_MOST]:
        parsed = authres.parse(field.raw_value)
        name = parsed.authserv_id
        found.extend(
            AuthResult(
                result.method,
                result.result,
                name,
                judge.grade(field, name, result.result),
                result.properties,
                field.location,
            )
            for result in parsed.results
        )
    found.extend(_received_spf(message, judge, {each.grade for each in found if each.method == "spf"}))
    return (*found, *_arc(message))


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
